// The reaper is killed at every call that bounds an effect - each lock, sync,
// rename, word to and from the outside - of an order's whole way, for every
// task there is: each order ends as if nothing had been, and nothing was done
// twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../http/shop.mjs';
import { entriesIn, machine, pay, receipt, sell, task, typesIn, validate }
    from '../http/workflow.mjs';
import { allOrders, assertAllServedOnce, assertBooksHold, mailsIn, placed,
    STOCK, subjects } from './crash.mjs';
import { sweep } from './sweep.mjs';
import { startWebService } from './web-service.mjs';

test('an order that is served', { timeout: 90000 }, async () => {
    await sweep({ shops: 4, least: 25,
        async begin(shop, arm) {
            await arm();
            return placed(shop);
        },
        done: async (shop, id, count) => await mailsIn(shop) === count,
        async check(shop, ids) {
            await assertAllServedOnce(shop, ids);
            for (const id of ids) {
                const execution = await shop.look(`/orders/${id}/execution`);
                assert.equal(execution.status, 'SUCCEEDED');
                assert.deepEqual(entriesIn(execution), { ValidateOrder: 1,
                    ProcessPayment: 1, UpdateInventory: 1, GenerateReceipt: 1,
                    SendNotification: 1 });
            }
        } });
});

test('a refund', { timeout: 90000 }, async () => {
    await sweep({ shops: 4, least: 10,
        async begin(shop, arm) {
            const mails = await mailsIn(shop);
            const id = await placed(shop);
            await waitUntil(async () => await mailsIn(shop) === mails + 1,
                10000, 'the confirmation');
            await sleep(100); // which is booked
            await arm();
            const done = await shop.cancel(id);
            assert.equal(done.status, 200, done.text);
            return id;
        },
        done: async (shop, id, count) => await mailsIn(shop) === 3 * count &&
            (await shop.show(id)).payment_status ===
                'refunded',
        async check(shop, ids) {
            const books = await assertBooksHold(shop);
            assert.equal(books.intents, ids.length, books.text);
            assert.equal(await shop.available('mouse'), STOCK);
        } });
});

// Everything the other definition leaves out: web services side by side, one
// of which fails at first, a wait, a failure that is caught, and the tasks
// that undo.
function undoing(url) {
    const post = (path) => ({ Type: 'Task', Resource: `${url}${path}`,
        ResultPath: null });
    return machine({
        Validate: validate,
        Save: task('SaveOrder'),
        Pay: pay,
        Both: { Type: 'Parallel', ResultPath: null, Branches: [
            machine({ Flaky: { ...post('/flaky'), Retry: [{ ErrorEquals:
                ['States.Http.StatusCode.500'], IntervalSeconds: 1 }] } }),
            machine({ Plain: post('/plain'), Sell: sell, Receipt: receipt }),
            machine({ Pause: { Type: 'Wait', Seconds: 1 } })] },
        Refuse: { ...post('/refuse'), Catch: [{ ErrorEquals:
            ['States.Http.StatusCode.409'], ResultPath: '$.error',
        Next: 'Refund' }] },
    }, {
        Refund: { ...task('RefundPayment', { ResultPath: null }),
            Next: 'Release' },
        Release: { ...task('ReleaseStock', { ResultPath: null }),
            Next: 'FailOrder' },
        FailOrder: { ...task('FailOrder', { ResultPath: null }),
            Next: 'Over' },
        Over: { Type: 'Fail', Error: 'Odd', Cause: 'They refused.' },
    });
}

// As a service does that keeps to its callers' keys: what it answered once, it
// answers again - but for the failure, which is to be tried again.
function startStubborn() {
    const seen = new Set();
    return startWebService(({ path, key }) => {
        const first = !seen.has(key);
        seen.add(key);
        if (path === '/refuse')
            return { status: 409 };
        return { status: path === '/flaky' && first ? 500 : 200 };
    });
}

async function assertUndoneOnce(shop, service, id) {
    const order = await shop.show(id);
    assert.equal(order.status, 'FAILED', JSON.stringify(order));
    assert.equal(order.payment_status, 'refunded');
    assert.ok(order.receipt_url);
    const execution = await shop.look(`/orders/${id}/execution`);
    assert.equal(execution.status, 'FAILED');
    assert.equal(execution.state, 'Over');
    assert.equal(execution.error, 'Odd');
    assert.deepEqual(entriesIn(execution), { Validate: 1, Save: 1, Pay: 1,
        Both: 1, Flaky: 1, Plain: 1, Sell: 1, Receipt: 1, Pause: 1, Refuse: 1,
        Refund: 1, Release: 1, FailOrder: 1, Over: 1 });
    const types = typesIn(execution);
    const count = (type) => types.filter((one) => one === type).length;
    assert.equal(count('TaskSucceeded'), 10, types.join());
    assert.equal(count('ExecutionFailed'), 1, types.join());
    const failed = execution.events.filter(({ type }) =>
        type === 'TaskFailed').map(({ state }) => state);
    assert.ok(['Refuse', 'Flaky,Refuse'].includes(failed.join()),
        failed.join());
    for (const path of ['/flaky', '/plain', '/refuse']) {
        const calls = service.callsOf(id, path);
        assert.ok(calls.length > 0, path);
        for (const { key, body } of calls) {
            assert.equal(key, calls[0].key, `${path}: one key`);
            assert.deepEqual(body, calls[0].body, `${path}: one body`);
        }
    }
}

async function assertAllUndoneOnce(shop, service, ids) {
    for (const id of ids)
        await assertUndoneOnce(shop, service, id);
    const orders = Object.values(await allOrders(shop));
    assert.equal(orders.length, ids.length);
    assert.deepEqual(await subjects(shop), orders.flatMap(({ number }) =>
        [`Order ${number} could not be carried out`,
            `Order ${number} is refunded`]).sort());
    const books = await assertBooksHold(shop);
    for (const sort of ['charges', 'intents'])
        assert.equal(books[sort], ids.length, books.text);
    assert.equal(books.receipts, 2 * ids.length, 'with the credit notes');
    assert.equal(await shop.available('mouse'), STOCK);
}

test('an order that is undone by its own workflow, web services and all',
    { timeout: 120000 }, async () => {
        const service = await startStubborn();
        const options = { definition: undoing(service.url), env: service.env };
        try {
            await sweep({ shops: 8, least: 60, options,
                async begin(shop, arm) {
                    await arm();
                    return placed(shop);
                },
                done: async (shop, id, count) =>
                    await mailsIn(shop) === 2 * count &&
                    (await shop.show(id)).payment_status ===
                        'refunded',
                check: (shop, ids) =>
                    assertAllUndoneOnce(shop, service, ids) });
        } finally {
            await service.stop();
        }
    });
