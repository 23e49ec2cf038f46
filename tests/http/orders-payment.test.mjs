// Payment: what each of the gateway's answers makes of an order. However often
// it must be asked, an order is charged once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';

const UNKNOWN_MS = 40000; // the gateway is waited for 10 s, then asked again
// No webhook finds its way: what is lost must be asked for.
const env = { ORDERMILL_PAYMENT_UNKNOWN_S: '2',
    ORDERMILL_BASE_URL: 'http://127.0.0.1:9' };
let shop;

before(async () => { shop = await startShop({ env }); });
after(() => shop?.stop());

const orderOf = (sku, quantity, method) =>
    ({ items: [{ sku, quantity }], paymentMethod: method });
const place = async (method) =>
    (await shop.place(orderOf('keyboard', 2, method))).order_id;
const available = () => shop.available('keyboard');

test('a card is charged once, with the order\'s total', async () => {
    for (const method of [undefined, 'creditCard', 'pm_card_visa',
        'pm_card_mastercard']) {
        const before = await available();
        const id = await place(method);
        const order = await shop.waitForOrder(id, ['CONFIRMED']);
        assert.equal(order.payment_status, 'paid');
        assert.equal(order.reason, null);
        const [intent, ...more] = await shop.intents(id);
        assert.deepEqual(more, []);
        assert.equal(intent.status, 'succeeded');
        assert.equal(intent.amount_received, 17800);
        assert.equal(intent.currency, 'eur');
        assert.equal(intent.payment_method,
            method?.startsWith('pm_') ? method : 'pm_card_visa');
        assert.equal(await available(), before - 2);
    }
});

test('what is too small for a card fails with plain words', async () => {
    await shop.addProducts('sticker,Sticker,x,0.49,9');
    for (const method of ['pm_card_visa', 'hosted']) {
        const order = await shop.placeAndWait(orderOf('sticker', 1, method),
            ['FAILED']);
        assert.equal(order.payment_status, 'failed');
        assert.match(order.reason, /^Amount must be at least .*0\.50/);
        assert.deepEqual(await shop.intents(order.order_id), []);
    }
    await shop.placeAndWait(orderOf('sticker', 2, 'pm_card_visa'));
});

test('a refused card fails the order and frees its goods', async () => {
    for (const method of ['pm_card_chargeDeclined',
        'pm_card_chargeDeclinedInsufficientFunds',
        'pm_card_chargeDeclinedExpiredCard', 'pm_nobody_knows_it']) {
        const before = await available();
        const order = await shop.waitForOrder(await place(method),
            ['FAILED']);
        assert.equal(order.payment_status, 'failed');
        assert.ok(order.reason.length > 0);
        if (/Insufficient/.test(method))
            assert.match(order.reason, /insufficient funds/i);
        const intents = await shop.intents(order.order_id);
        assert.ok(intents.every(({ status }) => status !== 'succeeded'));
        assert.ok(intents.length <= 1);
        assert.equal(await available(), before);
        assert.equal(order.receipt_url, null);
    }
});

test('an answer that is lost ends CONFIRMED, charged once',
    { timeout: 2 * UNKNOWN_MS }, async () => {
        const before = await available();
        const ids = [await place('pm_local_timeout_after_charge'),
            await place('pm_local_timeout_before_charge'),
            await place('pm_local_timeout_after_charge')];
        for (const id of ids)
            assert.equal((await shop.waitForPayment(id, 'pending')).status,
                'PROCESSING');
        await waitUntil(async () => /gateway's journal.*\b2 in hand/
            .test(await shop.verify()), 5000, 'two charges in hand');
        assert.equal(await available(), before - 6);

        const other = await place('pm_card_visa');
        await shop.waitForOrder(other, ['CONFIRMED'], 5000);
        for (const id of ids) {
            const order = await shop.waitForOrder(id,
                ['CONFIRMED', 'FAILED', 'CANCELLED'], UNKNOWN_MS);
            assert.equal(order.status, 'CONFIRMED');
            assert.equal(order.payment_status, 'paid');
            const intents = await shop.intents(id);
            assert.deepEqual(intents.map(({ status }) => status),
                ['succeeded']);
        }
        assert.equal(await available(), before - 8);
    });

test('a gateway in trouble fails the order once it is sure', async () => {
    const before = await available();
    const id = await place('pm_local_error_500');
    const order = await shop.waitForPayment(id, 'pending');
    assert.equal(order.status, 'PROCESSING');
    assert.equal(await available(), before - 2);
    const other = await place('pm_card_visa');
    await shop.waitForOrder(other, ['CONFIRMED']);
    const failed = await shop.waitForOrder(id, ['FAILED'], UNKNOWN_MS);
    assert.match(failed.reason, /nothing was charged/);
    assert.equal(await available(), before - 2);
    assert.deepEqual(await shop.intents(id), []);
});

test('a restart takes the open payments up again',
    { timeout: 2 * UNKNOWN_MS }, async () => {
        const id = await place('pm_local_timeout_after_charge');
        await waitUntil(async () => (await shop.intents(id)).length === 1, 5000,
            'the charge');
        shop = await shop.restart({ env });
        const order = await shop.waitForOrder(id,
            ['CONFIRMED', 'FAILED', 'CANCELLED'], UNKNOWN_MS);
        assert.equal(order.status, 'CONFIRMED');
        assert.equal((await shop.intents(id)).length, 1);
    });

test('the books hold', () => shop.verify());
