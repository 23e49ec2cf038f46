// /products: the catalogue, one product, search and pages; money in a currency
// of other decimals.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, startShop } from './shop.mjs';

const importRows = (shop, rows, ...words) => shop.importLines(
    ['sku,name,description,price,stock', ...rows], ...words);

describe('the catalogue', () => {
    let shop;
    before(async () => {
        shop = await startShop();
        const { code, stderr } = await importRows(shop, [
            'Tea_1,"Grüner Tee, ""fein""","Zeile 1\nZeile 2",1.05,3',
            'kafe-2,Καφές,<b>Strong</b> & 100%,2,0']);
        assert.equal(code, 0, stderr);
    });
    after(() => shop?.stop());

    const get = (path) => shop.request('GET', path);

    async function walk(query) {
        const products = [];
        let next = '';
        do {
            const { status, json } = await get(`/products?${query}` +
                (next ? `&cursor=${encodeURIComponent(next)}` : ''));
            assert.equal(status, 200);
            products.push(...json.products);
            next = json.next;
        } while (next !== null && products.length < 100);
        return products;
    }

    test('holds the demo products', async () => {
        const { json, headers } = await get('/products?limit=100');
        assert.equal(headers.get('content-type'), 'application/json');
        assert.deepEqual(Object.keys(json), ['next', 'products']);
        assert.equal(json.next, null);
        const skus = json.products.map(({ variants }) => variants[0].sku);
        for (const sku of ['laptop', 'phone', 'headphones', 'keyboard',
            'mouse'])
            assert.ok(skus.includes(sku), sku);
    });

    test('a product is shown whole, by id or SKU', async () => {
        const { json } = await get('/products/tea_1');
        const { id, ...rest } = json;
        assert.deepEqual(rest, { name: 'Grüner Tee, "fein"',
            description: 'Zeile 1\nZeile 2', price_minor: 105,
            price_text: '€1.05', currency: 'EUR', exponent: 2,
            amount_before: '€', amount_after: '', available: 3,
            variants: [{ sku: 'Tea_1', title: 'Grüner Tee, "fein"',
                price_minor: 105, price_text: '€1.05', available: 3 }] });
        for (const name of [id, 'Tea_1', 'TEA_1'])
            assert.deepEqual((await get(`/products/${name}`)).json, json);
        const list = await get('/products?limit=100');
        assert.deepEqual(list.json.products.find((one) => one.id === id),
            json);
    });

    test('an unknown product is a 404', async () => {
        for (const id of ['none', 'mouse%20', '%25', '%27', '1',
            'x'.repeat(500), 'mous', 'mousex'])
            assertProblem(await get(`/products/${id}`), 404);
    });

    test('pages hold each product once', async () => {
        const all = (await get('/products?limit=100')).json.products;
        assert.equal(all.length, 12);
        for (const limit of [1, 3, 4, 12])
            assert.deepEqual(await walk(`limit=${limit}`), all);
        const first = await get('/products?limit=3');
        assert.match(first.json.next, /^[\w.~-]+$/);
        assert.equal((await get('/products')).json.products.length, 12);
    });

    test('search finds parts of names and SKUs, any case', async () => {
        for (const [q, skus] of [['laptop', ['laptop']],
            ['LAPTOP', ['laptop']], ['lapt', ['laptop']],
            ['grüner', ['Tea_1']], ['GRÜNER tee', ['Tea_1']],
            ['ΚΑΦΈ', ['kafe-2']], ['tea_', ['Tea_1']],
            ['"fein"', ['Tea_1']], ['docking', ['dock']],
            ['%', []], ['_', ['Tea_1']], ["'", []], ['zzz', []]]) {
            const found = await walk(`q=${encodeURIComponent(q)}&limit=2`);
            assert.deepEqual(found.map(({ variants }) => variants[0].sku),
                skus, q);
        }
    });

    test('a malformed query is refused', async () => {
        for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=-5',
            'limit=1&limit=2', 'q=%zz', 'q=%ff', 'q=a&q=b', 'q=%'])
            assertProblem(await get(`/products?${query}`), 400);
        for (const cursor of ['x', '%27', '9'.repeat(400), 'ä'])
            assert.ok([200, 400].includes((await get('/products?cursor=' +
                encodeURIComponent(cursor))).status));
    });

    test('HEAD answers as GET does, without a body', async () => {
        for (const path of ['/products', '/products/mouse',
            '/products/none']) {
            const got = await get(path);
            const head = await shop.request('HEAD', path);
            assert.equal(head.status, got.status);
            assert.equal(head.text, '');
            assert.equal(head.headers.get('content-length'),
                got.headers.get('content-length'));
        }
    });

    test('what is sold or reserved is not available', async () => {
        const tea = (quantity) => ({ items: [{ sku: 'Tea_1', quantity }] });
        await shop.placeAndWait(tea(2));
        assert.equal(await shop.available('Tea_1'), 1);
        await shop.placeAndWait({ ...tea(1),
            payment_method: 'pm_local_error_500' }, ['PROCESSING']);
        const { json } = await get('/products/Tea_1');
        assert.equal(json.available, 0);
        assert.equal(json.variants[0].available, 0);
        const refused = await importRows(shop, ['Tea_1,Tea,,1.05,0'],
            '--recount');
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /line 2.*stock/);
    });

    test('a new price is not an old order\'s', async () => {
        await shop.stockUp('kafe-2', 1);
        const { order_id: id } = await shop.place(
            { items: [{ sku: 'kafe-2', quantity: 1 }] });
        assert.equal((await importRows(shop,
            ['kafe-2,Kaffee,,3.50,5'])).code, 0);
        const kafe = await get('/products/kafe-2');
        assert.equal(kafe.json.price_minor, 350);
        const old = await shop.show(id);
        assert.equal(old.total_minor, 200);
        assert.equal(old.lines[0].title, 'Καφές');
    });

    test('the books hold', () => shop.verify());
});

describe('a currency of other decimals', () => {
    for (const [currency, minor, good, bad] of [
        ['JPY', 39, ['78', '78.0', '78.4'], ['78.5', '77.4']],
        ['KWD', 39000, ['78', '78.0', '78.000', '78.0001'], ['78.001']]])
        test(currency, async (t) => {
            const shop = await startShop({ t,
                env: { ORDERMILL_CURRENCY: currency } });
            const { json } = await shop.request('GET', '/products/mouse');
            assert.equal(json.price_minor, minor);
            assert.equal(json.currency, currency);
            const order = (total) => shop.request('POST', '/orders', {
                body: `{"item":"mouse","quantity":2,"total":${total}}`,
                headers: { 'content-type': 'application/json' } });
            for (const total of good) {
                const placed = await order(total);
                assert.equal(placed.status, 201, placed.text);
                assert.equal(placed.json.total_minor, 2 * minor);
                await shop.waitForOrder(placed.json.order_id,
                    ['CONFIRMED']);
            }
            for (const total of bad)
                assertProblem(await order(total), 409, '/total');
            assertProblem(await order(2 * minor + 1), 409, '/total');
            await shop.verify();
        });
});
