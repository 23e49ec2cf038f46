// What strangers can make the shop take: each program is attacked by a hundred
// connections at once, stays within a bound meanwhile, and gives all of it back
// afterwards; orders beside the attack go on.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { megabytes, processesBelow } from './processes.mjs';
import { sanitized, startShop, waitUntil } from './shop.mjs';

const CONNECTIONS = 100;
const ROUNDS = 3;
const MOST_MB = 40; // more than at rest, of one program
const LEFT_MB = 10; // more than before, of the whole shop

let shop;
before(async () => {
    shop = await startShop();
    await shop.addProducts('nail,Nail,,0.05,1000000',
        'screw,Screw,,0.07,1000000');
});
after(() => shop.stop());

const order = { items: [{ sku: 'nail', quantity: 1 }],
    customer: { name: 'Ada Lovelace', email: 'ada@example.com' } };

const zeros = (bytes) => `[${'0,'.repeat(bytes / 2 - 2)}0]`;
const fields = (bytes) =>
    Array.from({ length: bytes / 8 }, (_, i) => `f${i}=x`).join('&');
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const padded = (count) => JSON.stringify({ ...order,
    items: [{ sku: 'screw', quantity: 1 }], more: Array(count).fill(0) });

// Each program's, as its files' name: what is sent there.
const attacks = {
    'task-tokens': [['/task-tokens/x', json, `{"output":${zeros(500000)}}`]],
    orders: [['/orders', json, `{"items":${zeros(64000)}}`],
        ['/orders', json, padded(8000)],
        ['/orders/x/refunds', json, zeros(64000)]],
    'place-order': [['/place-order', json, zeros(64000)],
        ['/place-order', json, padded(8000)]],
    webhooks: [['/webhooks/stripe', json, zeros(500000)]],
    gateway: [['/v1/payment_intents', form, fields(60000)]],
    'sign-in': [['/admin/sign-out', form, fields(64000)]],
    admin: [['/admin/orders/x/cancel', form, fields(64000)],
        [`/admin/orders?${fields(6000)}`]],
    products: [['/products?limit=100'], [`/products?q=${'x'.repeat(6000)}`]],
    'payment-methods': [['/payment-methods']],
    track: [[`/track/${'x'.repeat(200)}`]],
    pay: [[`/pay/${'x'.repeat(200)}`]],
    receipts: [[`/receipts/${'x'.repeat(200)}.pdf`]],
    health: [['/health']],
    metrics: [['/metrics']],
};

function ask(base, path, type, body, agent) {
    return new Promise((resolve, reject) => {
        const request = http.request(base + path, { agent,
            method: body === undefined ? 'GET' : 'POST',
            headers: { ...(base === shop.gateway && { authorization:
                `Bearer ${shop.gatewayKey}` }),
            ...(body !== undefined && { 'content-type': type,
                'content-length': Buffer.byteLength(body) }) } });
        request.on('error', reject);
        request.on('response', (answer) => {
            answer.resume();
            answer.on('end', () => resolve(answer.statusCode));
        });
        request.end(body);
    });
}

async function kilobytes(pid, file, name) {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8')
        .catch(() => '');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const named = async (name) => (await processesBelow(shop.pid))
    .filter((one) => one.name === name).map((one) => one.pid);

// What each program had at most since the last call, beyond what it has.
async function watchPeak(pids) {
    for (const pid of pids)
        await writeFile(`/proc/${pid}/clear_refs`, '5');
    const rest = [];
    for (const pid of pids)
        rest.push(await kilobytes(pid, 'status', 'VmRSS'));
    return async () => {
        let most = 0;
        for (const [i, pid] of pids.entries()) {
            const peak = await kilobytes(pid, 'status', 'VmHWM');
            assert.ok(peak > 0, 'it died');
            most = Math.max(most, peak - rest[i]);
        }
        return most / 1024;
    };
}

async function attack(base, sent, beside) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const statuses = {};
    let running = true;
    const placing = (async () => {
        let placed = 0;
        for (; running || placed === 0; placed++)
            assert.equal(await beside(), 201);
    })();
    try {
        for (const [path, type, body] of sent)
            await Promise.all(Array.from({ length: CONNECTIONS * ROUNDS },
                async () => {
                    const status = await ask(base, path, type, body, agent);
                    statuses[status] = (statuses[status] ?? 0) + 1;
                }));
    } finally {
        running = false;
        await placing;
        agent.destroy();
    }
    return statuses;
}

const placeOne = () => ask(shop.base, '/orders', json, JSON.stringify(order));

async function allExecuted() {
    await waitUntil(async () => {
        const { text } = await shop.request('GET', '/metrics');
        return /^ordermill_executions_running 0$/m.test(text);
    }, 120000, 'the orders to be done');
}

// What a sanitizer keeps for its own looking tells nothing.
test('an attack takes little, and what it took comes back',
    { skip: sanitized }, async (t) => {
    for (let i = 0; i < 20; i++)
        assert.equal(await placeOne(), 201);
    for (const [name, sent] of Object.entries(attacks))
        for (const [path, type, body] of sent)
            await ask(name === 'gateway' ? shop.gateway : shop.base, path,
                type, body);
    await allExecuted();
    const earlier = await megabytes(shop);
    const peaks = {};
    for (const [name, sent] of Object.entries(attacks)) {
        const peak = await watchPeak(await named(name));
        const statuses = await attack(
            name === 'gateway' ? shop.gateway : shop.base, sent, placeOne);
        peaks[name] = await peak();
        assert.equal(statuses[503], undefined, `${name} answers`);
        assert.ok(name !== 'gateway' || !(401 in statuses), 'it has the key');
        t.diagnostic(`${name}: ${peaks[name].toFixed(1)} MB more, ` +
            JSON.stringify(statuses));
    }
    t.diagnostic(`before ${earlier.toFixed(1)} MB, at once after ` +
        `${(await megabytes(shop)).toFixed(1)} MB`);
    for (const [name, peak] of Object.entries(peaks))
        assert.ok(peak < MOST_MB, `${name} took ${peak} MB more`);
    await allExecuted();
    let later;
    await waitUntil(async () => {
        later = await megabytes(shop);
        return later < earlier + LEFT_MB;
    }, 60000, 'the memory to come back').catch((error) => {
        error.message += `: ${earlier} MB before, ${later} MB after`;
        throw error;
    });
    t.diagnostic(`later ${later.toFixed(1)} MB`);
});

test('nginx keeps little of a body that does not come', async (t) => {
    const workers = await named('nginx');
    const peak = await watchPeak(workers);
    const sockets = [];
    const port = Number(new URL(shop.base).port);
    const half = '0'.repeat(400000);
    await Promise.all(Array.from({ length: 300 }, () =>
        new Promise((resolve, reject) => {
            const socket = net.connect(port, '127.0.0.1');
            sockets.push(socket);
            socket.on('error', reject);
            socket.write('POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\n' +
                'Content-Length: 500000\r\n\r\n');
            socket.write(half, resolve);
        })));
    assert.equal(await placeOne(), 201);
    for (const socket of sockets)
        socket.on('error', () => {}).destroy();
    const most = await peak();
    t.diagnostic(`${most.toFixed(1)} MB more`);
    assert.ok(most < MOST_MB, `nginx took ${most} MB more`);
});
