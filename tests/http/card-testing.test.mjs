// Card testing is slowed: limits for each address, e-mail and form, and a
// breaker that leaves only the hosted page. Staff tokens are exempt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startShop } from './shop.mjs';

const DECLINED = 'pm_card_chargeDeclined';

const startOne = (t, env) => startShop({ t, env:
    { ORDERMILL_BREAKER_PERCENT: '0', ...env } });

const body = (more) => ({ items: [{ sku: 'mouse', quantity: 1 }], ...more });

// Places it and waits until it has ended.
const charge = (shop, more) =>
    shop.placeAndWait(more, ['CONFIRMED', 'FAILED']);

async function refused(shop, more, status) {
    const answer = await shop.order(body(more));
    assert.equal(answer.status, status, answer.text);
    return answer;
}

const newForm = async (shop) =>
    (await shop.request('GET', '/payment-methods')).json.form_token;

async function metric(shop, name) {
    const { text } = await shop.request('GET', '/metrics');
    return Number(new RegExp(`^ordermill_${name} (\\d+)$`, 'm').exec(text)[1]);
}

// As if the last minutes were over.
const age = (shop) => shop.sql(
    'UPDATE charge_outcomes SET created_at_ms = created_at_ms - 600000');

test('an e-mail and a form that were declined must wait', async (t) => {
    const shop = await startOne(t, { ORDERMILL_DECLINES_PER_EMAIL: '2' });
    const form = await newForm(shop);
    const eve = { email: 'eve@example.com', payment_method: DECLINED };
    const key = { 'idempotency-key': 'eve-1' };
    const first = await shop.order(body({ ...eve, form_token: form }), key);
    await shop.waitForOrder(first.json.order_id, ['FAILED']);
    await charge(shop, { ...eve, form_token: form });

    for (const more of [{ email: 'EVE@example.com' },
        { email: 'eve@example.com', payment_method: 'pm_card_visa' },
        { email: 'new@example.com', form_token: form }]) {
        const answer = await refused(shop, more, 429);
        assert.equal(answer.headers.get('retry-after'), '60');
        assert.match(answer.headers.get('content-type'), /problem\+json/);
        assert.match(answer.json.detail, /declined/);
    }
    // Others, other ways to pay, staff and what was answered before pass.
    await charge(shop, { email: 'ada@example.com',
        form_token: await newForm(shop) });
    await shop.place({ ...eve, payment_method: 'hosted' });
    await shop.place({ ...eve, payment_method: 'manual' });
    const staff = await shop.asStaff('POST', '/orders', { body: body(eve) });
    assert.equal(staff.status, 201);
    const again = await shop.order(body({ ...eve, form_token: form }), key);
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);

    await age(shop);
    await charge(shop, { ...eve, form_token: form });
});

test('an address that was declined must wait', async (t) => {
    const shop = await startOne(t, { ORDERMILL_DECLINES_PER_ADDRESS: '2' });
    for (const email of ['a@example.com', 'b@example.com'])
        await charge(shop, { email, payment_method: DECLINED });
    await refused(shop, { email: 'c@example.com' }, 429);
    await refused(shop, {}, 429);
    await age(shop);
    await charge(shop, {});
});

test('the breaker opens, leaves the hosted page, and closes', async (t) => {
    const shop = await startOne(t, { ORDERMILL_BREAKER_PERCENT: '50',
        ORDERMILL_BREAKER_CHARGES: '4' });
    const key = { 'idempotency-key': 'before' };
    const before = await shop.order(body({ payment_method: DECLINED }), key);
    await shop.waitForOrder(before.json.order_id, ['FAILED']);
    for (const method of [DECLINED, 'pm_card_visa'])
        await charge(shop, { payment_method: method });
    assert.equal(await metric(shop, 'payment_breaker_open'), 0);
    await charge(shop, { payment_method: 'pm_card_visa' });
    assert.equal(await metric(shop, 'payment_breaker_open'), 1);
    assert.equal(await metric(shop, 'token_charges'), 4);
    assert.equal(await metric(shop, 'token_declines'), 2);
    const { json } = await shop.request('GET', '/payment-methods');
    assert.deepEqual(json.payment_methods.map(({ id }) => id),
        ['hosted', 'manual']);

    const { json: problem } = await refused(shop,
        { paymentMethod: 'pm_card_visa' }, 422);
    assert.deepEqual(problem.errors, [{ pointer: '/paymentMethod',
        detail: 'Only the payment page is taken at the moment.' }]);
    for (const more of [{}, { paymentMethod: 'creditCard' }])
        assert.match((await shop.place(more)).payment_url, /\/pay\//);
    const again = await shop.order(body({ payment_method: DECLINED }), key);
    assert.equal(again.text, before.text);
    const staff = await shop.asStaff('POST', '/orders',
        { body: body({ payment_method: 'pm_card_visa' }) });
    assert.equal(staff.status, 201);

    await age(shop);
    assert.equal(await metric(shop, 'payment_breaker_open'), 0);
    await charge(shop, { payment_method: 'pm_card_visa' });
});

test('a form token must be ours; guests may have to have one', async (t) => {
    const shop = await startOne(t, { ORDERMILL_FORM_TOKEN: '1' });
    const token = await newForm(shop);
    const [id, seconds, signature] = token.split('.');
    for (const wrong of ['', 'x', `${token}x`, `${id}.${signature}`,
        `${id}.${Number(seconds) + 1}.${signature}`, 7, {}, undefined]) {
        const { json } = await refused(shop, { form_token: wrong }, 422);
        assert.deepEqual(json.errors.map(({ pointer }) => pointer),
            ['/form_token'], `${wrong}`);
    }
    await charge(shop, { form_token: token });
    await charge(shop, { form_token: token });
    const staff = await shop.asStaff('POST', '/orders', { body: body() });
    assert.equal(staff.status, 201);
});

test('without limits nobody waits and nothing is kept', async (t) => {
    const shop = await startShop({ t });
    for (let i = 0; i < 12; i++)
        await charge(shop, { payment_method: DECLINED,
            email: 'eve@example.com' });
    await charge(shop, { email: 'eve@example.com' });
    assert.equal(await shop.sql('SELECT (SELECT COUNT(*) FROM order_origins)' +
        ' + (SELECT COUNT(*) FROM charge_outcomes)'), '0');
    await refused(shop, { form_token: 'x' }, 422);
});
