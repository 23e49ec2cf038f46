// GET /payment-methods: the ways to pay, best first; and what an order gets
// that names one of them, another or none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startShop } from './shop.mjs';

const order = (shop, method) => shop.order({ item: 'mouse', quantity: 1,
    payment_method: method });

const listOf = async (shop) =>
    (await shop.request('GET', '/payment-methods')).json.payment_methods;

test('all three are listed, with a form token', async (t) => {
    const shop = await startShop({ t });
    const answer = await shop.request('GET', '/payment-methods');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { payment_methods: methods, form_token: token, ...rest } =
        answer.json;
    assert.deepEqual(rest, {});
    assert.deepEqual(methods, [
        { id: 'hosted', title: 'Card', kind: 'hosted' },
        { id: 'pm_card_visa', title: 'Test card', kind: 'token' },
        { id: 'manual', title: 'Bank transfer or cash on delivery',
            kind: 'manual' }]);
    assert.match(token, /^[\w-]{24}\.\d+\.[\w-]{43}$/);
    const again = await shop.request('GET', '/payment-methods');
    assert.notEqual(again.json.form_token, token);
    for (const method of ['POST', 'PUT', 'DELETE']) {
        const refused = await shop.request(method, '/payment-methods');
        assert.equal(refused.status, 405);
        assert.equal(refused.headers.get('allow'), 'GET, HEAD');
    }

    // Where each is paid. Nobody pays here, and no answer waits for anybody.
    for (const [method, url] of [
        ['hosted', (order) => order.track_url.replace('/track/', '/pay/')],
        ['manual', () => null], ['pm_card_visa', () => null],
        ['creditCard', () => null], [undefined, () => null]]) {
        const placed = await shop.place({ payment_method: method });
        assert.equal(placed.payment_url, url(placed), method);
        const shown = await shop.show(placed.order_id);
        assert.equal(shown.payment_url, url(placed), method);
    }
    const list = await shop.asStaff('GET', '/orders');
    assert.equal(list.json.orders.filter(({ payment_url: url }) => url)
        .length, 1);

    // The other spellings choose by the same words.
    const other = await shop.request('POST', '/place-order', { body: {
        productId: 'mouse', quantity: 1, paymentMethod: 'hosted' } });
    assert.match(other.json.payment_url, /\/pay\//);
});

test('a way that is not taken is refused at its field', async (t) => {
    for (const [taken, title, ids, refused, none] of [
        ['manual', 'Vorkasse "Ü"', ['manual'],
            ['hosted', 'pm_card_visa', 'creditCard'], 'manual'],
        ['token,manual', '', ['pm_card_visa', 'manual'], ['hosted'], 'token'],
        ['hosted', '', ['hosted'], ['manual', 'pm_card_visa'], 'hosted']]) {
        const shop = await startShop({ t,
            env: { ORDERMILL_PAYMENT_METHODS: taken,
                ORDERMILL_MANUAL_TITLE: title } });
        const list = await listOf(shop);
        assert.deepEqual(list.map(({ id }) => id), ids);
        if (title !== '')
            assert.equal(list[0].title, title);
        assert.equal(/Test money/.test((await shop.request('GET', '/')).text),
            taken !== 'manual');
        for (const method of [...refused, 'cash', 'Hosted']) {
            const { status, json } = await order(shop, method);
            assert.equal(status, 422, `${taken}: ${method}`);
            assert.deepEqual(json.errors.map(({ pointer }) => pointer),
                ['/payment_method']);
        }
        const { payment_url: url } = await shop.place();
        assert.equal(url !== null, none === 'hosted');
        assert.equal(await shop.newestNumber(), 1001,
            'nothing else was placed');
    }
});

test('with another gateway nobody\'s test card is taken', async (t) => {
    const shop = await startShop({ t, env: {
        ORDERMILL_STRIPE_URL: 'http://127.0.0.1:9',
        ORDERMILL_STRIPE_KEY: 'sk_test_nobody' } });
    assert.deepEqual((await listOf(shop)).map(({ id }) => id),
        ['hosted', 'manual']);
    for (const method of [undefined, 'creditCard', 'hosted'])
        assert.match((await shop.place({ payment_method: method })).payment_url,
            /\/pay\//);
    assert.equal((await shop.place({ payment_method: 'pm_1NxYz' })).payment_url,
        null);
    const form = await shop.request('GET', '/');
    assert.doesNotMatch(form.text, /Test money/);
});
