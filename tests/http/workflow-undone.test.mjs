// Workflows that give back, by themselves, what an order was paid or sold, and
// what becomes of it then: the order says so, the customer is told once, and
// staff look at what is neither done nor undone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { subjectOf } from './mime.mjs';
import { runCommand, waitUntil } from './shop.mjs';
import { startWithService } from './workflow-service.mjs';
import { ask, booksHold, machine, notify, pay, sell, task, validate }
    from './workflow.mjs';

const PRICE = 3900;
const beside = (state) => ({ ...state, ResultPath: null });
const [check, paid, sold, told, refund, release, fail] = [validate, pay, sell,
    notify, task('RefundPayment'), task('ReleaseStock'), task('FailOrder')]
    .map(beside);
const bad = { Type: 'Fail', Error: 'Shop.Bad', Cause: 'It is bad.' };
const good = { Type: 'Succeed' };
let served;
let service;
let shop;

before(async () => {
    served = await startWithService(() => machine({ Check: check, Pay: paid,
        Sell: sold }));
    ({ service, shop } = served);
});
after(() => served?.stop());

// An order whose execution ended so, and what is to be known of it.
async function run(definition, status) {
    await shop.load(definition);
    const stock = await shop.available('mouse');
    const id = await shop.buy();
    await shop.ends(id, status);
    return { id, ...await outcome(id, stock) };
}

// Once its mails have gone out and its refunds are through. sold is by how
// much the stock is less than it was.
async function outcome(id, stock) {
    const due = `order_id = '${id}' AND status = 'due'`;
    await waitUntil(async () => (await shop.rows(
        `SELECT 1 FROM outbox WHERE ${due} UNION ALL ` +
        `SELECT 1 FROM refunds WHERE ${due} UNION ALL ` +
        'SELECT 1 FROM credit_notes WHERE sha256 IS NULL AND order_id = ' +
        `'${id}'`)).length === 0, 10000,
    'mails and refunds');
    const { status, payment_status: payment } = await shop.show(id);
    return { status, payment,
        sold: stock - await shop.available('mouse'),
        charges: (await shop.charges(id)).map(({ amount }) => amount),
        refunds: (await shop.rows('SELECT amount_minor, status FROM refunds ' +
            `WHERE order_id = '${id}'`))
            .map((row) => `${row.amount_minor} ${row.status}`),
        mails: (await shop.mails(id)).map(subjectOf).sort(),
        alarms: (await shop.rows('SELECT kind FROM alarms WHERE order_id = ' +
            `'${id}'`)).map(({ kind }) => kind) };
}

const isUndone = { status: 'FAILED', payment: 'refunded', sold: 0,
    charges: [PRICE], refunds: [`${PRICE} succeeded`],
    mails: ['could not be carried out', 'is refunded'], alarms: [] };

describe('an order that its workflow fails', () => {
    for (const [what, end, status] of [['fails', bad, 'FAILED'],
        ['succeeds', good, 'SUCCEEDED']])
        test(`is told once when the workflow then ${what}`, async () => {
            const { id, ...is } = await run(machine({ Check: check, Pay: paid,
                Undo: fail, Tell: told, End: end }), status);
            assert.deepEqual(is, isUndone);
        });

    test('and by the reaper, once all was given back', async () => {
        service.on('/late', [500]);
        const stock = await shop.available('mouse');
        const { id, ...is } = await run(machine({ Check: check, Pay: paid,
            Sell: sold, Late: beside({ Type: 'Task',
                Resource: service.url('/late'), Catch: [{ ErrorEquals:
                    ['States.ALL'], ResultPath: null, Next: 'Refund' }] }),
            Tell: told }, { Refund: { ...refund, Next: 'Release' },
            Release: { ...release, Next: 'End' }, End: bad }), 'FAILED');
        assert.deepEqual(is, isUndone);
        assert.equal((await shop.show(id)).reason, bad.Cause);
        await booksHold(shop);

        service.on('/late', [200, {}]);
        assert.equal((await shop.steer(id, 'redrive')).status, 200);
        await shop.ends(id, 'SUCCEEDED');
        const { mails, ...again } = await outcome(id, stock);
        assert.deepEqual(again, { status: 'CONFIRMED', payment: 'paid',
            sold: 1, charges: [PRICE, PRICE], refunds: isUndone.refunds,
            alarms: [] });
        assert.deepEqual(mails.sort(),
            [...isUndone.mails, 'is confirmed'].sort());
    });
});

describe('a good end, neither done nor undone, raises an alarm', () => {
    const cases = {
        'sold and refunded': [{ Sell: sold, Refund: refund },
            { status: 'CONFIRMED', payment: 'refunded', sold: 1 }],
        'sold and released': [{ Sell: sold, Release: release },
            { status: 'CONFIRMED', payment: 'paid', sold: 0, refunds: [],
                mails: [] }],
        'sold, refunded and released': [{ Sell: sold, Refund: refund,
            Release: release },
        { status: 'CONFIRMED', payment: 'refunded', sold: 0 }],
    };
    for (const [what, [chain, expected]] of Object.entries(cases))
        test(what, async () => {
            const { id, ...is } = await run(machine({ Check: check, Pay: paid,
                ...chain, End: good }), 'SUCCEEDED');
            assert.deepEqual(is, { ...isUndone, mails: ['is refunded'],
                alarms: ['unfinished'], ...expected });
        });
});

test('what staff give back before the end is no alarm', async () => {
    await shop.load(machine({ Check: check, Pay: paid, Sell: sold,
        Wait: ask() }));
    const stock = await shop.available('mouse');
    const id = await shop.buy();
    const token = await shop.tokenOf(id);
    const made = await shop.asStaff('POST', `/orders/${id}/refunds`,
        { body: { restock: true } });
    assert.equal(made.status, 201, made.text);
    assert.equal((await shop.bring(token, { output: 1 })).status, 204);
    await shop.ends(id, 'SUCCEEDED');
    assert.deepEqual(await outcome(id, stock), { ...isUndone,
        status: 'CONFIRMED', mails: ['is refunded'] });
});

test('sold, refunded, paid again: paid', async () => {
    const { id, ...is } = await run(machine({ Check: check, Pay: paid,
        Sell: sold, Refund: refund, Again: paid, Sold: sold }), 'SUCCEEDED');
    assert.deepEqual(is, { status: 'CONFIRMED', payment: 'paid', sold: 1,
        charges: [PRICE, PRICE], refunds: [`${PRICE} succeeded`],
        mails: ['is refunded'], alarms: [] });
});

// A file size limit stands for the full disk.
test('answers that could not be stored are not asked for again', async () => {
    const { pid } = await shop.processOf('reaper');
    const usual = /^Max file size +(\S+)/m.exec(
        await readFile(`/proc/${pid}/limits`, 'utf8'))[1];
    const limit = async (size) => {
        const done = await runCommand('prlimit', ['--pid', String(pid),
            `--fsize=${size}:`], process.env);
        assert.equal(done.code, 0, done.stderr);
    };
    let open;
    const gate = new Promise((resolve) => { open = resolve; });
    const names = ['/a', '/b', '/c'];
    for (const name of names)
        service.on(name, async () => {
            await gate;
            return [200, {}];
        });
    await shop.load(machine({ Check: check, All: beside({ Type: 'Parallel',
        Branches: names.map((name) => machine({ [name]: { Type: 'Task',
            Resource: service.url(name) } })) }), Pay: paid, Sell: sold }));
    const id = await shop.buy();
    const calls = () => names.map((name) => service.at(name).length);
    await waitUntil(() => calls().every((count) => count === 1), 5000,
        'the calls');
    await limit(1);
    try {
        open();
        await waitUntil(() => service.inFlight === 0, 5000, 'the answers');
        await sleep(1200); // a refused cycle is tried again after 250 ms
        assert.equal((await shop.execution(id)).json.status, 'RUNNING');
    } finally {
        await limit(usual);
    }
    await shop.ends(id, 'SUCCEEDED');
    assert.equal((await shop.show(id)).status, 'CONFIRMED');
    assert.deepEqual(calls(), [1, 1, 1]);
    assert.ok((await shop.processes()).some((one) => one.pid === pid));
});

test('the books hold', () => booksHold(shop));
