// Who finds goods held for his own unpaid order is led to it, by the token that
// his browser keeps; and the pages of an order that waits to be paid by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, atOrder, fillForm, goToForm, openAsStaff, openPage,
    placeOrder, press } from './chromium.mjs';

const REFUSED = /Failed to load resource.*\/orders\)/;
const LEFT = 40; // laptops, in the demo catalogue

let shop;
before(async () => {
    shop = await startShop({ env: { ORDERMILL_HELD_PER_EMAIL: '41' } });
});
after(() => shop?.stop());

const fill = (page, quantity, email, product = 'Laptop') =>
    fillForm(page, email, { product, quantity, way: /^Bank transfer/ });

const isHeld = (left) => waitUntil(async () =>
    await shop.available('laptop') === left, 5000, 'the goods to be held');

test('one\'s own unpaid order is offered when goods are short', async (t) => {
    const page = await openPage(t, shop.base,
        { expected: [REFUSED] });
    await goToForm(page);
    await fill(page, LEFT - 2, 'ana@example.com');
    await placeOrder(page);
    await atOrder(page);
    await page.locator('#manual time').waitFor();
    await assertGoodPage(page, 'an order that waits to be paid by hand');
    const [own] = await shop.ordersOf('ana@example.com');
    await isHeld(2);

    // Another takes one of the two while the form is open.
    await goToForm(page);
    const laptop = { items: [{ sku: 'laptop', quantity: 1 }],
        payment_method: 'manual' };
    const other = await shop.place({ ...laptop, email: 'bob@example.com' });
    await isHeld(1);
    await fill(page, 2, 'ana@example.com');
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
    const stranger = await openPage(t, shop.base,
        { expected: [REFUSED] });
    await goToForm(stranger);
    await stranger.getByLabel('Quantity of Laptop')
        .evaluate((input) => { input.max = '9'; });
    await fill(stranger, 1, 'ana@example.com');
    await shop.place(laptop);
    await isHeld(0);
    await placeOrder(stranger);
    await stranger.getByText('Laptop: None is left.').waitFor();
    assert.equal(await stranger.locator('#error-summary').getByRole('listitem')
        .count(), 1);

    // Sold out, the form leads there by itself.
    await goToForm(page);
    const hint = page.locator('#own-order').getByRole('link');
    await hint.waitFor();
    assert.equal(await hint.getAttribute('href'), own.track_url);
    await assertGoodPage(page, 'the form with an own order');
    await goToForm(stranger);
    await stranger.getByText('Sold out').waitFor();
    assert.ok(await stranger.locator('#own-order').isHidden());

    // Paid, it is forgotten.
    for (const id of [own.order_id, other.order_id])
        assert.equal((await shop.markPaid(id)).status, 201);
    await goToForm(page);
    await waitUntil(async () => (await page.evaluate(() =>
        localStorage.getItem('ordermill-orders'))) === '[]', 5000,
    'the order to be forgotten');
    assert.ok(await page.locator('#own-order').isHidden());
});

test('who holds too much is told, and led to his own order', async (t) => {
    const page = await openPage(t, shop.base,
        { expected: [REFUSED] });
    await goToForm(page);
    await fill(page, 45, 'eve@example.com', 'Phone');
    await placeOrder(page);
    await atOrder(page);
    await goToForm(page);
    await fill(page, 1, 'EVE@example.com', 'Mouse');
    await placeOrder(page);
    const summary = page.locator('#error-summary');
    await summary.getByText('Orders that are not paid yet hold').waitFor();
    const [own] = await shop.ordersOf('eve@example.com');
    assert.equal(await summary.getByRole('link').textContent(),
        `You have an unpaid order ${own.number}: pay it`);
});

test('staff give an order more time, or all of it', async (t) => {
    const { order_id: id } = await shop.place({ payment_method: 'manual' });
    const page = await openAsStaff(t, shop, `/admin/orders/${id}`,
        { expected: [/Failed to load resource.*\/window\)/] });
    const panel = page.locator('#window');
    await panel.waitFor();
    await assertGoodPage(page, 'a staff page with a window');
    const before = await panel.locator('time').getAttribute('datetime');
    await panel.getByLabel('Days more').fill('30');
    await press(panel, 'Keep it longer');
    await page.getByText('Saved.').waitFor();
    const now = await panel.locator('time').getAttribute('datetime');
    assert.equal(Date.parse(now) - Date.parse(before), 30 * 86400000);
    await panel.getByLabel('Days more').fill('366');
    await press(panel, 'Keep it longer');
    await page.locator('#window-days-fault').waitFor();
    await assertGoodPage(page, 'a staff page with a wrong window');
    await press(panel, 'Wait as long as it takes');
    await panel.getByText('as long as it takes').waitFor();
});
