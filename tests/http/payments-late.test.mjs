// Money that comes when the order no longer waits for it, told by webhooks
// over a gateway that does what it is told; and disputes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { startGateway } from './scripted-gateway.mjs';
import { eventOf, eventRow, secrets, send } from './webhook.mjs';
import { machine, pay, sell, startWorkflow, validate } from './workflow.mjs';

let gateway;
const shops = {};

before(async () => {
    gateway = await startGateway();
    for (const late of ['refund', 'reopen'])
        shops[late] = await startWorkflow(machine({ validate, pay, sell }),
            { env: { ...gateway.env, ORDERMILL_LATE_PAYMENT: late,
                ORDERMILL_STRIPE_WEBHOOK_SECRET: secrets.join() } });
});
after(async () => {
    for (const shop of Object.values(shops))
        await shop.stop();
    await gateway?.stop();
});

const alarms = (shop, id) => shop.rows(`SELECT kind, subject FROM alarms
    WHERE order_id = '${id}' AND closed_at_ms IS NULL`);

async function tell(shop, type, object) {
    const event = eventOf(type, object);
    assert.equal((await send(shop, event)).status, 200);
    await waitUntil(async () =>
        (await eventRow(shop, event.id)).status === 'applied', 5000,
    'the event');
}

async function waiting(shop, sku = 'phone') {
    const id = await shop.buy(sku, 1, 'hosted');
    await shop.waitForAttempt(id, ({ stage }) => stage === 'wait');
    return { id, session: gateway.sessionOf(id) };
}

async function closed(shop) {
    const { id, session } = await waiting(shop);
    await shop.closeWindow(id);
    await shop.waitForOrder(id, ['CANCELLED']);
    return { id, session };
}

const refunded = (intent) => waitUntil(() => gateway.refunds.some((one) =>
    one.payment_intent === intent.id && one.amount === intent.amount), 5000,
'the refund');

test('late money goes back, and an alarm says so', async () => {
    const shop = shops.refund;
    const { id, session } = await closed(shop);
    const intent = gateway.pay(session);
    for (let i = 0; i < 2; i++) {
        await tell(shop, 'checkout.session.completed', session);
        await tell(shop, 'payment_intent.succeeded', intent);
    }
    await refunded(intent);
    assert.deepEqual(await alarms(shop, id),
        [{ kind: 'late_payment', subject: intent.id }]);
    await shop.waitForPayment(id, 'refunded');
    assert.equal((await shop.show(id)).status, 'CANCELLED');
    assert.equal(gateway.refunds.filter((one) =>
        one.payment_intent === intent.id).length, 1);
});

test('late money takes the order up again where that is wanted', async () => {
    const shop = shops.reopen;
    const available = await shop.available('phone');
    const { id, session } = await closed(shop);
    assert.equal(await shop.available('phone'), available);
    await tell(shop, 'checkout.session.completed', (gateway.pay(session),
    session));
    const order = await shop.waitForOrder(id, ['CONFIRMED']);
    assert.equal(order.payment_status, 'paid');
    assert.equal(order.reason, null);
    assert.equal(await shop.available('phone'), available - 1);
    assert.deepEqual(await shop.alarms(id), []);
    const { json } = await shop.execution(id);
    assert.equal(json.status, 'SUCCEEDED');
    assert.equal(json.redrive_count, 1);
});

test('but not where the goods are gone, nor what staff cancelled',
    async () => {
        const shop = shops.reopen;
        const gone = await closed(shop);
        const left = await shop.available('phone');
        await shop.waitForOrder(await shop.buy('phone', left),
            ['CONFIRMED']);
        const cancelled = await waiting(shop, 'mouse');
        await shop.cancel(cancelled.id, 'No.');
        await shop.waitForOrder(cancelled.id, ['CANCELLED']);
        for (const { id, session } of [gone, cancelled]) {
            const intent = gateway.pay(session);
            await tell(shop, 'payment_intent.succeeded', intent);
            await refunded(intent);
            assert.equal((await shop.show(id)).status, 'CANCELLED');
        }
    });

test('who pays twice gets the second back, and stays paid', async () => {
    const shop = shops.refund;
    const { id, session } = await waiting(shop);
    await tell(shop, 'payment_intent.succeeded', gateway.pay(session));
    await shop.waitForOrder(id, ['CONFIRMED']);
    const second = gateway.pay(session);
    await tell(shop, 'payment_intent.succeeded', second);
    await refunded(second);
    await waitUntil(async () => (await shop.rows(`SELECT 1 FROM
        payment_entries WHERE order_id = '${id}' AND kind = 'refund'`))
        .length === 1, 5000, 'the books');
    const order = await shop.show(id);
    assert.equal(order.payment_status, 'paid');
    assert.equal(order.status, 'CONFIRMED');
    assert.deepEqual(await alarms(shop, id),
        [{ kind: 'double_payment', subject: second.id }]);
});

test('a dispute takes the money, and gives it back when it is won',
    async () => {
        const shop = shops.refund;
        const dispute = (intent, status) => ({ id: `dp_${intent.id}`,
            object: 'dispute', amount: intent.amount, currency: 'eur',
            payment_intent: intent.id, status, charge: `ch_${intent.id}` });
        const told = (intent, status) => tell(shop, status === 'won' ||
            status === 'lost' ? 'charge.dispute.closed'
            : 'charge.dispute.created', dispute(intent, status));
        for (const [statuses, status, kinds] of [
            [['warning_needs_response'], 'paid', ['dispute']],
            [['warning_needs_response', 'warning_closed'], 'paid', []],
            [['needs_response', 'needs_response'], 'refunded', ['dispute']],
            [['needs_response', 'lost'], 'refunded', ['dispute']],
            [['needs_response', 'won'], 'paid', []],
            [['won', 'needs_response'], 'paid', []]]) {
            const { id, session } = await waiting(shop, 'mouse');
            const intent = gateway.pay(session);
            await tell(shop, 'payment_intent.succeeded', intent);
            for (const one of statuses)
                await told(intent, one);
            assert.equal((await shop.show(id)).payment_status, status,
                statuses.join());
            assert.deepEqual(await shop.alarms(id), kinds, statuses.join());
        }
    });
