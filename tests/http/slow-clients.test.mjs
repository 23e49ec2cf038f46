// Slow clients: three thousand connections from one address that never finish
// what they ask, and an order from another; an office whose many browsers share
// one address.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { askFrom, orderFrom } from './from.mjs';
import { startShop, waitUntil } from './shop.mjs';

const CLIENTS = 3000;
const MOST = 150; // requests of one address at once, the default

let shop;
before(async () => {
    shop = await startShop({ env: {
        ORDERMILL_CONNECTIONS_PER_ADDRESS: `${MOST}` } });
});
after(() => shop.stop());

const order = { item: 'mouse', quantity: 1 };
const headers = 'POST /orders HTTP/1.1\r\nHost: x\r\n' +
    'Content-Type: application/json\r\nContent-Length: 1000\r\n';

// Keeps so many connections open, each with an unfinished request, for as long
// as stop() is not called; what the shop closes is opened again.
function slowClients(base, localAddress, count, text) {
    const { port } = new URL(base);
    const sockets = new Set();
    const me = { connected: 0, refused: 0, refusal: '' };
    let stopped = false;
    function open() {
        const socket = net.connect({ port: Number(port), host: '127.0.0.1',
            localAddress });
        sockets.add(socket);
        socket.setEncoding('latin1');
        socket.on('connect', () => { me.connected++; });
        socket.on('data', (part) => {
            if (/^HTTP\/1.1 429 /.test(part)) {
                me.refused++;
                me.refusal = part;
            }
        });
        socket.on('error', () => {});
        socket.on('close', () => {
            sockets.delete(socket);
            if (!stopped)
                open();
        });
        socket.write(text);
    }
    for (let i = 0; i < count; i++)
        open();
    me.stop = () => {
        stopped = true;
        for (const socket of sockets)
            socket.destroy();
    };
    return me;
}

test('three thousand slow clients of one address stop nobody else',
    async () => {
        const bodies = slowClients(shop.base, '127.0.0.2', CLIENTS * 3 / 4,
            `${headers}\r\n{`);
        const heads = slowClients(shop.base, '127.0.0.2', CLIENTS / 4, headers);
        try {
            await waitUntil(() =>
                bodies.connected + heads.connected >= CLIENTS &&
                bodies.refused >= CLIENTS * 3 / 4 - MOST,
            60000, 'the slow clients');
            for (let i = 0; i < 50; i++)
                assert.equal((await orderFrom('127.0.0.1', shop.base, order))
                    .status, 201);
            assert.equal((await askFrom('127.0.0.1', shop.base, 'GET', '/'))
                .status, 200);
            const [head, body] = bodies.refusal.split('\r\n\r\n');
            assert.match(head, /^Retry-After: 1$/mi);
            assert.match(head, /^Content-Type: application\/problem\+json/mi);
            const problem = JSON.parse(body);
            assert.equal(problem.status, 429);
            assert.match(problem.detail, /from your address/);
        } finally {
            bodies.stop();
            heads.stop();
        }
    });

test('an office behind one address orders', async () => {
    const others = slowClients(shop.base, '127.0.0.4', MOST - 50,
        `${headers}\r\n{`);
    try {
        await waitUntil(() => others.connected >= MOST - 50, 30000,
            'the others');
        const placed = await Promise.all(Array.from({ length: 40 }, () =>
            orderFrom('127.0.0.4', shop.base, order)));
        assert.deepEqual(placed.map((answer) => answer.status),
            Array(40).fill(201));
        assert.equal(others.refused, 0);
    } finally {
        others.stop();
    }
});

test('the limit is off where limits per address are', async () => {
    const free = await startShop();
    const others = slowClients(free.base, '127.0.0.5', 2 * MOST,
        `${headers}\r\n{`);
    try {
        await waitUntil(() => others.connected >= 2 * MOST, 30000,
            'the others');
        const placed = await orderFrom('127.0.0.5', free.base, order);
        assert.equal(placed.status, 201);
        assert.equal(others.refused, 0);
    } finally {
        others.stop();
        await free.stop();
    }
});
