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

// { name or name{labels}: number } and the types by name.
function read(text) {
    const samples = {};
    const types = {};
    for (const line of text.trimEnd().split('\n')) {
        const type = /^# TYPE ordermill_(\w+) (\w+)$/.exec(line);
        const sample = /^ordermill_(\w+(?:\{\w+="\w+"\})?) ([\d.]+)$/
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
    assert.deepEqual(Object.keys(types).sort(), [...NAMES].sort());
    assert.ok(Object.values(types).every((type) => type === 'gauge'));
    for (const name of NAMES.filter((one) =>
        !['webhook_events', 'reconciliation_age_seconds'].includes(one)))
        assert.ok(samples[name] >= 0, name);
    for (const status of ['due', 'parked', 'failed'])
        assert.equal(samples[`webhook_events{status="${status}"}`], 0);
    assert.ok(samples.reaper_heartbeat_age_seconds < 30);
    assert.equal(samples.payment_breaker_open, 0);
});

test('what waits is counted', async () => {
    const { json: order } = await shop.order({ item: 'mouse', quantity: 1,
        payment_method: 'manual' });
    await waitUntil(async () => {
        const { samples } = read((await shop.request('GET', '/metrics')).text);
        return samples.executions_running === 1 &&
            samples.payment_attempts_open === 1;
    }, 10000, 'one of each');
    await shop.asStaff('PUT', `/orders/${order.order_id}`,
        { body: { status: 'CANCELLED' } });
    await waitUntil(async () => {
        const { samples } = read((await shop.request('GET', '/metrics')).text);
        return samples.executions_running === 0 &&
            samples.payment_attempts_open === 0;
    }, 10000, 'none of either');
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
