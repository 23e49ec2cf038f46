// Charges whose answer is missed, or that the bank asks about, over a gateway
// that does what it is told: unknown is not failed, and nothing is charged
// twice.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { serverError, startGateway } from './scripted-gateway.mjs';
import { ask, machine, pay, sell, startWorkflow, validate }
    from './workflow.mjs';

const OUTCOME_MS = 20000;
const usual = machine({ validate, pay, sell });
let gateway;
let shop;

before(async () => {
    gateway = await startGateway();
    shop = await startWorkflow(usual, { env: { ...gateway.env,
        ORDERMILL_PAYMENT_UNKNOWN_S: '2', ORDERMILL_STRIPE_TIMEOUT_S: '2' } });
});
beforeEach(() => {
    gateway.script = null;
    gateway.calls.length = 0;
});
after(async () => {
    await shop?.stop();
    await gateway?.stop();
});

const isWaiting = ({ stage }) => stage === 'wait';
const ended = (id, status) => shop.waitForOrder(id, [status], OUTCOME_MS);
const intentsOf = (id) => gateway.intents.filter(({ metadata }) =>
    metadata.order_id === id);
const isCharge = ({ method, path }) => method === 'POST' &&
    path === '/v1/payment_intents';
const isList = ({ method, path }) => method === 'GET' &&
    path === '/v1/payment_intents';

const tooMany = { status: 429, body: { error:
    { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow.' } } };

// The answer to every charge, though it was made or not made.
const everyCharge = (answer) => (call) => isCharge(call) ? answer : undefined;

test('a charge that the gateway never made fails in time', async () => {
    gateway.script = everyCharge(serverError);
    const available = await shop.available('mouse');
    const id = await shop.buy();
    const order = await ended(id, 'FAILED');
    assert.equal(order.payment_status, 'failed');
    assert.match(order.reason, /nothing was charged/);
    assert.equal((await shop.attempt(id)).code, 'not_found');
    assert.equal(await shop.available('mouse'), available);
    assert.deepEqual(intentsOf(id), []);
    assert.deepEqual(await shop.alarms(id), []);
    const keys = new Set(gateway.calls.filter(isCharge).map(({ key }) => key));
    assert.equal(keys.size, 1);
});

for (const [name, answer] of [['a 500 that the gateway saved',
    { hidden: serverError }], ['answers that are lost', { hidden: 'drop' }],
['garbage', { hidden: { status: 200, body: 'what?' } }]])
    test(`a charge behind ${name} is found and taken`, async () => {
        gateway.script = everyCharge(answer);
        const id = await shop.buy();
        const order = await ended(id, 'CONFIRMED');
        assert.equal(order.payment_status, 'paid');
        assert.equal(intentsOf(id).length, 1);
    });

test('it is looked for page after page', async () => {
    gateway.pageSize = 1;
    gateway.script = (call) => {
        if (isCharge(call))
            return { hidden: serverError };
        if (isList(call) && call.query.get('starting_after') === null)
            for (let i = 0; i < 3; i++)
                gateway.intents.push({ ...gateway.intents[0],
                    id: `pi_${gateway.intents.length + 1}` });
        return undefined;
    };
    const id = await shop.buy();
    await ended(id, 'CONFIRMED');
    gateway.pageSize = undefined;
    const lists = gateway.calls.filter(isList);
    assert.ok(lists.length >= 4);
    assert.ok(Number(lists[0].query.get('created[gte]')) > 0);
});

test('a list that cannot be read is no sign that nothing was charged',
    async () => {
        gateway.script = (call) =>
            isCharge(call) ? { hidden: serverError } : serverError;
        const id = await shop.buy();
        await shop.waitForAlarm(id, 'payment_unknown');
        assert.equal((await shop.show(id)).status, 'PROCESSING');
        gateway.script = null;
        await shop.steer(id, 'retry');
        await ended(id, 'CONFIRMED');
        assert.equal(intentsOf(id).length, 1);
        assert.deepEqual(await shop.alarms(id), []);
    });

test('one that is still being processed is waited for', async () => {
    gateway.script = everyCharge({ hidden: serverError });
    const id = await shop.buy();
    const intent = await waitUntil(() => intentsOf(id)[0], 5000, 'a charge');
    intent.status = 'processing';
    await shop.waitForAlarm(id, 'payment_unknown');
    Object.assign(intent, { status: 'requires_payment_method',
        last_payment_error: { type: 'card_error', code: 'card_declined',
            message: 'Your card was declined.' } });
    await shop.steer(id, 'retry');
    const order = await ended(id, 'FAILED');
    assert.equal(order.reason, 'Your card was declined.');
});

test('what is to be cancelled is not asked for again', async () => {
    gateway.script = () => 'drop';
    const id = await shop.buy();
    await waitUntil(() => gateway.calls.filter(isCharge).length > 1, 5000,
        'the calls');
    assert.equal((await shop.steer(id, 'redrive')).status, 409);
    assert.equal((await shop.cancel(id)).status, 202);
    gateway.script = null;
    await ended(id, 'CANCELLED');
    assert.deepEqual(intentsOf(id), []);
});

test('past the life of a key it is only looked up', async () => {
    gateway.script = everyCharge(serverError);
    const id = await shop.buy();
    await waitUntil(() => gateway.calls.filter(isCharge).length > 0, 5000,
        'a call');
    await shop.sql(`UPDATE payment_attempts SET created_at_ms = created_at_ms -
        ${21 * 3600 * 1000} WHERE order_id = '${id}'`);
    await waitUntil(() => gateway.calls.some(isList), OUTCOME_MS, 'a look');
    const asked = gateway.calls.filter(isCharge).length;
    await ended(id, 'FAILED');
    assert.ok(gateway.calls.filter(isCharge).length <= asked + 1);
});

test('what was not looked at is asked again, and an alarm says so',
    async () => {
        gateway.script = everyCharge(tooMany);
        const id = await shop.buy();
        await shop.waitForAlarm(id, 'payment_unknown');
        assert.equal((await shop.show(id)).status, 'PROCESSING');
        assert.equal((await shop.attempt(id)).misses, 0);
        assert.deepEqual(gateway.calls.filter(isList), []);
        gateway.script = null;
        await shop.steer(id, 'retry');
        await ended(id, 'CONFIRMED');
        assert.deepEqual(await shop.alarms(id), []);
    });

for (const [name, answer] of [['before the charge', 'drop'],
    ['after the charge', { hidden: 'drop' }],
    ['after a 500 that charged', { hidden: serverError }],
    ['with the answer on its way', undefined]])
    test(`a reaper that dies ${name} charges once`, async () => {
        const { pid } = await shop.processOf('reaper');
        let killed = false;
        gateway.script = (call) => {
            if (!isCharge(call) || killed)
                return undefined;
            killed = true;
            process.kill(pid, 'SIGKILL');
            return answer;
        };
        const id = await shop.buy();
        const order = await ended(id, 'CONFIRMED');
        assert.ok(killed);
        assert.equal(order.payment_status, 'paid');
        assert.equal(intentsOf(id).length, 1);
        const keys = new Set(gateway.calls.filter(isCharge)
            .map(({ key }) => key));
        assert.equal(keys.size, 1);
    });

// The bank's page ---------------------------------------------------------

async function atTheBank() {
    const id = await shop.buy('mouse', 1, 'pm_bank');
    await shop.waitForAttempt(id, isWaiting);
    assert.equal((await shop.attempt(id)).payment_url,
        'https://bank.example/1');
    assert.equal((await shop.show(id)).payment_status, 'pending');
    assert.match(gateway.calls.find(isCharge).form.get('return_url'),
        /\/track\//);
    return { id, intent: intentsOf(id)[0] };
}

test('who signs in at the bank has paid', async () => {
    const { id, intent } = await atTheBank();
    Object.assign(intent, { status: 'succeeded', amount_received: 3900 });
    await shop.steer(id, 'retry');
    await ended(id, 'CONFIRMED');
});

test('whom the bank refuses has not', async () => {
    const { id, intent } = await atTheBank();
    Object.assign(intent, { status: 'requires_payment_method',
        next_action: null, last_payment_error: { type: 'card_error',
            code: 'payment_intent_authentication_failure',
            message: 'The bank said no.' } });
    await shop.steer(id, 'retry');
    const order = await ended(id, 'FAILED');
    assert.equal(order.reason, 'Your bank did not approve the payment.');
});

test('who does not come to the bank loses the order', async () => {
    const { id, intent } = await atTheBank();
    await shop.closeWindow(id);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'The order was not paid in time.');
    assert.equal(intent.status, 'canceled');
});

test('a cancellation cancels at the bank, or gives back', async () => {
    for (const paid of [false, true]) {
        const { id, intent } = await atTheBank();
        if (paid)
            Object.assign(intent, { status: 'succeeded',
                amount_received: 3900 });
        await shop.cancel(id, 'No mice.');
        assert.equal((await ended(id, 'CANCELLED')).reason, 'No mice.');
        assert.equal(intent.status, paid ? 'succeeded' : 'canceled');
        await waitUntil(() => gateway.refunds.some(({ payment_intent: of }) =>
            of === intent.id) === paid, 5000, 'a refund');
    }
});

test('what was never asked for is not charged once it is over', async () => {
    const id = await shop.buy('mouse', 1, 'manual');
    await shop.waitForAttempt(id, isWaiting);
    await shop.sql(`UPDATE orders SET payment_method = 'pm_card_visa'
        WHERE order_id = '${id}'; UPDATE payment_attempts SET kind = 'token',
        stage = 'ask', closes_work_ms = 1 WHERE order_id = '${id}';
        UPDATE work SET due_work_ms = 0 WHERE order_id = '${id}'`);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.payment_status, 'failed');
    assert.deepEqual(gateway.calls, []);
});

test('the whole is not charged on top of a part that stayed', async () => {
    await shop.load(machine({ validate, pay, wait: ask(), again: pay, sell }));
    const id = await shop.buy();
    const token = await shop.tokenOf(id);
    await shop.sql(`INSERT INTO payment_entries (order_id, kind, amount_minor,
        gateway_id, intent_id, created_at_ms) SELECT order_id, 'dispute', 1,
        'dp_' || order_id, intent_id, 1 FROM payment_entries
        WHERE order_id = '${id}'`);
    assert.equal((await shop.bring(token, { output: 1 })).status, 204);
    await ended(id, 'FAILED');
    await shop.waitForPayment(id, 'refunded');
    assert.equal(intentsOf(id).length, 1);
    await shop.load(usual);
});

test('a refund without an answer raises an alarm until it has one',
    async () => {
        const id = await shop.buy();
        await ended(id, 'CONFIRMED');
        gateway.script = ({ path }) =>
            path === '/v1/refunds' ? 'drop' : undefined;
        await shop.cancel(id);
        await waitUntil(async () => (await shop.alarms(id)).length > 0, 10000,
            'the alarm');
        assert.deepEqual(await shop.alarms(id), ['refund_unknown']);
        gateway.script = null;
        await shop.sql(`UPDATE work SET due_work_ms = 0
            WHERE kind = 'refund' AND order_id = '${id}'`);
        await waitUntil(async () => (await shop.alarms(id)).length === 0, 5000,
            'the answer');
        assert.equal((await shop.show(id)).payment_status, 'refunded');
    });

for (const [name, answer] of [['made', { hidden: serverError }],
    ['did not make', serverError]])
    test(`a 500 saved over a refund that the gateway ${name}`, async () => {
        const id = await shop.buy();
        await ended(id, 'CONFIRMED');
        gateway.script = ({ method, path, key }) =>
            method === 'POST' && path === '/v1/refunds' && !/-1$/.test(key)
                ? answer : undefined;
        await shop.cancel(id);
        await waitUntil(async () => {
            await shop.sql(`UPDATE work SET due_work_ms = 0
                WHERE subject IN (SELECT refund_id FROM refunds
                    WHERE order_id = '${id}' AND refusals > 0)`);
            return (await shop.show(id)).payment_status === 'refunded';
        }, OUTCOME_MS, 'the refund');
        assert.equal(gateway.refunds.filter(({ metadata }) =>
            metadata.order_id === id).length, 1);
        assert.deepEqual(await shop.alarms(id), []);
    });
