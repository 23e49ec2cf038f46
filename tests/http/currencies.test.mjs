// Currencies without decimals, with two and with three: what is charged, shown
// and given back is the right integer of minor units.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { stripeOf } from './storm.mjs';

const shops = [
    { currency: 'JPY', price: '1500', minor: 1500, total: 3000, stated: 3000 },
    { currency: 'EUR', price: '12.34', minor: 1234, total: 2468,
        stated: 24.68 },
    { currency: 'KWD', price: '1.235', minor: 1235, total: 2470,
        stated: 2.47 },
];

async function pay(shop, order) {
    if (order.payment_url === null)
        return;
    const page = await waitUntil(async () => {
        const { headers } = await fetch(order.payment_url,
            { redirect: 'manual' });
        const to = headers.get('location') ?? '';
        return to.includes('/c/pay/') && to;
    }, 5000, 'the page');
    const paid = await fetch(page, { method: 'POST', redirect: 'manual',
        body: new URLSearchParams({ scenario: 'pay' }) });
    assert.equal(paid.status, 303, await paid.text());
}

for (const { currency, price, minor, total, stated } of shops)
    describe(currency, () => {
        test('is charged and refunded to the unit', async () => {
            const shop = await startShop({ env:
                { ORDERMILL_CURRENCY: currency } });
            try {
                const file = join(shop.home, 'teas.csv');
                await writeFile(file, 'sku,name,description,price,stock\n' +
                    `tea,Tea,Green,${price},10\n`);
                const done = await shop.run('import', 'products', file);
                assert.equal(done.code, 0, done.stderr);
                for (const method of ['pm_card_visa', 'hosted']) {
                    const placed = await shop.order({ productId: 'tea',
                        quantity: 2, amount: stated, paymentMethod: method });
                    assert.equal(placed.status, 201, placed.text);
                    assert.equal(placed.json.total_minor, total);
                    await pay(shop, placed.json);
                    const { order_id: id } = placed.json;
                    await shop.waitForOrder(id, ['CONFIRMED']);
                    const made = await shop.asStaff('POST',
                        `/orders/${id}/refunds`, { body: { reason: 'Broken.',
                            lines: [{ sku: 'tea', quantity: 1 }] } });
                    assert.equal(made.status, 201, made.text);
                    assert.equal(made.json.amount_minor, minor);
                    await waitUntil(async () => (await shop.asStaff('GET',
                        `/orders/${id}`)).json.payment_status ===
                        'partially_refunded', 5000, 'the refund');
                    const { data } = await stripeOf(shop).paymentIntents.list(
                        { limit: 100, expand: ['data.latest_charge'] });
                    const [intent] = data.filter(({ metadata }) =>
                        metadata.order_id === id);
                    assert.equal(intent.amount_received, total);
                    assert.equal(intent.currency, currency.toLowerCase());
                    assert.equal(intent.latest_charge.amount_refunded, minor);
                }
                const books = await shop.run('verify');
                assert.equal(books.code, 0, books.stdout);
            } finally {
                await shop.stop();
            }
        });
    });
