// Staff change orders: PUT and DELETE in each status, refund and stock after a
// cancellation, and what is asked while a charge's outcome is unknown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripeOf } from './gateway.mjs';
import { assertProblem, startShop, waitUntil } from './shop.mjs';

const UNKNOWN_MS = 40000; // the gateway is waited for 10 s, then asked again
let shop;

// No webhook finds its way: what a lost answer said must be asked for.
before(async () => {
    shop = await startShop({ env: { ORDERMILL_PAYMENT_UNKNOWN_S: '2',
        ORDERMILL_BASE_URL: 'http://127.0.0.1:9' } });
});
after(() => shop?.stop());

const put = (id, body, more) => shop.asStaff('PUT', `/orders/${id}`,
    { body, ...more });
const remove = (id) => shop.asStaff('DELETE', `/orders/${id}`);
const orderOf = (sku, quantity = 1, method = 'pm_card_visa') =>
    ({ items: [{ sku, quantity }], payment_method: method });
const place = (...of) => shop.place(orderOf(...of));
const placeAndWait = (...of) => shop.placeAndWait(orderOf(...of));

// One charge, and the gateway has nothing of it left to give back.
async function assertRefunded(id) {
    const order = await shop.waitForPayment(id, 'refunded');
    assert.equal(order.status, 'CANCELLED');
    const charges = await shop.charges(id);
    assert.equal(charges.length, 1);
    await assert.rejects(stripeOf(shop).refunds.create(
        { payment_intent: charges[0].id }),
    { code: 'charge_already_refunded' });
}

test('CONFIRMED becomes COMPLETED, and stays so', async () => {
    const { order_id: id } = await placeAndWait('laptop');
    const done = await put(id, { status: 'COMPLETED' });
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.status, 'COMPLETED');
    assert.equal(done.json.payment_status, 'paid');
    const shown = await shop.show(id); // its receipt may have come meanwhile
    assert.deepEqual(shown, { ...done.json, receipt_url: shown.receipt_url });
    for (const status of ['COMPLETED', 'CANCELLED', 'CONFIRMED', 'PENDING',
        'PROCESSING', 'FAILED'])
        assertProblem(await put(id, { status }), 409, '/status');
    assert.equal((await shop.charges(id)).length, 1);
});

test('cancelled: stock back, payment back, customer told', async () => {
    const before = await shop.available('phone');
    const { order_id: id, track_url: url } = await placeAndWait('phone', 3);
    assert.equal(await shop.available('phone'), before - 3);
    const done = await shop.cancel(id, 'The courier lost it.');
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.status, 'CANCELLED');
    assert.equal(done.json.reason, 'The courier lost it.');
    assert.equal(await shop.available('phone'), before);
    await assertRefunded(id);
    const page = await shop.request('GET', new URL(url).pathname);
    assert.match(page.text, /The courier lost it\./);
    for (const status of ['CANCELLED', 'COMPLETED', 'PROCESSING'])
        assertProblem(await put(id, { status }), 409, '/status');
    assert.equal(await shop.available('phone'), before);
});

test('two cancel at once: one does it', async () => {
    const before = await shop.available('webcam');
    const { order_id: id } = await placeAndWait('webcam', 2);
    const answers = await Promise.all(Array.from({ length: 10 }, () =>
        shop.cancel(id)));
    assert.deepEqual(answers.map(({ status }) => status).sort(),
        [200, ...Array(9).fill(409)]);
    assert.equal(await shop.available('webcam'), before);
    await assertRefunded(id);
});

test('PENDING can be cancelled, and nothing else', async () => {
    const before = await shop.available('dock');
    const orders = [];
    await shop.withReaperStopped(async () => {
        for (let i = 0; i < 3; i++)
            orders.push(await place('dock'));
        const [put1, put2, removed] = orders.map((one) => one.order_id);
        for (const status of ['COMPLETED', 'CONFIRMED', 'PENDING',
            'PROCESSING', 'FAILED'])
            assertProblem(await put(put1, { status }), 409, '/status');
        assert.equal((await shop.show(put1)).status, 'PENDING');
        for (const id of [put1, put2]) {
            const done = await shop.cancel(id);
            assert.equal(done.status, 200, done.text);
            assert.equal(done.json.status, 'CANCELLED');
            assert.equal(done.json.payment_status, 'unpaid');
        }
        assert.equal((await remove(removed)).status, 204);
    });
    const later = await place('mouse');
    await shop.waitForOrder(later.order_id, ['CONFIRMED'], 20000);
    for (const { order_id: id } of orders)
        assert.deepEqual(await shop.charges(id), []);
    assert.equal((await shop.show(orders[0].order_id)).status, 'CANCELLED');
    assert.equal(await shop.available('dock'), before);
});

test('FAILED is final for staff', async () => {
    const { order_id: id } = await shop.placeAndWait(
        orderOf('mouse', 1, 'pm_card_chargeDeclined'), ['FAILED']);
    for (const status of ['COMPLETED', 'CANCELLED', 'CONFIRMED', 'PENDING',
        'PROCESSING', 'FAILED'])
        assertProblem(await put(id, { status }), 409, '/status');
});

test('what is removed is seen by its customer alone', async () => {
    const before = await shop.available('charger');
    for (const method of ['pm_card_visa', 'pm_card_chargeDeclined']) {
        const { order_id: id, number, track_url: url } =
            await shop.placeAndWait(orderOf('charger', 2, method),
                ['CONFIRMED', 'FAILED']);
        const { status, text } = await remove(id);
        assert.equal(status, 204, text);
        assert.equal(text, '');
        const token = new URL(url).pathname.slice(7);
        for (const answer of [await shop.asStaff('GET', `/orders/${id}`),
            await shop.request('GET', `/orders/${id}?token=${token}`),
            await remove(id), await shop.cancel(id)])
            assertProblem(answer, 404);
        const list = await shop.asStaff('GET', '/orders?limit=100');
        assert.ok(list.json.orders.every((one) => one.number !== number));
        const page = await shop.request('GET', new URL(url).pathname);
        assert.equal(page.status, 200);
        assert.match(page.text, method === 'pm_card_visa'
            ? /data-status="CANCELLED"/ : /data-status="FAILED"/);
    }
    assert.equal(await shop.available('charger'), before);
});

test('COMPLETED can be removed, and keeps its charge', async () => {
    const { order_id: id } = await placeAndWait('monitor');
    await put(id, { status: 'COMPLETED' });
    const left = await shop.available('monitor');
    assert.equal((await remove(id)).status, 204);
    assert.equal(await shop.available('monitor'), left);
    const [charge] = await shop.charges(id);
    assert.equal(charge.amount_received, 37900);
});

test('a change must be well-formed', async () => {
    const { order_id: id } = await placeAndWait('mouse');
    const json = { 'content-type': 'application/json' };
    for (const status of ['LOST', 'cancelled', '', ' CANCELLED', 5, null,
        true, [], {}])
        assertProblem(await put(id, { status }), 422, '/status');
    for (const body of ['{}', '[]', '"CANCELLED"', 'null'])
        assertProblem(await put(id, body, { headers: json }), 422, '/status');
    for (const reason of [5, true, [], {}, 'a\r\nb', 'a\tb', 'x'.repeat(501),
        'card 4242 4242 4242 4242'])
        assertProblem(await put(id, { status: 'CANCELLED', reason }), 422,
            '/reason');
    for (const body of ['', '{', '{"status":"CANCELLED"}x',
        '{"status":"COMPLETED","status":"CANCELLED"}',
        '{"status":"CANCELLED","reason":"\\u0000"}'])
        assertProblem(await put(id, body, { headers: json }), 400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
        assertProblem(await put(id, '{"status":"CANCELLED"}',
            { headers: { 'content-type': type } }), 415);
    assertProblem(await put(id, { status: 'CANCELLED',
        note: 'x'.repeat(65536) }), 413);
    const order = await shop.show(id);
    assert.equal(order.status, 'CONFIRMED');
    assert.equal(order.reason, null);
    const done = await put(id, { status: 'CANCELLED', reason: null, x: 1 });
    assert.equal(done.status, 200);
});

test('a cancellation waits for a charge whose outcome is unknown',
    { timeout: 2 * UNKNOWN_MS }, async () => {
        const before = await shop.available('backpack');
        const orders = [];
        for (const method of ['pm_local_timeout_after_charge',
            'pm_local_timeout_before_charge', 'pm_local_timeout_after_charge'])
            orders.push(await place('backpack', 1, method));
        const ids = orders.map(({ order_id: id }) => id);
        for (const id of ids)
            await shop.waitForPayment(id, 'pending');
        assert.equal(await shop.available('backpack'), before - 3);
        for (const status of ['COMPLETED', 'CONFIRMED', 'FAILED'])
            assertProblem(await put(ids[0], { status }), 409, '/status');

        for (const id of ids.slice(0, 2)) {
            const asked = await shop.cancel(id, 'Changed my mind.');
            assert.equal(asked.status, 202, asked.text);
            assert.equal(asked.json.order_id, id);
            assert.equal(asked.json.status, 'PROCESSING');
            assert.equal(asked.json.payment_status, 'pending');
            assert.equal((await shop.cancel(id)).status, 202, 'once more');
        }
        assert.equal((await remove(ids[2])).status, 202);
        assertProblem(await remove(ids[2]), 404);
        assert.equal(await shop.available('backpack'), before - 3);

        for (const id of ids.slice(0, 2))
            await shop.waitForOrder(id, ['CANCELLED'], UNKNOWN_MS);
        await assertRefunded(ids[0]);
        // What did not get through is not asked for again.
        assert.deepEqual(await shop.charges(ids[1]), []);
        const path = new URL(orders[2].track_url).pathname;
        const page = await waitUntil(async () => {
            const { text } = await shop.request('GET', path);
            return /data-status="CANCELLED"/.test(text) && text;
        }, UNKNOWN_MS, 'the removed order to be cancelled');
        assert.doesNotMatch(page, /data-status="CONFIRMED"/);
        assert.equal((await shop.charges(ids[2])).length, 1);
        assert.equal(await shop.available('backpack'), before);
    });

test('a cancellation at any moment undoes all there is to undo',
    { timeout: 60000 }, async () => {
        const before = await shop.available('headphones');
        const undo = async (i) => {
            const { order_id: id, track_url: url } =
                await place('headphones');
            for (let k = 0; k < i % 8; k++)
                await shop.request('GET', '/products?limit=1');
            const { status, text } = i % 3 ? await shop.cancel(id)
                : await remove(id);
            assert.ok([200, 202, 204].includes(status), text);
            return new URL(url).pathname;
        };
        const paths = await Promise.all(Array.from({ length: 64 },
            (_, i) => undo(i)));
        for (const path of paths)
            await waitUntil(async () => {
                const { text } = await shop.request('GET', path);
                return /data-status="CANCELLED"/.test(text) &&
                    /Refunded|Not charged/.test(text);
            }, 20000, `${path} to be undone`);
        assert.equal(await shop.available('headphones'), before);
    });

test('the books hold', async () => {
    const said = await waitUntil(async () => {
        const now = await shop.verify();
        return !/in hand/.test(now) && now;
    }, 10000, 'nothing in hand');
    assert.doesNotMatch(said, /BROKEN/);
});
