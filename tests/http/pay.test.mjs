// /pay/TOKEN: from the moment an order is placed until it is paid or over it
// leads to the gateway's page, and then to the order's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';

let shop;
before(async () => {
    shop = await startShop({ env: { ORDERMILL_MANUAL_TEXT:
        'IBAN XX00 <b>1234</b>\nWithin 7 days.' } });
});
after(() => shop?.stop());

const pathOf = (url) => new URL(url).pathname + new URL(url).search;
const get = (url, options) => shop.request('GET', pathOf(url), options);

const place = (method) => shop.place({ payment_method: method });

// Follows the pay page's own redirects: the last answer and how many.
async function follow(url) {
    for (let hops = 0; ; hops++) {
        const answer = await get(url);
        const next = answer.headers.get('location');
        if (answer.status !== 303 || !next.startsWith(`${shop.base}/pay/`))
            return { answer, next, hops };
        url = next;
    }
}

const trackPage = async (order) => (await get(order.track_url)).text;

test('while there is no page of the gateway\'s, one of ours waits for it',
    async () => {
        const url = await shop.withReaperStopped(async () => {
            const order = await place('hosted');
            assert.equal(order.payment_url,
                order.track_url.replace('/track/', '/pay/'));
            const first = await get(order.payment_url);
            assert.equal(first.headers.get('location'),
                `${order.payment_url}?n=1`);
            const { answer, hops } = await follow(order.payment_url);
            assert.equal(answer.status, 200);
            assert.equal(hops, 8);
            assert.match(answer.text, /http-equiv="refresh" content="2"/);
            assert.match(answer.text, /Test money/);
            assert.match(answer.text, new RegExp(`href="${order.track_url}"`));
            for (const n of ['9', '88', '-1', '%00', 'x', '1&n=2', '']) {
                const odd = await get(`${order.payment_url}?n=${n}`);
                assert.equal(odd.headers.get('location'),
                    `${order.payment_url}?n=1`, n);
            }
            return order.payment_url;
        });
        const { next } = await waitUntil(async () => {
            const found = await follow(url);
            return found.answer.status === 303 && found;
        }, 10000, 'the gateway\'s page');
        assert.equal(new URL(next).origin, shop.gateway);
    });

test('a restart of its program loses nobody', async () => {
    await shop.wake('pay');
    const { pid } = await shop.processOf('pay');
    await shop.withReaperStopped(async () => {
        const { payment_url: url } = await place('hosted');
        const asked = Array.from({ length: 8 }, () => get(`${url}?n=7`));
        await get(url); // by now they are held back
        process.kill(pid, 'SIGTERM');
        for (const answer of await Promise.all(asked))
            assert.equal(answer.status, 303);
    });
});

test('the order\'s page leads there, too, and says how long', async () => {
    const order = await place('hosted');
    const { next } = await follow(order.payment_url);
    assert.equal(new URL(next).origin, shop.gateway);
    const page = await trackPage(order);
    assert.match(page, new RegExp(`id="pay-now" href="${order.payment_url}"`));
    assert.match(page, /Test money/);
    assert.match(page, /as soon as it is paid/);
    const until = Date.parse(/kept until <time datetime="([^"]+)"/.exec(page)[1]);
    const left = until - Date.parse(order.created_at);
    // The page's time is rounded to the second.
    assert.ok(left >= 1799.5e3 && left < 1830e3, `${left}`);
});

test('what is paid, over or paid otherwise leads to the order', async () => {
    const paid = await place('pm_card_visa');
    await shop.waitForOrder(paid.order_id, ['CONFIRMED']);
    const manual = await place('manual');
    const over = await place('hosted');
    await follow(over.payment_url);
    await shop.cancel(over.order_id);
    for (const order of [paid, manual, over]) {
        const url = order.track_url.replace('/track/', '/pay/');
        const { answer, next } = await follow(url);
        assert.equal(answer.status, 303);
        assert.equal(next, order.track_url);
        assert.doesNotMatch(await trackPage(order), /pay-now/);
        assert.equal((await shop.show(order.order_id)).payment_url, null);
    }
});

test('the page of a manual order says how to pay it', async () => {
    const order = await place('manual');
    const page = await waitUntil(async () => {
        const text = await trackPage(order);
        return /id="manual"/.test(text) && text;
    }, 10000, 'how to pay');
    assert.match(page, /<p>IBAN XX00 &lt;b&gt;1234&lt;\/b&gt;<\/p>/);
    assert.match(page, /<p>Within 7 days\.<\/p>/);
    assert.doesNotMatch(page, /Test money/);
    assert.match(page, new RegExp(`Reference</dt><dd>${order.number}<`));
    assert.match(page, /Amount<\/dt><dd>[^<]*39\.00/);
});

test('an unknown token is not found, other methods are refused', async () => {
    const order = await place('hosted');
    for (const path of ['/pay/', '/pay/x', '/pay/a/b',
        `${pathOf(order.payment_url)}x`, `/pay/${order.order_id}`]) {
        assert.equal((await shop.request('GET', path)).status, 404, path);
        const page = await shop.request('GET', path,
            { headers: { accept: 'text/html' } });
        assert.match(page.headers.get('content-type'), /^text\/html/);
    }
    const head = await shop.request('HEAD', pathOf(order.payment_url));
    assert.equal(head.status, 303);
    const refused = await shop.request('POST', pathOf(order.payment_url));
    assert.equal(refused.status, 405);
});
