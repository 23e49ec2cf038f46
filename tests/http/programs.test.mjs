// The FastCGI programs: what the route table names is built, has a socket and
// an upstream; nothing else is wanted for a new one but its test.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { megabytes } from './processes.mjs';
import { ordermill, root, sanitized, startShop, waitUntil } from './shop.mjs';

const names = (text, pattern) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

describe('the list of programs', () => {
    let shop, sources;
    before(async () => {
        shop = await startShop();
        sources = (await readdir(join(root, 'cgi-bin'),
            { withFileTypes: true }))
            .filter((one) => one.isDirectory() || one.name.endsWith('.c'))
            .map((one) => one.name.replace(/\.c$/, '')).sort();
    });
    after(() => shop?.stop());

    test('is the route table', async () => {
        const table = await readFile(join(root, 'nginx/ordermill.conf'),
            'utf8');
        assert.deepEqual(names(table, /^ *fastcgi_pass (.*);$/mg), sources);
        assert.ok(sources.length > 12);
    });

    test('all of it is built, served and connected to', async () => {
        const filled = await readFile(join(shop.home, 'run/nginx.conf'),
            'utf8');
        assert.deepEqual(names(filled, /^ *upstream (.*) \{$/mg), sources);
        assert.deepEqual(
            names(filled, /^ *server unix:run\/(.*)\.sock;$/mg), sources);
        for (const name of sources) {
            assert.ok((await stat(join(shop.home, `run/${name}.sock`)))
                .isSocket(), name);
            assert.ok((await stat(join(dirname(ordermill), 'cgi-bin', name)))
                .mode & 0o100, name);
        }
    });

    test('each has its test', async () => {
        const tests = await readdir(join(root, 'tests/http'));
        for (const name of sources)
            assert.ok(tests.includes(`${name}.test.mjs`), name);
    });
});

describe('programs on demand', () => {
    const IDLE_MS = 500;
    let shop;
    before(async () => {
        shop = await startShop({ env: { ORDERMILL_IDLE_MS: `${IDLE_MS}` } });
    });
    after(() => shop?.stop());

    const running = async () =>
        [...new Set((await shop.processes()).map(({ name }) => name))].sort();
    const allRest = () => waitUntil(async () =>
        (await running()).join() === 'nginx,reaper', 10000, 'rest');

    // How often processes of this program began.
    const starts = async (name) => Number(new RegExp(
        `^ordermill_program_starts_total\\{program="${name}"\\} (\\d+)$`, 'm')
        .exec((await shop.request('GET', '/metrics')).text)?.[1] ?? 0);

    test('an idle shop is nginx, the reaper and serve', allRest);

    test('it takes less than 20 MiB', { skip: sanitized }, async (t) => {
        let took;
        await waitUntil(async () => {
            took = await megabytes(shop);
            return took < 20;
        }, 20000, 'what its start took to be given back').finally(() =>
            t.diagnostic(`${took.toFixed(1)} MiB`));
        assert.deepEqual(await running(), ['nginx', 'reaper']);
    });

    test('the first request finds one within 50 ms', async (t) => {
        const times = [];
        const before = await starts('products');
        for (let round = 0; round < 8; round++) {
            await allRest();
            const began = performance.now();
            const { status } = await shop.request('GET', '/products');
            times.push(performance.now() - began);
            assert.equal(status, 200);
        }
        assert.equal(await starts('products'), before + 8);
        t.diagnostic(times.map((ms) => ms.toFixed(1)).join(' '));
        // The quickest but one: other tests run beside this.
        assert.ok(times.sort((a, b) => a - b)[1] < 50);
    });

    test('none is lost that comes as one ends', { timeout: 60000 },
        async () => {
            const names = ['products', 'payment-methods'];
            const all = async () => (await Promise.all(names.map(starts)))
                .reduce((sum, one) => sum + one);
            const before = await all();
            await Promise.all(names.map(async (name) => {
                for (let round = 0; round < 20; round++) {
                    await sleep(IDLE_MS - 20 + Math.random() * 40);
                    const answer = await shop.request('GET', `/${name}`);
                    assert.equal(answer.status, 200, answer.text);
                }
            }));
            const more = await all() - before;
            assert.ok(more > 4, `${more} starts`);
        });

    // Only where the machine was not so slow that it was idle between two.
    async function askedOften() {
        let longest = 0;
        await shop.request('GET', '/products');
        const before = await starts('products');
        for (let round = 0; round < 8; round++) {
            const began = Date.now();
            await sleep(IDLE_MS / 4);
            await shop.request('GET', '/products');
            longest = Math.max(longest, Date.now() - began);
        }
        return longest < IDLE_MS / 2 &&
            { more: await starts('products') - before };
    }

    test('requests keep one, idle connections do not', async () => {
        const { more } = await waitUntil(askedOften, 20000, 'a quick machine');
        assert.equal(more, 0);
        const socket = connect(join(shop.home, 'run/products.sock'));
        try {
            await once(socket, 'connect');
            const ended = once(socket, 'close');
            socket.resume();
            await allRest();
            await ended;
        } finally {
            socket.destroy();
        }
        const { status } = await shop.request('GET', '/products');
        assert.equal(status, 200);
    });

    test('an order after a rest is served, and told by the gateway',
        async () => {
            await allRest();
            await shop.placeAndWait();
            await waitUntil(async () => /route=webhooks status=200/.test(
                await readFile(join(shop.home, 'log/nginx-access.log'),
                    'utf8')), 5000, 'the gateway\'s events');
            await allRest();
            const health = await shop.request('GET', '/health');
            assert.equal(health.status, 200, health.text);
        });

    // The shop itself closes what is not paid, so this is one that is not its.
    test('a session that is open keeps the deliverer', async () => {
        await allRest();
        const { status, json } = await shop.requestAt(shop.gateway, 'POST',
            '/v1/checkout/sessions', {
                headers: { authorization: `Bearer ${shop.gatewayKey}` },
                body: new URLSearchParams({ mode: 'payment',
                    success_url: 'http://127.0.0.1/',
                    'line_items[0][quantity]': '1',
                    'line_items[0][price_data][currency]': 'eur',
                    'line_items[0][price_data][unit_amount]': '100',
                    'line_items[0][price_data][product_data][name]': 'x' }) });
        assert.equal(status, 200, JSON.stringify(json));
        await sleep(4 * IDLE_MS);
        await waitUntil(async () => (await running()).join() ===
            'gateway-deliverer,nginx,reaper', 10000, 'only it to be left');
    });
});
