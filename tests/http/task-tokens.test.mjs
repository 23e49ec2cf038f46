// POST /task-tokens/{token}: what comes back from those a task waits for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem } from './shop.mjs';
import { ask, booksHold, machine, pay, sell, startWorkflow, validate }
    from './workflow.mjs';

const LIMIT = 256 * 1024;
const definition = machine({ Check: validate, Ask: ask(), Pay: pay,
    Sell: sell });
let shop;

before(async () => { shop = await startWorkflow(definition); });
after(() => shop?.stop());

async function asked(more) {
    if (more !== undefined)
        await shop.load(more);
    const id = await shop.buy();
    return { id, token: await shop.tokenOf(id) };
}

test('an answer goes on with the order', async () => {
    for (const output of [{ ok: true }, null, 0, 'text', [1, [2]],
        12345678901234567890n]) {
        const { id, token } = await asked();
        assert.match(token, /^[A-Za-z0-9_-]{20,200}$/);
        const text = typeof output === 'bigint' ? String(output)
            : JSON.stringify(output);
        const answer = await shop.bring(token, `{"output":${text}}`,
            { 'content-type': 'application/json' });
        assert.equal(answer.status, 204, answer.text);
        assert.equal(answer.text, '');
        await shop.ends(id, 'SUCCEEDED');
        const raw = (await shop.execution(id)).text;
        assert.ok(raw.includes(`"type":"TaskSucceeded"`));
        assert.ok(raw.includes(`"answer":${text}`), text);
    }
});

test('a used token is used', async () => {
    const { id, token } = await asked();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
        shop.bring(token, { output: i })));
    assert.deepEqual(answers.map(({ status }) => status).sort(),
        [204, ...Array(7).fill(409)]);
    await shop.ends(id, 'SUCCEEDED');
    for (const body of [{ output: 9 }, { error: 'E' }, { heartbeat: true }])
        assertProblem(await shop.bring(token, body), 409);
    const { output } = (await shop.execution(id)).json;
    assert.ok(output.order_id === id);
});

test('an error fails the state', async () => {
    const { id, token } = await asked();
    const body = { error: 'Fraud.Suspected', cause: 'Grüße\n"x"' };
    assert.equal((await shop.bring(token, body)).status, 204);
    const execution = await shop.ends(id, 'FAILED');
    assert.equal(execution.error, body.error);
    assert.equal(execution.cause, body.cause);
    assert.equal((await shop.show(id)).status, 'FAILED');
    assertProblem(await shop.bring(token, body), 409);
    const other = await asked();
    assert.equal((await shop.bring(other.token,
        { error: 'é'.repeat(256) })).status, 204);
    assert.equal((await shop.ends(other.id, 'FAILED')).cause, null);
});

test('only who has the token may', async () => {
    const { id, token } = await asked();
    const forged = [token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'),
        token.slice(0, -1), `${token}A`, token.toUpperCase(), 'x', '%27',
        '..', 'a'.repeat(4000), id, '%00x', '%ff'];
    for (const one of forged)
        for (const body of [{ output: 1 }, { heartbeat: true }]) {
            const { status } = await shop.bring(one, body);
            assert.ok([400, 404, 405].includes(status), `${one}: ${status}`);
        }
    for (const path of ['/task-tokens/', '/task-tokens',
        `/task-tokens/${token}/x`])
        assert.ok([404, 405].includes((await shop.request('POST', path,
            { body: { output: 1 } })).status), path);
    for (const method of ['GET', 'PUT', 'DELETE'])
        assertProblem(await shop.request(method, `/task-tokens/${token}`),
            405);
    assert.equal((await shop.execution(id)).json.status, 'RUNNING');
    assert.equal((await shop.bring(token, { output: 1 })).status, 204);
});

test('what it brings must be well-formed', async () => {
    const { id, token } = await asked();
    const json = { 'content-type': 'application/json' };
    for (const [body, ...pointers] of [[{}, '/output'], [[], '/output'],
        [{ x: 1 }, '/output'], [{ error: '' }, '/error'],
        [{ error: 5 }, '/error'], [{ error: 'x'.repeat(257) }, '/error'],
        [{ error: 'E', cause: 5 }, '/cause'], [{ heartbeat: 1 }, '/heartbeat'],
        [{ heartbeat: false }, '/heartbeat'],
        [{ output: 1, error: 'E' }, '/error'],
        [{ output: null, heartbeat: true }, '/heartbeat'],
        [{ error: 'E', heartbeat: true }, '/heartbeat']])
        assertProblem(await shop.bring(token, body), 422, ...pointers);
    for (const body of ['', '{', '{"output":1}x', '{"output":1,"output":2}',
        '{"output":"\\u0000"}', `{"output":${'['.repeat(300)}`,
        `{"output":${'['.repeat(300)}${']'.repeat(300)}}`])
        assertProblem(await shop.bring(token, body, json), 400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
        assertProblem(await shop.bring(token, '{"output":1}',
            { 'content-type': type }), 415);
    assert.equal((await shop.bring(token, { output: 1 })).status, 204);
    await shop.ends(id, 'SUCCEEDED');
});

test('as much as a state may take, and not more', async () => {
    const fits = await asked();
    // The state's own output holds the order besides: it must fit as well.
    assert.equal((await shop.bring(fits.token,
        { output: 'x'.repeat(LIMIT - 8000) })).status, 204);
    await shop.ends(fits.id, 'SUCCEEDED');
    const large = await asked();
    assert.equal((await shop.bring(large.token,
        { output: 'x'.repeat(LIMIT) })).status, 204);
    const { error } = await shop.ends(large.id, 'FAILED');
    assert.equal(error, 'States.DataLimitExceeded');
    const huge = await asked();
    assertProblem(await shop.bring(huge.token,
        { output: 'x'.repeat(2 * LIMIT) }), 413);
    assert.equal((await shop.execution(huge.id)).json.status, 'RUNNING');
});

test('a heartbeat keeps the task from timing out', { timeout: 30000 },
    async () => {
        const { id, token } = await asked(machine({ Check: validate,
            Ask: ask({ HeartbeatSeconds: 3 }), Pay: pay, Sell: sell }));
        for (let i = 0; i < 5; i++) {
            await new Promise((resolve) => setTimeout(resolve, 1000));
            assert.equal((await shop.bring(token,
                { heartbeat: true })).status, 204);
        }
        assert.equal((await shop.execution(id)).json.status, 'RUNNING');
        const { error } = await shop.ends(id, 'FAILED');
        assert.equal(error, 'States.HeartbeatTimeout');
        for (const body of [{ heartbeat: true }, { output: 1 }])
            assertProblem(await shop.bring(token, body), 404);
    });

test('a token lapses with its task and with its order', async () => {
    const late = await asked(machine({ Check: validate,
        Ask: ask({ TimeoutSeconds: 1 }), Pay: pay, Sell: sell }));
    assert.equal((await shop.ends(late.id, 'FAILED')).error, 'States.Timeout');
    assertProblem(await shop.bring(late.token, { output: 1 }), 404);
    const cancelled = await asked(definition);
    await shop.asStaff('PUT', `/orders/${cancelled.id}`,
        { body: { status: 'CANCELLED' } });
    assertProblem(await shop.bring(cancelled.token, { output: 1 }), 404);
    assert.equal((await shop.show(cancelled.id)).status, 'CANCELLED');
});

test('the books hold', () => booksHold(shop));
