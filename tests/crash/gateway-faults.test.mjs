// Each way in which a call to the gateway can go wrong, crossed with the death
// of the reaper before and after the gateway's part: never more than one
// charge that is kept, the books equal, and the order final or an alarm open.
import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { payOn } from '../http/gateway.mjs';
import { final, freePorts, ordermill, runCommand, startShop, waitUntil }
    from '../http/shop.mjs';
import { makeAuthority } from '../http/workflow-service.mjs';
import { rows } from '../http/database.mjs';
import { killProgram, placed, startCrashShop } from './crash.mjs';
import { faults, startProxy } from './proxy.mjs';

const DEADLINE_MS = 45000;
const deaths = ['none', 'before', 'after'];
const paths = { charge: '/v1/payment_intents', refund: '/v1/refunds',
    page: '/v1/checkout/sessions' };

// The shop, and another whose local gateway it reaches through the proxy and
// whose webhooks come back to it.
async function startApart(authority) {
    const ports = await freePorts(2);
    const bank = await startShop({ env:
        { ORDERMILL_BASE_URL: `http://127.0.0.1:${ports[0]}` } });
    const secret = await readFile(join(bank.home, 'webhook-secret'), 'utf8');
    const proxy = await startProxy(bank.gateway, {
        good: await authority.certify('IP:127.0.0.1'),
        bad: await authority.certify('DNS:other.example') });
    const shop = await startCrashShop({ ports, env: {
        ORDERMILL_STRIPE_URL: proxy.url,
        ORDERMILL_STRIPE_KEY: bank.gatewayKey,
        ORDERMILL_STRIPE_WEBHOOK_SECRET: secret.trim(),
        ORDERMILL_CA_FILE: authority.file,
        ORDERMILL_STRIPE_TIMEOUT_S: '1',
        ORDERMILL_PAYMENT_UNKNOWN_S: '20' } });
    await symlink(join(bank.home, 'gateway.db'), join(shop.home, 'gateway.db'));
    return { shop, bank, proxy, async stop() {
        await shop.stop();
        await proxy.close();
        await bank.stop();
    } };
}

// Our books against the journal of the gateway behind the proxy.
async function books({ shop, bank }) {
    const { ORDERMILL_STRIPE_URL: _, ORDERMILL_STRIPE_KEY: __, ...env } =
        shop.env;
    const { code, stdout } = await runCommand(ordermill, ['verify'], { ...env,
        ORDERMILL_GATEWAY_LISTEN: bank.env.ORDERMILL_GATEWAY_LISTEN });
    return { code, stdout };
}

async function kept({ bank }, id) {
    const [found] = await rows(join(bank.home, 'gateway.db'), `SELECT
        COUNT(*) AS charges, COALESCE(SUM(amount_minor - refunded_minor), 0)
        AS kept FROM intents WHERE order_id = '${id}'
        AND status = 'succeeded'`);
    return found;
}

// The customer opens the page and pays, as soon as there is one.
async function payOnPage({ bank, shop }, id) {
    const url = await shop.paymentPage(id, DEADLINE_MS);
    assert.ok(url.startsWith(bank.gateway), url);
    await payOn(url);
}

// Breaks the calls of this kind, lets the reaper die where it says, and mends
// all once the order went through it or stands still.
async function breakCalls({ shop, proxy }, what, name, death, act) {
    let killed = false;
    const kill = async () => {
        if (!killed) {
            killed = true;
            await killProgram(shop, 'reaper');
        }
    };
    await proxy.begin(name, paths[what], { [death]: kill });
    const id = await act();
    if (faults[name].down || faults[name].otherHost) {
        await sleep(death === 'after' ? 600 : 100);
        if (death !== 'none')
            await kill();
        await sleep(1000);
    } else {
        await waitUntil(() => proxy.calls.some((call) =>
            call === `POST ${paths[what]}`) && (death === 'none' || killed),
        DEADLINE_MS, 'the call');
        await sleep(2500);
    }
    await proxy.end();
    proxy.calls.length = 0;
    return id;
}

async function chargeCell(place, name, death) {
    const { shop } = place;
    const id = await breakCalls(place, 'charge', name, death, () =>
        placed(shop, { payment_method: 'pm_card_visa' }));
    const order = await shop.waitForOrder(id, ['CONFIRMED', ...final],
        DEADLINE_MS);
    assert.equal(order.status, 'CONFIRMED');
    assert.equal((await kept(place, id)).charges, 1);
    assert.equal(order.payment_status, 'paid');
    return id;
}

async function pageCell(place, name, death) {
    const { shop } = place;
    const id = await breakCalls(place, 'page', name, death, () =>
        placed(shop, { payment_method: 'hosted' }));
    await payOnPage(place, id);
    await shop.waitForOrder(id, ['CONFIRMED'], DEADLINE_MS);
    assert.equal((await kept(place, id)).charges, 1);
    return id;
}

async function refundCell(place, name, death) {
    const { shop } = place;
    const id = await placed(shop, { payment_method: 'pm_card_visa' });
    const { total_minor: total } = await shop.waitForOrder(id, ['CONFIRMED']);
    await breakCalls(place, 'refund', name, death, async () => {
        const made = await shop.asStaff('POST', `/orders/${id}/refunds`,
            { body: { amount_minor: 100, reason: 'A test.' } });
        assert.equal(made.status, 201, made.text);
        return id;
    });
    await shop.waitForPayment(id, 'partially_refunded', DEADLINE_MS);
    assert.deepEqual(await kept(place, id),
        { charges: 1, kept: total - 100 });
    return id;
}

const cells = { charge: chargeCell, page: pageCell, refund: refundCell };

// A shop for each kind of call; they run beside one another.
describe('the gateway behind a bad network', { concurrency: true }, () => {
    for (const what of Object.keys(cells))
        test(`a ${what}`, { timeout: 600000 }, async (t) => {
            const authority = await makeAuthority();
            const place = await startApart(authority);
            try {
                for (const name of Object.keys(faults))
                    for (const death of deaths)
                        await t.test(`${name}, reaper killed: ${death}`,
                            () => cells[what](place, name, death));
                await t.test('the books', () => waitUntil(async () => {
                    const { code, stdout } = await books(place);
                    assert.equal(code, 0, stdout);
                    return !/ in hand/.test(stdout);
                }, DEADLINE_MS, 'nothing in hand'));
            } finally {
                await place.stop();
                await authority.remove();
            }
        });
});
