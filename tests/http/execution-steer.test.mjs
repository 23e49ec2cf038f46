// Steering executions, over the API and by the staff page's form: stop, try
// now, and what a request must be like.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, booksHold, entriesIn, machine, notify, pay, sell, startWorkflow,
    typesIn, validate, wait } from './workflow.mjs';
import { assertProblem } from './shop.mjs';
import { browser, signIn } from './staff-browser.mjs';

const plain = machine({ Check: validate, Pay: pay, Sell: sell });
let shop;

// No webhook finds its way: what a lost answer said must be asked for.
before(async () => {
    shop = await startWorkflow(plain,
        { env: { ORDERMILL_BASE_URL: 'http://127.0.0.1:9' } });
});
after(() => shop?.stop());

async function steer(id, action, more) {
    const answer = await shop.steer(id, action, more);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
}

async function placeUnder(definition, state, ...order) {
    const id = await shop.buyUnder(definition, ...order);
    if (state !== undefined)
        await shop.until(id, (e) => e.state === state &&
            e.events.at(-1).type !== 'ExecutionStarted', state);
    return id;
}

describe('stop', () => {
    test('ends a wait and undoes the order', async () => {
        const left = await shop.available('phone');
        const id = await placeUnder(machine({ Check: validate, Pay: pay,
            Hold: wait(3600), Sell: sell }), 'Hold', 'phone', 2);
        assert.equal(await shop.available('phone'), left - 2);
        const e = await steer(id, 'stop', { reason: 'The customer called.' });
        assert.equal(e.status, 'ABORTED');
        assert.equal(e.state, 'Hold');
        assert.equal(e.cause, 'The customer called.');
        assert.equal(e.error, null);
        assert.notEqual(e.ended_at, null);
        assert.deepEqual({ ...e.events.at(-1), id: 0, timestamp: 0 }, { id: 0,
            timestamp: 0, state: null, type: 'ExecutionAborted', detail:
                { by: 'token staff #1', reason: 'The customer called.' } });
        const order = await shop.show(id);
        assert.equal(order.status, 'FAILED');
        assert.equal(order.reason, 'The customer called.');
        assert.equal(await shop.available('phone'), left);
        await shop.waitForPayment(id, 'refunded');
        for (const action of ['stop', 'retry'])
            assertProblem(await shop.steer(id, action), 409);
    });

    test('and then a redrive goes on from there', async () => {
        const id = await placeUnder(machine({ Check: validate, Pay: pay,
            Hold: wait(3), Sell: sell }), 'Hold');
        await steer(id, 'stop');
        const e = await steer(id, 'redrive');
        assert.equal(e.state, 'Hold');
        assert.equal(e.events.at(-1).detail.state, 'Hold');
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(entriesIn(done),
            { Check: 1, Pay: 2, Hold: 1, Sell: 1 });
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assert.equal((await shop.charges(id)).length, 2);
    });

    test('lets tokens lapse; a redrive gives new ones', async () => {
        const id = await placeUnder(machine({ Check: validate, Ask: ask(),
            Pay: pay, Sell: sell }));
        const token = await shop.tokenOf(id);
        await steer(id, 'stop');
        assertProblem(await shop.bring(token, { output: 1 }), 404);
        await steer(id, 'redrive');
        const next = await shop.tokenOf(id, [token]);
        assertProblem(await shop.bring(token, { output: 1 }), 404);
        assert.equal((await shop.bring(next, { output: 1 })).status, 204);
        await shop.ends(id, 'SUCCEEDED');
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
    });

    test('leaves a confirmed order confirmed', async () => {
        const id = await placeUnder(machine({ Check: validate, Pay: pay,
            Sell: sell, Hold: wait(3600), Mail: notify }), 'Hold');
        await steer(id, 'stop');
        const order = await shop.show(id);
        assert.equal(order.status, 'CONFIRMED');
        assert.equal(order.payment_status, 'paid');
    });

    test('while the charge\'s outcome is unknown', { timeout: 60000 },
        async () => {
            const left = await shop.available('backpack');
            const id = await placeUnder(plain, 'Pay', 'backpack', 1,
                'pm_local_timeout_after_charge');
            const e = await steer(id, 'stop');
            assert.equal(e.status, 'ABORTED');
            const order = await shop.show(id);
            assert.equal(order.status, 'PROCESSING');
            assert.equal(order.payment_status, 'pending');
            assert.equal(await shop.available('backpack'), left - 1);
            await shop.until(id, async () => {
                const { status, payment_status: paid } = await shop.show(id);
                return status === 'FAILED' && paid === 'refunded';
            }, 'it to be undone', 40000);
            assert.equal((await shop.charges(id)).length, 1);
            assert.equal(await shop.available('backpack'), left);
        });

    test('a redrive meanwhile takes up the same charge', { timeout: 60000 },
        async () => {
            const id = await placeUnder(plain, 'Pay', 'backpack', 1,
                'pm_local_timeout_after_charge');
            await steer(id, 'stop');
            const e = await steer(id, 'redrive');
            assert.equal(e.state, 'Pay');
            await steer(id, 'retry');
            await shop.until(id, ({ status }) => status === 'SUCCEEDED',
                'its end', 40000);
            assert.equal((await shop.show(id)).status, 'CONFIRMED');
            assert.equal((await shop.charges(id)).length, 1);
        });
});

describe('retry', () => {
    test('does not wait for the time', async () => {
        const id = await placeUnder(machine({ Check: validate, Ask: ask({
            Retry: [{ ErrorEquals: ['Odd'], IntervalSeconds: 3600,
                MaxAttempts: 5 }] }), Pay: pay, Sell: sell }));
        const token = await shop.tokenOf(id);
        assertProblem(await shop.steer(id, 'retry'), 409);
        await shop.bring(token, { error: 'Odd' });
        await shop.until(id, (e) => e.events.at(-1).type === 'TaskFailed',
            'a failure');
        const e = await steer(id, 'retry', { reason: 'They are back.' });
        assert.equal(e.status, 'RUNNING');
        const event = e.events.at(-1);
        assert.equal(event.type, 'ExecutionRetried');
        assert.deepEqual(event.detail,
            { by: 'token staff #1', reason: 'They are back.' });
        const next = await shop.tokenOf(id, [token]);
        assert.equal((await shop.bring(next, { output: 1 })).status, 204);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.ok(done.events.some(({ type, detail }) =>
            type === 'TaskScheduled' && detail.attempt === 2));
        assert.equal(typesIn(done).filter((type) =>
            type === 'ExecutionRetried').length, 1);
    });

    test('has nothing to do for a Wait', async () => {
        const id = await placeUnder(machine({ Check: validate,
            Hold: wait(3600), Pay: pay, Sell: sell }), 'Hold');
        const refused = await shop.steer(id, 'retry');
        assertProblem(refused, 409);
        assert.equal(refused.json.detail, 'Nothing waits for its time.');
        assert.equal((await shop.execution(id)).json.events.at(-1).type,
            'WaitStateEntered');
        await steer(id, 'stop');
    });
});

test('a request must be well-formed', async () => {
    const id = await placeUnder(machine({ Check: validate,
        Hold: wait(3600), Pay: pay, Sell: sell }), 'Hold');
    const post = (body, headers) => shop.asStaff('POST',
        `/orders/${id}/execution`, { body, headers });
    const json = { 'content-type': 'application/json' };
    const reason = 'r';
    for (const action of [undefined, null, '', 'STOP', 'cancel', 5, [], {}])
        assertProblem(await post({ action, reason }), 422, '/action');
    for (const definition of ['', 'Own', 'old', 5, true, [], {}])
        assertProblem(await post({ action: 'redrive', definition, reason }),
            422, '/definition');
    for (const bad of [undefined, null, '', ' \n ', 5, [], {}, 'a\nb',
        'x'.repeat(501), 'card 4242 4242 4242 4242'])
        assertProblem(await post({ action: 'stop', reason: bad }), 422,
            '/reason');
    for (const body of ['', '{', 'x', '{"action":"stop","reason":"r"}}',
        '{"action":"stop","action":"stop","reason":"r"}'])
        assertProblem(await post(body, json), 400);
    for (const body of ['[]', '"stop"', 'null'])
        assertProblem(await post(body, json), 422, '/action');
    assertProblem(await post('{"action":"stop","reason":"r"}',
        { 'content-type': 'text/plain' }), 415);
    assertProblem(await post({ action: 'stop', reason,
        note: 'x'.repeat(65536) }), 413);
    assert.equal((await shop.execution(id)).json.status, 'RUNNING');
    await steer(id, 'stop', { reason: 'é'.repeat(500), definition: null,
        unknown: 1 });
});

describe('by the form', () => {
    let staff;
    before(async () => { staff = await signIn(shop); });

    const act = (id, fields) => staff.post(`/admin/orders/${id}/execution`,
        { csrf: staff.csrf, reason: 'A test.', ...fields });

    test('stop, redrive and try now', async () => {
        const id = await placeUnder(machine({ Check: validate, Ask: ask({
            Retry: [{ ErrorEquals: ['Odd'], IntervalSeconds: 3600 }] }),
        Pay: pay, Sell: sell }));
        const token = await shop.tokenOf(id);
        const to = (answer, done) => {
            assert.equal(answer.status, 303, answer.text);
            assert.equal(answer.headers.get('location'),
                `/admin/orders/${id}?done=${done}`);
        };
        to(await act(id, { action: 'stop' }), 'stopped');
        const { events } = (await shop.execution(id)).json;
        assert.deepEqual(events.at(-1).detail,
            { by: shop.email, reason: 'A test.' });
        to(await act(id, { action: 'redrive', definition: 'current' }),
            'redriven');
        const second = await shop.tokenOf(id, [token]);
        await shop.bring(second, { error: 'Odd' });
        await shop.until(id, (e) => e.events.at(-1).type === 'TaskFailed',
            'a failure');
        to(await act(id, { action: 'retry', definition: '' }), 'retried');
        await shop.bring(await shop.tokenOf(id, [token, second]),
            { output: 1 });
        await shop.ends(id, 'SUCCEEDED');
    });

    test('what is refused is told on the page', async () => {
        const id = await placeUnder(plain);
        await shop.ends(id, 'SUCCEEDED');
        for (const [action, sentence] of [['stop', 'has ended already'],
            ['redrive', 'succeeded'], ['retry', 'has ended already']]) {
            const { status, text, headers } = await act(id, { action });
            assert.equal(status, 409, text);
            assert.match(headers.get('content-type'), /^text\/html/);
            assert.match(text, new RegExp(sentence));
            assert.match(text, /id="order-status"/);
        }
        for (const fields of [{ action: '' }, { action: 'dance' },
            { action: 'redrive', definition: 'x' },
            { action: 'stop', reason: '' },
            { action: 'stop', reason: 'x'.repeat(501) }]) {
            const { status, text } = await act(id, fields);
            assert.equal(status, 422, text);
            assert.match(text, /id="order-status"/);
        }
        assert.equal((await act(id, { action: 'stop', csrf: 'x' })).status,
            403);
        assert.equal((await browser(shop).post(`/admin/orders/${id}/execution`,
            { csrf: staff.csrf, action: 'stop', reason: 'r' })).status, 303);
        assert.equal((await act('x', { action: 'stop' })).status, 404);
        for (const [query, status] of [['events=3', 200], ['events=x', 400],
            ['events=', 200], ['events=99999999999999999999', 200]])
            assert.equal((await staff.get(`/admin/orders/${id}?${query}`))
                .status, status, query);
    });
});

test('the books hold', () => booksHold(shop));
