// Paying as a customer does: from the form to the gateway's page and back to
// the order's, in every way it can go; and the amounts of other currencies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, atOrder, fillForm, goToForm, openPage, pill, press }
    from './chromium.mjs';

let shop;
before(async () => {
    shop = await startShop({ env: { ORDERMILL_MANUAL_TEXT:
        'Transfer it to IBAN XX00 1234 5678 9012 3456 78.\nThank you.' } });
});
after(() => shop?.stop());

// Places an order for a mouse by the form, as it is when it opens or with
// another way to pay.
async function placeOrder(t, email, way, options = {}) {
    const page = await openPage(t, options.base ?? shop.base, options);
    await goToForm(page);
    await fillForm(page, email, { quantity: options.quantity, way });
    const button = page.getByRole('button', { name: 'Place order' });
    await (options.twice ? button.dblclick() : button.click());
    return page;
}

const atGateway = (page) =>
    page.waitForURL((url) => url.origin === shop.gateway);
// What the page shows, not what it tells a screen reader as it changes.
const shown = (page, text) =>
    page.getByText(text).and(page.locator(':not(#announcement)'));

const spaced = (text) => text.replaceAll('\u00a0', ' ');

test('the form leads to the gateway\'s page, which leads back, paid',
    async (t) => {
        const page = await placeOrder(t, 'pays@example.com', undefined,
            { twice: true });
        await atGateway(page);
        await press(page, /^Pay €39\.00/);
        await atOrder(page);
        await pill(page, 'CONFIRMED');
        assert.equal(await page.locator('#pay-now').count(), 0);
        const orders = await shop.ordersOf('pays@example.com');
        assert.equal(orders.length, 1);
        assert.equal(orders[0].payment_status, 'paid');

        // The link to pay and the browser's way back lead to no second charge.
        await page.goto(orders[0].track_url.replace('/track/', '/pay/'));
        await atOrder(page);
        await page.goBack();
        await page.goBack();
        await atGateway(page);
        await page.getByRole('heading', { name: 'Paid' }).waitFor();
        await page.getByRole('link', { name: 'Back to the shop' }).click();
        await pill(page, 'CONFIRMED');
    });

test('who is back before the payment is known is not asked to pay again',
    async (t) => {
        const page = await placeOrder(t, 'early@example.com');
        await atGateway(page);
        await shop.withReaperStopped(async () => {
            await press(page, /^Pay €39\.00/);
            await atOrder(page);
            await shown(page, 'payment is being confirmed').waitFor();
            assert.equal(await page.locator('#pay-now').count(), 0);
            await assertGoodPage(page, 'a payment that is being confirmed');
            // Only who comes from the gateway's page is taken for one who paid.
            const { href } = new URL(page.url());
            await page.goto(href.replace(/paid=.*/, 'paid=cs_test_other'));
            await page.getByRole('link', { name: 'Pay now' }).waitFor();
            await page.goBack();
        });
        await pill(page, 'CONFIRMED');
    });

test('two tabs pay once', async (t) => {
    const page = await placeOrder(t, 'tabs@example.com');
    await atGateway(page);
    const second = await openPage(t, shop.base);
    await second.goto(page.url());
    await press(page, /^Pay €39\.00/);
    await atOrder(page);
    await press(second, /^Pay €39\.00/);
    await atOrder(second);
    await pill(second, 'CONFIRMED');
    const [order] = await shop.ordersOf('tabs@example.com');
    assert.equal((await shop.show(order.order_id)).payment_status, 'paid');
});

test('an order cancelled while its customer is about to pay', async (t) => {
    const page = await placeOrder(t, 'cancelled@example.com');
    await atGateway(page);
    const [order] = await shop.ordersOf('cancelled@example.com');
    await shop.cancel(order.order_id, 'Sold out.');
    await shop.waitForOrder(order.order_id, ['CANCELLED']);
    await press(page, /^Pay €39\.00/);
    await shown(page, 'Nothing was charged').waitFor();
    await page.goto(order.payment_url);
    await atOrder(page);
    await pill(page, 'CANCELLED');
    assert.match(await page.locator('#details').innerText(),
        /Payment\s+Not charged/);
    const step = page.locator('.step', { hasText: 'Payment' });
    assert.equal(await step.locator('.step-word').innerText(), 'Stopped');
});

test('what was paid twice goes back', async (t) => {
    const page = await placeOrder(t, 'twice@example.com');
    await atGateway(page);
    await press(page, /^Pay twice/);
    await atOrder(page);
    await pill(page, 'CONFIRMED');
    const [order] = await shop.ordersOf('twice@example.com');
    const subject = `Subject: Order ${order.number} has a refund\r\n`;
    await waitUntil(async () => (await shop.mails(order.order_id))
        .some((mail) => mail.includes(subject)), 10000, subject);
    const note = shown(page, /Credit note no\. \d+: €39\.00/);
    await waitUntil(async () => {
        await page.goto(order.track_url);
        return await note.count() === 1;
    }, 10000, 'the credit note');
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
    await shown(page, 'Your order is kept until').waitFor();
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
        const [order] = await shop.ordersOf('closes@example.com');
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
        const track = await openPage(t, shop.base);
        await track.goto(order.track_url);
        await pill(track, 'CONFIRMED');
    });

test('it all goes without JavaScript on the pay page', async (t) => {
    const order = await shop.place({ payment_method: 'hosted' });
    const page = await openPage(t, shop.base,
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
    await page.locator('#manual').getByText('IBAN XX00').waitFor();
    await page.locator('.lead', { hasText: 'goes on as soon as it is paid' })
        .waitFor();
    await assertGoodPage(page, 'an order that is paid by transfer');
    const [order] = await shop.ordersOf('manual@example.com');
    const paid = await shop.markPaid(order.order_id);
    assert.equal(paid.status, 201, paid.text);
    await pill(page, 'CONFIRMED');
    assert.equal(await page.locator('#manual').count(), 0);
});

test('a card whose bank asks first is paid from the order\'s page', async (t) => {
    const order = await shop.place(
        { payment_method: 'pm_card_authenticationRequired' });
    const page = await openPage(t, shop.base);
    await page.goto(order.track_url);
    await page.getByRole('link', { name: 'Pay now' }).click();
    await atGateway(page);
    await press(page, 'Approve');
    await atOrder(page);
    await pill(page, 'CONFIRMED');
});

test('a card whose bank refuses fails the order, in plain words', async (t) => {
    const order = await shop.place(
        { payment_method: 'pm_card_authenticationRequired' });
    const page = await openPage(t, shop.base);
    await page.goto(order.payment_url ?? order.track_url);
    await page.getByRole('link', { name: 'Pay now' }).click();
    await atGateway(page);
    await press(page, 'Refuse');
    await atOrder(page);
    await pill(page, 'FAILED');
    assert.equal(await page.locator('#reason').innerText(),
        'Your bank did not approve the payment. Nothing was charged.');
});

test('while the gateway\'s page is not there, a page waits', async (t) => {
    const page = await openPage(t, shop.base);
    await shop.withReaperStopped(async () => {
        const order = await shop.place({ payment_method: 'hosted' });
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
    });
    await atGateway(page);
});

test('yen and dinars are shown with their own decimals', async (t) => {
    for (const [currency, order] of [['JPY', '¥78'], ['KWD', '78.000 KWD']]) {
        const other = await startShop({ env: {
            ORDERMILL_CURRENCY: currency } });
        try {
            const page = await placeOrder(t, 'money@example.com', /^Card/,
                { base: other.base, quantity: 2 });
            await page.waitForURL((url) => url.origin === other.gateway);
            assert.ok(await page.getByRole('button',
                { name: `Pay ${order}`, exact: true }).isVisible());
            const { json } = await other.asStaff('GET', '/orders');
            await page.goto(json.orders[0].track_url);
            assert.equal(spaced(await page.locator('#order-total')
                .innerText()), order);
            await page.goto('/');
            await page.getByLabel('Quantity of Mouse').fill('2');
            assert.equal(spaced(await page.getByLabel('Total').innerText()),
                order);
        } finally {
            await other.stop();
        }
    }
});
