// Orders through definitions of other shapes: compensation of their own, stock
// before payment, branches, loops over the items, choices and waits.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { subjectOf } from './mime.mjs';
import { beside, startWithService, web as webTask }
    from './workflow-service.mjs';
import { ask, booksHold, entriesIn, machine, notify, pay, receipt, sell, task,
    typesIn, validate } from './workflow.mjs';

const closed = 'https://127.0.0.1:1/'; // nobody listens there
const web = (url, more) => webTask(url, { ...beside, ...more });
const caught = (Next, more = {}) => ({ Catch: [{ ErrorEquals:
    ['States.ALL'], ResultPath: '$.failure', Next }], ...more });
let served;
let service;
let shop;

before(async () => {
    served = await startWithService(() => machine({ Check: validate, Pay: pay,
        Sell: sell }));
    ({ service, shop } = served);
    await shop.addProducts('last,Last,,10,1', 'only,Only,,10,1');
});
after(() => served?.stop());

async function run(definition, status, ...order) {
    const id = await shop.buyUnder(definition, ...order);
    return { id, e: await shop.ends(id, status), order: await shop.show(id) };
}

// Everything that an order undone must show, whoever undid it; a while later
// nothing more has come.
async function assertUndone(id, { charged, reason }) {
    await shop.waitForMails(id);
    if (charged)
        await shop.waitForPayment(id, 'refunded');
    await booksHold(shop);
    const order = await shop.show(id);
    assert.equal(order.status, 'FAILED');
    assert.equal(order.reason, reason);
    assert.equal((await shop.charges(id)).length, charged ? 1 : 0);
    const where = `WHERE order_id = '${id}'`;
    assert.deepEqual(await shop.rows('SELECT status, amount_minor FROM ' +
        `refunds ${where}`), charged
        ? [{ status: 'succeeded', amount_minor: order.total_minor }] : []);
    const kinds = charged ? ['failed', 'refunded'] : ['failed'];
    assert.equal((await shop.waitForMails(id, kinds.length)).length,
        kinds.length);
    assert.deepEqual((await shop.rows(`SELECT kind FROM outbox ${where}`))
        .map(({ kind }) => kind).sort(), kinds);
    assert.deepEqual(await shop.rows(`SELECT 1 FROM reservations ${where}`),
        []);
    assert.equal(await shop.sql('SELECT coalesce(sum(delta), 0) FROM ' +
        `stock_entries ${where}`), '0');
}

describe('compensation by the definition', () => {
    const giveUp = (first) => {
        const chain = { Refund: task('RefundPayment', beside),
            Release: task('ReleaseStock', beside),
            GiveUp: task('FailOrder', { ...beside, Parameters: {
                'reason.$': '$.failure.Cause' } }) };
        const names = Object.keys(chain).slice(
            Object.keys(chain).indexOf(first));
        const states = Object.fromEntries(names.map((name, i) => [name,
            { ...chain[name], Next: names[i + 1] ?? 'Failed' }]));
        return { ...states, Failed: { Type: 'Fail', Error: 'Shop.GaveUp',
            CausePath: '$.failure.Cause' } };
    };

    test('of a declined card', async () => {
        const left = await shop.available('phone');
        const { id, e } = await run(machine({ Check: validate,
            Pay: task('ProcessPayment', caught('Release')), Sell: sell },
        giveUp('Release')), 'FAILED', 'phone', 2, 'pm_card_chargeDeclined');
        assert.deepEqual(entriesIn(e), { Check: 1, Pay: 1, Release: 1,
            GiveUp: 1, Failed: 1 });
        assert.equal(e.error, 'Shop.GaveUp');
        assert.match(e.cause, /declined/i);
        await assertUndone(id, { charged: false, reason: e.cause });
        assert.equal((await shop.show(id)).payment_status, 'failed');
        assert.equal(await shop.available('phone'), left);
    });

    for (const sold of [false, true])
        test(`after the payment${sold ? ' and the sale' : ''}`, async () => {
            const left = await shop.available('phone');
            const work = web(closed, caught('Refund'));
            const { id, e } = await run(machine({ Check: validate, Pay: pay,
                ...(sold ? { Sell: sell, Work: work }
                    : { Work: work, Sell: sell }) }, giveUp('Refund')),
            'FAILED', 'phone', 2);
            assert.equal(entriesIn(e).Sell ?? 0, sold ? 1 : 0);
            assert.deepEqual([e.state, e.error], ['Failed', 'Shop.GaveUp']);
            const refund = e.events.find(({ type, state }) =>
                type === 'TaskSucceeded' && state === 'Refund');
            assert.equal(refund.detail.output.refunded_minor, 2 * 69900);
            await assertUndone(id, { charged: true, reason: e.cause });
            assert.equal(await shop.available('phone'), left);
        });

    test('in another order, twice, and to a good end', async () => {
        const left = await shop.available('keyboard');
        const twice = (name) => ({ [`${name}1`]: task(name, beside),
            [`${name}2`]: task(name, beside) });
        const { id, e } = await run(machine({ Check: validate, Pay: pay,
            Sell: sell, ...twice('FailOrder'), ...twice('ReleaseStock'),
            ...twice('RefundPayment'), End: { Type: 'Succeed' } }),
        'SUCCEEDED', 'keyboard');
        assert.equal(e.events.at(-1).type, 'ExecutionSucceeded');
        await assertUndone(id, { charged: true,
            reason: 'The order could not be carried out.' });
        assert.equal(await shop.available('keyboard'), left);
    });

    // ValidateOrder and what it leads to are one transaction with the start.
    test('of what is out of stock, to a good end', async () => {
        const left = await shop.available('webcam');
        await shop.load(machine({ Check: task('ValidateOrder', { Catch: [{
            ErrorEquals: ['Order.OutOfStock'], Next: 'GiveUp' }] }),
        Pay: pay, Sell: sell }, { GiveUp: task('FailOrder', { Parameters:
            { 'reason.$': '$.Cause' }, End: true }) }));
        const ids = await shop.withReaperStopped(() => Promise.all(
            [1, 2, 3].map(() => shop.buy('webcam', left))));
        await Promise.all(ids.map((id) => shop.ends(id, 'SUCCEEDED')));
        const orders = await Promise.all(ids.map(shop.show));
        const [failed, sold] = [true, false].map((is) => orders.filter(
            ({ status }) => (status === 'FAILED') === is));
        assert.deepEqual(sold.map(({ status }) => status), ['CONFIRMED']);
        for (const { order_id: id, reason } of failed) {
            assert.match(reason, /not enough of Webcam/i);
            await assertUndone(id, { charged: false, reason });
        }
    });

    test('in the very first state', async () => {
        const { id } = await run(machine({ GiveUp: task('FailOrder', {
            Parameters: { reason: 'Closed today.' } }) }), 'SUCCEEDED');
        await assertUndone(id, { charged: false, reason: 'Closed today.' });
    });

    test('when the last of it fails, the rest is done all the same',
        async () => {
            const { id, e } = await run(machine({ Check: validate, Pay: pay,
                Work: web(closed, caught('Refund')), Sell: sell },
            { Refund: task('RefundPayment', { ...beside, Next: 'Odd' }),
                Odd: web(closed, { End: true }) }), 'FAILED', 'keyboard');
            assert.equal(e.error, 'States.Http.Socket');
            assert.equal(e.state, 'Odd');
            await assertUndone(id, { charged: true, reason: e.cause });
        });
});

describe('stock before payment', () => {
    const first = machine({ Check: validate, Sell: sell, Pay: pay });

    test('is held, and sold once it is paid', async () => {
        const left = await shop.available('backpack');
        await shop.load(machine({ Sell: sell, Ask: ask(), Pay: pay,
            Receipt: receipt, Mail: notify }));
        const id = await shop.buy('backpack', 2);
        const token = await shop.tokenOf(id);
        const sales = () => shop.sql('SELECT sum(delta) FROM ' +
            `stock_entries WHERE order_id = '${id}' AND reason = 'sold'`);
        assert.equal((await shop.show(id)).status, 'PROCESSING');
        assert.equal(await shop.available('backpack'), left - 2);
        assert.equal(await sales(), '');
        await shop.bring(token, { output: 1 });
        const e = await shop.ends(id, 'SUCCEEDED');
        const order = await shop.show(id);
        assert.equal(order.status, 'CONFIRMED');
        assert.equal(order.payment_status, 'paid');
        assert.notEqual(order.receipt_url, null);
        assert.equal(await shop.available('backpack'), left - 2);
        assert.equal(await sales(), '-2');
        assert.equal(e.output.status, 'PROCESSING', 'until the end');
        await shop.waitForMails(id);
    });

    test('comes back when the card is declined', async () => {
        const left = await shop.available('backpack');
        const { id, e } = await run(first, 'FAILED', 'backpack', 2,
            'pm_card_chargeDeclined');
        await assertUndone(id, { charged: false, reason: e.cause });
        assert.equal(await shop.available('backpack'), left);
    });

    for (const [sku, definition] of [['last', first],
        ['only', machine({ Sell: sell, Pay: pay })]])
        test('20 buyers of the last one' +
            (sku === 'only' ? ', unchecked' : ''), async () => {
            await shop.load(definition);
            const ids = await shop.withReaperStopped(() => Promise.all(
                Array.from({ length: 20 }, () => shop.buy(sku))));
            const ends = await Promise.all(ids.map((id) => shop.until(id,
                ({ status }) => status !== 'RUNNING', 'its end')));
            const statuses = await Promise.all(ids.map(async (id) =>
                (await shop.show(id)).status));
            assert.deepEqual(ends.map(({ status }) => status).sort(),
                [...Array(19).fill('FAILED'), 'SUCCEEDED']);
            assert.deepEqual(statuses.sort(),
                ['CONFIRMED', ...Array(19).fill('FAILED')]);
            const intents = await Promise.all(ids.map(shop.intents));
            assert.equal(intents.flat().length, 1);
            assert.equal(await shop.available(sku), 0);
            assert.deepEqual(await shop.rows('SELECT on_hand, reserved ' +
                `FROM variants WHERE sku = '${sku}'`),
            [{ on_hand: 0, reserved: 0 }]);
        });
});

describe('a mail before the payment', () => {
    const mailed = machine({ Check: validate, Mail: notify,
        Hold: { Type: 'Wait', Seconds: 2 }, Pay: pay, Sell: sell });
    const subjects = async (id) => (await shop.mails(id)).map(subjectOf);

    test('confirms nothing that is not confirmed', async () => {
        const { id, order } = await run(mailed, 'FAILED', 'mouse', 1,
            'pm_card_chargeDeclined');
        assert.equal(order.status, 'FAILED');
        await shop.waitForMails(id);
        await booksHold(shop);
        assert.deepEqual(await subjects(id), ['could not be carried out']);
    });

    test('is sent once it is', async () => {
        const { id, order } = await run(mailed, 'SUCCEEDED');
        assert.equal(order.status, 'CONFIRMED');
        await shop.waitForMails(id);
        assert.deepEqual(await subjects(id), ['is confirmed']);
    });
});

test('a definition of any order keeps the books', async () => {
    const [refund, release] = ['RefundPayment', 'ReleaseStock']
        .map((name) => task(name));
    // Its tasks; what becomes of execution and order, how often it is charged.
    for (const [tasks, ...wanted] of [
        [[validate, pay, refund, pay, sell], 'SUCCEEDED', 'CONFIRMED', 2],
        [[validate, pay, sell, release, sell], 'SUCCEEDED', 'CONFIRMED', 1],
        [[sell, sell, pay, pay, sell], 'SUCCEEDED', 'CONFIRMED', 1],
        [[pay, pay, validate, sell], 'SUCCEEDED', 'CONFIRMED', 1],
        [[refund, release, pay, sell], 'SUCCEEDED', 'CONFIRMED', 1],
        [[validate, receipt, pay, sell], 'FAILED', 'FAILED', 0],
        [[validate, pay, receipt, sell, receipt], 'SUCCEEDED', 'CONFIRMED', 1],
    ]) {
        const chain = Object.fromEntries(tasks.map((one, i) =>
            [`${i} ${one.Resource}`, one]));
        const { id, e, order } = await run(machine(chain), wanted[0],
            'keyboard');
        const what = Object.keys(chain).join(', ');
        await booksHold(shop);
        assert.deepEqual([e.status, order.status,
            (await shop.charges(id)).length], wanted, what);
        assert.equal((await shop.show(id)).payment_status,
            { CONFIRMED: 'paid', FAILED: 'unpaid' }[order.status], what);
    }
});

test('what is FAILED keeps no money, whatever comes after', async () => {
    await shop.load(machine({ Check: validate, Pay: pay,
        GiveUp: task('FailOrder'), PayAgain: pay, Sell: sell }));
    const id = await shop.buy('keyboard');
    await shop.until(id, ({ status }) => status !== 'RUNNING', 'its end');
    // The refund follows the end.
    const order = await shop.waitForPayment(id, 'refunded');
    assert.equal(order.status, 'FAILED');
    await booksHold(shop);
    const sums = await shop.rows('SELECT sum(amount_minor) AS n FROM ' +
        `payment_entries WHERE order_id = '${id}' GROUP BY kind`);
    assert.equal(sums[0].n, sums[1].n);
});

describe('branches', () => {
    const branch = (name, state) => machine({ [name]: state });

    test('receipt and mail side by side', async () => {
        const { id, e, order } = await run(machine({ Check: validate,
            Pay: pay, Sell: sell, Both: { Type: 'Parallel', Branches: [
                branch('Mail', notify), branch('Receipt', receipt)],
            ResultPath: '$.both' } }), 'SUCCEEDED');
        assert.equal(order.status, 'CONFIRMED');
        assert.equal(e.output.both.length, 2);
        assert.match(e.output.both[1].sha256, /^[0-9a-f]{64}$/);
        assert.equal(e.output.both[0].sha256, undefined);
        assert.match((await shop.waitForMails(id))[0], /application\/pdf/);
        const types = typesIn(e);
        for (const type of ['ParallelStateEntered', 'ParallelStateStarted',
            'ParallelStateSucceeded', 'ParallelStateExited'])
            assert.equal(types.filter((t) => t === type).length, 1, type);
    });

    test('one fails and is caught, the others end', async () => {
        service.on('/hangs', null);
        const { id, e, order } = await run(machine({ Check: validate,
            Pay: pay, Odd: { Type: 'Parallel', Branches: [
                branch('Hangs', web(service.url('/hangs'))),
                branch('Fails', web(closed)),
                branch('Waits', { Type: 'Wait', Seconds: 3600 })],
            ...caught('Sell') }, Sell: sell }), 'SUCCEEDED');
        assert.equal(order.status, 'CONFIRMED');
        assert.ok(!typesIn(e).includes('ParallelStateSucceeded'));
        const sold = e.events.find(({ type, state }) =>
            type === 'TaskStateEntered' && state === 'Sell').detail.input;
        assert.equal(sold.failure.Error, 'States.Http.Socket');
        assert.equal((await shop.charges(id)).length, 1);
    });

    test('payments in several branches charge once', async () => {
        const { id, order } = await run(machine({ Check: validate,
            All: { Type: 'Parallel', Branches: [1, 2, 3, 4].map((n) =>
                branch(`Pay${n}`, pay)), ...beside }, Sell: sell }),
        'SUCCEEDED');
        assert.equal(order.status, 'CONFIRMED');
        assert.equal((await shop.intents(id)).length, 1);
    });

    test('a payment whose branch is given up is refunded', async () => {
        const { id, e } = await run(machine({ Check: validate,
            All: { Type: 'Parallel', Branches: [branch('Pay', pay),
                branch('Fails', web(closed))] }, Sell: sell }), 'FAILED');
        assert.equal(e.error, 'States.Http.Socket');
        const order = await shop.waitForOrder(id, ['FAILED']);
        await assertUndone(id, { charged: (await shop.charges(id)).length > 0,
            reason: order.reason });
    });
});

test('a Map calls a service for each item', async () => {
    service.on('/item', ({ json }) => [200,
        { sku: json.item.sku, cost: json.item.quantity * 10, at: json.at }]);
    await shop.load(machine({ Check: validate, Each: { Type: 'Map',
        ItemsPath: '$.items', MaxConcurrency: 2, ItemSelector: {
            'item.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index',
            'order.$': '$.order_id' },
        ItemProcessor: machine({ Ask: { Type: 'Task',
            Resource: service.url('/item') } }), ResultPath: '$.costs' },
    Pay: { ...pay, ...beside }, Sell: { ...sell, ...beside } }));
    const skus = ['mouse', 'dock', 'charger', 'keyboard', 'monitor'];
    const { order_id: id } = await shop.place({ items: skus.map((sku, i) =>
        ({ sku, quantity: i + 1 })) });
    const e = await shop.ends(id, 'SUCCEEDED');
    assert.deepEqual(e.output.costs, skus.map((sku, at) =>
        ({ sku, cost: (at + 1) * 10, at })));
    const calls = service.at('/item');
    assert.deepEqual(calls.map((call) => call.json.at).sort(),
        [0, 1, 2, 3, 4]);
    assert.equal(new Set(calls.map(({ headers }) =>
        headers['idempotency-key'])).size, 5);
    assert.ok(calls.every((call) => call.json.order === id));
    assert.equal(typesIn(e).filter((t) => t === 'MapIterationSucceeded')
        .length, 5);
});

test('a Choice by the amount, a Wait, a Succeed', async () => {
    await shop.load(machine({ Check: validate, Size: { Type: 'Choice',
        Choices: [{ Variable: '$.amount_minor', NumericGreaterThan: 100000,
            Next: 'Hold' }], Default: 'Pay' } }, {
        Hold: { Type: 'Wait', Seconds: 1, Next: 'Pay' },
        Pay: { ...pay, Next: 'Sell' }, Sell: { ...sell, Next: 'Done' },
        Done: { Type: 'Succeed', OutputPath: '$.order_id' } }));
    for (const [sku, held] of [['mouse', false], ['laptop', true]]) {
        const id = await shop.buy(sku);
        const e = await shop.ends(id, 'SUCCEEDED');
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assert.equal(entriesIn(e).Hold !== undefined, held);
        assert.equal(e.output, id);
        const at = (type) => Date.parse(e.events.find((event) =>
            event.type === type).timestamp);
        if (held)
            assert.ok(at('WaitStateExited') - at('WaitStateEntered') >= 1000);
    }
});

test('the books hold', () => booksHold(shop));
