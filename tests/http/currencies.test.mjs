// Currencies without decimals, with two, three and four: what is charged, shown
// and given back is the right integer of minor units, written alike everywhere.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root, runCommand, startShop, waitUntil } from './shop.mjs';
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

async function pdfText(shop, link) {
    const file = join(shop.home, 'receipt.pdf');
    await writeFile(file, Buffer.from(await (await fetch(link))
        .arrayBuffer()));
    const { code, stdout, stderr } = await runCommand('pdftotext',
        ['-layout', file, '-'], process.env);
    assert.equal(code, 0, stderr);
    return stdout;
}

// The plain text of the only mail, once it is there.
async function mailText(shop) {
    const folder = join(shop.home, 'mail');
    const name = await waitUntil(async () => (await readdir(folder))
        .find((one) => one.endsWith('.eml')), 5000, 'the mail');
    const bytes = await readFile(join(folder, name), 'latin1');
    const [, raw] = /text\/plain[^]*?\r\n\r\n([^]*?)\r\n--/.exec(bytes);
    return Buffer.from(raw.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g,
        (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
        .toString();
}

// In a whole shop: the form, the API, the order's page, the mail, the receipt.
for (const currency of ['HUF', 'IQD', 'JPY', 'KWD', 'EUR', 'CLF'])
    test(`${currency} is the same wherever it is shown`, async () => {
        const formatMoney = await loadFormatter();
        const table = JSON.parse(await readFile(join(root,
            'tests/currencies.json'), 'utf8'));
        const { exponent, unit, total } = table.find((row) =>
            row.currency === currency);
        const shop = await startShop({ env: {
            ORDERMILL_CURRENCY: currency } });
        try {
            const file = join(shop.home, 'tea.csv');
            await writeFile(file, 'sku,name,description,price,stock\n' +
                `tea,Tea,,${(1234567 / 10 ** exponent).toFixed(exponent)},9\n`);
            const done = await shop.run('import', 'products', file);
            assert.equal(done.code, 0, done.stderr);
            const { json: tea } = await shop.request('GET', '/products/tea');
            assert.equal(tea.price_minor, 1234567);
            assert.equal(tea.exponent, exponent);
            assert.equal(tea.price_text, unit);
            assert.equal(tea.variants[0].price_text, unit);
            assert.equal(formatMoney(3 * tea.price_minor, tea), total);
            const placed = await shop.order({ item: 'tea', quantity: 3,
                email: 'ana@example.com' });
            assert.equal(placed.status, 201, placed.text);
            assert.equal(placed.json.total_text, total);
            const order = await shop.waitForOrder(placed.json.order_id,
                ['CONFIRMED']);
            assert.equal(order.exponent, exponent);
            assert.equal(order.total_text, total);
            assert.equal(order.lines[0].unit_price_text, unit);
            assert.equal(order.lines[0].total_text, total);
            const page = await fetch(placed.json.track_url);
            assert.ok((await page.text()).includes(total));
            const { receipt_url: receipt } = await waitUntil(async () => {
                const { json } = await shop.asStaff('GET',
                    `/orders/${order.order_id}`);
                return json.receipt_url !== null && json;
            }, 5000, 'the receipt');
            assert.ok((await pdfText(shop, receipt)).includes(
                total.replace('\u00a0', ' ')));
            const text = await mailText(shop);
            assert.ok(text.includes(total), text);
        } finally {
            await shop.stop();
        }
    });
