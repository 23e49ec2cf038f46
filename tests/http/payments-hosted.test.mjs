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
        ...gateway.env, ORDERMILL_PAYMENT_WINDOW_S: '600',
        ORDERMILL_PAYMENT_UNKNOWN_S: '2', ORDERMILL_STRIPE_TIMEOUT_S: '2' } });
});
beforeEach(() => { gateway.script = null; });
after(async () => {
    await shop?.stop();
    await gateway?.stop();
});

// An order whose page is there, and its session.
async function waiting() {
    const id = await shop.buy('mouse', 1, 'hosted');
    await shop.waitForAttempt(id, ({ stage }) => stage === 'wait');
    return { id, session: gateway.sessionOf(id) };
}

const ended = (id, status) => shop.waitForOrder(id, [status], OUTCOME_MS);
const look = (id) => shop.steer(id, 'retry');

test('the page is made once and kept with its address', async () => {
    const { id, session } = await waiting();
    assert.equal((await shop.attempt(id)).payment_url, session.url);
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
    await shop.closeWindow(id);
    const order = await ended(id, 'CANCELLED');
    assert.equal(session.status, 'expired');
    assert.equal(order.reason, 'The order was not paid in time.');
    assert.equal(order.payment_status, 'failed');
    assert.equal(await shop.available('mouse'), available);
    assert.equal((await shop.attempt(id)).code, 'window_closed');
    await shop.waitForMails(id);
});

test('who paid just before the window closed is served', async () => {
    const { id, session } = await waiting();
    gateway.pay(session);
    await shop.closeWindow(id);
    await ended(id, 'CONFIRMED');
});

test('who pays while it is expired is served', async () => {
    const { id, session } = await waiting();
    gateway.script = ({ path }) => {
        if (path.endsWith(`${session.id}/expire`) && session.status === 'open')
            gateway.pay(session);
    };
    await shop.closeWindow(id);
    await ended(id, 'CONFIRMED');
});

test('a cancellation expires the page at once', async () => {
    const { id, session } = await waiting();
    assert.equal((await shop.cancel(id, 'Out of mice.')).status, 202);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'Out of mice.');
    assert.equal(session.status, 'expired');
    assert.equal((await shop.attempt(id)).code, 'cancelled');
});

test('what was paid before the cancellation goes back', async () => {
    const { id, session } = await waiting();
    const intent = gateway.pay(session);
    await shop.cancel(id, 'Out of mice.');
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'Out of mice.');
    await waitUntil(() => gateway.refunds.some((one) =>
        one.payment_intent === intent.id && one.amount === 3900), 5000,
    'the refund');
    await shop.waitForPayment(id, 'refunded');
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
    await shop.waitForAttempt(id, ({ attempt_no: number, stage }) =>
        number === 2 && stage === 'wait');
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
    const id = await shop.buy('mouse', 1, 'hosted');
    const order = await ended(id, 'FAILED');
    assert.equal(order.reason, 'The amount is too small.');
});

test('a gateway in trouble costs the order only its window', async () => {
    gateway.script = () => serverError;
    const id = await shop.buy('mouse', 1, 'hosted');
    await shop.waitForAttempt(id, ({ asked, message }) =>
        asked > 0 && message !== null);
    await shop.closeWindow(id);
    await ended(id, 'CANCELLED');
});

test('a window is not closed before the gateway says so', async () => {
    const { id, session } = await waiting();
    gateway.script = () => serverError;
    await shop.closeWindow(id);
    await shop.waitForAlarm(id, 'payment_unknown');
    assert.equal((await shop.show(id)).status, 'PROCESSING');
    gateway.script = null;
    await look(id);
    await ended(id, 'CANCELLED');
    assert.equal(session.status, 'expired');
    assert.deepEqual(await shop.alarms(id), []);
});

test('a page that the gateway lost is given up in time', async () => {
    const { id, session } = await waiting();
    gateway.sessions.splice(gateway.sessions.indexOf(session), 1);
    await shop.closeWindow(id);
    const order = await ended(id, 'CANCELLED');
    assert.equal(order.reason, 'The order was not paid in time.');
});

test('an amount that is not the order\'s is not booked', async () => {
    const { id, session } = await waiting();
    session.amount_total = 1;
    gateway.pay(session);
    await look(id);
    await shop.waitForAlarm(id, 'payment_odd');
    assert.equal((await shop.show(id)).payment_status, 'pending');
});

test('orders that wait outlive the reaper', async () => {
    const { id, session } = await waiting();
    const { pid } = await shop.processOf('reaper');
    process.kill(pid, 'SIGKILL');
    gateway.pay(session);
    await look(id);
    await ended(id, 'CONFIRMED');
    assert.deepEqual(await shop.rows('SELECT crashes FROM executions'
        + ' WHERE crashes > 0'), []);
});
