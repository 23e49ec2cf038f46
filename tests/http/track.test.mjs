// /track/TOKEN: the customer's page. The token alone opens it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';

let shop;
let order;

before(async () => {
    shop = await startShop();
    order = await shop.place({ items: [{ sku: 'mouse', quantity: 2 },
        { sku: 'laptop', quantity: 1 }], customer: {
        name: '<script>alert("x")</script> & Søn', email: 'a+b@c.example' } });
    await shop.waitForOrder(order.order_id, ['CONFIRMED']);
});
after(() => shop?.stop());

const pathOf = (url) => new URL(url).pathname;
const get = (path, headers) => shop.request('GET', path, { headers });

async function pageOf(placed, pattern) {
    return waitUntil(async () => {
        const { text } = await get(pathOf(placed.track_url));
        return pattern.test(text) && text;
    }, 10000, `${pattern}`);
}

test('the page shows the order, escaped', async () => {
    const page = await get(pathOf(order.track_url));
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    for (const pattern of [new RegExp(`Order ${order.number}`),
        /data-status="CONFIRMED"/, /Laptop/, /2 &times; /, /1,?377\.00/,
        /&lt;script&gt;alert\(/, /&amp; Søn/, /a\+b@c\.example/,
        /noindex/])
        assert.match(page.text, pattern);
    assert.doesNotMatch(page.text, /<script>alert/);
    assert.doesNotMatch(page.text, /\{\{|\}\}/);
});

test('each step has its state and time', async () => {
    const page = await pageOf(order, /id="receipt"/);
    const steps = [...page.matchAll(
        /<li class="step" data-state="(\w+)">.*?step-name">([^<]+)<.*?<\/li>/gs)]
        .map(([text, state, name]) => [name, state,
            /datetime="[\d-]+T[\d:.]+Z"/.test(text)]);
    assert.deepEqual(steps, ['Checked', 'Payment', 'Stock', 'Receipt',
        'Confirmation mail'].map((name) => [name, 'done', true]));
});

test('its receipt can be downloaded', async () => {
    const page = await pageOf(order, /id="receipt"/);
    const link = /id="receipt"[^>]* href="([^"]+)"/.exec(page)[1]
        .replaceAll('&amp;', '&');
    const receipt = await get(link.slice(shop.base.length));
    assert.equal(receipt.status, 200);
    assert.equal(receipt.headers.get('content-type'), 'application/pdf');
});

test('a token with one character changed is unknown', async () => {
    const path = pathOf(order.track_url);
    const token = path.slice('/track/'.length);
    const unknown = await get(`/track/${'x'.repeat(token.length)}`);
    assert.equal(unknown.status, 404);
    const other = (c) => (c === 'A' ? 'B' : c === '1' ? '2' : 'A');
    const wrong = [...token].map((c, i) =>
        token.slice(0, i) + other(c) + token.slice(i + 1));
    wrong.push(token.slice(1), token.slice(0, -1), `${token}1`, `${token}x`,
        token.toLowerCase(), `${token}%20`,
        `${token}%0a`, `${order.number}`, order.order_id);
    for (const one of wrong.filter((text) => text !== token)) {
        const answer = await get(`/track/${one}`);
        assert.equal(answer.status, 404, one);
        const { request_id: id, ...rest } = answer.json;
        const { request_id: unknownId, ...same } = unknown.json;
        assert.deepEqual(rest, same);
        assert.notEqual(id, unknownId);
    }
    const page = await get(`/track/${token}x`, { accept: 'text/html' });
    assert.equal(page.status, 404);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    assert.equal((await get(`${path}?any=thing`)).status, 200);
});

test('tokens are long and share no pattern', async () => {
    const tokens = (await Promise.all(Array.from({ length: 20 }, () =>
        shop.place())))
        .map(({ track_url: url }) => pathOf(url).slice('/track/'.length));
    for (const token of tokens)
        assert.match(token, /^[\w-]{26,}$/); // 22 for 128 bits, the number
    assert.equal(new Set(tokens.map((token) => token.slice(0, 8))).size, 20);
});

test('a failed order says why, in plain words', async () => {
    const all = { items: [{ sku: 'backpack', quantity: 45 }] };
    const [, short] = await shop.withReaperStopped(async () =>
        [await shop.place(all), await shop.place(all)]);
    const refused = await shop.place(
        { paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
    for (const [placed, reason] of [[short, /stock|sold out/i],
        [refused, /insufficient funds/i]]) {
        const page = await pageOf(placed, /data-status="FAILED"/);
        const shown = /id="reason"[^>]*>([^<]+)</.exec(page)[1];
        assert.match(shown, reason);
        assert.doesNotMatch(shown, /Order\.|Payment\.|_/);
        assert.match(page, /data-state="failed"/);
        assert.doesNotMatch(page, /id="receipt"/);
        assert.match(page, / data-final/);
    }
});

test('an order in hand updates itself, a final one does not', async () => {
    const placed = await shop.place({ paymentMethod: 'pm_local_error_500' });
    const page = await pageOf(placed, /data-status="PROCESSING"/);
    assert.doesNotMatch(page, / data-final/);
    assert.match(page, /src="\/track\.js"/);
    const done = await shop.placeAndWait();
    await shop.asStaff('PUT', `/orders/${done.order_id}`,
        { body: { status: 'COMPLETED' } });
    await pageOf(done, / data-final/);
});

test('HEAD answers as GET does; other methods are refused', async () => {
    const path = pathOf(order.track_url);
    const head = await shop.request('HEAD', path);
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await shop.request(method, path);
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
});

test('the books hold', () => shop.verify());
