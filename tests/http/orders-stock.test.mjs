// Stock: out of stock fails before any charge, and nothing is sold twice.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startShop } from './shop.mjs';

let shop;

before(async () => {
    shop = await startShop();
    const file = join(shop.home, 'rare.csv');
    await writeFile(file, 'sku,name,description,price,stock\n' +
        'last,Last one,,10,1\nfew,Few,,10,7\npair,Pair,,10,2\n' +
        'none,Sold out,,10,0\n');
    assert.equal((await shop.run('import', 'products', file)).code, 0);
});
after(() => shop?.stop());

const buy = (sku, quantity = 1, more = {}) =>
    shop.order({ items: [{ sku, quantity }], ...more });

async function available(sku) {
    const { json } = await shop.request('GET', `/products/${sku}`);
    return json.available;
}

// Every intent at the gateway, whatever became of it.
async function intentsOf(orderIds) {
    const wanted = new Set(orderIds);
    const found = [];
    let after = '';
    for (;;) {
        const answer = await fetch(`${shop.gateway}/v1/payment_intents` +
            `?limit=100${after}`,
        { headers: { authorization: `Bearer ${shop.gatewayKey}` } });
        const { data, has_more: more } = await answer.json();
        found.push(...data.filter(({ metadata }) =>
            wanted.has(metadata.order_id)));
        if (!more)
            return found;
        after = `&starting_after=${data.at(-1).id}`;
    }
}

// All orders once they are decided, by status.
async function outcomes(answers) {
    const orders = await Promise.all(answers.map(({ json }) =>
        shop.waitForOrder(json.order_id, ['CONFIRMED', 'FAILED'], 30000)));
    return { confirmed: orders.filter((one) => one.status === 'CONFIRMED'),
        failed: orders.filter((one) => one.status === 'FAILED') };
}

test('100 buyers at once for the last unit', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () =>
        buy('last')));
    assert.ok(answers.every(({ status }) => status === 201));
    const { confirmed, failed } = await outcomes(answers);
    assert.equal(confirmed.length, 1);
    assert.equal(failed.length, 99);
    for (const order of failed) {
        assert.equal(order.payment_status, 'unpaid');
        assert.match(order.reason, /stock|sold out/i);
    }
    const intents = await intentsOf(answers.map(({ json }) =>
        json.order_id));
    assert.deepEqual(intents.map(({ metadata, status }) =>
        [metadata.order_id, status]),
    [[confirmed[0].order_id, 'succeeded']]);
    assert.equal(await available('last'), 0);
});

test('a rush sells what there is, and no more', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) =>
        buy('few', 1 + i % 2)));
    const { confirmed } = await outcomes(answers);
    const sold = confirmed.reduce((sum, order) =>
        sum + order.lines[0].quantity, 0);
    assert.equal(sold + await available('few'), 7);
    assert.ok(sold >= 6);
    const intents = await intentsOf(answers.map(({ json }) =>
        json.order_id));
    assert.equal(intents.length, confirmed.length);
});

test('one line out of stock fails the whole order', async () => {
    const mice = await available('mouse');
    for (const [sku, quantity] of [['none', 1], ['pair', 3],
        ['pair', 9999]]) {
        const answer = await shop.order({ items: [
            { sku: 'mouse', quantity: 2 }, { sku, quantity }] });
        assert.equal(answer.status, 201);
        const order = await shop.waitForOrder(answer.json.order_id,
            ['FAILED']);
        assert.equal(order.payment_status, 'unpaid');
        assert.deepEqual(await intentsOf([order.order_id]), []);
    }
    assert.equal(await available('mouse'), mice);
    assert.equal(await available('pair'), 2);
});

test('what a declined card held is for sale again', async () => {
    const refused = await buy('pair', 2,
        { payment_method: 'pm_card_chargeDeclined' });
    await shop.waitForOrder(refused.json.order_id, ['FAILED']);
    assert.equal(await available('pair'), 2);
    const sold = await buy('pair', 2);
    await shop.waitForOrder(sold.json.order_id, ['CONFIRMED']);
    assert.equal(await available('pair'), 0);
});

test('a delivery makes it available again', async () => {
    const file = join(shop.home, 'delivery.csv');
    await writeFile(file, 'sku,name,stock_change\n' +
        'LAST,Last one,+1\n');
    assert.equal((await shop.run('import', 'products', file)).code, 0);
    assert.equal(await available('last'), 1);
    const answer = await buy('last');
    await shop.waitForOrder(answer.json.order_id, ['CONFIRMED']);
});

test('the books hold', async () => {
    const { code, stdout } = await shop.run('verify');
    assert.equal(code, 0, stdout);
});
