// GET /orders/{id}/execution, and executions that are taken up again after
// they failed: what is done again, what is not, and what cannot be.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, unknownId } from './shop.mjs';
import { ask, booksHold, entriesIn, machine, notify, pay, receipt, sell,
    startWorkflow, task, typesIn, validate } from './workflow.mjs';

const plain = machine({ Check: validate, Pay: pay, Sell: sell,
    Receipt: receipt, Mail: notify });
const ownCompensation = {
    Refund: task('RefundPayment', { ResultPath: null, Next: 'Release' }),
    Release: task('ReleaseStock', { ResultPath: null, Next: 'GiveUp' }),
    GiveUp: task('FailOrder', { ResultPath: null, Next: 'Failed' }),
    Failed: { Type: 'Fail', Error: 'Undone', Cause: 'It was undone.' },
};
const caught = (more) => ask({ ...more, Catch: [{
    ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Refund' }] });
let shop;

before(async () => { shop = await startWorkflow(plain); });
after(() => shop?.stop());

// An order whose task that waits for a token failed.
async function placeAndFail(definition, ...order) {
    const id = await shop.buyUnder(definition, ...order);
    const token = await shop.tokenOf(id);
    assert.equal((await shop.bring(token,
        { error: 'Odd', cause: 'It went wrong.' })).status, 204);
    await shop.ends(id, 'FAILED');
    return { id, token };
}

async function redrive(id, more) {
    const answer = await shop.steer(id, 'redrive', more);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.status, 'RUNNING');
    assert.equal(answer.json.ended_at, null);
    return answer.json;
}

async function answerNext(id, known) {
    const token = await shop.tokenOf(id, known);
    assert.equal((await shop.bring(token, { output: 'well' })).status, 204);
}

describe('what is shown', () => {
    test('an execution that went well', async () => {
        const id = await shop.buy();
        const e = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(Object.keys(e).sort(), ['cause', 'definition',
            'definition_hash', 'ended_at', 'error', 'events', 'input', 'next',
            'output', 'redrive_count', 'started_at', 'state', 'status',
            'thinned']);
        assert.deepEqual(e.definition, plain);
        assert.match(e.definition_hash, /^[0-9a-f]{64}$/);
        assert.equal(e.state, 'Mail');
        assert.equal(e.input.order_id, id);
        assert.equal(e.input.status, 'PENDING');
        assert.equal(e.output.status, 'CONFIRMED');
        for (const name of ['error', 'cause', 'next'])
            assert.equal(e[name], null, name);
        assert.equal(e.redrive_count, 0);
        assert.equal(e.thinned, false);
        for (const at of [e.started_at, e.ended_at,
            ...e.events.map(({ timestamp }) => timestamp)])
            assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.deepEqual(e.events.map((event) => event.id),
            e.events.map((_, i) => i + 1));
        for (const event of e.events)
            assert.deepEqual(Object.keys(event),
                ['id', 'type', 'timestamp', 'state', 'detail']);
        assert.equal(e.events[0].type, 'ExecutionStarted');
        assert.deepEqual(e.events[0].detail.input, e.input);
        assert.equal(e.events.at(-1).type, 'ExecutionSucceeded');
        assert.deepEqual(typesIn(e).slice(1, 5), ['TaskStateEntered',
            'TaskScheduled', 'TaskSucceeded', 'TaskStateExited']);
    });

    test('after an event, and page by page', async () => {
        const rounds = 400;
        await shop.load({
            StartAt: 'Start', States: {
                Start: { Type: 'Pass', Result: { n: 0 }, Next: 'Work' },
                Work: { Type: 'Pass', Next: 'More', Parameters:
                    { 'n.$': 'States.MathAdd($.n, 1)',
                        pad: 'x'.repeat(500) } },
                More: { Type: 'Choice', Choices: [{ Variable: '$.n',
                    NumericLessThan: rounds, Next: 'Work' }],
                Default: 'Done' },
                Done: { Type: 'Succeed' } } });
        const id = await shop.buy();
        await shop.ends(id, 'SUCCEEDED');
        const ids = [];
        let pages = 0;
        for (let next = 0; next !== null; pages++) {
            const { json, status } =
                await shop.execution(id, `?after=${next}`);
            assert.equal(status, 200);
            assert.equal(json.next, json.next && json.events.at(-1).id);
            ids.push(...json.events.map((event) => event.id));
            next = json.next;
        }
        assert.deepEqual(ids, ids.map((_, i) => i + 1));
        assert.equal(ids.length, 2 + 2 + rounds * 4 + 2);
        assert.ok(pages > 1);
        const last = await shop.execution(id, `?after=${ids.length - 1}`);
        assert.equal(last.json.events.length, 1);
        for (const after of [ids.length, 999999, '9223372036854775807',
            '99999999999999999999'])
            assert.deepEqual((await shop.execution(id, `?after=${after}`))
                .json.events, []);
        for (const after of ['-1', 'x', '1x', '%201', '1.5'])
            assertProblem(await shop.execution(id, `?after=${after}`), 400);
    });

    test('to staff alone, and of orders that are there', async () => {
        await shop.load(plain);
        const id = await shop.buy();
        await shop.ends(id, 'SUCCEEDED');
        const body = { action: 'stop', reason: 'r' };
        for (const method of ['GET', 'POST'])
            for (const authorization of ['', 'Bearer x'])
                assertProblem(await shop.request(method,
                    `/orders/${id}/execution`, { headers: { authorization },
                        body: method === 'POST' ? body : undefined }), 401);
        for (const one of [unknownId, 'x', `${id}x`]) {
            assertProblem(await shop.execution(one), 404);
            assertProblem(await shop.steer(one, 'stop'), 404);
        }
        await shop.asStaff('DELETE', `/orders/${id}`);
        assertProblem(await shop.execution(id), 404);
        assertProblem(await shop.steer(id, 'redrive'), 404);
        assertProblem(await shop.asStaff('PUT', `/orders/${id}/execution`),
            405);
    });
});

describe('a redrive', () => {
    test('goes on where a confirmed order failed', async () => {
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Pay: pay, Sell: sell, Ask: ask(), Mail: notify }));
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        const e = await redrive(id, { reason: ' Once more. ' });
        assert.equal(e.redrive_count, 1);
        assert.equal(e.error, null);
        assert.equal(e.state, 'Ask');
        const event = e.events.at(-1);
        assert.equal(event.type, 'ExecutionRedriven');
        assert.deepEqual(event.detail, { by: 'token staff #1',
            reason: 'Once more.', state: 'Ask',
            definition: e.definition_hash });
        await answerNext(id, [token]);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(entriesIn(done),
            { Check: 1, Pay: 1, Sell: 1, Ask: 1, Mail: 1 });
        assert.equal((await shop.charges(id)).length, 1);
        assertProblem(await shop.bring(token, { output: 1 }), 409);
    });

    test('of one that failed before it was charged', async () => {
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Ask: ask(), Pay: pay, Sell: sell }), 'phone', 2);
        assert.equal((await shop.show(id)).status, 'FAILED');
        assert.equal((await shop.show(id)).reason, 'It went wrong.');
        const left = await shop.available('phone');
        await redrive(id);
        assert.equal(await shop.available('phone'), left - 2);
        const order = await shop.show(id);
        assert.equal(order.status, 'PROCESSING');
        assert.equal(order.reason, null);
        await answerNext(id, [token]);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assert.deepEqual(entriesIn(done),
            { Check: 1, Ask: 1, Pay: 1, Sell: 1 });
        assert.equal((await shop.charges(id)).length, 1);
        assert.equal(await shop.available('phone'), left - 2);
    });

    test('of one that was refunded charges again', async () => {
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Pay: pay, Ask: ask(), Sell: sell, Mail: notify }));
        await shop.waitForPayment(id, 'refunded');
        await redrive(id);
        await answerNext(id, [token]);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(entriesIn(done),
            { Check: 1, Pay: 2, Ask: 1, Sell: 1, Mail: 1 });
        const order = await shop.show(id);
        assert.equal(order.status, 'CONFIRMED');
        assert.equal(order.payment_status, 'paid');
        assert.equal((await shop.charges(id)).length, 2);
    });

    test('after a compensation of its own, and once more', async () => {
        const left = await shop.available('keyboard');
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Pay: pay, Sell: sell, Ask: caught(), Mail: notify },
        ownCompensation), 'keyboard', 3);
        assert.equal((await shop.show(id)).status, 'FAILED');
        assert.equal(await shop.available('keyboard'), left);
        await redrive(id);
        assert.equal(await shop.available('keyboard'), left - 3);
        const second = await shop.tokenOf(id, [token]);
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        await shop.bring(second, { error: 'Odd' });
        await shop.ends(id, 'FAILED');
        assert.equal(await shop.available('keyboard'), left);
        const e = await redrive(id);
        assert.equal(e.redrive_count, 2);
        await answerNext(id, [token, second]);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(entriesIn(done), { Check: 1, Pay: 3, Sell: 3, Ask: 1,
            Mail: 1, Refund: 2, Release: 2, GiveUp: 2, Failed: 2 });
        assert.equal((await shop.show(id)).payment_status, 'paid');
        assert.equal(await shop.available('keyboard'), left - 3);
        assert.equal((await shop.charges(id)).length, 3);
    });

    test('names what is no longer in stock', async () => {
        const left = await shop.available('webcam');
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Pay: pay, Ask: ask(), Sell: sell }), 'webcam', left);
        await shop.load(plain);
        const other = await shop.buy('webcam', 1);
        await shop.ends(other, 'SUCCEEDED');
        const refused = await shop.steer(id, 'redrive');
        assertProblem(refused, 409);
        assert.equal(refused.json.detail,
            'There is not enough of webcam in stock.');
        assert.equal((await shop.execution(id)).json.status, 'FAILED');
        assert.equal((await shop.show(id)).status, 'FAILED');
        assert.equal(await shop.available('webcam'), left - 1);
        await shop.asStaff('PUT', `/orders/${other}`,
            { body: { status: 'CANCELLED' } });
        await redrive(id);
        await answerNext(id, [token]);
        await shop.ends(id, 'SUCCEEDED');
        assert.equal(await shop.available('webcam'), 0);
    });

    test('under the current definition', async () => {
        const broken = machine({ Check: validate, Pay: pay,
            Work: { Type: 'Task', Resource: 'https://127.0.0.1:1/',
                ResultPath: null }, Sell: sell });
        await shop.load(broken);
        const id = await shop.buy();
        const failed = await shop.ends(id, 'FAILED');
        assert.equal(failed.state, 'Work');
        assert.equal((await shop.show(id)).status, 'FAILED');
        await shop.load(machine({ Check: validate, Sell: sell }));
        const unfit = await shop.steer(id, 'redrive',
            { definition: 'current' });
        assertProblem(unfit, 409);
        assert.match(unfit.json.detail, /there is no state Work/);
        await redrive(id, { definition: 'own' });
        await shop.ends(id, 'FAILED');
        await shop.load(machine({ Check: validate, Pay: pay,
            Work: task('SaveOrder'), Sell: sell, Mail: notify }));
        const e = await redrive(id, { definition: 'current' });
        assert.notEqual(e.definition_hash, failed.definition_hash);
        assert.equal(e.events.at(-1).detail.definition, e.definition_hash);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.equal(done.definition.States.Mail.Resource,
            'task:SendNotification');
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        await shop.load(plain);
    });

    test('needs a state that the current definition lacks', async () => {
        const { id } = await placeAndFail(machine({ Check: validate, Pay: pay,
            Ask: ask(), Sell: sell }));
        await shop.load(machine({ Check: validate, Ask: ask(), Sell: sell }));
        assertProblem(await shop.steer(id, 'redrive',
            { definition: 'current' }), 409);
        assert.equal((await shop.show(id)).status, 'FAILED');
    });

    test('is refused where there is nothing to take up', async () => {
        await shop.load(plain);
        const id = await shop.buy();
        await shop.ends(id, 'SUCCEEDED');
        assertProblem(await shop.steer(id, 'redrive'), 409);
        await shop.load(machine({ Check: validate, Ask: ask() }));
        const running = await shop.buy();
        const token = await shop.tokenOf(running);
        assertProblem(await shop.steer(running, 'redrive'), 409);
        await shop.asStaff('PUT', `/orders/${running}`,
            { body: { status: 'CANCELLED' } });
        const refused = await shop.steer(running, 'redrive');
        assertProblem(refused, 409);
        assert.match(refused.json.detail, /CANCELLED/);
        assertProblem(await shop.bring(token, { output: 1 }), 404);
    });

    test('of one that many ask for at once happens once', async () => {
        const { id, token } = await placeAndFail(machine({ Check: validate,
            Pay: pay, Ask: ask(), Sell: sell }));
        const answers = await Promise.all(Array.from({ length: 10 }, () =>
            shop.steer(id, 'redrive')));
        assert.deepEqual(answers.map(({ status }) => status).sort(),
            [200, ...Array(9).fill(409)]);
        await answerNext(id, [token]);
        const done = await shop.ends(id, 'SUCCEEDED');
        assert.equal(done.redrive_count, 1);
        assert.equal((await shop.charges(id)).length, 2);
    });
});

test('the books hold', () => booksHold(shop));
