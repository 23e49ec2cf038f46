// Placing an order: the three spellings, totals, idempotency keys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, startShop } from './shop.mjs';

let shop;
let keys = 0;

before(async () => {
    shop = await startShop();
    await shop.addProducts(
        'tea-1,Tea,Green,0.10,1000', 'tea-2,TEA,Black,0.20,1000',
        'sleeve,Ärmel,,1,10',
        'free,Sticker,Costs nothing,0,1000',
        'yacht,Yacht,More than the gateway takes,1000000,10',
        ...Array.from({ length: 200 }, (_, i) =>
            `bulk-${i},Bulk ${i},,0.01,50`));
    await shop.stockUp('mouse', 1000);
});
after(() => shop?.stop());

const newKey = () => `placing-${keys++}`;
const mouse = { items: [{ sku: 'mouse', quantity: 1 }] };

// Any text as a body, with its key.
const send = (text, key, path = '/orders') =>
    shop.request('POST', path, { body: text, headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }) } });

async function placed(body) {
    const answer = await shop.order(body);
    assert.equal(answer.status, 201, answer.text);
    return { answer: answer.json, order: await shop.show(answer.json.order_id) };
}

test('the answer says what was ordered and where it is', async () => {
    const first = await shop.newestNumber();
    const answer = await shop.order({ items: [
        { sku: 'laptop', quantity: 1 }, { sku: 'mouse', quantity: 3 }],
    customer: { name: 'Ada', email: 'ada@shop.example' } });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    const { order_id: id, track_url: url, created_at: at, ...rest } =
        answer.json;
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(answer.headers.get('location'), `${shop.base}/orders/${id}`);
    assert.ok(url.startsWith(`${shop.base}/track/`));
    assert.ok(new URL(url).pathname.length >= '/track/'.length + 22);
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { message: 'Order placed', number: first + 1,
        status: 'PENDING', total_minor: 129900 + 3 * 3900,
        total_text: '€1,416.00', currency: 'EUR', exponent: 2,
        payment_url: null });
});

test('the three spellings mean the same', async () => {
    for (const body of [
        { items: [{ sku: 'mouse', quantity: 2 }],
            customer: { name: 'Ada', email: 'ada@shop.example' } },
        { item: 'mouse', quantity: 2, customer_name: 'Ada',
            email: 'ada@shop.example' },
        { productId: 'mouse', quantity: 2, customer_name: 'Ada',
            customerEmail: 'ada@shop.example', paymentMethod: 'creditCard',
            amount: 78 },
        { items: [{ productId: 'Mouse', quantity: 2 }], total: 78.00,
            customer: { name: 'Ada' }, customerEmail: 'ada@shop.example',
            payment_method: 'pm_card_visa' },
        { sku: 'MOUSE', quantity: 2, customer: { email: 'ada@shop.example' },
            customer_name: ' Ada ', items: undefined },
        { item: 'mOuSe', quantity: 2, customer_name: 'Ada', extra: [{}],
            customer: null, email: 'ada@shop.example', total: null },
    ]) {
        const { order } = await placed(body);
        assert.deepEqual(order.lines, [{ sku: 'mouse', title: 'Mouse',
            quantity: 2, unit_price_minor: 3900, unit_price_text: '€39.00',
            total_minor: 7800, total_text: '€78.00' }]);
        assert.deepEqual(order.customer,
            { name: 'Ada', email: 'ada@shop.example' });
        assert.equal(order.total_minor, 7800);
    }
});

test('a product goes by its name, unless two share it', async () => {
    for (const name of ['docking station', 'DOCKING STATION', 'ärmel',
        'ÄRMEL']) {
        const { order } = await placed({ item: name, quantity: 1 });
        assert.ok(['dock', 'sleeve'].includes(order.lines[0].sku));
    }
    for (const name of ['Tea', 'TEA', 'tea'])
        assertProblem(await shop.order({ item: name, quantity: 1 }), 422,
            '/item');
    const { order } = await placed({ item: 'TEA-2', quantity: 1 });
    assert.equal(order.lines[0].unit_price_minor, 20);
});

test('name and e-mail may be left out', async () => {
    for (const body of [mouse, { ...mouse, customer: null },
        { ...mouse, customer: {} }, { ...mouse, customer_name: null,
            email: null, customerEmail: null },
        { ...mouse, customer: { name: null, email: null } }]) {
        const { order } = await placed(body);
        assert.deepEqual(order.customer, { name: null, email: null });
    }
});

test('what looks like a card number but is none is kept', async () => {
    for (const name of ['4242424242424241', '424242424242',
        '42424242424242424242', '4242  4242  4242  4242', 'Ana 4242 4242',
        'x'.repeat(200), '🦔'.repeat(200), 'Ærøskøbing Ελένη Оля',
        '<b>"O\'Neil" & Co</b>', '{{NAME}}', '%s%n', 'a\\"b']) {
        const { order } = await placed({ ...mouse, customer: { name } });
        assert.equal(order.customer.name, name);
    }
});

test('what names something may look like a card number', async () => {
    await shop.addProducts('4006381333931,4242 4242 4242 4242,,1,50',
        '8613800138002,Tea,,1,50');
    for (const item of ['4006381333931', '4242 4242 4242 4242',
        '8613800138002'])
        for (const email of ['8613800138002@qq.com',
            '4242424242424242@b.example', 'a.4242-4242-4242-4242@b.example']) {
            const placed = await shop.order({ item, quantity: 1, email });
            assert.equal(placed.status, 201, placed.text);
        }
});

test('an integral number is a quantity however it is written', async () => {
    for (const two of ['2', '2.0', '2e0', '20e-1', '0.2E+1']) {
        const { status, json, text } = await send('{"items":[{"sku":"mouse",' +
            `"quantity":${two}}],"total":78}`);
        assert.equal(status, 201, `${two}: ${text}`);
        assert.equal(json.total_minor, 7800);
    }
});

test('a stated total is rounded to the minor unit, exactly', async () => {
    for (const [item, quantity, text] of [['mouse', 1, '39'],
        ['mouse', 1, '39.0'], ['mouse', 1, '39.00'], ['tea-1', 3, '0.3'],
        ['tea-1', 3, '0.30'], ['tea-2', 7, '1.40'], ['free', 1, '0'],
        ['free', 2, '0.00'], ['free', 1, '0.0049'], ['free', 1, '-0.0'],
        ['tea-1', 3, '0.30000000000000004'], ['tea-1', 3, '0.2999999999999999'],
        ['tea-1', 3, '3e-1'], ['tea-1', 3, '0.295'],
        ['free', 1, '1e-999999999'], ['free', 1, '0e999999999'],
        ['mouse', 10, '39e1'], ['mouse', 10, '390.000'],
        ['mouse', 1, `39.${'0'.repeat(9000)}1`]])
        for (const name of ['total', 'amount'])
            assert.equal((await send(`{"item":"${item}",` +
                `"quantity":${quantity},"${name}":${text}}`)).status, 201,
            `${item} ${text}`);
    for (const text of ['0.305', '0.29499999999999999999', '1e18', '1e300'])
        assertProblem(await send('{"item":"tea-1","quantity":3,' +
            `"total":${text}}`), 409, '/total');
});

test('prices are ours alone', async () => {
    const { order } = await placed({ items: [{ sku: 'mouse', quantity: 1,
        price: 1, unit_price_minor: 1, total_minor: 1 }],
    total_minor: 1, currency: 'JPY', status: 'COMPLETED' });
    assert.equal(order.total_minor, 3900);
    assert.equal(order.currency, 'EUR');
    assert.notEqual(order.status, 'COMPLETED');
});

test('200 lines are one order', async () => {
    const items = Array.from({ length: 200 }, (_, i) =>
        ({ sku: `bulk-${i}`, quantity: 50 }));
    const { answer, order } = await placed({ items });
    assert.equal(order.lines.length, 200);
    assert.deepEqual(order.lines.map(({ sku }) => sku),
        items.map(({ sku }) => sku));
    assert.equal(order.total_minor, 200 * 50);
    await shop.waitForOrder(answer.order_id, ['CONFIRMED']);
});

test('an order that costs nothing is confirmed uncharged', async () => {
    const { answer } = await placed({ item: 'free', quantity: 3 });
    const order = await shop.waitForOrder(answer.order_id, ['CONFIRMED']);
    assert.equal(order.total_minor, 0);
});

test('what the gateway will not take fails', async () => {
    const { answer } = await placed({ item: 'yacht', quantity: 2 });
    const order = await shop.waitForOrder(answer.order_id, ['FAILED']);
    assert.equal(order.total_minor, 200000000);
    assert.equal(order.payment_status, 'failed');
    const yacht = await shop.request('GET', '/products/yacht');
    assert.equal(yacht.json.available, 10);
});

test('a body of 64 KiB is taken', async () => {
    const text = JSON.stringify(mouse);
    const answer = await send(text + ' '.repeat(65536 - text.length));
    assert.equal(answer.status, 201, answer.text);
});

test('a media type may say its charset', async () => {
    for (const type of ['application/json; charset=utf-8',
        'Application/JSON', 'application/json;charset=UTF-8'])
        assert.equal((await shop.request('POST', '/orders', {
            body: JSON.stringify(mouse),
            headers: { 'content-type': type } })).status, 201);
});

test('a key gives the same order and the same bytes again', async () => {
    for (const key of ['1', newKey(), 'k'.repeat(255), '!~"\'%_']) {
        const text = JSON.stringify(mouse);
        const first = await send(text, key);
        assert.equal(first.status, 201);
        await shop.waitForOrder(first.json.order_id, ['CONFIRMED']);
        const number = await shop.newestNumber();
        const again = await send(text, key);
        assert.equal(again.status, 201);
        assert.equal(again.text, first.text);
        assert.equal(again.headers.get('location'),
            first.headers.get('location'));
        assert.equal(await shop.newestNumber(), number);
    }
});

test('a key with another body is refused', async () => {
    const key = newKey();
    const text = JSON.stringify(mouse);
    await send(text, key);
    const number = await shop.newestNumber();
    for (const other of [`${text} `, '{"item":"dock","quantity":1}',
        '{"item":"mouse","quantity":2}'])
        assertProblem(await send(other, key), 422);
    assert.equal(await shop.newestNumber(), number);
    assert.equal((await send(text, key)).status, 201);
});

test('a refused order leaves its key free', async () => {
    for (const [wrong, status] of [['{"item":"mouse","quantity":0}', 422],
        ['{"item":"nothing","quantity":1}', 422], ['{', 400],
        ['{"item":"mouse","quantity":1,"total":1}', 409]]) {
        const key = newKey();
        assert.equal((await send(wrong, key)).status, status);
        assert.equal((await send(JSON.stringify(mouse), key)).status, 201);
    }
});

test('a key is 1 to 255 visible characters', async () => {
    const number = await shop.newestNumber();
    for (const key of ['k'.repeat(256), 'ä', 'a b'])
        assertProblem(await send(JSON.stringify(mouse), key), 400);
    assert.equal(await shop.newestNumber(), number);
});

// Taken for none, it would let the client's retry order twice.
test('an empty key is refused', async () => {
    assertProblem(await send(JSON.stringify(mouse), ''), 400);
});

test('no key: each request is an order of its own', async () => {
    const [a, b] = await Promise.all([shop.place(), shop.place()]);
    assert.notEqual(a.order_id, b.order_id);
});

test('many at once with one key are one order', async () => {
    for (let round = 0; round < 5; round++) {
        const key = newKey();
        const number = await shop.newestNumber();
        const answers = await Promise.all(Array.from({ length: 20 }, () =>
            send(JSON.stringify(mouse), key)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)),
            new Set([201]));
        assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
        assert.equal(await shop.newestNumber(), number + 1);
    }
});

test('many at once with one key and two bodies are one order', async () => {
    const key = newKey();
    const number = await shop.newestNumber();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
        send(`{"item":"mouse","quantity":${1 + i % 2}}`, key)));
    const good = answers.filter(({ status }) => status === 201);
    assert.equal(good.length, 10);
    assert.equal(new Set(good.map(({ text }) => text)).size, 1);
    assert.equal(answers.filter(({ status }) => status === 422).length, 10);
    assert.equal(await shop.newestNumber(), number + 1);
});

test('numbers have no gaps, ids and tokens no doubles', async () => {
    const first = await shop.newestNumber();
    const answers = await Promise.all(Array.from({ length: 50 }, () =>
        shop.place({ items: [{ sku: 'tea-1', quantity: 1 }] })));
    assert.deepEqual(answers.map(({ number }) => number)
        .sort((a, b) => a - b), Array.from({ length: 50 },
        (_, i) => first + 1 + i));
    for (const name of ['order_id', 'track_url'])
        assert.equal(new Set(answers.map((one) => one[name])).size, 50);
});

test('the books hold', () => shop.verify());
