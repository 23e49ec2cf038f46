// Orders with as much data as the shop allows, and in its most wasteful form:
// lists of zeros, which take many times their text in memory. Whatever becomes
// of such an order, the reaper lives, and another order beside it is served.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { beside, startWithService } from './workflow-service.mjs';
import { ask, booksHold, machine, pay, sell, validate } from './workflow.mjs';

const LIMIT = 256 * 1024;
const LONG_MS = 30000;
const tail = { Pay: { ...pay, ...beside }, Sell: { ...sell, ...beside } };
const plain = machine({ Check: validate, ...tail });
let served;
let service;
let shop;
let pid;

// As text: two bytes a number and one more.
const zeros = (count) => `[${'0,'.repeat(count - 1)}0]`;
const many = (count, of) => Array.from({ length: count }, (_, i) => of(i));

before(async () => {
    served = await startWithService(() => plain);
    ({ service, shop } = served);
});
after(() => served?.stop());
beforeEach(async () => { pid = await reaperPid(); });

async function reaperPid() {
    const reapers = (await shop.processes())
        .filter(({ name }) => name === 'reaper');
    assert.equal(reapers.length, 1);
    return reapers[0].pid;
}

const ended = { status: 'SUCCEEDED', error: null, state: 'Sell' };
const failed = (state, error) => ({ status: 'FAILED', error, state });

// The execution { status, error, state }, ended as it should; the order beside
// it is served by the same reaper. Its data stay out of the messages.
async function endsHarmless(id, expected, other) {
    const execution = await waitUntil(async () => {
        const [row] = await shop.rows('SELECT status, error, state FROM ' +
            `executions WHERE order_id = '${id}' AND status <> 'RUNNING'`);
        return row;
    }, LONG_MS, 'an end');
    assert.deepEqual(execution, expected);
    await shop.waitForOrder(id,
        [execution.status === 'FAILED' ? 'FAILED' : 'CONFIRMED']);
    await shop.waitForOrder(other, ['CONFIRMED']);
    assert.equal(await reaperPid(), pid, 'the reaper that was there before');
    assert.deepEqual(await shop.rows('SELECT order_id, kind FROM alarms ' +
        `WHERE order_id IN ('${id}', '${other}')`), []);
}

test('a web service answers 125,000 numbers', async () => {
    service.on('/zeros', [200, zeros(125000)]);
    const id = await shop.buyUnder(machine({ Check: validate, Web: {
        Type: 'Task', Resource: service.url('/zeros'), ResultPath: '$.web',
        ResultSelector: { 'count.$': 'States.ArrayLength($)' } }, ...tail }));
    const other = await shop.buyUnder(plain);
    await endsHarmless(id, ended, other);
    const { output } = (await shop.execution(id)).json;
    assert.deepEqual(output.web, { count: 125000 });
    assert.equal(service.calls.length, 1);
});

describe('answers to tokens that come all at once', () => {
    const waiting = (id) => shop.rows('SELECT token FROM task_tokens WHERE ' +
        `order_id = '${id}' AND status = 'waiting'`);
    const list = (count) => ({ Type: 'Pass', ResultPath: '$.list', Parameters:
        { 'all.$': `States.ArrayRange(1, ${count}, 1)` } });
    const each = (processor) => ({ Type: 'Map', ItemsPath: '$.list.all',
        ItemProcessor: processor, ...beside });
    // Of the answer itself nothing stays.
    const asking = machine({ Ask: ask({ ResultPath: '$',
        ResultSelector: { answered: true } }) });

    // Answers count tokens of one order while the reaper stands still.
    async function answerAll(definition, count, output) {
        const id = await shop.buyUnder(definition);
        const tokens = await waitUntil(async () => {
            const rows = await waiting(id);
            return rows.length === count && rows.map(({ token }) => token);
        }, LONG_MS, `${count} tokens`);
        await shop.load(plain);
        process.kill(pid, 'SIGSTOP');
        let other;
        try {
            for (let at = 0; at < count; at += 20) {
                const answers = await Promise.all(tokens.slice(at, at + 20)
                    .map((token) => shop.bring(token, `{"output":${output}}`,
                        { 'content-type': 'application/json' })));
                assert.ok(answers.every(({ status }) => status === 204),
                    answers.map(({ text }) => text).join());
            }
            other = await shop.buy();
        } finally {
            process.kill(pid, 'SIGCONT');
        }
        await endsHarmless(id, ended, other);
        assert.deepEqual(await shop.rows('SELECT status, count(*) AS n FROM ' +
            `task_tokens WHERE order_id = '${id}' GROUP BY status`),
        [{ status: 'taken', n: count }]);
    }

    test('forty of 256 KiB', () => answerAll(machine({ Check: validate,
        List: list(40), Each: each(asking), ...tail }), 40,
    zeros(LIMIT / 2 - 5)));

    // More than are taken at a time.
    test('twelve hundred', () => answerAll(machine({ Check: validate,
        List: list(30), Each: each(machine({ Inner: { Type: 'Pass',
            Parameters: { list: { 'all.$': 'States.ArrayRange(1, 40, 1)' } } },
        Asks: each(asking) })), ...tail }), 1200, '1'));
});

describe('90,000 numbers', () => {
    const wide = (states) => machine({ Check: validate, List: { Type: 'Pass',
        Result: JSON.parse(zeros(90000)), ResultPath: '$.list' },
    ...states, ...tail });
    const blown = (value) => ({ Blow: { Type: 'Pass', ...beside,
        Parameters: Object.fromEntries(many(100, (i) => [`a${i}.$`, value])) },
    });
    const cases = {
        'a hundred paths': [blown('$.list[*]'),
            failed('Blow', 'States.ParameterPathFailure')],
        'a hundred paths in functions': [
            blown('States.ArrayLength($.list[*])'),
            failed('Blow', 'States.ParameterPathFailure')],
        'a hundred and twenty rules': [{ Choose: { Type: 'Choice',
            Choices: many(120, (i) => ({ Variable: '$.list[*]',
                NumericEquals: i, Next: 'Pay' })), Default: 'Pay' } },
        failed('Choose', 'States.Runtime')],
    };
    for (const [what, [states, expected]] of Object.entries(cases))
        test(`${what} over them fail their state`, async () => {
            const id = await shop.buyUnder(wide(states));
            await endsHarmless(id, expected, await shop.buyUnder(plain));
        });
});

test('a dozen definitions of a MiB', async () => {
    for (let n = 0; n < 12; n++) {
        // States that are never entered, but there.
        const never = Object.fromEntries(many(4, (i) => [`Never${i}`,
            { Type: 'Pass', Result: 'RESULT', Next: 'Pay' }]));
        const text = JSON.stringify(machine({ Check: validate,
            Choose: { Type: 'Choice', Choices: many(4, (i) => ({
                Variable: '$.never', IsPresent: true, Next: `Never${i}` })),
            Default: 'Pay' }, ...tail }, never))
            .replaceAll('"RESULT"', zeros(130000 - n));
        assert.ok(text.length > 1e6);
        const id = await shop.buyUnder(text);
        await endsHarmless(id, ended, await shop.buyUnder(plain));
    }
});

test('the books hold', () => booksHold(shop));
