// Orders that staff mark paid: they wait as long as it takes, hold nothing up,
// and are taken on once the money is there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { booksHold, machine, pay, sell, startWorkflow, validate }
    from './workflow.mjs';

let shop;
before(async () => {
    shop = await startWorkflow(machine({ validate, pay, sell }));
});
after(() => shop?.stop());

const attempts = (id) => shop.rows(`SELECT status, code
    FROM payment_attempts WHERE order_id = '${id}' ORDER BY attempt_no`);
const reaper = async () => (await shop.processOf('reaper'))?.pid;

async function waiting() {
    const id = await shop.buy('mouse', 1, 'manual');
    await shop.waitForAttempt(id);
    const order = await shop.show(id);
    assert.equal(order.status, 'PROCESSING');
    assert.equal(order.payment_status, 'pending');
    return id;
}

test('an order is taken on once it is marked paid', async () => {
    const available = await shop.available('mouse');
    const id = await waiting();
    assert.equal(await shop.available('mouse'), available - 1);
    assert.equal((await shop.markPaid(id)).status, 201);
    const order = await shop.waitForOrder(id, ['CONFIRMED']);
    assert.equal(order.payment_status, 'paid');
    assert.equal((await shop.markPaid(id)).status, 409);
    assert.deepEqual(await shop.intents(id), []);
});

test('it is told when the reaper was away', async () => {
    const id = await waiting();
    const pid = await reaper();
    process.kill(pid, 'SIGSTOP');
    assert.equal((await shop.markPaid(id)).status, 201);
    process.kill(pid, 'SIGKILL');
    await shop.waitForOrder(id, ['CONFIRMED']);
    assert.equal((await shop.attempt(id)).untold, 0);
});

test('one that waits is not blamed for the reaper\'s end', async () => {
    const id = await waiting();
    for (let i = 0; i < 4; i++) {
        const pid = await reaper();
        process.kill(pid, 'SIGKILL');
        await waitUntil(async () => ![undefined, pid].includes(await reaper()),
            10000, 'another reaper');
    }
    await shop.waitForOrder(await shop.buy(), ['CONFIRMED']);
    assert.equal(await shop.sql(`SELECT crashes FROM executions
        WHERE order_id = '${id}'`), '0');
    assert.equal((await shop.steer(id, 'retry')).status, 409);
});

test('a cancellation is carried out at once', async () => {
    const available = await shop.available('mouse');
    const id = await waiting();
    const { status, json } = await shop.cancel(id, 'No money came.');
    assert.equal(status, 200);
    assert.equal(json.status, 'CANCELLED');
    assert.equal(json.payment_status, 'failed');
    assert.equal(await shop.available('mouse'), available);
    assert.equal((await shop.markPaid(id)).status, 409);
});

test('a workflow that ends closes it, and a redrive waits anew', async () => {
    const id = await waiting();
    await shop.steer(id, 'stop');
    assert.equal((await shop.waitForOrder(id, ['FAILED'])).reason, 'A test.');
    assert.equal((await shop.steer(id, 'redrive')).status, 200);
    await shop.waitForAttempt(id, ({ attempt_no: number }) => number === 2);
    assert.deepEqual(await attempts(id), [
        { status: 'failed', code: 'cancelled' },
        { status: 'open', code: null }]);
    assert.equal((await shop.markPaid(id)).status, 201);
    await shop.waitForOrder(id, ['CONFIRMED']);
});

test('the books hold', () => booksHold(shop));
