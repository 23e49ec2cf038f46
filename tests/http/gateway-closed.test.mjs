// The stand-in for Stripe is outside the shop's trust: where it runs, where it
// listens, what opens it, whom it calls.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile }
    from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePorts, ordermill, runCommand, startShop, waitUntil } from
    './shop.mjs';

const listens = (port, host = '127.0.0.1') => new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
});

const api = (shop, method, path, fields, key = shop.gatewayKey) =>
    fetch(shop.gateway + path, { method,
        headers: { authorization: `Bearer ${key}` },
        body: fields && new URLSearchParams(fields) });

test('a shop that is paid by hand runs no gateway', async (t) => {
    const shop = await startShop({ t,
        env: { ORDERMILL_PAYMENT_METHODS: 'manual' } });
    assert.equal(await listens(shop.ports[1]), false);
    const names = (await shop.wake()).map(({ name }) => name);
    assert.ok(names.includes('orders'));
    assert.deepEqual(names.filter((name) => /gateway/.test(name)), []);
    const { order_id: id } = await shop.placeAndWait({}, ['PROCESSING']);
    assert.equal((await shop.markPaid(id)).status, 201);
    await shop.waitForOrder(id, ['CONFIRMED']);
    const reconciled = await shop.run('reconcile');
    assert.equal(reconciled.code, 1);
    assert.match(reconciled.stderr, /no payment gateway/);
    await shop.verify();
    const event = await shop.request('POST', '/webhooks/stripe',
        { body: { id: 'evt_1' } });
    assert.equal(event.status, 503);
});

test('it listens on loopback, wherever the shop does', async (t) => {
    const [port] = await freePorts(1);
    const shop = await startShop({ t, ports: [port, port + 1], env: {
        ORDERMILL_LISTEN: `0.0.0.0:${port}`, ORDERMILL_GATEWAY_LISTEN: '',
        ORDERMILL_BASE_URL: `http://127.0.0.1:${port}` } });
    assert.equal(await listens(port, '127.0.0.2'), true);
    assert.equal(await listens(port + 1, '127.0.0.2'), false);
    assert.equal(await listens(port + 1), true);
    await shop.placeAndWait();
});

test('its key is made at random, and opens what no other does', async (t) => {
    const shop = await startShop({ t });
    const file = join(shop.home, 'gateway-key');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.match(shop.gatewayKey, /^sk_test_[0-9a-f]{48}$/);
    const { order_id: order } = await shop.place();
    for (const [method, path, fields] of [
        ['POST', '/v1/payment_intents', { amount: 3900, currency: 'eur',
            confirm: 'true', payment_method: 'pm_card_visa',
            'metadata[order_id]': order }],
        ['GET', '/v1/events'],
        ['GET', '/v1/payment_intents'],
        ['POST', '/v1/refunds', { payment_intent: 'pi_1' }],
        ['POST', '/v1/webhook_endpoints',
            { url: 'http://127.0.0.1:1/', 'enabled_events[]': '*' }],
    ]) {
        const answer = await api(shop, method, path, fields,
            'sk_test_local');
        assert.equal(answer.status, 401, path);
        const { error } = await answer.json();
        assert.equal(error.type, 'invalid_request_error');
        assert.match(error.message, /^Invalid API Key provided/);
    }
    assert.equal((await api(shop, 'GET', '/v1/events')).status, 200);
});

test('who has the key still pays no order that is paid by hand', async (t) => {
    const shop = await startShop({ t, env: { ORDERMILL_RECONCILE_S: '0' } });
    const { order_id: id, total_minor: total } = await shop.placeAndWait(
        { payment_method: 'manual' }, ['PROCESSING']);
    const paid = await api(shop, 'POST', '/v1/payment_intents', {
        amount: String(total), currency: 'eur', confirm: 'true',
        payment_method: 'pm_card_visa', 'payment_method_types[]': 'card',
        'metadata[order_id]': id, 'metadata[attempt]': '1' });
    const intent = await paid.json();
    assert.equal(intent.status, 'succeeded');
    const alarms = () => shop.sql('SELECT kind, subject FROM alarms WHERE' +
        ` order_id = '${id}' AND kind = 'payment_foreign'`);
    await waitUntil(async () => await alarms() !== '', 10000, 'the alarm');
    await shop.run('reconcile', '--since', '2020-01-01');
    assert.equal(await alarms(), `payment_foreign|${intent.id}`);
    const order = await shop.show(id);
    assert.deepEqual([order.status, order.payment_status],
        ['PROCESSING', 'pending']);
    assert.equal(
        await shop.sql('SELECT COUNT(*) FROM payment_entries'), '0');
});

test('another key beside it is refused at the start', async () => {
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    const [port, gateway] = await freePorts(2);
    const env = { ...process.env, ORDERMILL_HOME: home,
        ORDERMILL_LISTEN: `127.0.0.1:${port}`,
        ORDERMILL_GATEWAY_LISTEN: `127.0.0.1:${gateway}`,
        ORDERMILL_STRIPE_KEY: 'sk_test_local' };
    try {
        const { code, stderr } = await runCommand(ordermill, ['serve'], env);
        assert.notEqual(code, 0);
        assert.match(stderr, /ORDERMILL_STRIPE_KEY: .*ORDERMILL_STRIPE_URL/);
        assert.equal(stderr.trim().split('\n').length, 1);
    } finally {
        await rm(home, { recursive: true, force: true });
    }
});

test('another gateway is not told the key, and wants one of its own',
    async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        await writeFile(join(home, 'gateway-key'), 'sk_test_own\n');
        const [port] = await freePorts(1);
        const env = { PATH: process.env.PATH, ORDERMILL_HOME: home,
            ORDERMILL_LISTEN: `127.0.0.1:${port}`,
            ORDERMILL_STRIPE_URL: 'https://127.0.0.1:9' };
        try {
            const { code, stderr } = await runCommand(ordermill, ['serve'],
                env);
            assert.equal(code, 1);
            assert.match(stderr,
                /^ordermill: ORDERMILL_STRIPE_URL .*_STRIPE_KEY_FILE .*\n$/);
            assert.deepEqual(await readdir(home), ['gateway-key']);
            // What asks no gateway needs no key.
            assert.equal((await runCommand(ordermill, ['init'], env)).code, 0);
        } finally {
            await rm(home, { recursive: true, force: true });
        }
    });

test('it calls this machine and the hosts that are named', async () => {
    const seen = [];
    const server = createServer((request, response) => {
        seen.push(request.url);
        request.resume().on('end', () => response.end());
    });
    await new Promise((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address();
    const add = (shop, url) => api(shop, 'POST', '/v1/webhook_endpoints',
        { url, 'enabled_events[]': '*' });
    const named = { ORDERMILL_GATEWAY_WEBHOOK_HOSTS: '0.0.0.0' };
    let shop = await startShop({ env: named });
    try {
        for (const url of [`http://127.0.0.1:${port}/here`,
            `http://0.0.0.0:${port}/named`])
            assert.equal((await add(shop, url)).status, 200, url);
        for (const url of ['http://169.254.169.254/', 'http://10.0.0.1/',
            'http://shop.internal/', 'http://127.0.0.1@10.0.0.1/']) {
            const answer = await add(shop, url);
            assert.equal(answer.status, 400, url);
            const { error } = await answer.json();
            assert.deepEqual([error.type, error.code, error.param],
                ['invalid_request_error', 'url_invalid', 'url']);
        }
        await shop.place();
        await waitUntil(() => seen.includes('/here') &&
            seen.includes('/named'), 10000, 'both calls');
        // Registered while it was named, it is called no more.
        shop = await shop.restart({}, () => { seen.length = 0; });
        await shop.place();
        await waitUntil(() => seen.includes('/here'), 10000, 'the call');
        await waitUntil(async () => /not in ORDERMILL_GATEWAY_WEBHOOK_HOSTS/
            .test(await readFile(join(shop.home, 'log/gateway-deliverer.log'),
                'utf8')), 10000, 'the log');
        assert.ok(!seen.includes('/named'));
    } finally {
        await shop.stop();
        server.close();
    }
});
