// A hundred orders are paid on the hosted page at once in a storm of webhooks:
// each is confirmed once, and the books are equal. A thousand: make bench.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { storm } from './storm.mjs';

const COUNT = 100;
let shop;
before(async () => {
    shop = await startShop();
    await shop.addProducts('mouse,Mouse,Wireless,39,1000');
});
after(() => shop?.stop());

test('every order is confirmed, charged and receipted once',
    { timeout: 120000 }, async () => {
        const { orders } = await storm(shop, COUNT);
        for (const { order_id: id } of orders) {
            const order = await shop.show(id);
            assert.equal(order.status, 'CONFIRMED');
            assert.equal(order.payment_status, 'paid');
            assert.equal(order.payment_url, null);
        }
        let said;
        await waitUntil(async () => {
            said = await shop.verify();
            return !/ in hand/.test(said);
        }, 30000, 'nothing in hand');
        for (const rule of ['every charge equal', 'journal'])
            assert.match(said, new RegExp(`${rule}.*, ${COUNT} checked`));
        assert.equal(await shop.available('mouse'), 1000 - COUNT);
    });
