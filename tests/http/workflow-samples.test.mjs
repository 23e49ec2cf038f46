// Definitions as the serverless samples have them run real orders as they
// stand: Lambda functions by any of their names, Parameters that select from
// the order's facts, a mail before the receipt, no Catch.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readMail } from './mime.mjs';
import { root } from './shop.mjs';
import { booksHold, machine, notify, pay, receipt, sell, startWorkflow, task,
    typesIn, validate } from './workflow.mjs';

const sample = JSON.parse(await readFile(join(root,
    'tests/asl/sample-order.asl.json'), 'utf8'));
const email = 'ada@example.com';
let shop;

before(async () => {
    shop = await startWorkflow(sample);
    await shop.addProducts('last,Last,,10,1');
});
after(() => shop?.stop());

// The one mail about an order, once it is there.
async function mailOf(id) {
    const [text, ...more] = await shop.waitForMails(id);
    assert.deepEqual(more, []);
    return text;
}

async function assertReceipted(id) {
    const answer = await fetch((await shop.show(id)).receipt_url);
    const pdf = Buffer.from(await answer.arrayBuffer());
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    const mail = readMail(await mailOf(id));
    assert.match(mail.headers.get('subject'), /^Order \d+ is confirmed/);
    assert.deepEqual(mail.pdf.body, pdf);
}

const scheduled = ({ events }, name) => events.find(({ type, state }) =>
    type === 'TaskScheduled' && state === name).detail;
const exited = ({ events }, name) => events.find(({ type, state }) =>
    type === 'TaskStateExited' && state === name).detail.output;

describe('the sample', () => {
    const bodies = {
        'items and customer': { items: [{ sku: 'mouse', quantity: 2 }],
            customer: { name: 'Ada', email }, payment_method: 'pm_card_visa' },
        'item and quantity': { item: 'Mouse', quantity: 2,
            customer_name: 'Ada', email },
        'productId and amount': { productId: 'mouse', quantity: 2,
            customerEmail: email, paymentMethod: 'creditCard', amount: 78.00 },
    };
    for (const [spelling, body] of Object.entries(bodies))
        test(`takes an order to its end: ${spelling}`, async () => {
            const { status, json, text } = await shop.order(body);
            assert.equal(status, 201, text);
            const id = json.order_id;
            const e = await shop.ends(id, 'SUCCEEDED');
            const order = await shop.show(id);
            assert.equal(order.status, 'CONFIRMED');
            assert.equal(order.payment_status, 'paid');
            const [charge, ...more] = await shop.charges(id);
            assert.deepEqual(more, []);
            await assertReceipted(id);

            // Parameters select, ResultPath puts beside.
            const goods = { productId: 'mouse', quantity: 2 };
            const parameters = {
                ValidateOrder: { orderId: id, ...goods },
                SaveOrderToDatabase: { orderId: id, ...goods, amount: 78 },
                ProcessPayment: { orderId: id, amount: 78 },
                UpdateInventory: goods,
                SendNotification: { orderId: id, customerEmail: email },
                GenerateReceipt: { orderId: id, amount: 78,
                    customerEmail: email },
            };
            assert.deepEqual(Object.keys(sample.States),
                Object.keys(parameters));
            for (const [state, wanted] of Object.entries(parameters))
                assert.deepEqual(scheduled(e, state).parameters, wanted);
            for (const name of ['validation', 'saved', 'payment', 'inventory',
                'notification', 'receipt'])
                assert.equal(e.output[name].order_id, id, name);
            assert.equal(e.output.payment.payment_intent, charge.id);
            assert.match(e.output.receipt.sha256, /^[0-9a-f]{64}$/);
            assert.equal(e.output.status, 'PENDING', 'as it was placed');
            assert.equal(e.output.receipt.status, 'CONFIRMED');
        });

    test('a declined card: each retry asks anew, then the order is FAILED',
        async () => {
            const left = await shop.available('phone');
            const id = await shop.buy('phone', 3, 'pm_card_chargeDeclined');
            for (let n = 1; n <= 3; n++) {
                const e = await shop.until(id, ({ events }) =>
                    events.filter(({ type }) => type === 'TaskFailed')
                        .length === n, `failure ${n}`);
                const { error, retry_after_ms: after } =
                    e.events.at(-1).detail;
                assert.equal(error, 'Payment.Declined');
                assert.equal(after, 1000 * 2 ** n);
                assert.equal(await shop.available('phone'), left - 3);
                assert.equal((await shop.steer(id, 'retry')).status, 200);
            }
            const e = await shop.ends(id, 'FAILED');
            assert.equal(e.error, 'Payment.Declined');
            const order = await shop.show(id);
            assert.equal(order.status, 'FAILED');
            assert.equal(order.payment_status, 'failed');
            assert.match(order.reason, /declined/i);
            assert.equal(order.reason, e.cause);
            assert.equal(order.receipt_url, null);
            assert.equal(await shop.available('phone'), left);
            assert.deepEqual(await shop.charges(id), []);
            assert.match(await mailOf(id), /could not be carried out/);
        });

    test('out of stock: FAILED before any charge', async () => {
        const ids = await shop.withReaperStopped(() => Promise.all(
            [1, 2, 3, 4].map(() => shop.buy('last'))));
        const ends = await Promise.all(ids.map((id) => shop.until(id,
            ({ status }) => status !== 'RUNNING', 'its end')));
        assert.deepEqual(ends.map(({ status }) => status).sort(),
            ['FAILED', 'FAILED', 'FAILED', 'SUCCEEDED']);
        for (const [i, id] of ids.entries()) {
            const order = await shop.show(id);
            if (ends[i].status === 'SUCCEEDED') {
                assert.equal(order.status, 'CONFIRMED');
                continue;
            }
            assert.equal(order.status, 'FAILED');
            assert.equal(order.payment_status, 'unpaid');
            assert.match(order.reason, /not enough of Last in stock/);
            assert.equal(ends[i].error, 'Order.OutOfStock');
            assert.deepEqual(await shop.intents(id), []);
            assert.match(await mailOf(id), /could not be carried out/);
        }
        assert.equal(await shop.available('last'), 0);
    });
});

// The sample with what more says of each task, by its name as it stands in the
// Resource.
function variant(more) {
    const States = {};
    for (const [name, state] of Object.entries(sample.States))
        States[name] = { ...state, ...more(state.Resource.split(':').at(-1)) };
    return { ...sample, States };
}

const arn = (name) =>
    `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
const invoke = 'arn:aws:states:::lambda:invoke';
const kebab = (name) => name.replace(/Function$/, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const upper = (name) => name[0].toUpperCase() + name.slice(1);

describe('functions by other names', () => {
    const variants = {
        'bare names': (name) => ({ Resource: upper(name)
            .replace(/ToDatabaseFunction$|Function$/, '') }),
        'names of another style': (name) => ({ Resource: arn(kebab(name)) }),
        'with underscores': (name) => ({ Resource:
            kebab(name).replaceAll('-', '_') }),
        'an account and a name': (name) => ({ Resource:
            `123456789012:function:${name}` }),
        'a version': (name) => ({ Resource: `${arn(name)}:12` }),
        'an alias': (name) => ({ Resource: `${arn(name)}:prod` }),
        'the latest version': (name) => ({ Resource:
            `${arn(name)}:$LATEST` }),
        'placeholders': (name) => ({ Resource: `\${${upper(name)}Arn}` }),
        'lambda:invoke, the console\'s way': (name) => ({ Resource: invoke,
            Parameters: { FunctionName: `${arn(name)}:$LATEST`,
                'Payload.$': '$' },
            ResultPath: '$', OutputPath: '$.Payload' }),
        'lambda:invoke with a selected result': (name) => ({
            Resource: invoke, ResultPath: '$.last',
            Parameters: { FunctionName: name, Payload:
                { 'id.$': '$.orderId', 'amount.$': '$.amount' } },
            ResultSelector: { 'code.$': '$.StatusCode',
                'order_id.$': '$.Payload.orderId' } }),
        'lambda:invoke of a function named in the data': (name) => ({
            Resource: invoke, ResultPath: null, Parameters:
                { 'FunctionName.$': `States.Format('{}', '${name}')`,
                    'Payload.$': '$' } }),
    };
    for (const [what, more] of Object.entries(variants))
        test(what, async () => {
            const id = await shop.buyUnder(variant(more), 'mouse', 2);
            const e = await shop.ends(id, 'SUCCEEDED');
            assert.equal((await shop.show(id)).status, 'CONFIRMED');
            assert.equal((await shop.charges(id)).length, 1);
            assert.equal(typesIn(e).filter((type) =>
                type === 'TaskSucceeded').length, 6);
            assert.equal(e.output.orderId, id);
            if (/selected/.test(what))
                assert.deepEqual(e.output.last, { code: 200, order_id: id });
            await assertReceipted(id);
        });

    test('and names of no task are refused', async () => {
        for (const name of [arn('danceFunction'), 'Dance', '${DanceArn}',
            `${arn('processPayment')}:`, 'arn:aws:sqs:eu-central-1:1:queue',
            'arn:aws:states:::sns:publish']) {
            await shop.write(variant(() => ({ Resource: name })));
            const done = await shop.run('workflow', 'load');
            assert.equal(done.code, 1, name);
            assert.ok(done.stderr.includes('/States/ProcessPayment/Resource'),
                done.stderr);
        }
    });
});

test('the facts go in and come out of every task', async () => {
    await shop.load(machine({ Check: validate, Save: task('SaveOrder'),
        Pay: pay, Sell: sell, Receipt: receipt, Mail: notify }));
    const items = [{ sku: 'mouse', productId: 'mouse', title: 'Mouse',
        quantity: 2, unit_price_minor: 3900, total_minor: 7800 },
    { sku: 'dock', productId: 'dock', title: 'Docking station', quantity: 1,
        unit_price_minor: 14900, total_minor: 14900 }];
    for (const known of [true, false]) {
        const { order_id: id } = await shop.place({
            payment_method: 'pm_card_mastercard',
            items: items.map(({ sku, quantity }) => ({ sku, quantity })),
            ...(known ? { customer: { name: 'Ada', email } } : {}) });
        const e = await shop.ends(id, 'SUCCEEDED');
        const { number } = await shop.show(id);
        const mail = known ? email : null;
        const facts = { orderId: id, OrderId: id, order_id: id,
            number: Number(number), productId: 'mouse', quantity: 2,
            amount: 227, amount_minor: 22700, currency: 'EUR',
            paymentMethod: 'pm_card_mastercard',
            customerName: known ? 'Ada' : null, email: mail,
            customerEmail: mail, items };
        assert.deepEqual(e.input,
            { ...facts, status: 'PENDING', payment_status: 'unpaid' });
        const states = { Check: ['PROCESSING', 'unpaid'],
            Save: ['PROCESSING', 'unpaid'], Pay: ['PROCESSING', 'paid'],
            Sell: ['CONFIRMED', 'paid'], Receipt: ['CONFIRMED', 'paid'],
            Mail: ['CONFIRMED', 'paid'] };
        for (const [state, [status, payment]] of Object.entries(states)) {
            const { payment_intent: intent, sha256, ...rest } =
                exited(e, state);
            assert.deepEqual(rest, { ...facts, status,
                payment_status: payment }, state);
            assert.equal(intent !== undefined, state === 'Pay');
            assert.equal(sha256 !== undefined, state === 'Receipt');
        }
        assert.equal((await shop.rows('SELECT 1 FROM outbox ' +
            `WHERE order_id = '${id}'`)).length, known ? 1 : 0);
    }
});

test('an amount is in major units, to the cent', async () => {
    await shop.addProducts('odd,Odd,,0.57,9', 'free,Free,,0,9');
    for (const [sku, quantity, amount] of [['odd', 1, 0.57], ['odd', 3, 1.71],
        ['free', 2, 0]]) {
        const id = await shop.buy(sku, quantity);
        const { input } = await shop.ends(id, 'SUCCEEDED');
        assert.equal(input.amount, amount);
        assert.equal(input.amount_minor, Math.round(amount * 100));
        assert.equal((await shop.charges(id)).length, amount > 0 ? 1 : 0);
    }
});

test('the books hold', () => booksHold(shop));
