// /place-order: the same order with the answer of a workflow started; its
// idempotency keys are those of /orders.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop } from './shop.mjs';

let shop;
let keys = 0;

before(async () => { shop = await startShop(); });
after(() => shop?.stop());

const body = { productId: 'mouse', quantity: 1,
    customerEmail: 'ada@shop.example', paymentMethod: 'creditCard',
    amount: 39 };
const newKey = () => `place-order-${keys++}`;
const post = (path, order, key) => shop.request('POST', path, { body: order,
    headers: key === undefined ? {} : { 'idempotency-key': key } });

test('the answer names the execution', async () => {
    const answer = await post('/place-order', body);
    assert.equal(answer.status, 201);
    const { message, executionArn, order_id: id, status, total_minor: total,
        currency } = answer.json;
    assert.equal(message, 'Order processing started');
    assert.match(executionArn, /^arn:aws:states:[^:]+:\d{12}:execution:[^:]+:/);
    assert.ok(executionArn.endsWith(id));
    assert.equal(status, 'PENDING');
    assert.equal(total, 3900);
    assert.equal(currency, 'EUR');
    assert.equal(answer.headers.get('location'), `${shop.base}/orders/${id}`);
    const plain = await post('/orders', body);
    const { executionArn: none, ...rest } = answer.json;
    assert.deepEqual(Object.keys(rest), Object.keys(plain.json));
    assert.equal(plain.json.executionArn, undefined);
    assert.equal(typeof none, 'string');
    await shop.waitForOrder(id, ['CONFIRMED']);
});

test('it takes all three spellings', async () => {
    for (const order of [body, { items: [{ sku: 'mouse', quantity: 1 }],
        customer: { name: 'Ada', email: 'ada@shop.example' } },
    { item: 'mouse', quantity: 1, customer_name: 'Ada',
        email: 'ada@shop.example' }]) {
        const answer = await post('/place-order', order);
        assert.equal(answer.status, 201, answer.text);
        await shop.waitForOrder(answer.json.order_id, ['CONFIRMED']);
    }
});

test('it only takes POST', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await shop.request(method, '/place-order');
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get('allow'), 'POST');
    }
});

test('a key used on one path counts on the other', async () => {
    for (const [first, second] of [['/orders', '/place-order'],
        ['/place-order', '/orders']]) {
        const key = newKey();
        const one = await post(first, body, key);
        assert.equal(one.status, 201);
        const number = await shop.newestNumber();
        const two = await post(second, body, key);
        assert.equal(two.status, 201);
        assert.equal(two.text, one.text);
        const other = await post(second, { ...body, quantity: 2, amount: 78 },
            key);
        assert.equal(other.status, 422);
        assert.equal(await shop.newestNumber(), number);
    }
});

test('one key on both paths at once is one order', async () => {
    for (let round = 0; round < 5; round++) {
        const key = newKey();
        const number = await shop.newestNumber();
        const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
            post(i % 2 ? '/orders' : '/place-order', body, key)));
        const good = answers.filter(({ status }) => status === 201);
        assert.ok(good.length > 0);
        assert.equal(new Set(good.map(({ text }) => text)).size, 1);
        // 409 is allowed while the first is still in hand.
        for (const { status } of answers)
            assert.ok([201, 409].includes(status), `${status}`);
        assert.equal(await shop.newestNumber(), number + 1);
    }
});

test('the books hold', () => shop.verify());
