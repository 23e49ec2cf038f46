// GET /metrics: Prometheus' text format, for this machine and for staff.
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

const NAMES = ['executions_running', 'payment_attempts_open', 'token_charges',
    'token_declines', 'payment_breaker_open', 'webhook_events', 'refunds_due',
    'credit_notes_due', 'findings_open', 'reconciliation_age_seconds',
    'mails_due', 'alarms_open', 'reaper_heartbeat_age_seconds'];

const COUNTERS = ['program_starts_total', 'answers_total', 'batches_total'];

// { name or name{labels}: number } and the types by name.
function read(text) {
    const samples = {};
    const types = {};
    for (const line of text.trimEnd().split('\n')) {
        const type = /^# TYPE ordermill_(\w+) (\w+)$/.exec(line);
        const sample = /^ordermill_(\w+(?:\{[-\w=",]+\})?) ([\d.]+)$/
            .exec(line);
        if (type)
            types[type[1]] = type[2];
        else if (sample)
            samples[sample[1]] = Number(sample[2]);
        else
            assert.match(line, /^# HELP ordermill_\w+ [A-Z1].*\.$/);
    }
    return { samples, types };
}

test('each metric has its type, and each sample is a number', async () => {
    const answer = await shop.request('GET', '/metrics');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'),
        'text/plain; version=0.0.4; charset=utf-8');
    const { samples, types } = read(answer.text);
    assert.deepEqual(Object.keys(types).sort(), [...NAMES, ...COUNTERS].sort());
    for (const [name, type] of Object.entries(types))
        assert.equal(type, COUNTERS.includes(name) ? 'counter' : 'gauge', name);
    for (const name of NAMES.filter((one) =>
        !['webhook_events', 'reconciliation_age_seconds'].includes(one)))
        assert.ok(samples[name] >= 0, name);
    for (const status of ['due', 'early', 'failed'])
        assert.equal(samples[`webhook_events{status="${status}"}`], 0);
    assert.ok(samples.reaper_heartbeat_age_seconds < 30);
    assert.equal(samples.payment_breaker_open, 0);
});

test('what waits is counted', async () => {
    const { order_id: id } = await shop.place({ payment_method: 'manual' });
    await waitUntil(async () => {
        const { samples } = read((await shop.request('GET', '/metrics')).text);
        return samples.executions_running === 1 &&
            samples.payment_attempts_open === 1;
    }, 10000, 'one of each');
    await shop.cancel(id);
    await waitUntil(async () => {
        const { samples } = read((await shop.request('GET', '/metrics')).text);
        return samples.executions_running === 0 &&
            samples.payment_attempts_open === 0;
    }, 10000, 'none of either');
});

test('counts outlive the process that counted, and the shop\'s end',
    { timeout: 60000 }, async () => {
        const counts = async () =>
            read((await shop.request('GET', '/metrics')).text).samples;
        const answers = (samples, status) =>
            samples[`answers_total{program="products",status="${status}"}`];
        const starts = 'program_starts_total{program="products"}';
        for (let i = 0; i < 3; i++)
            await shop.request('GET', '/products');
        await shop.request('GET', '/products/nothing');
        const first = await counts();
        assert.ok(answers(first, '2xx') >= 3);
        assert.ok(answers(first, '4xx') >= 1);
        assert.equal(answers(first, '5xx'), 0);
        assert.ok(first['batches_total{program="orders"}'] > 0);
        assert.equal(first['program_starts_total{program="reaper"}'], 1);
        const pidOf = async () => (await shop.wake('products'))
            .find(({ name }) => name === 'products').pid;
        for (const signal of ['SIGTERM', 'SIGKILL']) {
            const pid = await pidOf();
            process.kill(pid, signal);
            await waitUntil(async () => await pidOf() !== pid, 5000, 'another');
        }
        await shop.request('GET', '/products');
        shop = await shop.restart();
        await shop.request('GET', '/products');
        const last = await counts();
        assert.equal(answers(last, '2xx'), answers(first, '2xx') + 2);
        assert.equal(last[starts], first[starts] + 3);
        assert.equal(last['program_starts_total{program="reaper"}'], 2);
    });

test('who comes through a proxy must be staff', async () => {
    for (const headers of [{ 'x-forwarded-for': '192.0.2.1' },
        { forwarded: 'for=192.0.2.1' }, { 'x-real-ip': '192.0.2.1' },
        { via: '1.1 proxy' }, { 'x-forwarded-proto': 'https' },
        { 'x-forwarded-host': 'shop.example' }]) {
        const refused = await shop.request('GET', '/metrics', { headers });
        assert.equal(refused.status, 403);
        assert.match(refused.headers.get('content-type'), /problem\+json/);
        assert.match(refused.json.detail, /token/);
        const taken = await shop.asStaff('GET', '/metrics', { headers });
        assert.equal(taken.status, 200);
    }
});

// A page from elsewhere whose name was made to lead to this machine asks in a
// browser on it: only the name tells.
test('who asks under another name must be staff', async () => {
    const statusOf = (host) => new Promise((resolve, reject) => {
        get(`${shop.base}/metrics`, { headers: { host } }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
        }).on('error', reject);
    });
    for (const host of ['localhost', '127.0.0.1:8080', '[::1]:8080',
        'shop.localhost'])
        assert.equal(await statusOf(host), 200, host);
    for (const host of ['shop.example', `shop.example:${shop.ports[0]}`,
        '192.0.2.1', 'localhost.example'])
        assert.equal(await statusOf(host), 403, host);
});
