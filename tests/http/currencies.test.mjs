// Currencies without decimals, with two, three and four: what is charged, shown
// and given back is the right integer of minor units, written alike everywhere.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pageOf, payOn, stripeOf } from './gateway.mjs';
import { readMail } from './mime.mjs';
import { readPaper } from './papers.mjs';
import { root, startShop } from './shop.mjs';

const shops = [
    { currency: 'JPY', price: '1500', minor: 1500, total: 3000, stated: 3000 },
    { currency: 'EUR', price: '12.34', minor: 1234, total: 2468,
        stated: 24.68 },
    { currency: 'KWD', price: '1.235', minor: 1235, total: 2470,
        stated: 2.47 },
];

for (const { currency, price, minor, total, stated } of shops)
    describe(currency, () => {
        test('is charged and refunded to the unit', async (t) => {
            const shop = await startShop({ t, env:
                { ORDERMILL_CURRENCY: currency } });
            await shop.addProducts(`tea,Tea,Green,${price},10`);
            for (const method of ['pm_card_visa', 'hosted']) {
                const placed = await shop.order({ productId: 'tea',
                    quantity: 2, amount: stated, paymentMethod: method });
                assert.equal(placed.status, 201, placed.text);
                assert.equal(placed.json.total_minor, total);
                const { order_id: id, payment_url: link } = placed.json;
                if (link !== null)
                    await payOn(await pageOf(link));
                await shop.waitForOrder(id, ['CONFIRMED']);
                const made = await shop.asStaff('POST',
                    `/orders/${id}/refunds`, { body: { reason: 'Broken.',
                        lines: [{ sku: 'tea', quantity: 1 }] } });
                assert.equal(made.status, 201, made.text);
                assert.equal(made.json.amount_minor, minor);
                await shop.waitForPayment(id, 'partially_refunded');
                const { data } = await stripeOf(shop).paymentIntents.list(
                    { limit: 100, expand: ['data.latest_charge'] });
                const [intent] = data.filter(({ metadata }) =>
                    metadata.order_id === id);
                assert.equal(intent.amount_received, total);
                assert.equal(intent.currency, currency.toLowerCase());
                assert.equal(intent.latest_charge.amount_refunded, minor);
            }
            await shop.verify();
        });
    });

// The order form's own formatter, out of the page.
async function loadFormatter() {
    const text = await readFile(join(root, 'www/catalogue.js'), 'utf8');
    return (await import(`data:text/javascript,${encodeURIComponent(text)}`))
        .formatMoney;
}

test('the order form writes every currency as the server does', async () => {
    const formatMoney = await loadFormatter();
    const table = JSON.parse(await readFile(join(root,
        'tests/currencies.json'), 'utf8'));
    assert.ok(table.length > 160);
    for (const { currency, exponent, unit, total, small } of table) {
        const [, before, after] = /^([^\d]*)[\d,.]+(.*)$/.exec(small);
        const style = { exponent, amount_before: before, amount_after: after };
        assert.deepEqual([1234567, 3 * 1234567, 7].map((minor) =>
            formatMoney(minor, style)), [unit, total, small], currency);
        assert.equal(formatMoney(-7, style), `-${small}`);
    }
});

// In a whole shop: the form, the API, the order's page, the mail, the receipt.
for (const currency of ['HUF', 'IQD', 'JPY', 'KWD', 'EUR', 'CLF'])
    test(`${currency} is the same wherever it is shown`, async (t) => {
        const formatMoney = await loadFormatter();
        const table = JSON.parse(await readFile(join(root,
            'tests/currencies.json'), 'utf8'));
        const { exponent, unit, total } = table.find((row) =>
            row.currency === currency);
        const shop = await startShop({ t, env: {
            ORDERMILL_CURRENCY: currency } });
        await shop.addProducts('tea,Tea,,' +
            `${(1234567 / 10 ** exponent).toFixed(exponent)},9`);
        const { json: tea } = await shop.request('GET', '/products/tea');
        assert.equal(tea.price_minor, 1234567);
        assert.equal(tea.exponent, exponent);
        assert.equal(tea.price_text, unit);
        assert.equal(tea.variants[0].price_text, unit);
        assert.equal(formatMoney(3 * tea.price_minor, tea), total);
        const placed = await shop.place({ email: 'ana@example.com',
            items: [{ sku: 'tea', quantity: 3 }] });
        assert.equal(placed.total_text, total);
        const order = await shop.waitForOrder(placed.order_id,
            ['CONFIRMED']);
        assert.equal(order.exponent, exponent);
        assert.equal(order.total_text, total);
        assert.equal(order.lines[0].unit_price_text, unit);
        assert.equal(order.lines[0].total_text, total);
        const page = await fetch(placed.track_url);
        assert.ok((await page.text()).includes(total));
        const { receipt_url: receipt } =
            await shop.waitForReceipt(order.order_id);
        assert.ok((await readPaper(shop, receipt)).text.includes(
            total.replace('\u00a0', ' ')));
        const [mail] = await shop.waitForMails(order.order_id);
        const { text } = readMail(mail);
        assert.ok(text.includes(total), text);
    });
