// Who finds goods held for his own unpaid order is led to it, by the token that
// his browser keeps; and the pages of an order that waits to be paid by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, openBrowser, openPage } from './chromium.mjs';

const REFUSED = /Failed to load resource.*\/orders\)/;
const LEFT = 40; // laptops, in the demo catalogue

let shop;
let browser;
before(async () => {
    shop = await startShop({ env: { ORDERMILL_HELD_PER_EMAIL: '41' } });
    browser = await openBrowser();
});
after(() => Promise.allSettled([browser?.close(), shop?.stop()]));

async function openForm(page) {
    await page.goto('/');
    await page.locator('.product').first().waitFor();
    await page.locator('#payment-ways input').first().waitFor();
}

async function fillForm(page, quantity, email, product = 'Laptop') {
    await page.getByLabel(`Quantity of ${product}`).fill(String(quantity));
    await page.getByLabel('Name').fill('Ana Souza');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel(/^Bank transfer/).check();
}

const placeOrder = (page) =>
    page.getByRole('button', { name: 'Place order' }).click();

async function ordersOf(email) {
    const { json } = await shop.asStaff('GET', '/orders?limit=100');
    return json.orders.filter(({ customer }) => customer.email === email);
}

const isHeld = (left) => waitUntil(async () =>
    (await shop.request('GET', '/products/laptop')).json.available === left,
5000, 'the goods to be held');

test('one\'s own unpaid order is offered when goods are short', async (t) => {
    const page = await openPage(t, browser, shop.base,
        { expected: [REFUSED] });
    await openForm(page);
    await fillForm(page, LEFT - 2, 'ana@example.com');
    await placeOrder(page);
    await page.waitForURL(/\/track\//);
    await page.locator('#manual time').waitFor();
    await assertGoodPage(page, 'an order that waits to be paid by hand');
    const [own] = await ordersOf('ana@example.com');
    await isHeld(2);

    // Another takes one of the two while the form is open.
    await openForm(page);
    const { json: other } = await shop.order({ item: 'laptop', quantity: 1,
        email: 'bob@example.com', payment_method: 'manual' });
    await isHeld(1);
    await fillForm(page, 2, 'ana@example.com');
    await placeOrder(page);
    const summary = page.locator('#error-summary');
    const link = summary.getByRole('link', { name: 'pay it' });
    await link.waitFor();
    assert.deepEqual(await summary.getByRole('listitem').allTextContents(),
        ['Laptop: Only 1 is left.',
            `You have an unpaid order ${own.number} for these goods: pay it`]);
    assert.match(await page.locator('#qty-laptop-error').textContent(),
        /Only 1 is left/);
    await assertGoodPage(page, 'the form with a refusal');
    await link.click();
    await page.waitForURL(own.track_url);

    // A stranger with the same e-mail learns of no order.
    const stranger = await openPage(t, browser, shop.base,
        { expected: [REFUSED] });
    await openForm(stranger);
    await stranger.getByLabel('Quantity of Laptop')
        .evaluate((input) => { input.max = '9'; });
    await fillForm(stranger, 1, 'ana@example.com');
    await shop.order({ item: 'laptop', quantity: 1, payment_method: 'manual' });
    await isHeld(0);
    await placeOrder(stranger);
    await stranger.getByText('Laptop: None is left.').waitFor();
    assert.equal(await stranger.locator('#error-summary').getByRole('listitem')
        .count(), 1);

    // Sold out, the form leads there by itself.
    await openForm(page);
    const hint = page.locator('#own-order').getByRole('link');
    await hint.waitFor();
    assert.equal(await hint.getAttribute('href'), own.track_url);
    await assertGoodPage(page, 'the form with an own order');
    await openForm(stranger);
    await stranger.getByText('Sold out').waitFor();
    assert.ok(await stranger.locator('#own-order').isHidden());

    // Paid, it is forgotten.
    for (const id of [own.order_id, other.order_id])
        assert.equal((await shop.asStaff('POST', `/orders/${id}/payments`,
            { body: { method: 'manual' } })).status, 201);
    await openForm(page);
    await waitUntil(async () => (await page.evaluate(() =>
        localStorage.getItem('ordermill-orders'))) === '[]', 5000,
    'the order to be forgotten');
    assert.ok(await page.locator('#own-order').isHidden());
});

test('who holds too much is told, and led to his own order', async (t) => {
    const page = await openPage(t, browser, shop.base,
        { expected: [REFUSED] });
    await openForm(page);
    await fillForm(page, 45, 'eve@example.com', 'Phone');
    await placeOrder(page);
    await page.waitForURL(/\/track\//);
    await openForm(page);
    await fillForm(page, 1, 'EVE@example.com', 'Mouse');
    await placeOrder(page);
    const summary = page.locator('#error-summary');
    await summary.getByText('Orders that are not paid yet hold').waitFor();
    const [own] = await ordersOf('eve@example.com');
    assert.equal(await summary.getByRole('link').textContent(),
        `You have an unpaid order ${own.number}: pay it`);
});

test('staff give an order more time, or all of it', async (t) => {
    const { json } = await shop.order({ item: 'mouse', quantity: 1,
        payment_method: 'manual' });
    const page = await openPage(t, browser, shop.base,
        { expected: [/Failed to load resource.*\/window\)/] });
    await page.goto(`/admin/orders/${json.order_id}`);
    await page.getByLabel('E-mail').fill(shop.email);
    await page.getByLabel('Password').fill(shop.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const panel = page.locator('#window');
    await panel.waitFor();
    await assertGoodPage(page, 'a staff page with a window');
    const before = await panel.locator('time').getAttribute('datetime');
    await panel.getByLabel('Days more').fill('30');
    await panel.getByRole('button', { name: 'Keep it longer' }).click();
    await page.getByText('Saved.').waitFor();
    const now = await panel.locator('time').getAttribute('datetime');
    assert.equal(Date.parse(now) - Date.parse(before), 30 * 86400000);
    await panel.getByLabel('Days more').fill('366');
    await panel.getByRole('button', { name: 'Keep it longer' }).click();
    await page.locator('#window-days-fault').waitFor();
    await assertGoodPage(page, 'a staff page with a wrong window');
    await panel.getByRole('button', { name: 'Wait as long as it takes' }).click();
    await panel.getByText('as long as it takes').waitFor();
});
