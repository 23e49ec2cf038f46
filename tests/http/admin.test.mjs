// /admin/: the staff's list of orders and the page of one, without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, unknownId, waitUntil } from './shop.mjs';
import { browser, csrfOf, signIn } from './staff-browser.mjs';

let shop;
let staff;

before(async () => {
    shop = await startShop();
    staff = await signIn(shop);
});
after(() => shop?.stop());

const get = (path) => staff.get(path);
const page = (id) => get(`/admin/orders/${id}`);
const act = (id, what, fields = {}) => staff.post(`/admin/orders/${id}/${what}`,
    { csrf: staff.csrf, ...fields });
// The session as a Cookie header's value.
function session() {
    const name = shop.cookie('staff');
    return `${name}=${staff.cookies.get(name)}`;
}

const place = (more, statuses) => shop.placeAndWait(more, statuses);

// The order's workflow has nothing left to do.
const ended = (id) => waitUntil(async () =>
    /ExecutionSucceeded/.test((await page(id)).text), 5000, 'its end');

const numbersIn = (html) =>
    [...html.matchAll(/href="\/admin\/orders\/[0-9a-f-]{36}"[^>]*>(\d+)</g)]
        .map((match) => Number(match[1]));
const linkTo = (html, rel) =>
    new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html)?.[1]
        .replaceAll('&amp;', '&');
const statusIn = (html) => /id="order-status" data-status="(\w+)"/
    .exec(html)[1];

function assertRedirect(answer, to) {
    assert.equal(answer.status, 303, answer.text);
    assert.match(answer.headers.get('location'), to);
}

test('nobody gets in without a session', async () => {
    const { order_id: id } = await place();
    const token = await shop.token();
    const cookie = session();
    for (const headers of [{}, { cookie: `${shop.cookie('staff')}=` },
        { cookie: `${shop.cookie('staff')}=x` }, { cookie: `${cookie}x` },
        { cookie: cookie.slice(0, -1) },
        { authorization: `Bearer ${token}` },
        { cookie: `${shop.cookie('staff')}=${token}` }]) {
        for (const path of ['/admin/orders', `/admin/orders/${id}`,
            `/admin/orders/${unknownId}`])
            assertRedirect(await shop.request('GET', path, { headers }),
                /^\/admin\/sign-in\?next=\/admin\/orders/);
        for (const what of ['cancel', 'complete'])
            assertRedirect(await shop.request('POST',
                `/admin/orders/${id}/${what}`, { headers,
                    body: new URLSearchParams({ csrf: staff.csrf }) }),
            /^\/admin\/sign-in/);
    }
    assert.equal((await shop.show(id)).status, 'CONFIRMED');
    assertRedirect(await get('/admin/'), /^\/admin\/orders$/);
});

test('who was signed out over a form comes back to its page', async () => {
    const { order_id: id } = await place();
    for (const [form, at] of [[`orders/${id}/refund`, `orders/${id}`],
        [`orders/${id}/cancel`, `orders/${id}`],
        [`orders/${id}/execution`, `orders/${id}`],
        ['books/reconcile', 'books'],
        ['webhooks/evt_1/apply', 'webhooks/evt_1'],
        [`orders/${id}/mail`, `orders/${id}`],
        ['alarms/mails', 'alarms'], ['alarms/1/close', 'alarms']])
        assert.equal((await browser(shop).post(`/admin/${form}`, {})).headers
            .get('location'), `/admin/sign-in?next=/admin/${at}`);
});

test('the session is no key to the API', async () => {
    const { status } = await shop.request('GET', '/orders',
        { headers: { cookie: session() } });
    assert.equal(status, 401);
});

test('the list shows orders newest first, escaped', async () => {
    const order = await place({ customer_name: '<img src=x onerror=a()> "&' });
    const { text, headers } = await get('/admin/orders');
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(numbersIn(text)[0], order.number);
    assert.match(text, /&lt;img src=x onerror=a\(\)&gt; &quot;&amp;/);
    assert.doesNotMatch(text, /<img src=x/);
    assert.doesNotMatch(text, /\{\{|\}\}/);
});

test('the list comes in pages', async () => {
    await Promise.all(Array.from({ length: 60 }, () => shop.order()));
    const all = [];
    let next = '/admin/orders';
    for (let pages = 0; next !== undefined && pages < 10; pages++) {
        const { status, text } = await get(next);
        assert.equal(status, 200);
        all.push(...numbersIn(text));
        next = linkTo(text, 'next');
        if (pages > 0)
            assert.equal((await get(linkTo(text, 'prev'))).status, 200);
    }
    const newest = all[0];
    assert.deepEqual(all, Array.from({ length: newest - 1000 },
        (_, i) => newest - i));
    assert.ok(all.length > 60);
    for (const query of ['cursor=x', 'cursor=-1', 'cursor=999999999999999999',
        'status=LOST', 'x=%zz', 'q=%ff', 'q=' + 'x'.repeat(5000)])
        assert.ok([200, 400].includes((await get(
            `/admin/orders?${query}`)).status), query);
});

test('the list is searched by number, e-mail and name', async () => {
    const ada = await place({ customer_name: 'Ada von Löwe',
        email: 'Ada.L@shop.example' });
    const bob = await place({ customer_name: 'Bob Löwe',
        email: 'bob@shop.example' });
    for (const [q, found] of [[`${ada.number}`, [ada]],
        ['ada.l@shop.example', [ada]], ['BOB@SHOP.EXAMPLE', [bob]],
        ['Ada', [ada]], ['löwe', [bob, ada]], ['LÖWE', [bob, ada]],
        ['von löwe', [ada]], ['bob löwe', [bob]], ['nobody', []],
        ["' OR 1=1 --", []], ['%', []], ['_da', []], ['99999999', []]]) {
        const { text } = await get(`/admin/orders?q=${encodeURIComponent(q)}`);
        assert.deepEqual(numbersIn(text), found.map(({ number }) => number),
            q);
    }
    const { text } = await get('/admin/orders?q=%22%3E%3Cscript%3E');
    assert.doesNotMatch(text, /"><script>/);
    assert.match(text, /id="no-orders"/);
});

test('the list is narrowed to a status', async () => {
    const failed = [await place({ paymentMethod: 'pm_card_chargeDeclined',
        customer_name: 'Cleo' }, ['FAILED']),
    await place({ paymentMethod: 'pm_card_chargeDeclined' }, ['FAILED'])];
    const { text } = await get('/admin/orders?status=FAILED');
    assert.deepEqual(numbersIn(text),
        failed.map(({ number }) => number).reverse());
    assert.match(text, /value="FAILED" selected/);
    const both = await get('/admin/orders?status=FAILED&q=cleo');
    assert.deepEqual(numbersIn(both.text), [failed[0].number]);
    const none = await get('/admin/orders?status=COMPLETED');
    assert.deepEqual(numbersIn(none.text), []);
});

test('an order\'s page shows all of it', async () => {
    const order = await place({ items: [{ sku: 'laptop', quantity: 1 },
        { sku: 'mouse', quantity: 2 }], customer_name: '<b>Eve</b>',
    email: 'eve@shop.example' });
    const html = await waitUntil(async () => {
        const { text } = await page(order.order_id);
        return /id="receipt"/.test(text) && text;
    }, 5000, 'the receipt');
    for (const pattern of [new RegExp(`Order ${order.number}`), /Laptop/,
        /2 &times;/, /1,?377\.00/, /&lt;b&gt;Eve&lt;\/b&gt;/,
        /eve@shop\.example/, /Checked/, /ValidateOrder/, /SendNotification/,
        /Confirmation mail/, /1 attempt/, /pi_\w+/, /Succeeded/,
        new RegExp(order.order_id), /\/track\//])
        assert.match(html, pattern);
    assert.doesNotMatch(html, /<b>Eve|\{\{|\}\}/);
    const [receipt] = /\/receipts\/[^"]+/.exec(html);
    const pdf = await get(receipt.replaceAll('&amp;', '&'));
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');
    for (const id of [unknownId, 'x', `${order.order_id}x`])
        assert.equal((await page(id)).status, 404);
});

test('an order can be completed', async () => {
    const { order_id: id } = await place();
    const done = await act(id, 'complete');
    assertRedirect(done, new RegExp(`^/admin/orders/${id}`));
    const after = await get(done.headers.get('location'));
    assert.equal(statusIn(after.text), 'COMPLETED');
    assert.match(after.text, /id="message" role="status"/);
    assert.doesNotMatch(after.text, /\/(cancel|complete)"/);
    for (const what of ['complete', 'cancel']) {
        const again = await act(id, what);
        const refused = await get(again.headers.get('location'));
        assert.match(refused.text, /id="message" role="alert"/);
        assert.equal(statusIn(refused.text), 'COMPLETED');
    }
});

test('an order can be cancelled, with a reason', async () => {
    const { order_id: id } = await place();
    await ended(id);
    assertRedirect(await act(id, 'cancel', { reason: ' Broken <i>box</i> ' }),
        /done/);
    await shop.waitForPayment(id, 'refunded');
    const { text } = await page(id);
    assert.equal(statusIn(text), 'CANCELLED');
    assert.match(text, /Broken &lt;i&gt;box&lt;\/i&gt;/);
    assert.match(text, /Refunded/);
});

test('the history says who changed an order', async () => {
    for (const what of ['complete', 'cancel']) {
        const { order_id: id } = await place();
        await ended(id);
        assertRedirect(await act(id, what), /done/);
        const { text } = await page(id);
        assert.ok(text.includes(shop.email), what);
    }
});

test('a reason must be fit to keep', async () => {
    const { order_id: id } = await place();
    for (const [reason, status] of [['4242 4242 4242 4242', 422],
        ['x'.repeat(501), 422], ['a\tb', 422], ['a\0b', 400]])
        assert.equal((await act(id, 'cancel', { reason })).status, status);
    assert.equal((await shop.show(id)).status, 'CONFIRMED');
    assertRedirect(await act(id, 'cancel', { reason: '' }), /done/);
});

test('a form of another page changes nothing', async () => {
    const { order_id: id } = await place();
    const { csrf } = staff;
    const other = csrfOf((await shop.request('GET', '/admin/sign-in')).text);
    for (const fields of [{}, { csrf: '' }, { csrf: `${csrf}x` },
        { csrf: csrf.slice(1) }, { csrf: other }])
        for (const what of ['cancel', 'complete'])
            assert.equal((await staff.post(`/admin/orders/${id}/${what}`,
                fields)).status, 403);
    for (const what of ['cancel', 'complete'])
        assert.ok([404, 405].includes((await get(
            `/admin/orders/${id}/${what}?csrf=${csrf}`)).status));
    const twice = await staff.post(`/admin/orders/${id}/cancel`,
        `csrf=${csrf}&csrf=x`);
    assert.ok([400, 403].includes(twice.status));
    assert.equal((await shop.show(id)).status, 'CONFIRMED');
    assert.equal((await act(unknownId, 'cancel')).status, 404);
});

test('a cancellation that must wait says so', async () => {
    const { order_id: id } = await place(
        { paymentMethod: 'pm_local_error_500' }, ['PROCESSING']);
    await shop.waitForPayment(id, 'pending');
    const done = await act(id, 'cancel');
    const { text } = await get(done.headers.get('location'));
    assert.match(text, /id="message" role="status"/);
    assert.equal(statusIn(text), 'PROCESSING');
});

test('a removed order is out of the list', async () => {
    const { order_id: id, number } = await place();
    await shop.asStaff('DELETE', `/orders/${id}`);
    for (const query of ['', '?status=CANCELLED', `?q=${number}`]) {
        const { text } = await get(`/admin/orders${query}`);
        assert.ok(!numbersIn(text).includes(number), query);
    }
});

test('the books hold', () => shop.verify());
