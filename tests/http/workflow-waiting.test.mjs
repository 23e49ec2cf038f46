// Orders that wait for others: web services that are slow or hang, a gateway
// that hangs. What hangs holds up only its own, and a payment is never lost
// sight of, however its order ended meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { subjectOf } from './mime.mjs';
import { waitUntil } from './shop.mjs';
import { beside, runWell, startWithService, withWeb }
    from './workflow-service.mjs';
import { booksHold, entriesIn, machine, notify, pay, sell, task, typesIn,
    validate } from './workflow.mjs';

const AT_ONCE = 2;
let served;
let another;
let service;
let shop;

before(async () => {
    served = await startWithService(() => machine({ Check: validate, Pay: pay,
        Sell: sell }), { ORDERMILL_CALLS_PER_HOST: String(AT_ONCE) });
    ({ another, service, shop } = served);
    service.on('/quick', [200, {}]);
    await shop.addProducts('free,Free,,0,99', 'charger,Charger,,35,999');
});
after(() => served?.stop());

const run = (definition) => runWell(shop, definition);

const placeMany = (count, sku = 'charger') => Promise.all(Array.from(
    { length: count }, () => shop.buy(sku)));
const all = (ids) => Promise.all(ids.map((id) => shop.ends(id, 'SUCCEEDED')));

describe('web services', () => {
    test('no more than allowed, and every one in the end', async () => {
        const busy = await another();
        busy.on('/', async () => {
            await sleep(50);
            return [200, {}];
        });
        await shop.load(withWeb(busy.url('/')));
        await all(await placeMany(12));
        assert.equal(busy.calls.length, 12);
        assert.equal(busy.most, AT_ONCE);
    });

    test('one order\'s own, likewise', async () => {
        const busy = await another();
        busy.on('/', async ({ json }) => {
            await sleep(30);
            return [200, json];
        });
        const list = Array.from({ length: 15 }, (_, n) => n);
        const { output } = await run(machine({ Check: validate,
            List: { Type: 'Pass', Result: list, ResultPath: '$.list' },
            Each: { Type: 'Map', ItemsPath: '$.list', ResultPath: '$.web',
                ItemProcessor: machine({ One: { Type: 'Task',
                    Resource: busy.url('/') } }) },
            Pay: { ...pay, ...beside }, Sell: { ...sell, ...beside } }));
        assert.deepEqual(output.web, list);
        assert.equal(busy.calls.length, 15);
        assert.equal(busy.most, AT_ONCE);
    });

    test('one that hangs holds up only its own', async () => {
        const hung = await another();
        let release;
        const gate = new Promise((resolve) => { release = resolve; });
        hung.on('/', async () => {
            await gate;
            return [200, { late: true }];
        });
        service.on('/quick', [200, {}]);
        await shop.load(withWeb(hung.url('/')));
        const waiting = await placeMany(6);
        await waitUntil(() => hung.inFlight === AT_ONCE, 5000, 'the calls');
        await shop.load(withWeb(service.url('/quick')));
        await all(await placeMany(6));
        await shop.load(machine({ Check: validate, Save: task('SaveOrder'),
            Pay: pay, Sell: sell }));
        await all(await placeMany(2));
        assert.equal(hung.calls.length, AT_ONCE);
        release();
        const ends = await all(waiting);
        assert.ok(ends.every(({ output }) => output.web.late));
        assert.equal(hung.calls.length, 6);
        assert.equal(hung.most, AT_ONCE);
    });

    test('calls given up are in nobody\'s way', async () => {
        const dull = await another();
        dull.on('/', () => dull.calls.length <= AT_ONCE + 1 ? null
            : [200, { at: 'last' }]);
        const { output } = await run(withWeb(dull.url('/'), {
            TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['States.Timeout'],
                IntervalSeconds: 1, BackoffRate: 1,
                MaxAttempts: AT_ONCE + 1 }] }));
        assert.deepEqual(output.web, { at: 'last' });
    });
});

// Stops the gateway until goOn() is called, at the latest when the test ends.
async function hangGateway(t) {
    const { pid } = await shop.processOf('gateway');
    let stopped = true;
    const goOn = () => {
        if (stopped)
            process.kill(pid, 'SIGCONT');
        stopped = false;
    };
    process.kill(pid, 'SIGSTOP');
    t.after(goOn);
    return goOn;
}

describe('a gateway that hangs', () => {
    const payFor1s = (more) =>
        task('ProcessPayment', { ...beside, TimeoutSeconds: 1, ...more });
    const onTimeout = (Next) => ({ Catch: [{ ErrorEquals:
        ['States.Timeout'], ResultPath: '$.failure', Next }] });

    // While the outcome is unknown nothing is decided: goods held, no refund,
    // no mail.
    async function assertOpen(id, sku, left) {
        const order = await shop.show(id);
        assert.equal(order.status, 'PROCESSING');
        assert.equal(order.payment_status, 'pending');
        assert.equal(order.reason, null);
        assert.equal(await shop.available(sku), left);
        assert.deepEqual(await shop.rows('SELECT 1 FROM refunds WHERE ' +
            `order_id = '${id}' UNION ALL SELECT 1 FROM outbox WHERE ` +
            `order_id = '${id}' AND status = 'sent'`), []);
        await shop.verify();
    }

    // Charged once and given back.
    async function assertPaidBack(id, sku, left) {
        await shop.until(id, async () => {
            const { status, payment_status: paid } = await shop.show(id);
            return status === 'FAILED' && paid === 'refunded';
        }, 'it to be undone', 20000);
        const [{ amount, ...charge }, ...more] = await shop.charges(id);
        assert.deepEqual(more, [], charge.id);
        assert.deepEqual(await shop.rows('SELECT status, amount_minor FROM ' +
            `refunds WHERE order_id = '${id}'`),
        [{ status: 'succeeded', amount_minor: amount }]);
        assert.equal(await shop.available(sku), left);
        const subjects = (await shop.waitForMails(id, 2)).map(subjectOf).sort();
        assert.deepEqual(subjects, ['could not be carried out',
            'is refunded']);
        await booksHold(shop);
    }

    test('TimeoutSeconds, no Catch: FAILED once it is known, and refunded',
        { timeout: 40000 }, async (t) => {
            await shop.load(machine({ Check: validate, Pay: payFor1s(),
                Sell: sell }));
            const left = await shop.available('phone');
            const goOn = await hangGateway(t);
            const id = await shop.buy('phone', 2);
            const e = await shop.ends(id, 'FAILED');
            assert.equal(e.error, 'States.Timeout');
            await sleep(500);
            await assertOpen(id, 'phone', left - 2);
            goOn();
            await assertPaidBack(id, 'phone', left);
            assert.equal((await shop.execution(id)).json.events.length,
                e.events.length);
        });

    test('TimeoutSeconds, and a Catch that fails the order: likewise',
        { timeout: 40000 }, async (t) => {
            await shop.load(machine({ Check: validate,
                Pay: payFor1s(onTimeout('Release')), Sell: sell }, {
                Release: task('ReleaseStock', { ...beside, Next: 'GiveUp' }),
                GiveUp: task('FailOrder', { ...beside, Next: 'Failed' }),
                Failed: { Type: 'Fail', Error: 'Shop.GaveUp' } }));
            const goOn = await hangGateway(t);
            const left = await shop.available('phone');
            const id = await shop.buy('phone', 2);
            await shop.until(id, ({ state }) => state === 'GiveUp', 'GiveUp');
            await sleep(1500);
            const e = (await shop.execution(id)).json;
            assert.equal(e.status, 'RUNNING');
            assert.equal(e.state, 'GiveUp');
            const order = await shop.show(id);
            assert.equal(order.status, 'PROCESSING');
            assert.equal(order.payment_status, 'pending');
            await shop.verify();
            goOn();
            await assertPaidBack(id, 'phone', left);
            assert.equal((await shop.ends(id, 'FAILED')).error,
                'Shop.GaveUp');
        });

    test('TimeoutSeconds, and a Retry: the same charge is taken up',
        { timeout: 40000 }, async (t) => {
            await shop.load(machine({ Check: validate, Pay: payFor1s({
                Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1,
                    BackoffRate: 1, MaxAttempts: 99 }] }), Sell: sell }));
            const goOn = await hangGateway(t);
            const id = await shop.buy('phone');
            await shop.until(id, ({ events }) => events.some(({ detail }) =>
                detail?.attempt === 2), 'the second try');
            goOn();
            const e = await shop.ends(id, 'SUCCEEDED');
            assert.equal((await shop.show(id)).status, 'CONFIRMED');
            assert.deepEqual(entriesIn(e), { Check: 1, Pay: 1, Sell: 1 });
            assert.ok(typesIn(e).includes('TaskTimedOut'));
            assert.equal((await shop.intents(id)).length, 1);
            assert.equal((await shop.rows('SELECT 1 FROM payment_attempts ' +
                `WHERE order_id = '${id}'`)).length, 1);
            await booksHold(shop);
        });

    // The definition went on without it and ended well.
    const odd = { Type: 'Task', Resource: 'https://127.0.0.1:1/' };
    for (const [what, Pay] of [['TimeoutSeconds', payFor1s(onTimeout('Sell'))],
        ['a branch given up', { Type: 'Parallel', ...beside, Branches:
            [machine({ Charge: pay }), machine({ Odd: odd })], Catch: [{
            ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Sell' }] }]])
        test(`${what}, and a Catch that sells: sold once it is paid`,
            { timeout: 40000 }, async (t) => {
                await shop.load(machine({ Check: validate, Pay, Sell: sell,
                    Mail: notify }));
                const left = await shop.available('phone');
                const goOn = await hangGateway(t);
                const paid = await shop.buy('phone', 2);
                const declined = await shop.buy('phone', 1,
                    'pm_card_chargeDeclined');
                await all([paid, declined]);
                await sleep(200);
                await assertOpen(paid, 'phone', left - 3);
                goOn();
                const order = await shop.waitForOrder(paid, undefined, 20000);
                assert.equal(order.status, 'CONFIRMED');
                assert.equal(order.payment_status, 'paid');
                assert.equal((await shop.charges(paid)).length, 1);
                assert.equal((await shop.waitForOrder(declined, ['FAILED'],
                    5000)).payment_status, 'failed');
                assert.equal(await shop.available('phone'), left - 2);
                for (const [id, subject] of [[paid, 'is confirmed'],
                    [declined, 'could not be carried out']]) {
                    const [mail, ...more] = await shop.waitForMails(id);
                    assert.ok(mail.includes(` ${subject}\r\n`), mail);
                    assert.deepEqual(more, []);
                }
                await booksHold(shop);
            });

    test('a declined card that is known too late', { timeout: 40000 },
        async (t) => {
            await shop.load(machine({ Check: validate, Pay: payFor1s(),
                Sell: sell }));
            const left = await shop.available('phone');
            const goOn = await hangGateway(t);
            const id = await shop.buy('phone', 1, 'pm_card_chargeDeclined');
            await shop.ends(id, 'FAILED');
            await assertOpen(id, 'phone', left - 1);
            goOn();
            const order = await shop.waitForOrder(id, ['FAILED'], 20000);
            assert.equal(order.payment_status, 'failed');
            assert.equal(await shop.available('phone'), left);
            assert.deepEqual(await shop.rows('SELECT 1 FROM refunds WHERE ' +
                `order_id = '${id}'`), []);
            await booksHold(shop);
        });

    test('holds up only its own orders', { timeout: 60000 }, async (t) => {
        await shop.load(withWeb(service.url('/quick')));
        const goOn = await hangGateway(t);
        const before = service.at('/quick').length;
        const paying = await placeMany(8);
        await Promise.all(paying.map((id) => shop.until(id, ({ state }) =>
            state === 'Pay', 'Pay')));
        const free = await placeMany(8, 'free');
        await all(free);
        for (const id of free)
            assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assert.equal(service.at('/quick').length, before + 16);
        for (const id of paying)
            assert.equal((await shop.show(id)).payment_status, 'pending');
        await shop.verify();
        goOn();
        await Promise.all(paying.map((id) => shop.until(id, ({ status }) =>
            status === 'SUCCEEDED', 'its end', 40000)));
        for (const id of paying) {
            assert.equal((await shop.show(id)).status, 'CONFIRMED');
            assert.equal((await shop.intents(id)).length, 1);
        }
    });
});

test('the books hold', () => booksHold(shop));
