// A hundred orders are paid on the hosted page at once in a storm of webhooks:
// each is confirmed once, and the books are equal. A thousand: make bench.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { storm } from './storm.mjs';

const COUNT = 100;
let shop;
before(async () => {
    shop = await startShop();
    const file = join(shop.home, 'mice.csv');
    await writeFile(file, 'sku,name,description,price,stock\n' +
        'mouse,Mouse,Wireless,39,1000\n');
    const done = await shop.run('import', 'products', file, '--recount');
    assert.equal(done.code, 0, done.stderr);
});
after(() => shop?.stop());

test('every order is confirmed, charged and receipted once',
    { timeout: 120000 }, async () => {
        const { orders } = await storm(shop, COUNT);
        for (const { order_id: id } of orders) {
            const { json } = await shop.asStaff('GET', `/orders/${id}`);
            assert.equal(json.status, 'CONFIRMED');
            assert.equal(json.payment_status, 'paid');
            assert.equal(json.payment_url, null);
        }
        let said;
        await waitUntil(async () => {
            said = await shop.run('verify');
            assert.equal(said.code, 0, said.stdout);
            return !/ in hand/.test(said.stdout);
        }, 30000, 'nothing in hand');
        assert.match(said.stdout,
            new RegExp(`every charge equal.*, ${COUNT} checked`));
        assert.match(said.stdout, new RegExp(`journal.*, ${COUNT} checked`));
        const mouse = await shop.request('GET', '/products/mouse');
        assert.equal(mouse.json.available, 1000 - COUNT);
    });
