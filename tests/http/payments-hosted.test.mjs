// Orders paid on the gateway's page, over a gateway that does what it is told:
// nothing is told by webhooks here, so all that becomes known is looked up.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { serverError, startGateway } from './scripted-gateway.mjs';
import { machine, pay, sell, startWorkflow, validate } from './workflow.mjs';

const OUTCOME_MS = 20000;
let gateway;
let shop;

before(async () => {
    gateway = await startGateway();
    shop = await startWorkflow(machine({ validate, pay, sell }), { env: {
        ORDERMILL_STRIPE_URL: gateway.url,
        ORDERMILL_STRIPE_KEY: 'sk_test_scripted',
        ORDERMILL_PAYMENT_WINDOW_S: '600',
        ORDERMILL_PAYMENT_UNKNOWN_S: '2', ORDERMILL_STRIPE_TIMEOUT_S: '2' } });
});
beforeEach(() => { gateway.script = null; });
after(async () => {
    await shop?.stop();
    await gateway?.stop();
});

const attempt = (id, column) => shop.sql(`SELECT ${column} FROM
    payment_attempts WHERE order_id = '${id}' ORDER BY attempt_no DESC
    LIMIT 1`);
const alarms = async (id) => (await shop.rows(`SELECT kind FROM alarms WHERE
    order_id = '${id}' AND closed_at_ms IS NULL`)).map(({ kind }) => kind);

// An order whose page is there, and its session.
async function waiting() {
    const id = await shop.place('mouse', 1, 'hosted');
    await waitUntil(async () => await attempt(id, 'stage') === 'wait', 5000,
        'the page');
    return { id, session: gateway.sessionOf(id) };
}

const ended = (id, status) => shop.waitForOrder(id, [status], OUTCOME_MS);
const look = (id) => shop.steer(id, 'retry');

// The window is over now.
const close = (id) => shop.sql(`UPDATE payment_attempts SET closes_work_ms = 1
    WHERE order_id = '${id}';
    UPDATE work SET due_work_ms = 0 WHERE order_id = '${id}'`);

test('the page is made once and kept with its address', async () => {
    const { id, session } = await waiting();
    assert.equal(await attempt(id, 'payment_url'), session.url);
    assert.equal(session.amount_total, 3900);
    assert.equal(session.form.get('customer_email'), 'ada@example.com');
    assert.match(session.form.get('success_url'), /\/track\//);
    assert.equal(session.form.get('success_url'),
        `${session.form.get('cancel_url')}?paid={CHECKOUT_SESSION_ID}`);
    assert.equal((await shop.show(id)).payment_status, 'pending');
    assert.deepEqual(session.metadata, { order_id: id, attempt: '1' });
});

test('what is paid is found by looking', async () => {
    const { id, session } = await waiting();
    await look(id);
    await waitUntil(() => gateway.callsTo(
        new RegExp(`GET .*${session.id}$`)).length > 0, 5000, 'a look');
    assert.equal((await shop.show(id)).status, 'PROCESSING');
    gateway.pay(session);
    await look(id);
    assert.equal((await ended(id, 'CONFIRMED')).payment_status, 'paid');
});

test('a window that closes expires the page, then cancels', async () => {
    const available = await shop.available('mouse');
    const { id, session } = await waiting();
    assert.equal(await shop.available('mouse'), available - 1);
    await close(id);
    const order = await ended(id, 'CANCELLED');
    assert.equal(session.status, 'expired');
    assert.equal(order.reason, 'The order was not paid in time.');
    assert.equal(order.payment_status, 'failed');
    assert.equal(await shop.available('mouse'), available);
    assert.equal(await attempt(id, 'code'), 'window_closed');
    await waitUntil(async () => (await shop.mails(id)).length === 1, 5000,
        'a mail');
});

test('who paid just before the window closed is served', async () => {
    const { id, session } = await waiting();
    gateway.pay(session);
    await close(id);
    await ended(id, 'CONFIRMED');
});

test('who pays while it is expired is served', async () => {
    const { id, session } = await waiting();
    gateway.script = ({ path }) => {
        if (path.endsWith(`${session.id}/expire`) && session.status === 'open')
            gateway.pay(session);
    };
    await close(id);
    await ended(id, 'CONFIRMED');
});

test('a cancellation expires the page at once', async () => {
    const { id, session } = await waiting();
    const answer = await shop.asStaff('PUT', `/orders/${id}`,
        { body: { status: 'CANCELLED', reason: 'Out of mice.' } });
    assert.equal(answer.status, 202);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'Out of mice.');
    assert.equal(session.status, 'expired');
    assert.equal(await attempt(id, 'code'), 'cancelled');
});

test('what was paid before the cancellation goes back', async () => {
    const { id, session } = await waiting();
    const intent = gateway.pay(session);
    await shop.asStaff('PUT', `/orders/${id}`,
        { body: { status: 'CANCELLED', reason: 'Out of mice.' } });
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'Out of mice.');
    await waitUntil(() => gateway.refunds.some((one) =>
        one.payment_intent === intent.id && one.amount === 3900), 5000,
    'the refund');
    await waitUntil(async () =>
        (await shop.show(id)).payment_status === 'refunded', 5000, 'the books');
});

test('a stopped workflow expires the page and fails', async () => {
    const { id, session } = await waiting();
    await shop.steer(id, 'stop');
    const order = await ended(id, 'FAILED');
    assert.equal(order.reason, 'A test.');
    assert.equal(session.status, 'expired');
});

test('a redrive makes a new page', async () => {
    const { id, session } = await waiting();
    await shop.steer(id, 'stop');
    await ended(id, 'FAILED');
    assert.equal((await shop.steer(id, 'redrive')).status, 200);
    await waitUntil(async () => await attempt(id, 'attempt_no') === '2' &&
        await attempt(id, 'stage') === 'wait', 5000, 'the page');
    const second = gateway.sessionOf(id);
    assert.notEqual(second.id, session.id);
    gateway.pay(second);
    await look(id);
    await ended(id, 'CONFIRMED');
});

test('a page that fails for good is asked for under another key', async () => {
    let refused = 2; // the second time it is the saved answer
    const keys = new Set();
    gateway.script = ({ method, path, key }) => {
        if (method !== 'POST' || !path.endsWith('/sessions'))
            return undefined;
        keys.add(key);
        return refused-- > 1 ? serverError : undefined;
    };
    const { id, session } = await waiting();
    assert.equal(keys.size, 2);
    gateway.pay(session);
    await look(id);
    await ended(id, 'CONFIRMED');
});

test('a page whose answer is lost is made once', async () => {
    let lost = true;
    gateway.script = ({ method, path }) => {
        if (method !== 'POST' || !path.endsWith('/sessions') || !lost)
            return undefined;
        lost = false;
        return { hidden: 'drop' };
    };
    const { id } = await waiting();
    assert.equal(gateway.sessions.filter(({ metadata }) =>
        metadata.order_id === id).length, 1);
});

test('a page that the gateway refuses fails the order', async () => {
    gateway.script = ({ path }) => path.endsWith('/sessions')
        ? { status: 400, body: { error: { type: 'invalid_request_error',
            code: 'amount_too_small', message: 'The amount is too small.' } } }
        : undefined;
    const id = await shop.place('mouse', 1, 'hosted');
    const order = await ended(id, 'FAILED');
    assert.equal(order.reason, 'The amount is too small.');
});

test('a gateway in trouble costs the order only its window', async () => {
    gateway.script = () => serverError;
    const id = await shop.place('mouse', 1, 'hosted');
    await waitUntil(async () => Number(await attempt(id, 'asked')) > 0 &&
        await attempt(id, 'message') !== '', 5000, 'a call');
    await close(id);
    await ended(id, 'CANCELLED');
});

test('a window is not closed before the gateway says so', async () => {
    const { id, session } = await waiting();
    gateway.script = () => serverError;
    await close(id);
    await waitUntil(async () => (await alarms(id)).includes('payment_unknown'),
        OUTCOME_MS, 'an alarm');
    assert.equal((await shop.show(id)).status, 'PROCESSING');
    gateway.script = null;
    await look(id);
    await ended(id, 'CANCELLED');
    assert.equal(session.status, 'expired');
    assert.deepEqual(await alarms(id), []);
});

test('a page that the gateway lost is given up in time', async () => {
    const { id, session } = await waiting();
    gateway.sessions.splice(gateway.sessions.indexOf(session), 1);
    await close(id);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'The order was not paid in time.');
});

test('an amount that is not the order\'s is not booked', async () => {
    const { id, session } = await waiting();
    session.amount_total = 1;
    gateway.pay(session);
    await look(id);
    await waitUntil(async () => (await alarms(id)).includes('payment_odd'),
        OUTCOME_MS, 'an alarm');
    assert.equal((await shop.show(id)).payment_status, 'pending');
});

test('orders that wait outlive the reaper', async () => {
    const { id, session } = await waiting();
    const { pid } = (await shop.processes())
        .find(({ name }) => name === 'reaper');
    process.kill(pid, 'SIGKILL');
    gateway.pay(session);
    await look(id);
    await ended(id, 'CONFIRMED');
    assert.deepEqual(await shop.rows('SELECT crashes FROM executions'
        + ' WHERE crashes > 0'), []);
});
