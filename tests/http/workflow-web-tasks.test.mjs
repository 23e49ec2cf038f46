// Tasks that are web services of the shop's own: what they are asked and how
// it is signed, what their answers become, whom the shop does not call, and
// what comes back later by a token.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertProblem, waitUntil } from './shop.mjs';
import { assertSigned, beside, makeAuthority, runWell, startWithService, web,
    withWeb } from './workflow-service.mjs';
import { booksHold, machine, pay, sell, startWorkflow, typesIn, validate }
    from './workflow.mjs';

const LIMIT = 256 * 1024;
let served;
let another;
let service;
let shop;

before(async () => {
    served = await startWithService((one) => withWeb(one.url('/')));
    ({ another, service, shop } = served);
});
after(() => served?.stop());

const run = (definition) => runWell(shop, definition);
// States.ALL does not stand for the first one.
const caught = { Catch: [['States.DataLimitExceeded'], ['States.ALL']].map(
    (ErrorEquals) => ({ ErrorEquals, ResultPath: '$.failure',
        Next: 'Pay' })) };

const keys = (calls) => calls.map(({ headers }) =>
    headers['idempotency-key']);

describe('what is asked', () => {
    test('the state\'s input, signed', async () => {
        service.on('/input?x=1', ({ json }) => [200, { told: json }]);
        await shop.load(withWeb(service.url('/input?x=1')));
        const { order_id: id } = await shop.place(
            { customer_name: 'Zoë "Łoś" 😀' });
        const { events, output } = await shop.ends(id, 'SUCCEEDED');
        const { input } = events.find(({ type, state }) =>
            type === 'TaskStateEntered' && state === 'Web').detail;
        const [call, ...more] = service.at('/input?x=1');
        assert.deepEqual(more, []);
        assert.equal(call.method, 'POST');
        assert.deepEqual(call.json, input);
        assert.equal(call.json.customerName, 'Zoë "Łoś" 😀');
        assert.deepEqual(output.web, { told: input });
        const { stdout } = await shop.run('workflow', 'secret');
        assertSigned(call, stdout.trim());
        assert.throws(() => assertSigned({ ...call, body: `${call.body} ` },
            stdout.trim()));
    });

    test('or what Parameters make of it', async () => {
        service.on('/parameters', [201, { ok: [1, 2] }]);
        const { output, id } = await run(withWeb(service.url('/parameters'), {
            Parameters: { 'id.$': '$.order_id', fixed: { n: 1 },
                'all.$': 'States.ArrayLength($.items)' },
            ResultSelector: { 'second.$': '$.ok[1]' } }));
        assert.deepEqual(service.at('/parameters')[0].json,
            { id, fixed: { n: 1 }, all: 1 });
        assert.deepEqual(output.web, { second: 2 });
    });

    test('with one key for all tries of one entering', async () => {
        service.on('/tries', () => {
            const { length } = service.at('/tries');
            return [[500, 'no'], [503, 'no'], [200, { n: 1 }],
                [500, 'no'], [200, { n: 2 }]][length - 1] ??
                [200, { n: 3 }];
        });
        const definition = withWeb(service.url('/tries'), { Retry: [
            { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1,
                MaxAttempts: 2, BackoffRate: 1 }] });
        const { States } = definition;
        States.Web.Next = 'Enough';
        States.Enough = { Type: 'Choice', Choices: [{ Variable: '$.web.n',
            NumericLessThan: 2, Next: 'Web' }], Default: 'Pay' };
        const { e } = await run(definition);
        const calls = service.at('/tries');
        const [first, second, ...more] = [...new Set(keys(calls))];
        assert.deepEqual(keys(calls), [first, first, first, second, second]);
        assert.deepEqual(more, []);
        const { stdout } = await shop.run('workflow', 'secret');
        calls.forEach((call) => assertSigned(call, stdout.trim()));
        const bodies = calls.map(({ body }) => body);
        assert.deepEqual(bodies, [bodies[0], bodies[0], bodies[0], bodies[3],
            bodies[3]]);
        assert.deepEqual(e.events.filter(({ type }) => type === 'TaskFailed')
            .map(({ detail }) => detail.error), ['500', '503', '500']
            .map((code) => `States.Http.StatusCode.${code}`));
        await run(definition);
        assert.equal(new Set(keys(service.at('/tries'))).size, 3);
    });
});

describe('what is answered', () => {
    test('any JSON', async () => {
        service.on('/any', () => [200, `${texts.at(-1)}`]);
        const texts = [];
        for (const text of ['null', '"text"', '[1,{"a":[]}]', '3.5', 'false',
            '12345678901234567890', '{}', ' {"a" : "\\u00e9"}\n']) {
            texts.push(text);
            const { id, output } = await run(withWeb(service.url('/any')));
            assert.deepEqual(output.web, JSON.parse(text));
            if (/^\d+$/.test(text))
                assert.ok((await shop.execution(id)).text
                    .includes(`"web":${text}`));
        }
        service.on('/none', [204]);
        assert.deepEqual((await run(withWeb(service.url('/none')))).output.web,
            {});
    });

    // What the service of the state does, the error that it becomes, its
    // cause.
    const failures = {
        'an error': [[500, 'no'], 'States.Http.StatusCode.500', /500/],
        'no such path': [[404], 'States.Http.StatusCode.404', /404/],
        'another place': [() => [302, '', { location:
            service.url('/elsewhere') }], 'States.Http.StatusCode.302', /302/],
        'another place for good': [() => [308, '', { location:
            service.url('/elsewhere') }], 'States.Http.StatusCode.308', /308/],
        'no JSON': [[200, '<html>'], 'States.TaskFailed', /not JSON/],
        'JSON and more': [[200, '{} x'], 'States.TaskFailed', /not JSON/],
        'a name twice': [[200, '{"a":1,"a":2}'], 'States.TaskFailed',
            /not JSON/],
        'too deep': [[200, '['.repeat(300) + ']'.repeat(300)],
            'States.TaskFailed', /not JSON/],
        'too much': [[200, JSON.stringify('x'.repeat(LIMIT))],
            'States.DataLimitExceeded', /256 KiB/],
        'too much with what is there': [[200,
            JSON.stringify('x'.repeat(LIMIT - 100))],
        'States.DataLimitExceeded', /./],
        'a part': ['cut', 'States.Http.Socket', /./],
    };
    for (const [what, [said, error, cause]] of Object.entries(failures))
        test(`${what}: ${error}`, async () => {
            service.on('/fails', said);
            const { output } = await run(withWeb(service.url('/fails'),
                caught));
            assert.equal(output.failure.Error, error);
            assert.match(output.failure.Cause, cause);
            assert.equal(output.web, undefined);
            assert.deepEqual(service.at('/elsewhere'), []);
        });

    test('nothing: States.Timeout, and the order goes on', async () => {
        const slow = await another();
        slow.on('/slow', null);
        const { output } = await run(withWeb(slow.url('/slow'),
            { TimeoutSeconds: 1, ...caught }));
        assert.equal(output.failure.Error, 'States.Timeout');
        assert.equal(slow.calls.length, 1);
    });

    test('an error is tried again, then caught', async () => {
        service.on('/again', [500, 'no']);
        const { output, e } = await run(withWeb(service.url('/again'), {
            Retry: [{ ErrorEquals: ['States.Http.StatusCode.500'],
                IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
            Catch: [{ ErrorEquals: ['States.Http.StatusCode.500'],
                ResultPath: '$.failure', Next: 'Pay' }] }));
        assert.equal(service.at('/again').length, 3);
        assert.equal(output.failure.Error, 'States.Http.StatusCode.500');
        assert.equal(typesIn(e).filter((t) => t === 'TaskFailed').length, 3);
    });

    test('an error that nobody catches fails the order', async () => {
        service.on('/bad', [418]);
        const id = await shop.buyUnder(withWeb(service.url('/bad')));
        const { error, cause } = await shop.ends(id, 'FAILED');
        assert.equal(error, 'States.Http.StatusCode.418');
        const order = await shop.show(id);
        assert.equal(order.status, 'FAILED');
        assert.equal(order.reason, cause);
        assert.equal(order.payment_status, 'unpaid');
    });
});

test('too much is no error among all of them', async () => {
    service.on('/large', [200, JSON.stringify('x'.repeat(LIMIT))]);
    const id = await shop.buyUnder(withWeb(service.url('/large'),
        { Catch: [caught.Catch[1]] }));
    assert.equal((await shop.ends(id, 'FAILED')).error,
        'States.DataLimitExceeded');
    assert.equal((await shop.show(id)).status, 'FAILED');
});

describe('who is not called', () => {
    const failure = async (url) =>
        (await run(withWeb(url, caught))).output.failure;

    test('nobody there', async () => {
        assert.equal((await failure('https://127.0.0.1:1/')).Error,
            'States.Http.Socket');
    });

    test('whose certificate is not good', async () => {
        const stranger = await makeAuthority();
        const { authority } = served;
        try {
            for (const [by, name] of [[stranger, 'IP:127.0.0.1'],
                [authority, 'IP:127.0.0.2'], [authority, 'DNS:example.com']]) {
                const one = await another(by, name);
                one.on('/', [200, {}]);
                const { Error, Cause } = await failure(one.url('/'));
                assert.equal(Error, 'States.Http.Socket');
                assert.match(Cause, /certificate|SSL/i);
                assert.deepEqual(one.calls, []);
            }
        } finally {
            await stranger.remove();
        }
    });

    test('what is no https', async () => {
        for (const url of ['http://127.0.0.1:1/', 'file:///etc/passwd',
            'https://', 'https://user:password@shop.example/',
            'https://shop.example:99999/', 'https://shop.example/#part']) {
            await shop.write(withWeb(url));
            const { code, stderr } = await shop.run('workflow', 'load');
            assert.equal(code, 1, url);
            assert.match(stderr, /\/States\/Web\/Resource/);
        }
    });

    test('private addresses, unless the shop says so', async (t) => {
        const { authority } = served;
        const one = await another(authority, 'IP:127.0.0.1,DNS:localhost');
        one.on('/', [200, {}]);
        const urls = [one.url('/'),
            one.url('/').replace('127.0.0.1', 'localhost'),
            one.url('/').replace('127.0.0.1', '[::ffff:127.0.0.1]'),
            'https://169.254.169.254/', 'https://[::1]:1/',
            'https://0.0.0.0:1/', 'https://2130706433/', 'https://10.0.0.1/'];
        const strict = await startWorkflow(machine({ Check: validate,
            Each: { Type: 'Parallel', Branches: urls.map((url, i) =>
                machine({ [`Web${i}`]: web(url, { Catch: [{ ErrorEquals:
                    ['States.ALL'], Next: `Failed${i}` }] }) },
                { [`Failed${i}`]: { Type: 'Pass', End: true } })),
            ResultPath: '$.answers' }, Pay: { ...pay, ...beside },
            Sell: { ...sell, ...beside } }),
        { t, env: { ORDERMILL_CA_FILE: authority.file } });
        const id = await strict.buy();
        const { output } = await strict.ends(id, 'SUCCEEDED');
        assert.equal((await strict.show(id)).status, 'CONFIRMED');
        for (const [i, { Error, Cause }] of output.answers.entries()) {
            assert.equal(Error, 'States.Http.Socket', urls[i]);
            assert.match(Cause, /not a public one/, urls[i]);
        }
        assert.deepEqual(one.calls, []);
    });
});

describe('a task that hands out its token', () => {
    const asking = (more = {}) => withWeb(
        `${service.url('/ask')}.waitForTaskToken`, { Parameters: {
            'token.$': '$$.Task.Token', 'order.$': '$.order_id' }, ...more });
    const asked = async (definition, said = [200, { ignored: true }]) => {
        service.on('/ask', said);
        const id = await shop.buyUnder(definition);
        const find = () => service.at('/ask').find(({ json }) =>
            json.order === id);
        await waitUntil(find, 5000, 'the call');
        return { id, token: find().json.token };
    };

    test('waits for it, kept alive by heartbeats', async () => {
        const { id, token } = await asked(asking({ HeartbeatSeconds: 2,
            TimeoutSeconds: 60 }));
        assert.match(token, /^[\w-]{20,}$/);
        for (let i = 0; i < 4; i++) {
            await sleep(750);
            assert.equal((await shop.bring(token, { heartbeat: true })).status,
                204);
        }
        assert.equal((await shop.execution(id)).json.status, 'RUNNING');
        assert.equal((await shop.bring(token, { output: { yes: 1 } })).status,
            204);
        const { output } = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(output.web, { yes: 1 });
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assertProblem(await shop.bring(token, { output: 2 }), 409);
    });

    for (const [field, error] of [['HeartbeatSeconds',
        'States.HeartbeatTimeout'], ['TimeoutSeconds', 'States.Timeout']])
        test(`${field} ends it: ${error}`, async () => {
            const { id, token } = await asked(asking({ [field]: 1,
                ...caught }));
            const { output } = await shop.ends(id, 'SUCCEEDED');
            assert.equal(output.failure.Error, error);
            assertProblem(await shop.bring(token, { output: 1 }), 404);
        });

    test('is answered before the service has done so', async () => {
        let brought;
        const { id } = await asked(asking(), async ({ json }) => {
            brought = await shop.bring(json.token, { output: 'early' });
            await sleep(200);
            return [200, 'late'];
        });
        const { output } = await shop.ends(id, 'SUCCEEDED');
        assert.equal(brought.status, 204);
        assert.equal(output.web, 'early');
    });

    test('fails when the service does not take it', async () => {
        const { id, token } = await asked(asking(caught), [500, 'no']);
        const { output } = await shop.ends(id, 'SUCCEEDED');
        assert.equal(output.failure.Error, 'States.Http.StatusCode.500');
        assertProblem(await shop.bring(token, { output: 1 }), 404);
    });

    test('its error is the state\'s', async () => {
        const { id, token } = await asked(asking({ Catch: [{ ErrorEquals:
            ['Shop.Refused'], ResultPath: '$.failure', Next: 'Pay' }] }));
        await shop.bring(token, { error: 'Shop.Refused', cause: 'Not now.' });
        const { output } = await shop.ends(id, 'SUCCEEDED');
        assert.deepEqual(output.failure,
            { Error: 'Shop.Refused', Cause: 'Not now.' });
    });
});

test('the books hold', () => booksHold(shop));
