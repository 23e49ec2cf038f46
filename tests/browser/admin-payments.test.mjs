// What staff do about an order's money, in a browser: refunds by amount and by
// line, one that is refused, one that fails, what disputes and cancelling say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, openAsStaff, press } from './chromium.mjs';

const UNPROCESSABLE = /status of 422/;
const CONFLICT = /status of 409/;

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

// An order of two keyboards and a mouse, on its staff page.
async function openOrder(t, payment_method, status) {
    const order = await shop.placeAndWait({ payment_method,
        items: [{ sku: 'keyboard', quantity: 2 }, { sku: 'mouse', quantity: 1 }],
        customer: { name: 'Ana Souza', email: 'ana@example.com' } }, [status]);
    const page = await openAsStaff(t, shop, `/admin/orders/${order.order_id}`,
        { expected: [UNPROCESSABLE, CONFLICT] });
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    return { page, order };
}

async function refund(page, fields) {
    for (const [label, value] of Object.entries(fields))
        await page.getByLabel(label).fill(value);
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    await page.locator('#message').waitFor();
    return page.locator('#message').innerText();
}

// The page again until text is on it.
const reloadUntil = (page, order, text) => waitUntil(async () => {
    await page.goto(`/admin/orders/${order.order_id}`);
    return await page.getByText(text).count() > 0;
}, 10000, String(text));

const left = (page) => page.locator('#refund-left').innerText();
const hint = (page) =>
    page.locator('.actions form').filter({ hasText: 'Cancel order' })
        .innerText();

test('twice in part, then a third is refused', async (t) => {
    const { page, order } = await openOrder(t, 'pm_card_visa', 'CONFIRMED');
    assert.match(await hint(page), /Refunds €217\.00/);
    const reason = 'Why refund it?';
    assert.match(await refund(page, { Amount: '12,50', [reason]: 'A scratch.' }),
        /Write the amount/);
    await assertGoodPage(page, 'a refund with a mistake');
    assert.match(await refund(page, { Amount: '12.50' }), /under way/);
    assert.equal(await left(page), '€204.50');
    assert.match(await hint(page), /Refunds €204\.50/);
    assert.match(await refund(page, { 'Keyboard': '2', [reason]: 'Too loud.' }),
        /under way/);
    await assertGoodPage(page, 'an order refunded in part');
    assert.match(await refund(page, { Amount: '26.51', [reason]: 'More.' }),
        /more than is left/);
    assert.equal(await left(page), '€26.50');
    await reloadUntil(page, order, /Credit note no\. \d+ \(PDF\): €178\.00/);
    await page.setViewportSize({ width: 320, height: 600 });
    await page.goto('/admin/orders');
    const name = page.getByText('Ana Souza').first();
    assert.ok((await name.boundingBox()).width > 80, 'the name has its room');
});

test('a refund that fails is an alarm, and can be made again', async (t) => {
    const { page, order } = await openOrder(t, 'pm_card_refundFail',
        'CONFIRMED');
    await refund(page, { Amount: '217', 'Why refund it?': 'Broken.' });
    await reloadUntil(page, order, 'gateway: expired or canceled card');
    await reloadUntil(page, order, /Credit note.*€217\.00, the refund failed/);
    assert.equal(await left(page), '€217.00');
    await page.goto(order.track_url);
    await page.getByText(/Credit note.*€217\.00, the refund failed/).waitFor();
});

test('a dispute is an alarm and leaves nothing to refund', async (t) => {
    const { page, order } = await openOrder(t, 'pm_card_createDispute',
        'CONFIRMED');
    await reloadUntil(page, order, 'answer the dispute at the gateway');
    assert.equal(await page.locator('#refund').count(), 0);
    assert.match(await hint(page), /Nothing is left to refund/);
    await assertGoodPage(page, 'a disputed order');
});

test('an order is cancelled while the gateway waits for its customer',
    async (t) => {
        const { page, order } = await openOrder(t, 'hosted', 'PROCESSING');
        await page.locator('.actions').getByLabel('Reason').fill('Sold out.');
        await press(page, 'Cancel order');
        await shop.waitForOrder(order.order_id, ['CANCELLED']);
        await page.goto(`/admin/orders/${order.order_id}`);
        assert.match(await page.locator('#payments').innerText(),
            /Failed[^]*The order was cancelled first\./);
        await assertGoodPage(page, 'an order cancelled unpaid');
    });

test('an order to be paid by hand is cancelled at once', async (t) => {
    const { page } = await openOrder(t, 'manual', 'PROCESSING');
    assert.match(await hint(page), /Nothing was charged/);
    await page.locator('.actions').getByLabel('Reason').fill('Sold out.');
    await press(page, 'Cancel order');
    await page.getByText('Done.').waitFor();
    assert.equal(await page.locator('#mark-paid').count(), 0);
    assert.match(await page.locator('main').innerText(),
        /Payment\s+Not charged/);
});
