// How long an order waits that is paid by hand, who changes that, what becomes
// of money that comes later, and how much goods unpaid orders may hold.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, startShop, waitUntil } from './shop.mjs';
import { hiddenOf, signIn } from './staff-browser.mjs';
import { booksHold, machine, pay, sell, startWorkflow, typesIn, validate }
    from './workflow.mjs';

const DAY_MS = 86400000;
let shop;
let staff;

before(async () => {
    shop = await startWorkflow(machine({ validate, pay, sell }));
    staff = await signIn(shop);
});
after(() => shop?.stop());

const staffPage = async (id) => (await staff.get(`/admin/orders/${id}`)).text;
const trackPage = async (id) => (await shop.request('GET',
    new URL((await shop.show(id)).track_url).pathname)).text;
const setWindow = (id, closesAt) => shop.asStaff('PUT',
    `/orders/${id}/payment-window`, { body: { closes_at: closesAt } });
// By the wall clock, which it does not go by; 0: it does not close.
const closesAt = async (id) => Number(await shop.sql(`SELECT
    COALESCE(closes_work_ms + seen_at_ms - seen_work_ms, 0)
    FROM payment_attempts, work_clock
    WHERE order_id = '${id}' AND status = 'open'`));

async function waiting(sku = 'mouse', quantity = 1) {
    const id = await shop.buy(sku, quantity, 'manual');
    await shop.waitForAttempt(id);
    return id;
}

async function lapsed(sku, quantity) {
    const id = await waiting(sku, quantity);
    await shop.closeWindow(id);
    await shop.waitForOrder(id, ['CANCELLED']);
    return id;
}

const until = (html, id) =>
    new RegExp(`id="${id}"[^]*?<time datetime="([^"]+)"`).exec(html)[1];
// Two clocks are never apart by the same number of ms.
const assertNear = (ms, otherMs) => assert.ok(Math.abs(ms - otherMs) <= 1000,
    `${new Date(ms).toISOString()}, not ${new Date(otherMs).toISOString()}`);

describe('the window of a payment by hand', () => {
    test('stands on both pages', async () => {
        const id = await waiting();
        const days = (await closesAt(id) - Date.now()) / DAY_MS;
        assert.ok(days > 6.9 && days < 7.0001, `${days} days`);
        const at = await closesAt(id);
        assertNear(Date.parse(until(await trackPage(id), 'manual')), at);
        assertNear(Date.parse(until(await staffPage(id), 'window')), at);
    });

    test('closes: the order is cancelled, its goods are free', async () => {
        const left = await shop.available('mouse');
        const id = await lapsed('mouse', 3);
        const order = await shop.show(id);
        assert.equal(order.payment_status, 'failed');
        assert.equal(order.reason,
            'No payment for this order arrived in time.');
        assert.equal(await shop.available('mouse'), left);
        const [mail] = await shop.waitForMails(id);
        assert.match(mail, /Subject: Order \d+ is cancelled/);
        assert.match(mail, /no longer kept for you/);
        assert.match(mail, /If you have paid already/);
        assert.doesNotMatch(mail, /charged/);
        assert.match(await trackPage(id), /arrived in time/);
        assert.deepEqual(await shop.alarms(id), []);
    });

    test('is extended or ended over the API', async () => {
        const id = await waiting();
        const later = new Date(Math.ceil(Date.now() / 1000) * 1000 +
            40 * DAY_MS).toISOString();
        const set = await setWindow(id, later);
        assert.equal(set.status, 200, set.text);
        assert.deepEqual(set.json, { order_id: id, closes_at: later });
        assert.equal(until(await trackPage(id), 'manual'), later);
        const ended = await setWindow(id, null);
        assert.deepEqual([ended.status, ended.json.closes_at], [200, null]);
        assert.equal(await closesAt(id), 0);
        assert.doesNotMatch(await trackPage(id), /Kept for you until/);
        assert.match(await staffPage(id), /as long as it takes/);
        const { json } = await shop.execution(id);
        const notes = json.events.filter(({ type }) =>
            type === 'PaymentWindowSet').map(({ detail }) => detail);
        assert.deepEqual(notes, [{ by: 'token staff #1',
            reason: `It waits for its payment until ${later}.` },
        { by: 'token staff #1',
            reason: 'It waits for its payment without an end.' }]);
        for (const wrong of [new Date(Date.now() - 1000).toISOString(), 'soon',
            7, '2999-01-01T00:00:00Z', ''])
            assertProblem(await setWindow(id, wrong), 422, '/closes_at');
        assertProblem(await shop.asStaff('PUT', `/orders/${id}/payment-window`,
            { body: {} }), 422, '/closes_at');
        assert.equal((await shop.request('PUT', `/orders/${id}/payment-window`,
            { body: { closes_at: null } })).status, 401);
        assert.equal((await setWindow('nothing', null)).status, 404);
        assert.equal((await shop.markPaid(id)).status, 201);
        await shop.waitForOrder(id, ['CONFIRMED']);
        assertProblem(await setWindow(id, null), 409);
    });

    test('is extended or ended on the staff page', async () => {
        const id = await waiting();
        const first = await closesAt(id);
        const csrf = hiddenOf(await staffPage(id), 'window', 'csrf');
        const send = (more) => staff.post(`/admin/orders/${id}/window`,
            { csrf, ...more });
        const extended = await send({ action: 'extend', days: '30' });
        assert.equal(extended.status, 303, extended.text);
        assertNear(await closesAt(id), first + 30 * DAY_MS);
        assert.match(await staffPage(id), new RegExp(`Set by ${shop.email}`));
        for (const days of ['0', '', 'x', '-1', '360', '99999999999999999999'])
            assert.equal((await send({ action: 'extend', days })).status, 422,
                days);
        assert.equal((await send({ action: 'extend', days: '1', csrf: 'x' }))
            .status, 403);
        assert.equal((await send({ action: 'no-end' })).status, 303);
        assert.equal(await closesAt(id), 0);
        const { json } = await shop.execution(id);
        assert.equal(json.events.at(-1).detail.by, shop.email);
        assert.equal((await send({ action: 'extend', days: '2' })).status,
            303);
        const days = (await closesAt(id) - Date.now()) / DAY_MS;
        assert.ok(days > 1.9 && days < 2.0001, `${days} days`);
    });

    test('that staff extend as it closes stays open', async () => {
        const id = await waiting();
        await shop.withReaperStopped(async () => {
            await shop.closeWindow(id);
            assert.equal((await setWindow(id, null)).status, 200);
        });
        await shop.waitForOrder(await shop.buy(), ['CONFIRMED']);
        assert.equal((await shop.show(id)).status, 'PROCESSING');
    });

    test('does not close what is paid in the same moment', async () => {
        const id = await waiting();
        await shop.withReaperStopped(async () => {
            await shop.closeWindow(id);
            assert.equal((await shop.markPaid(id)).json.outcome, 'paid');
        });
        await shop.waitForOrder(id, ['CONFIRMED']);
    });

    test('closes once when the reaper dies over it', async () => {
        const left = await shop.available('mouse');
        const id = await waiting();
        const { pid } = await shop.processOf('reaper');
        process.kill(pid, 'SIGSTOP');
        await shop.closeWindow(id);
        process.kill(pid, 'SIGKILL');
        await shop.waitForOrder(id, ['CANCELLED']);
        assert.equal((await shop.waitForMails(id)).length, 1);
        assert.equal(await shop.available('mouse'), left);
    });
});

describe('money that comes by hand after that', () => {
    test('takes the order up again while its goods are there', async () => {
        const left = await shop.available('phone');
        const id = await lapsed('phone', 2);
        assert.match(await staffPage(id), /id="mark-paid"/);
        const late = await shop.markPaid(id);
        assert.equal(late.status, 201, late.text);
        assert.equal(late.json.outcome, 'reopened');
        const order = await shop.waitForOrder(id, ['CONFIRMED']);
        assert.equal(order.payment_status, 'paid');
        assert.equal(await shop.available('phone'), left - 2);
        const { json } = await shop.execution(id);
        assert.ok(typesIn(json).includes('ExecutionRedriven'));
        assert.equal((await shop.markPaid(id)).status, 409);
    });

    test('is to be paid back when they are gone', async () => {
        const left = await shop.available('webcam');
        const id = await lapsed('webcam', left);
        const other = await waiting('webcam', left);
        const csrf = hiddenOf(await staffPage(id), 'mark-paid', 'csrf');
        const sent = await staff.post(`/admin/orders/${id}/paid`, { csrf });
        assert.equal(sent.headers.get('location'),
            `${shop.base}/admin/orders/${id}?done=to-pay-back`.replace(shop.base, ''));
        const order = await shop.show(id);
        assert.deepEqual([order.status, order.payment_status],
            ['CANCELLED', 'refunded']);
        assert.deepEqual(await shop.alarms(id), ['manual_refund']);
        assert.match(await staffPage(id), /give the customer the\s+money back by hand/);
        assertProblem(await shop.markPaid(id), 409, '/method');
        assert.equal((await shop.markPaid(other)).json.outcome, 'paid');
        await shop.waitForOrder(other, ['CONFIRMED']);
    });

    test('is refused for what staff cancelled', async () => {
        const id = await waiting();
        await shop.cancel(id);
        assertProblem(await shop.markPaid(id), 409, '/method');
        assert.doesNotMatch(await staffPage(id), /id="mark-paid"/);
    });
});

test('goods that are mostly held: an alarm, and windows shorten', async () => {
    const ids = [await waiting('dock', 10), await waiting('dock', 10)];
    const { pid } = await shop.processOf('reaper');
    process.kill(pid, 'SIGKILL'); // The next one looks at once.
    const open = () => shop.rows(`SELECT detail FROM alarms WHERE
        kind = 'stock_held' AND subject = 'dock' AND closed_at_ms IS NULL`);
    await waitUntil(async () => (await open()).length === 1, 10000,
        'the alarm');
    assert.match((await open())[0].detail,
        /^2 unpaid orders hold 20 of the 35/);
    for (const id of ids)
        assert.ok(await closesAt(id) - Date.now() <= 3 * DAY_MS + 1000);
    assert.equal((await shop.order({ item: 'dock', quantity: 15 })).status,
        201, 'others may order what is left');
});

test('the books hold', () => booksHold(shop));

test('what unpaid orders hold is capped', async (t) => {
    const capped = await startShop({ t, env: { ORDERMILL_HELD_PER_EMAIL: '5',
        ORDERMILL_HELD_PER_ADDRESS: '20' } });
    const order = (email, quantity, more) => capped.order({ item: 'mouse',
        quantity, email, payment_method: 'manual', ...more });
    const first = await order('eve@example.com', 1);
    await capped.waitForOrder(first.json.order_id, ['PROCESSING']);
    const short = await order('eve@example.com', 999);
    assertProblem(short, 409, '/quantity'); // What is left comes first.
    assert.match(short.json.errors[0].detail, /^Only 99 are left/);
    const big = await order('ada@example.com', 12);
    assert.equal(big.status, 201, 'a first order may be of any size');
    const refused = await order('Ada@EXAMPLE.com', 1);
    assertProblem(refused, 409);
    assert.match(refused.json.detail, /not paid yet hold as many goods/);
    assert.equal((await order('bob@example.com', 8)).status, 201);
    const stranger = await order('cy@example.com', 1);
    assert.deepEqual([stranger.status, stranger.json.detail],
        [409, refused.json.detail]);
    const asStaff = await capped.asStaff('POST', '/orders', { body: {
        item: 'mouse', quantity: 1, email: 'ada@example.com' } });
    assert.equal(asStaff.status, 201);
    assert.equal((await capped.cancel(big.json.order_id)).status, 200);
    assert.equal((await order('ada@example.com', 2)).status, 201);
});
