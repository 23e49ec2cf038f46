// Paying as a customer does: from the form to the gateway's page and back to
// the order's, in every way it can go; and the amounts of other currencies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop } from '../http/shop.mjs';
import { assertGoodPage, openBrowser, openPage } from './chromium.mjs';

let shop;
let browser;
before(async () => {
    shop = await startShop({ env: { ORDERMILL_MANUAL_TEXT:
        'Transfer it to IBAN XX00 1234 5678 9012 3456 78.\nThank you.' } });
    browser = await openBrowser();
});
after(() => Promise.allSettled([browser?.close(), shop?.stop()]));

// Places an order for a mouse by the form, as it is when it opens or with
// another way to pay.
async function placeOrder(t, email, way, options = {}) {
    const page = await openPage(t, browser, options.base ?? shop.base, options);
    await page.goto('/');
    await page.getByLabel('Quantity of Mouse').fill('1');
    await page.getByLabel('Name').fill('Ana Souza');
    await page.getByLabel('E-mail').fill(email);
    await page.locator('#payment-ways input').first().waitFor();
    if (way !== undefined)
        await page.getByLabel(way).check();
    const button = page.getByRole('button', { name: 'Place order' });
    await (options.twice ? button.dblclick() : button.click());
    return page;
}

const press = (page, name) => page.getByRole('button', { name }).click();
const atGateway = (page) =>
    page.waitForURL((url) => url.origin === shop.gateway);
const atOrder = (page) => page.waitForURL(/\/track\//);
const pill = (page, status) =>
    page.locator(`.pill[data-status="${status}"]`).waitFor();

const spaced = (text) => text.replaceAll('\u00a0', ' ');

async function ordersOf(email) {
    const { json } = await shop.asStaff('GET', '/orders?limit=100');
    return json.orders.filter(({ customer }) => customer.email === email);
}

test('the form leads to the gateway\'s page, which leads back, paid',
    async (t) => {
        const page = await placeOrder(t, 'pays@example.com', undefined,
            { twice: true });
        await atGateway(page);
        await press(page, /^Pay €39\.00/);
        await atOrder(page);
        await pill(page, 'CONFIRMED');
        assert.equal(await page.locator('#pay-now').count(), 0);
        const orders = await ordersOf('pays@example.com');
        assert.equal(orders.length, 1);
        assert.equal(orders[0].payment_status, 'paid');

        // Back to the form: the same again is the same order, paid already.
        await page.goto(orders[0].track_url.replace('/track/', '/pay/'));
        await atOrder(page);
    });

test('declined, then paid', async (t) => {
    const page = await placeOrder(t, 'declined@example.com', /^Card/);
    await atGateway(page);
    await press(page, /^Decline/);
    await page.getByText('You can try again').waitFor();
    await press(page, /^Pay €39\.00/);
    await atOrder(page);
    await pill(page, 'CONFIRMED');
});

test('who leaves without paying can pay later, from the order', async (t) => {
    const page = await placeOrder(t, 'leaves@example.com');
    await atGateway(page);
    await press(page, /^Leave/);
    await atOrder(page);
    const pay = page.getByRole('link', { name: 'Pay now' });
    await pay.waitFor();
    await page.getByText('Your order is kept until').waitFor();
    await assertGoodPage(page, 'an order that waits to be paid');
    await pay.click();
    await atGateway(page);
    await press(page, /^Pay €39\.00/);
    await atOrder(page);
    await pill(page, 'CONFIRMED');
});

test('a tab that is closed before the way back: the order is paid all the same',
    async (t) => {
        const page = await placeOrder(t, 'closes@example.com');
        await atGateway(page);
        await press(page, /answer is lost/);
        await page.getByText('nothing leads you back').waitFor();
        const [order] = await ordersOf('closes@example.com');
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
        const track = await openPage(t, browser, shop.base);
        await track.goto(order.track_url);
        await pill(track, 'CONFIRMED');
    });

test('it all goes without JavaScript on the pay page', async (t) => {
    const { json: order } = await shop.order({ item: 'mouse', quantity: 1,
        payment_method: 'hosted' });
    const page = await openPage(t, browser, shop.base,
        { javaScriptEnabled: false });
    await page.goto(order.payment_url);
    await atGateway(page);
    await press(page, /^Pay €39\.00/);
    await atOrder(page);
    await shop.waitForOrder(order.order_id, ['CONFIRMED']);
});

test('a manual order says how it is paid', async (t) => {
    const page = await placeOrder(t, 'manual@example.com', /^Bank transfer/);
    await atOrder(page);
    await page.getByText('IBAN XX00').waitFor();
    await page.getByText('goes on as soon as it is paid').waitFor();
    await assertGoodPage(page, 'an order that is paid by transfer');
    const [order] = await ordersOf('manual@example.com');
    const paid = await shop.asStaff('POST', `/orders/${order.order_id}/payments`,
        { body: { method: 'manual', note: 'Arrived.' } });
    assert.equal(paid.status, 201, paid.text);
    await pill(page, 'CONFIRMED');
    assert.equal(await page.locator('#manual').count(), 0);
});

test('a card whose bank asks first is paid from the order\'s page', async (t) => {
    const { json: order } = await shop.order({ item: 'mouse', quantity: 1,
        payment_method: 'pm_card_authenticationRequired' });
    const page = await openPage(t, browser, shop.base);
    await page.goto(order.track_url);
    await page.getByRole('link', { name: 'Pay now' }).click();
    await atGateway(page);
    await press(page, 'Approve');
    await atOrder(page);
    await pill(page, 'CONFIRMED');
});

test('while the gateway\'s page is not there, a page waits', async (t) => {
    const reaper = (await shop.processes())
        .find(({ name }) => name === 'reaper');
    const page = await openPage(t, browser, shop.base);
    process.kill(reaper.pid, 'SIGSTOP');
    try {
        const { json: order } = await shop.order({ item: 'mouse', quantity: 1,
            payment_method: 'hosted' });
        await page.goto(`${order.payment_url}?n=8`);
        await page.getByRole('heading', { name: 'One moment' }).waitFor();
        const html = await page.content();
        // Without its reload, so that nothing moves while it is looked at.
        await page.route('**/still', (route) => route.fulfill({
            contentType: 'text/html', body:
                html.replace(/<meta http-equiv="refresh"[^>]*>/, '') }));
        await page.goto('/still');
        await assertGoodPage(page, 'the page that waits');
        await page.goto(`${order.payment_url}?n=8`);
    } finally {
        process.kill(reaper.pid, 'SIGCONT');
    }
    await atGateway(page);
});

test('yen and dinars are shown with their own decimals', async (t) => {
    for (const [currency, form, order] of [['JPY', '¥39', '¥39'],
        ['KWD', 'KWD 39.000', '39.000 KWD']]) {
        const other = await startShop({ env: {
            ORDERMILL_CURRENCY: currency } });
        try {
            const page = await placeOrder(t, 'money@example.com', /^Card/,
                { base: other.base });
            await page.waitForURL((url) => url.origin === other.gateway);
            assert.ok(await page.getByRole('button',
                { name: `Pay ${order}`, exact: true }).isVisible());
            const { json } = await other.asStaff('GET', '/orders');
            await page.goto(json.orders[0].track_url);
            assert.equal(spaced(await page.locator('#order-total')
                .innerText()), order);
            await page.goto('/');
            await page.getByLabel('Quantity of Mouse').fill('1');
            assert.equal(spaced(await page.getByLabel('Total').innerText()),
                form);
        } finally {
            await other.stop();
        }
    }
});
