// What a wrong order gets at /orders and /place-order: a problem document that
// names the field, nothing stored, nothing secret logged.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertProblem, startShop } from './shop.mjs';

const paths = ['/orders', '/place-order'];
const secret = 'zw9Secret';
const times = [];
let shop;
let stored;

before(async () => {
    shop = await startShop();
    stored = await everything();
});
after(() => shop?.stop());

// What an order that was stored would change.
async function everything() {
    const orders = await shop.asStaff('GET', '/orders?limit=1');
    const products = await shop.request('GET', '/products?limit=100');
    return { orders: orders.json, products: products.json };
}

// Any bytes as a body, which shop.request would turn into JSON.
async function send(path, body, headers) {
    const began = performance.now();
    const answer = await fetch(shop.base + path, { method: 'POST', body,
        headers: { 'content-type': 'application/json', ...headers } });
    const text = await answer.text();
    times.push(performance.now() - began);
    return { status: answer.status, headers: answer.headers, text,
        json: JSON.parse(text) };
}

async function assertRefused(body, status, ...pointers) {
    for (const path of paths) {
        const answer = await send(path,
            typeof body === 'object' && !Buffer.isBuffer(body)
                ? JSON.stringify(body) : body);
        try {
            assertProblem(answer, status, ...pointers);
            assert.ok(!answer.text.includes(secret),
                'it repeats what was sent');
        } catch (error) {
            error.message = `${path} ${String(body).slice(0, 90)} ` +
                `${JSON.stringify(body)?.slice(0, 90)}: ${error.message}`;
            throw error;
        }
    }
}

const line = { sku: 'mouse', quantity: 1 };
const order = (more) => ({ items: [line], ...more });
const customer = (more) => order({ customer: more });

test('a quantity is a whole number from 1 to 9,999', async () => {
    for (const wrong of ['0', '-1', '-0', '1.5', '1.0000000000000000001', '1e-1', '1E4', '1e9',
        '10000', '99999999999999999999', '"2"', '""', 'null', 'true', '[]',
        '{}']) {
        await assertRefused(
            `{"items":[{"sku":"mouse","quantity":${wrong}}]}`, 422,
            '/items/0/quantity');
        await assertRefused(`{"item":"mouse","quantity":${wrong}}`, 422,
            '/quantity');
        await assertRefused(`{"productId":"mouse","quantity":${wrong}}`, 422,
            '/quantity');
    }
    await assertRefused({ items: [{ sku: 'mouse' }] }, 422,
        '/items/0/quantity');
    await assertRefused({ item: 'mouse' }, 422, '/quantity');
});

test('a product must be one of the shop', async () => {
    for (const wrong of [`${secret}-none`, '', ' ', 5, true, ['mouse'], {},
        'mouse\r\n', 'x'.repeat(300), "' OR 1=1 --", '%']) {
        await assertRefused({ items: [line, { sku: wrong, quantity: 1 }] },
            422, '/items/1/sku');
        await assertRefused({ items: [{ item: wrong, quantity: 1 }] }, 422,
            '/items/0/item');
        await assertRefused({ item: wrong, quantity: 1 }, 422, '/item');
        await assertRefused({ productId: wrong, quantity: 1 }, 422,
            '/productId');
    }
    await assertRefused({ items: [{ quantity: 1 }] }, 422, '/items/0/sku');
    await assertRefused({ items: [{ sku: null, quantity: 1 }] }, 422,
        '/items/0/sku');
    await assertRefused({ quantity: 1 }, 422, '/item');
});

test('there are 1 to 200 lines, each an object', async () => {
    for (const wrong of [[], {}, 'mouse', 1, null,
        Array.from({ length: 201 }, () => line)])
        await assertRefused({ items: wrong }, 422, '/items');
    for (const wrong of [1, 'mouse', null, [], true])
        await assertRefused({ items: [line, wrong] }, 422, '/items/1');
    await assertRefused({}, 422, '/items');
});

test('a product stands on one line only', async () => {
    for (const again of [line, { sku: 'MOUSE', quantity: 2 },
        { item: 'Mouse', quantity: 1 }])
        await assertRefused({ items: [line, { sku: 'dock', quantity: 1 },
            again] }, 422, again.item ? '/items/2/item' : '/items/2/sku');
});

test('no fact is given twice', async () => {
    for (const [body, pointer] of [
        [order({ item: 'mouse' }), '/item'],
        [order({ sku: 'mouse' }), '/sku'],
        [order({ quantity: 1 }), '/quantity'],
        [{ item: 'mouse', productId: 'mouse', quantity: 1 }, '/productId'],
        [{ items: [{ ...line, item: 'mouse' }] }, '/items/0/item'],
        [{ ...customer({ name: 'A' }), customer_name: 'A' },
            '/customer_name'],
        [{ ...customer({ email: 'a@b.example' }), email: 'a@b.example' },
            '/email'],
        [{ ...customer({ email: 'a@b.example' }),
            customerEmail: 'a@b.example' }, '/customerEmail'],
        [order({ email: 'a@b.example', customerEmail: 'a@b.example' }),
            '/customerEmail'],
        [order({ payment_method: 'pm_card_visa',
            paymentMethod: 'pm_card_visa' }), '/paymentMethod'],
        [order({ total: 39, amount: 39 }), '/amount'],
    ])
        await assertRefused(body, 422, pointer);
});

test('a name is one line of 1 to 200 characters', async () => {
    for (const wrong of ['', '  ', 5, true, [], {},
        `${secret}\r\nBcc: a@b.c`, 'a\tb', 'a\u007fb', 'a\u0085b',
        'a\u2028b', 'x'.repeat(201), 'é'.repeat(201)]) {
        await assertRefused(customer({ name: wrong }), 422,
            '/customer/name');
        await assertRefused(order({ customer_name: wrong }), 422,
            '/customer_name');
    }
    for (const wrong of [5, 'x', [], true])
        await assertRefused(customer(wrong), 422, '/customer');
});

test('an e-mail is one plain address', async () => {
    for (const wrong of ['', 'a', 'a@', '@b.example', 'a b@c.example',
        ' a@b.example', 'a@b.example ', `${secret}@b.example\r\nBcc: c@d.e`,
        'a@b.example\n', 'a@b.example,c@d.example', '<a@b.example>',
        'A <a@b.example>', 'a@b..example', 'a..b@c.example', 'a@-b.example',
        'a@b@c.example', '"a"@b.example', `${'x'.repeat(65)}@b.example`,
        `a@${'b.'.repeat(130)}example`, 'a@127.0.0.1', 'ä@b.example', 5,
        true, [], {}]) {
        await assertRefused(customer({ email: wrong }), 422,
            '/customer/email');
        await assertRefused(order({ email: wrong }), 422, '/email');
        await assertRefused(order({ customerEmail: wrong }), 422,
            '/customerEmail');
    }
});

const cards = ['4242424242424242', '4242 4242 4242 4242',
    '4242-4242-4242-4242', '4242 4242-42424242', '378282246310005',
    '3782 822463 10005', '4222222222222', '6304000000000000000',
    `${secret} 5555555555554444, thanks`];

test('a card number is refused in the customer\'s own words', async () => {
    for (const card of cards) {
        await assertRefused(customer({ name: card }), 422, '/customer/name');
        await assertRefused(order({ customer_name: card }), 422,
            '/customer_name');
        await assertRefused({ items: [{ sku: card, quantity: 1 }] }, 422,
            '/items/0/sku'); // There is no such product,
        await assertRefused(order({ paymentMethod: card }), 422,
            '/paymentMethod'); // and no such way to pay.
    }
});

test('a way to pay must be known', async () => {
    for (const wrong of ['', 'cash', 'visa', 'pm_', 'pm_card visa', 'PM_CARD',
        'creditcard', 'tok_visa', `pm_${'x'.repeat(200)}`, 'pm_a&b=c', 5,
        true, [], {}]) {
        await assertRefused(order({ payment_method: wrong }), 422,
            '/payment_method');
        await assertRefused(order({ paymentMethod: wrong }), 422,
            '/paymentMethod');
    }
});

test('a total must be a number, and ours', async () => {
    for (const wrong of ['"39"', '"39.00"', 'true', '[]', '{}']) {
        for (const name of ['total', 'amount'])
            await assertRefused(`{"item":"mouse","quantity":1,` +
                `"${name}":${wrong}}`, 422, `/${name}`);
    }
    for (const other of ['0', '38.99', '39.01', '3900', '78', '39.1',
        '39.005', '38.9949', '-39', '1e300', '1e-999999999', '39e1'])
        for (const name of ['total', 'amount'])
            await assertRefused(`{"item":"mouse","quantity":1,` +
                `"${name}":${other}}`, 409, `/${name}`);
});

test('every wrong field is named at once', async () => {
    await assertRefused({ items: [{ sku: 5, quantity: 0 },
        { sku: 'mouse', quantity: 1.5 }], customer: { name: '', email: 'x' },
    paymentMethod: 5, amount: 'x' }, 422, '/items/0/sku',
    '/items/0/quantity', '/items/1/quantity', '/customer/name',
    '/customer/email', '/paymentMethod', '/amount');
    const many = await send('/orders', JSON.stringify({ items:
        Array.from({ length: 200 }, () => ({ sku: '', quantity: 0 })) }));
    assert.equal(many.status, 422);
    assert.equal(many.json.errors[0].pointer, '/items/0/sku');
});

test('what is no JSON is refused', async () => {
    const good = '{"items":[{"sku":"mouse","quantity":1}]}';
    for (const wrong of ['', ' ', '{', '{"items":[', good.slice(0, -1),
        `${good} x`, `${good}{}`, `${good}\0`, `\ufeff${good}`,
        "{'item':'mouse','quantity':1}", '{"item":"mouse","quantity":01}',
        '{"item":"mouse","quantity":+1}', '{"item":"mouse","quantity":NaN}',
        '{"item":"mouse","quantity":0x1}', '{"item":"mouse","quantity":.5}',
        '{"item":"mouse","quantity":1.}', '{"item":"mouse","quantity":1,}',
        '{"item":"mouse",/**/"quantity":1}', '{item:"mouse","quantity":1}',
        '{"item":"mouse","quantity":1,"customer_name":"a\nb"}',
        '{"item":"mouse","quantity":1,"customer_name":"\\x"}',
        '{"item":"mouse","quantity":1,"customer_name":"a\\u0000b"}',
        '{"item":"mouse","quantity":1,"customer_name":"\\ud800"}',
        '{"item":"mouse","quantity":1,"quantity":1}',
        '{"item":"mouse","quantity":1,"x":{"a":1,"a":1}}',
        '{"item":"mouse","quantity":1,"\\u0071uantity":2}',
        '{"items":[{"sku":"mouse","sku":"dock","quantity":1}]}',
        `{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        `${'['.repeat(30000)}`, 'item=mouse&quantity=1'])
        await assertRefused(wrong, 400);
    for (const wrong of ['[]', 'null', '"mouse"', '1', 'true',
        `[${good}]`])
        await assertRefused(wrong, 422, '');
});

test('what is no UTF-8 is refused', async () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xc3],
        [0xf4, 0x90, 0x80, 0x80], [0x80]])
        await assertRefused(Buffer.concat([
            Buffer.from('{"item":"mouse","quantity":1,"customer_name":"a'),
            Buffer.from(bytes), Buffer.from('"}')]), 400);
});

test('another media type is refused', async () => {
    for (const path of paths) {
        for (const type of ['text/plain', 'application/jsonp',
            'application/x-www-form-urlencoded', 'application/json-seq',
            'application/problem+json', ''])
            assertProblem(await send(path, JSON.stringify(order()),
                { 'content-type': type }), 415);
        const none = await shop.request('POST', path,
            { body: new URLSearchParams({ item: 'mouse', quantity: '1' }) });
        assertProblem(none, 415);
    }
});

test('a body over 64 KiB is refused', async () => {
    for (const path of paths)
        assertProblem(await send(path, JSON.stringify(order({
            note: 'x'.repeat(65536) }))), 413);
});

test('a refusal is quick and stores nothing', async () => {
    assert.deepEqual(await everything(), stored);
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)];
    assert.ok(median < 50, `${median} ms`);
    await shop.verify();
});

test('a refusal logs nothing that was sent', async () => {
    const folder = join(shop.home, 'log');
    for (const name of await readdir(folder)) {
        const log = await readFile(join(folder, name), 'utf8');
        for (const word of [secret, ...cards])
            assert.ok(!log.includes(word), `${word} is in ${name}`);
    }
});
