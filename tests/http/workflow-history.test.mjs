// How long histories are kept whole: past ORDERMILL_HISTORY_DAYS the data of
// an execution that ended leaves them; what happened and who did it stays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem } from './shop.mjs';
import { ask, booksHold, machine, notify, pay, sell, startWorkflow, typesIn,
    validate } from './workflow.mjs';

const definition = machine({ Check: validate, Pay: pay, Sell: sell,
    Ask: ask(), Mail: notify });
const env = { ORDERMILL_HISTORY_DAYS: '1' };
const DAY = 24 * 3600 * 1000;
let shop;

before(async () => { shop = await startWorkflow(definition, { env }); });
after(() => shop?.stop());

async function placed(answer) {
    const id = await shop.buy();
    const token = await shop.tokenOf(id);
    if (answer !== undefined)
        assert.equal((await shop.bring(token, answer)).status, 204);
    return { id, token };
}

const fail = { error: 'Odd', cause: 'It went wrong.' };
const seen = async ({ id }) => (await shop.execution(id)).json;

test('after so many days, and not before', async () => {
    const done = await placed({ output: { secret: 'a secret' } });
    const failed = await placed(fail);
    const stopped = await placed();
    const young = await placed(fail);
    const running = await placed();
    await shop.ends(done.id, 'SUCCEEDED');
    for (const { id } of [failed, young])
        await shop.ends(id, 'FAILED');
    // What people did stands in it as well.
    const reason = 'Once more.';
    assert.equal((await shop.steer(failed.id, 'redrive', { reason })).status,
        200);
    await shop.bring(await shop.tokenOf(failed.id, [failed.token]), fail);
    await shop.ends(failed.id, 'FAILED');
    assert.equal((await shop.steer(stopped.id, 'stop', { reason })).status,
        200);
    const old = [done, failed, stopped];
    const before = await Promise.all(old.map(seen));
    const youngBefore = await seen(young);

    await shop.stop({ keep: true });
    await shop.rows(`UPDATE executions SET ended_at_ms = ended_at_ms - ${DAY}
        WHERE order_id IN (${old.map(({ id }) => `'${id}'`)})`);
    await shop.rows('UPDATE executions SET started_at_ms = started_at_ms ' +
        `- ${10 * DAY} WHERE order_id = '${running.id}'`);
    shop = await startWorkflow(definition, { env, home: shop.home,
        ports: shop.ports });

    for (const [i, { id }] of old.entries()) {
        const e = await shop.until(id, ({ thinned }) => thinned, 'thinning');
        assert.equal(e.status, before[i].status);
        assert.deepEqual([e.input, e.output], [null, null]);
        for (const name of ['error', 'cause', 'state', 'redrive_count',
            'definition', 'definition_hash', 'started_at'])
            assert.deepEqual(e[name], before[i][name], name);
        assert.deepEqual(typesIn(e), typesIn(before[i]));
        for (const [n, { id: at, timestamp, state, detail }] of
            e.events.entries()) {
            const whole = before[i].events[n];
            assert.deepEqual({ at, timestamp, state },
                { at: whole.id, timestamp: whole.timestamp,
                    state: whole.state });
            const { input, output, parameters, ...rest } =
                whole.detail ?? {};
            assert.deepEqual(detail ?? {}, rest);
        }
    }
    const done2 = (await shop.execution(done.id)).text;
    assert.ok(!done2.includes('a secret'));
    assert.deepEqual(await shop.rows('SELECT 1 FROM executions JOIN' +
        ' execution_data USING (order_id) WHERE thinned'), []);
    const redriven = (await seen(failed)).events.find(({ type }) =>
        type === 'ExecutionRedriven').detail;
    assert.deepEqual([redriven.by, redriven.reason],
        ['token staff #1', reason]);
    assert.deepEqual((await seen(stopped)).events.at(-1).detail,
        { by: 'token staff #1', reason });

    assert.equal((await seen(running)).thinned, false);
    assert.deepEqual(await seen(young), youngBefore);
    for (const { id } of [failed, stopped]) {
        const refused = await shop.steer(id, 'redrive');
        assertProblem(refused, 409);
        assert.match(refused.json.detail, /removed from the history/);
    }
    assert.equal((await shop.steer(young.id, 'redrive')).status, 200);
    for (const { id, token } of [young, running]) {
        await shop.bring(await shop.tokenOf(id, id === young.id ? [token]
            : []), { output: 1 });
        const e = await shop.ends(id, 'SUCCEEDED');
        assert.notEqual(e.output, null);
    }
});

test('a large backlog of them goes little by little', async () => {
    const ids = [];
    await shop.load(machine({ Check: validate, Pay: pay, Sell: sell }));
    for (let i = 0; i < 50; i++)
        ids.push(await shop.buy('charger'));
    for (const id of ids)
        await shop.ends(id, 'SUCCEEDED');
    await shop.stop({ keep: true });
    await shop.rows(`UPDATE executions SET ended_at_ms = ended_at_ms - ${DAY}
        WHERE order_id IN (${ids.map((id) => `'${id}'`)})`);
    shop = await startWorkflow(definition, { env, home: shop.home,
        ports: shop.ports });
    for (const id of ids)
        await shop.until(id, ({ thinned }) => thinned, 'thinning');
    const { id } = await placed({ output: 1 });
    await shop.ends(id, 'SUCCEEDED');
});

test('the books hold', () => booksHold(shop));
