// /health, and what the shop says while its database takes no writes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';

let shop;

before(async () => { shop = await startShop(); });
after(() => shop?.stop());

const health = (method = 'GET') => shop.request(method, '/health');

// Holds the database's write lock from outside the shop while work runs.
async function whileLocked(work) {
    const holder = spawn('sqlite3', [join(shop.home, 'ordermill.db')],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(holder, 'close');
    holder.stdin.write('.timeout 5000\nBEGIN IMMEDIATE;\nSELECT 1;\n');
    await once(holder.stdout, 'data');
    try {
        await work();
    } finally {
        holder.stdin.end('ROLLBACK;\n');
        await ended;
    }
}

function assertUnavailable(answer) {
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(answer.headers.get('content-type'), /json/);
    assert.ok(answer.json);
}

test('it says that the shop and its reaper are well', async () => {
    const answer = await health();
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { status, reaper } = answer.json;
    assert.equal(status, 'ok');
    assert.deepEqual(Object.keys(answer.json), ['status', 'reaper']);
    assert.deepEqual(Object.keys(reaper), ['status', 'heartbeat_age_ms']);
    assert.equal(reaper.status, 'ok');
    assert.ok(Number.isInteger(reaper.heartbeat_age_ms));
    assert.ok(reaper.heartbeat_age_ms >= 0);
    assert.ok(reaper.heartbeat_age_ms < 30000);
});

test('the heartbeat goes on without work', async () => {
    let last = (await health()).json.reaper.heartbeat_age_ms;
    await waitUntil(async () => {
        const { json } = await health();
        const fresher = json.reaper.heartbeat_age_ms < last;
        last = json.reaper.heartbeat_age_ms;
        return fresher;
    }, 10000, 'another heartbeat');
});

test('HEAD answers as GET does; other methods are refused', async () => {
    const head = await health('HEAD');
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await health(method);
        assert.equal(answer.status, 405);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD');
        assert.equal(answer.headers.get('content-type'),
            'application/problem+json');
    }
});

test('many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () =>
        health()));
    assert.ok(answers.every(({ status }) => status === 200));
});

test('a locked database is a 503, and over when it is free',
    { timeout: 60000 }, async () => {
        const before = (await shop.wake())
            .map(({ pid, name }) => `${name} ${pid}`).sort();
        const { order_id: id, number } = await shop.placeAndWait();
        await whileLocked(async () => {
            await waitUntil(async () => (await health()).status === 503,
                10000, 'a probe that fails');
            assertUnavailable(await health());
            const key = { 'idempotency-key': 'locked' };
            assertUnavailable(await shop.order(undefined, key));
            assertUnavailable(await shop.asStaff('PUT', `/orders/${id}`,
                { body: { status: 'COMPLETED' } }));
            assert.equal((await shop.request('GET', '/products')).status,
                200, 'reads go on');
        });
        await waitUntil(async () => (await health()).status === 200, 10000,
            'health');
        const again = await shop.place({}, { 'idempotency-key': 'locked' });
        assert.equal(again.number, number + 1, 'nothing refused is stored');
        await shop.waitForOrder(again.order_id, ['CONFIRMED']);
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
        assert.deepEqual((await shop.processes())
            .map(({ pid, name }) => `${name} ${pid}`).sort(), before,
        'no process was restarted');
    });

test('the books hold', () => shop.verify());
