// The order form's amounts: in currencies whose digits browsers count otherwise
// than ISO 4217, and where there is nothing to pay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startShop } from '../http/shop.mjs';
import { assertGoodPage, atOrder, fillForm, goToForm, openPage, placeOrder }
    from './chromium.mjs';

// The form of a shop of its own with Tea at that price and a free Sticker.
async function openForm(t, currency, price) {
    const shop = await startShop({ env: { ORDERMILL_CURRENCY: currency } });
    // It closes before the shop ends: its page asks again and again.
    const page = await openPage(t, shop.base);
    t.after(() => shop.stop());
    await shop.addProducts(`tea,Tea,,${price},9`, 'free,Sticker,,0,9');
    await goToForm(page);
    return page;
}

for (const [currency, price, unit, total] of [
    ['HUF', '1999', '1,999.00\u00a0HUF', '5,997.00\u00a0HUF'],
    ['IQD', '1250', '1,250.000\u00a0IQD', '3,750.000\u00a0IQD'],
    ['JPY', '1250', '¥1,250', '¥3,750'],
    ['CLF', '1.2345', '1.2345\u00a0CLF', '3.7035\u00a0CLF']])
    test(`${currency} is shown, summed up and charged alike`, async (t) => {
        const page = await openForm(t, currency, price);
        assert.equal(await page.locator('.product', { hasText: 'Tea' })
            .locator('.price').textContent(), unit);
        await fillForm(page, 'ana@example.com',
            { product: 'Tea', quantity: 3, way: 'Test card that pays' });
        assert.equal(await page.getByLabel('Total').textContent(), total);
        assert.deepEqual(await page.locator('#summary-lines li')
            .allTextContents(), [`3 × Tea ${total}`]);
        await placeOrder(page);
        await atOrder(page);
        assert.equal(await page.locator('#order-total').textContent(), total);
    });

test('what costs nothing asks for no way to pay', async (t) => {
    const page = await openForm(t, 'EUR', '5');
    const nothing = page.getByText('Nothing to pay');
    const ways = page.locator('#payment');
    assert.ok(await nothing.isHidden());
    await page.getByLabel('Quantity of Sticker').fill('2');
    await nothing.waitFor();
    assert.ok(await ways.isHidden());
    await page.getByLabel('Quantity of Tea').fill('1');
    await ways.waitFor();
    assert.ok(await nothing.isHidden());
    await page.getByLabel('Quantity of Tea').fill('0');
    await nothing.waitFor();
    await assertGoodPage(page);
    await fillForm(page, 'ana@example.com',
        { product: 'Sticker', quantity: 2 });
    await placeOrder(page);
    await atOrder(page);
    await page.getByText('Confirmed', { exact: true }).waitFor();
    await page.locator('#details').getByText('Nothing to pay').waitFor();
});
