// Stock: out of stock fails before any charge, and nothing is sold twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop } from './shop.mjs';

let shop;

before(async () => {
    shop = await startShop();
    await shop.addProducts('last,Last one,,10,1', 'few,Few,,10,7',
        'pair,Pair,,10,2', 'none,Sold out,,10,0');
});
after(() => shop?.stop());

const buy = (sku, quantity = 1, more = {}) =>
    shop.order({ items: [{ sku, quantity }], ...more });

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
    const answers = await shop.withReaperStopped(() => Promise.all(
        Array.from({ length: 100 }, () => buy('last'))));
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
    assert.equal(await shop.available('last'), 0);
});

test('a rush sells what there is, and no more', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) =>
        buy('few', 1 + i % 2)));
    const answers = all.filter(({ status }) => status === 201);
    assert.ok(all.every(({ status }) => [201, 409].includes(status)));
    const { confirmed } = await outcomes(answers);
    const sold = confirmed.reduce((sum, order) =>
        sum + order.lines[0].quantity, 0);
    assert.equal(sold + await shop.available('few'), 7);
    assert.ok(sold >= 6);
    const intents = await intentsOf(answers.map(({ json }) =>
        json.order_id));
    assert.equal(intents.length, confirmed.length);
});

test('more than is left is refused at once, line by line', async () => {
    const mice = await shop.available('mouse');
    for (const [body, errors] of [
        [{ items: [{ sku: 'mouse', quantity: 2 }, { sku: 'none', quantity: 1 },
            { sku: 'pair', quantity: 3 }] }, [
            ['/items/1/quantity', 'None is left.'],
            ['/items/2/quantity', 'Only 2 are left.']]],
        [{ item: 'pair', quantity: 9999, total: 99990 },
            [['/quantity', 'Only 2 are left.']]],
        [{ productId: 'mouse', quantity: mice + 1 },
            [['/quantity', `Only ${mice} are left.`]]]])
        for (const send of [shop.request, shop.asStaff]) {
            const answer = await send('POST', '/orders', { body });
            assert.equal(answer.status, 409, answer.text);
            assert.deepEqual(answer.json.errors.map(({ pointer, detail }) =>
                [pointer, detail]), errors);
        }
    const other = await shop.order({ item: 'pair', quantity: 3, total: 1 });
    assert.deepEqual([other.status, other.json.errors[0].pointer],
        [409, '/total']);
    assert.equal((await buy('pair', 2, { payment_method: 'manual' })).status,
        201, 'the first one of all there is');
    assert.equal(await shop.available('mouse'), mice);
});

test('one line gone meanwhile fails the whole order', async () => {
    const mice = await shop.available('mouse');
    const { json: { orders: [before] } } =
        await shop.asStaff('GET', '/orders?limit=1');
    assert.equal((await shop.asStaff('DELETE', `/orders/${before.order_id}`))
        .status, 204);
    const [first, second] = await shop.withReaperStopped(async () => [
        await buy('pair', 2, { payment_method: 'manual' }),
        await shop.order({ items: [{ sku: 'mouse', quantity: 2 },
            { sku: 'pair', quantity: 1 }] })]);
    assert.equal(second.status, 201);
    const order = await shop.waitForOrder(second.json.order_id, ['FAILED']);
    assert.equal(order.payment_status, 'unpaid');
    assert.deepEqual(await intentsOf([order.order_id]), []);
    assert.equal((await shop.asStaff('DELETE',
        `/orders/${first.json.order_id}`)).status, 204);
    assert.equal(await shop.available('mouse'), mice);
    assert.equal(await shop.available('pair'), 2);
});

test('what a declined card held is for sale again', async () => {
    const refused = await buy('pair', 2,
        { payment_method: 'pm_card_chargeDeclined' });
    await shop.waitForOrder(refused.json.order_id, ['FAILED']);
    assert.equal(await shop.available('pair'), 2);
    const sold = await buy('pair', 2);
    await shop.waitForOrder(sold.json.order_id, ['CONFIRMED']);
    assert.equal(await shop.available('pair'), 0);
});

test('a delivery makes it available again', async () => {
    const done = await shop.importLines(['sku,name,stock_change',
        'LAST,Last one,+1']);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await shop.available('last'), 1);
    const answer = await buy('last');
    await shop.waitForOrder(answer.json.order_id, ['CONFIRMED']);
});

test('the books hold', () => shop.verify());
