// The local gateway's hosted page and its bank's page in a browser: they say
// what they are, work without JavaScript, and lead back to the shop.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripeOf } from '../http/gateway.mjs';
import { startShop } from '../http/shop.mjs';
import { assertGoodPage, openPage, press, tabTo } from './chromium.mjs';

let shop;
let stripe;
before(async () => {
    shop = await startShop();
    stripe = stripeOf(shop);
});
after(() => shop?.stop());

const open = (t, options) => openPage(t, shop.gateway, options);

const newSession = (more = {}) => stripe.checkout.sessions.create({
    mode: 'payment',
    customer_email: 'mary@example.com',
    line_items: [
        { quantity: 2, price_data: { currency: 'eur', unit_amount: 2100,
            product_data: { name: 'Mouse' } } },
        { quantity: 1, price_data: { currency: 'eur', unit_amount: 129900,
            product_data: { name: 'Wolfeschlegelsteinhausenbergerdorff-'
                + 'Schreibmaschine, 14 inches, Ελληνικά' } } }],
    success_url: `${shop.base}/?paid={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shop.base}/?left`,
    ...more });

const atShop = (page, query) =>
    page.waitForURL((url) => url.origin === shop.base && url.search === query);

test('declined, then paid, and back at the shop', async (t) => {
    const page = await open(t);
    const session = await newSession();
    await page.goto(session.url);
    await page.getByText('Test money').waitFor();
    await page.getByText('€1,341.00', { exact: true }).waitFor();
    await assertGoodPage(page, 'an open session');
    await press(page, 'Decline');
    assert.match(await page.getByRole('alert').textContent(),
        /Your card was declined\..*try again/);
    await assertGoodPage(page, 'a declined try');
    await press(page, /^Pay €/);
    await atShop(page, `?paid=${session.id}`);

    await page.goto(session.url);
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await assertGoodPage(page, 'a paid session');
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await atShop(page, `?paid=${session.id}`);
});

test('by keyboard and without JavaScript', async (t) => {
    const page = await open(t);
    const session = await newSession();
    await page.goto(session.url);
    await tabTo(page, page.getByRole('button', { name: 'Pay twice' }));
    await page.keyboard.press('Enter');
    await atShop(page, `?paid=${session.id}`);

    const plain = await open(t, { javaScriptEnabled: false });
    const { url } = await newSession();
    await plain.goto(url);
    await press(plain, 'Leave without paying');
    await atShop(plain, '?left');
});

test('two presses in a row pay once', async (t) => {
    const page = await open(t);
    const session = await newSession({ payment_intent_data:
        { metadata: { order_id: 'double-click' } } });
    await page.goto(session.url);
    await page.getByRole('button', { name: /^Pay €/ }).dblclick();
    await atShop(page, `?paid=${session.id}`);
    const { data } = await stripe.paymentIntents.list({ limit: 100 });
    assert.equal(data.filter(({ metadata }) =>
        metadata.order_id === 'double-click').length, 1);
});

test('a lost answer leads nowhere, an expired session back', async (t) => {
    const page = await open(t);
    await page.goto((await newSession()).url);
    await press(page, /answer is lost/);
    await page.getByRole('heading', { name: /the answer is lost/ }).waitFor();
    assert.equal(await page.getByRole('link').count(), 0);
    await assertGoodPage(page, 'a lost answer');

    const session = await newSession();
    await stripe.checkout.sessions.expire(session.id);
    await page.goto(session.url);
    await page.getByRole('heading', { name: 'No longer open' }).waitFor();
    await assertGoodPage(page, 'an expired session');
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await atShop(page, '?left');
});

for (const [button, result, status] of [
    ['Approve', 'succeeded', 'succeeded'],
    ['Refuse', 'failed', 'requires_payment_method']])
    test(`the bank's page: ${button}`, async (t) => {
        const page = await open(t);
        const intent = await stripe.paymentIntents.create({ amount: 4200,
            currency: 'eur', confirm: true,
            payment_method: 'pm_card_authenticationRequired',
            return_url: `${shop.base}/?order=1` });
        const { url } = intent.next_action.redirect_to_url;
        await page.goto(url);
        await page.getByText('€42.00').waitFor();
        await assertGoodPage(page, 'the bank');
        await press(page, button);
        await atShop(page, `?order=1&payment_intent=${intent.id}` +
            `&payment_intent_client_secret=${intent.client_secret}` +
            `&redirect_status=${result}`);
        assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status,
            status);
        await page.goto(url);
        await page.getByRole('heading', { name: 'Already answered' })
            .waitFor();
        await assertGoodPage(page, 'the bank, answered');
    });

test('a page that is not there says so', async (t) => {
    const page = await open(t, { expected: [/status of 404/] });
    await page.goto('/c/pay/cs_test_none');
    await page.getByRole('heading', { name: 'No such payment' }).waitFor();
    await assertGoodPage(page, 'no such payment');
});
