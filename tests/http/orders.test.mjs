// Reading orders: who may, one order, the list and its pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, final, startShop, unknownId } from './shop.mjs';

let shop;
let placed; // one answer an order, oldest first

before(async () => {
    shop = await startShop();
    placed = [];
    for (let i = 0; i < 12; i++)
        placed.push(await shop.place({ customer_name: `Customer ${i}`,
            payment_method: i % 4 === 3 ? 'pm_card_chargeDeclined'
                : 'pm_card_visa' }));
    for (const { order_id: id } of placed)
        await shop.waitForOrder(id);
});
after(() => shop?.stop());

const tokenOf = (answer) => new URL(answer.track_url).pathname.slice(7);
const list = (query) => shop.asStaff('GET', `/orders${query}`);

// Every page of a list, by its `next`: the orders and the number of pages.
async function walk(query) {
    const orders = [];
    let pages = 0;
    let next = null;
    do {
        const cursor = next === null ? '' : `&cursor=${next}`;
        const { status, json, headers } = await list(query + cursor);
        assert.equal(status, 200);
        const link = headers.get('link');
        if (json.next === null)
            assert.equal(link, null);
        else
            assert.equal(link, `<${shop.base}/orders${query}` +
                `&cursor=${json.next}>; rel="next"`);
        orders.push(...json.orders);
        next = json.next;
        pages++;
        if (next !== null)
            assert.match(next, /^[\w.~-]+$/);
    } while (next !== null && pages < 100);
    return { orders, pages };
}

test('an order is shown whole', async () => {
    const { order_id: id, number, track_url: track } = placed[0];
    const { json, status, headers } = await shop.asStaff('GET',
        `/orders/${id}`);
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    const { created_at: created, updated_at: updated,
        receipt_url: receipt, ...rest } = json;
    for (const time of [created, updated])
        assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(updated >= created);
    assert.ok(receipt === null || receipt.startsWith(shop.base));
    assert.deepEqual(rest, { order_id: id, number, status: 'CONFIRMED',
        payment_status: 'paid', reason: null, currency: 'EUR',
        exponent: 2, subtotal_minor: 3900, subtotal_text: '€39.00',
        total_minor: 3900, total_text: '€39.00',
        lines: [{ sku: 'mouse', title: 'Mouse', quantity: 1,
            unit_price_minor: 3900, unit_price_text: '€39.00',
            total_minor: 3900, total_text: '€39.00' }],
        customer: { name: 'Customer 0', email: null }, track_url: track,
        payment_url: null });
});

test('an order failed says why', async () => {
    const order = await shop.show(placed[3].order_id);
    assert.equal(order.status, 'FAILED');
    assert.equal(order.payment_status, 'failed');
    assert.ok(order.reason.length > 0);
    assert.equal(order.receipt_url, null);
});

test('the token of its link opens an order, and no other', async () => {
    const [one, other] = placed;
    const token = tokenOf(one);
    const open = (id, value) => shop.request('GET',
        `/orders/${id}?token=${encodeURIComponent(value)}`);
    assert.equal((await open(one.order_id, token)).status, 200);
    const last = token.at(-1) === '1' ? '2' : '1';
    for (const [id, wrong] of [[one.order_id, tokenOf(other)],
        [other.order_id, token], [one.order_id, token.slice(0, -1)],
        [one.order_id, `${token}x`], [one.order_id, token.toLowerCase()],
        [one.order_id, token.slice(0, -1) + last],
        [one.order_id, (token[0] === 'A' ? 'B' : 'A') + token.slice(1)],
        [one.order_id, `${token} `], [unknownId, token]])
        assertProblem(await open(id, wrong), 404);
    for (const wrong of ['', 'x'])
        assert.ok([401, 404].includes(
            (await open(one.order_id, wrong)).status));
});

test('without a staff token nobody sees, lists or changes', async () => {
    const token = await shop.token();
    const { order_id: id } = placed[0];
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ',
        'Bearer x', `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`,
        `Bearer ${token.toLowerCase()}`, `Basic ${btoa(`${token}:`)}`,
        `Bearer ${tokenOf(placed[0])}`, token])
        for (const [method, path, body] of [['GET', '/orders'],
            ['GET', `/orders/${id}`], ['GET', `/orders/${unknownId}`],
            ['PUT', `/orders/${id}`, { status: 'CANCELLED' }],
            ['PUT', `/orders/${unknownId}`, { status: 'CANCELLED' }],
            ['DELETE', `/orders/${id}`],
            ['DELETE', `/orders/${id}?token=${tokenOf(placed[0])}`]]) {
            const answer = await shop.request(method, path, { body,
                headers: authorization === undefined ? {}
                    : { authorization } });
            assertProblem(answer, 401);
            assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
        }
    assert.equal((await shop.asStaff('GET', `/orders/${id}`)).json.status,
        'CONFIRMED');
    const { status } = await shop.request('GET', '/orders',
        { headers: { authorization: `bearer ${token}` } });
    assert.equal(status, 200);
});

test('an unknown order is a 404', async () => {
    for (const id of [unknownId, 'x', '1001', '%2e%2e%5c', 'a'.repeat(500),
        `${placed[0].order_id}x`, placed[0].order_id.slice(0, -1), '%27'])
        for (const [method, body] of [['GET'], ['DELETE'],
            ['PUT', { status: 'CANCELLED' }]]) {
            const answer = await shop.asStaff(method, `/orders/${id}`,
                { body });
            assertProblem(answer, 404);
        }
});

test('the list is newest first, in pages', async () => {
    const numbers = placed.map(({ number }) => number).reverse();
    for (const [limit, pages] of [[1, 12], [5, 3], [6, 2], [12, 1],
        [100, 1]]) {
        const all = await walk(`?limit=${limit}`);
        assert.deepEqual(all.orders.map(({ number }) => number), numbers);
        assert.equal(all.pages, pages);
    }
    const { json } = await list('');
    assert.equal(json.orders.length, 12);
    assert.equal(json.next, null);
    const one = await shop.show(json.orders[0].order_id);
    assert.deepEqual(Object.keys(json.orders[0]), Object.keys(one));
});

test('a page stays where it was while orders come in', async () => {
    const first = await list('?limit=5');
    placed.push(await shop.placeAndWait());
    const second = await list(`?limit=5&cursor=${first.json.next}`);
    const numbers = [...first.json.orders, ...second.json.orders]
        .map(({ number }) => number);
    assert.deepEqual(numbers, Array.from({ length: 10 },
        (_, i) => placed[11].number - i));
});

test('the list can be narrowed to a status', async () => {
    const failed = await walk('?limit=2&status=FAILED');
    assert.deepEqual(failed.orders.map(({ number }) => number),
        [placed[11], placed[7], placed[3]].map(({ number }) => number));
    assert.equal(failed.pages, 2);
    assert.ok(failed.orders.every(({ status }) => status === 'FAILED'));
    for (const status of ['PENDING', 'PROCESSING', 'CANCELLED',
        'COMPLETED']) {
        const { json } = await list(`?status=${status}`);
        assert.deepEqual(json, { orders: [], next: null });
    }
    const confirmed = await list('?status=CONFIRMED');
    assert.equal(confirmed.json.orders.length, placed.length - 3);
});

test('a malformed query is refused', async () => {
    for (const query of ['?limit=0', '?limit=101', '?limit=-1', '?limit=x',
        '?limit=1.5', '?limit=1e1', '?limit=99999999999999999999',
        '?limit=5&limit=6', '?limit=%zz', '?limit=5%', '?cursor=x',
        '?cursor=-1', '?cursor=0', '?cursor=1x', '?status=LOST',
        '?status=confirmed', '?status=%ff', '?cursor=1;DROP'])
        assertProblem(await list(query), 400);
    for (const query of ['?limit=%35', '?other=1', '?status=', '?cursor='])
        assert.equal((await list(query)).status, 200);
});

test('HEAD answers as GET does, without a body', async () => {
    for (const path of ['/orders?limit=1', `/orders/${placed[0].order_id}`,
        `/orders/${unknownId}`]) {
        const got = await shop.asStaff('GET', path);
        const head = await shop.asStaff('HEAD', path);
        assert.equal(head.status, got.status);
        assert.equal(head.text, '');
        for (const name of ['content-type', 'content-length', 'link'])
            assert.equal(head.headers.get(name), got.headers.get(name));
    }
});

test('what an address does not take is a 405 with Allow', async () => {
    for (const [method, path, allow] of [
        ['PUT', '/orders', 'GET, HEAD, POST'],
        ['DELETE', '/orders', 'GET, HEAD, POST'],
        ['POST', `/orders/${placed[0].order_id}`, 'GET, HEAD, PUT, DELETE'],
        ['PATCH', '/orders', 'GET, HEAD, POST, PUT, DELETE']]) {
        const answer = await shop.asStaff(method, path, { body: {} });
        assertProblem(answer, 405);
        assert.deepEqual(answer.headers.get('allow').split(', ').sort(),
            allow.split(', ').sort(), `${method} ${path}`);
    }
});

test('the books hold', async () => {
    const { json } = await list('?limit=100');
    assert.ok(json.orders.every(({ status }) =>
        ['CONFIRMED', ...final].includes(status)));
    await shop.verify();
});
