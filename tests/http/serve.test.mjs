// `ordermill serve` and nginx's own part: starting, staying up, stopping,
// refusals, headers, logs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processesBelow } from './processes.mjs';
import { assertProblem, freePorts, ordermill, runCommand, startShop, waitUntil }
    from './shop.mjs';
import { credentialsOf } from './staff-browser.mjs';

const securityHeaders = {
    'content-security-policy': /^default-src 'none'; script-src 'self'; (?!.*unsafe).*frame-ancestors 'none'$/,
    'x-content-type-options': /^nosniff$/,
    'referrer-policy': /^no-referrer$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'x-frame-options': /^DENY$/,
    'x-request-id': /^[0-9a-f]{32}$/,
    server: /^nginx$/,
};

function assertSecure(answer, what) {
    for (const [name, pattern] of Object.entries(securityHeaders))
        assert.match(answer.headers.get(name) ?? '', pattern,
            `${what}: ${name}`);
}

function assertRefused(answer, status) {
    assertProblem(answer, status);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.json.type, 'about:blank');
    assertSecure(answer, `${status}`);
}

// Bytes on the wire as they are, which fetch would refuse to send.
function raw(port, text) {
    return new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.setEncoding('utf8');
        socket.on('data', (data) => { answer += data; });
        socket.on('error', reject);
        socket.on('end', () => {
            const [head, ...body] = answer.split('\r\n\r\n');
            const [first, ...lines] = head.split('\r\n');
            const headers = new Headers(lines.map((line) =>
                line.split(/: (.*)/s).slice(0, 2)));
            const joined = body.join('\r\n\r\n');
            const isJson = /json/.test(headers.get('content-type') ?? '');
            resolve({ status: Number(first.split(' ')[1]), headers,
                text: joined, json: isJson ? JSON.parse(joined) : undefined });
        });
        socket.write(text);
    });
}

async function logText(home) {
    const texts = [];
    for (const name of await readdir(join(home, 'log')))
        texts.push(await readFile(join(home, 'log', name), 'utf8'));
    return texts.join('');
}

describe('the life of serve', () => {
    let shop;
    before(async () => { shop = await startShop(); });
    after(() => shop?.stop());

    test('it says where it is and how to sign in', async () => {
        assert.match(shop.output(), new RegExp(`${shop.base}/admin/`));
        assert.equal(shop.email, 'staff@shop.example');
        assert.match(shop.password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
        assert.equal((await stat(shop.home)).mode & 0o777, 0o700);
        const pid = await readFile(join(shop.home, 'run/nginx.pid'), 'utf8');
        assert.equal((await shop.processOf('nginx')).pid, Number(pid));
    });

    test('every program has its own name and HOME', async () => {
        const names = (await shop.wake()).map((one) => one.name).sort();
        for (const name of ['products', 'orders', 'place-order', 'track',
            'receipts', 'health', 'admin', 'gateway', 'gateway-deliverer',
            'reaper'])
            assert.equal(names.filter((one) => one === name).length, 1, name);
        assert.equal(names.filter((one) => one === 'sign-in').length, 2);
        const { pid } = await shop.processOf('orders');
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
        assert.ok(environment.split('\0')
            .includes(`ORDERMILL_HOME=${shop.home}`));
    });

    test('the same HOME twice is refused', async () => {
        const second = await shop.run('serve');
        assert.equal(second.code, 1);
        assert.match(second.stderr, /already runs with ORDERMILL_HOME=/);
        assert.equal(second.stderr.trim().split('\n').length, 1);
        assert.equal((await shop.request('GET', '/health')).status, 200);
    });

    test('links to all addresses are refused, a line each', async () => {
        for (const host of ['0.0.0.0', '[::]', '*']) {
            const [port] = await freePorts(1);
            const { code, stderr } = await runCommand(ordermill, ['serve'],
                { ...shop.env, ORDERMILL_LISTEN: `${host}:${port}` });
            assert.equal(code, 1);
            assert.match(stderr, /^ordermill: ORDERMILL_BASE_URL: .*; write .*https:\/\/shop\.example\n$/);
        }
    });

    test('what is hardly meant is warned about, and served', async () => {
        const other = await startShop({ env: {
            ORDERMILL_BASE_URL: 'http://shop.example' } });
        try {
            assert.match(other.errors(),
                /^ordermill: warning: ORDERMILL_BASE_URL: http sends .*; write https:\/\//m);
            assert.match(other.errors(),
                /^ordermill: warning: ORDERMILL_SMTP_URL: .*; write smtp:\/\//m);
            assert.equal((await other.request('GET', '/health')).status, 200);
            assert.doesNotMatch(shop.errors(), /warning/);
        } finally {
            await other.stop();
        }
    });

    test('a port in use is refused', async () => {
        const other = await startShop();
        try {
            await other.stop({ keep: true });
            const env = { ...other.env,
                ORDERMILL_LISTEN: shop.env.ORDERMILL_LISTEN };
            const { code, stderr } =
                await runCommand(ordermill, ['serve'], env);
            assert.equal(code, 1);
            assert.match(stderr, /cannot listen on .*ORDERMILL_LISTEN/);
        } finally {
            await other.stop();
        }
    });

    test('a program that is killed is replaced', async () => {
        await shop.wake('products', 'orders', 'sign-in');
        for (const name of ['products', 'orders', 'sign-in', 'reaper']) {
            const { pid } = await shop.processOf(name);
            process.kill(pid, 'SIGKILL');
            await waitUntil(async () => {
                const now = await shop.processes();
                return !now.some((one) => one.pid === pid) &&
                    now.some((one) => one.name === name);
            }, 10000, `another ${name}`);
        }
        assert.equal((await shop.request('GET', '/products')).status, 200);
        await shop.placeAndWait();
    });

    test('requests wait for a program that restarts', async () => {
        await shop.wake('products');
        const { pid } = await shop.processOf('products');
        process.kill(pid, 'SIGTERM');
        const answers = await Promise.all(Array.from({ length: 20 }, () =>
            shop.request('GET', '/products')));
        for (const answer of answers)
            assert.ok([200, 503].includes(answer.status));
        await waitUntil(async () =>
            (await shop.request('GET', '/products')).status === 200, 10000,
        'products');
    });

    test('a program killed again and again stays replaced', async () => {
        await shop.wake('track');
        for (let i = 0; i < 7; i++) {
            const { pid } = await waitUntil(() => shop.processOf('track'), 10000,
                'track');
            process.kill(pid, 'SIGKILL');
            await waitUntil(() => !isAlive(pid), 10000, 'its end');
        }
        await waitUntil(() => shop.processOf('track'), 10000, 'track');
        assert.equal(shop.ended(), undefined);
    });

    test('nginx is replaced, its workers with it', async () => {
        const master = await shop.processOf('nginx');
        process.kill(master.pid, 'SIGKILL');
        await shop.nextProcess('nginx', master.pid);
        await waitUntil(async () => {
            try {
                return (await shop.request('GET', '/health')).status === 200;
            } catch {
                return false;
            }
        }, 3000, 'service');
    });

    test('a reaper that hangs is replaced', { timeout: 30000 }, async () => {
        const { pid } = await shop.processOf('reaper');
        process.kill(pid, 'SIGSTOP');
        await sleep(5000);
        assert.ok(isAlive(pid), 'it is given its time');
        await shop.nextProcess('reaper', pid, 8000);
        await shop.placeAndWait();
    });

    test('TERM ends everything and keeps the data', async () => {
        const { order_id: id } = await shop.placeAndWait();
        const before = await shop.wake();
        const { code, ms } = await shop.stop({ keep: true });
        assert.equal(code, 0);
        assert.ok(ms < 5000, `${ms} ms`);
        assert.deepEqual(before.filter((one) => isAlive(one.pid)), []);
        const left = await readdir(join(shop.home, 'run'));
        assert.deepEqual(left.filter((name) => /\.(sock|pid)$/.test(name)),
            []);

        const { home, ports, password } = shop;
        shop = await startShop({ home, ports });
        assert.equal(shop.password, undefined);
        assert.ok(!shop.output().includes(password));
        assert.match(shop.output(), /admin create EMAIL/);
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
    });

    test('serve killed leaves nothing that hinders the next', async () => {
        const before = await shop.wake();
        await shop.stop({ keep: true, signal: 'SIGKILL' });
        shop = await startShop({ home: shop.home, ports: shop.ports });
        assert.deepEqual(before.filter((one) => isAlive(one.pid)), []);
        assert.equal((await shop.request('GET', '/health')).status, 200);
    });

    test('Ctrl-C ends it too, though a client holds on', async () => {
        const slow = connect(shop.ports[0], '127.0.0.1');
        slow.on('error', () => {});
        slow.write('POST /orders HTTP/1.1\r\nHost: x\r\n' +
            'Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{');
        await sleep(200);
        const before = await processesBelow(shop.pid);
        const { code, ms } = await shop.stop({ keep: true,
            signal: 'SIGINT' });
        slow.destroy();
        assert.equal(code, 0);
        assert.ok(ms < 5000, `${ms} ms`);
        assert.deepEqual(before.filter((one) => isAlive(one.pid)), []);
        shop = await startShop({ home: shop.home, ports: shop.ports });
    });
});

describe('nginx', () => {
    let shop;
    before(async () => {
        shop = await startShop({ env: { ORDERMILL_RATE_LIMIT: '2' } });
    });
    after(() => shop?.stop());

    const asPage = { headers: { accept: 'text/html,*/*' } };

    test('refuses methods, with what is allowed', async () => {
        for (const [method, path, allow] of [
            ['POST', '/products', 'GET, HEAD'],
            ['DELETE', '/health', 'GET, HEAD'],
            ['GET', '/place-order', 'POST'],
            ['PATCH', '/orders', 'GET, HEAD, POST, PUT, DELETE'],
            ['POST', '/track/x', 'GET, HEAD'],
            ['PUT', '/receipts/x.pdf', 'GET, HEAD'],
            ['DELETE', '/admin/sign-in', 'GET, HEAD, POST'],
            ['PUT', '/admin/orders', 'GET, HEAD, POST'],
            ['POST', '/', 'GET, HEAD'],
        ]) {
            const answer = await shop.request(method, path);
            assertRefused(answer, 405);
            assert.equal(answer.headers.get('allow'), allow, path);
        }
        const bad = await raw(shop.ports[0],
            'BREW /products HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        assertRefused(bad, 405);
        const trace = await raw(shop.ports[0],
            'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        assertRefused(trace, 405);
        assert.equal(trace.headers.get('allow'), 'GET, HEAD');
    });

    test('refuses a body over 64 KiB', async () => {
        const body = `{"items":"${'x'.repeat(65536)}"}`;
        const headers = { 'content-type': 'application/json' };
        for (const path of ['/orders', '/place-order'])
            assertRefused(await shop.request('POST', path,
                { body, headers }), 413);
        const chunked = await new Promise((resolve, reject) => {
            const sent = httpRequest(`${shop.base}/orders`, { method: 'POST',
                headers: { ...headers, 'transfer-encoding': 'chunked' } },
            (answer) => {
                answer.resume();
                resolve(answer.statusCode);
            });
            sent.on('error', reject);
            sent.write(body);
            sent.end();
        });
        assert.equal(chunked, 413);
    });

    test('refuses what is no HTTP', async () => {
        const port = shop.ports[0];
        const end = 'Host: x\r\nConnection: close\r\n\r\n';
        const long = 'x'.repeat(9000);
        const many = `X-Long: ${long.slice(0, 8000)}\r\n`.repeat(5);
        assertRefused(await raw(port, 'get /orders HTTP/1.1\r\n\r\n'), 400);
        assertRefused(await raw(port, `GET /orders HTTP/1.1\r\nConnection: close\r\n\r\n`), 400);
        assertRefused(await raw(port, `GET /%zz HTTP/1.1\r\n${end}`), 400);
        assertRefused(await raw(port,
            `GET /track/${long} HTTP/1.1\r\n${end}`), 414);
        assertRefused(await raw(port,
            `GET /orders HTTP/1.1\r\n${many}${end}`), 431);
        assertRefused(await raw(port, `POST /orders HTTP/1.1\r\n` +
            `Transfer-Encoding: gzip\r\n${end}`), 501);
    });

    test('answers what is not there', async () => {
        for (const path of ['/nowhere', '/orders/x/y/z', '/products/a/b',
            '/place-order/x', '/problem', '/errors/404.html',
            '/internal/receipts/x.pdf', '/internal/receipts/',
            '/receipts/../internal/receipts/x.pdf', '/track/nobody',
            '/orders/', '/track/', '/.git/config']) {
            const answer = await shop.request('GET', path);
            assertRefused(answer, path === '/orders/' &&
                answer.status === 401 ? 401 : 404);
        }
        for (const path of ['/nowhere', '/track/nobody', '/track/a/b',
            '/admin/nowhere']) {
            const page = await shop.request('GET', path, asPage);
            assert.match(page.headers.get('content-type'), /^text\/html/);
            assert.match(page.text, /<h1>/);
            assert.equal(page.headers.get('cache-control'), 'no-store');
            assert.ok([404, 303].includes(page.status), path);
            assertSecure(page, path);
        }
        const receipt = await shop.request('GET', '/receipts/x.pdf', asPage);
        assert.equal(receipt.status, 403);
        assert.match(receipt.text, /<h1>/);
    });

    test('serves the static pages with their types', async () => {
        for (const [path, type] of [
            ['/', /^text\/html; charset=utf-8$/],
            ['/style.css', /^text\/css; charset=utf-8$/],
            ['/order-form.js', /^text\/javascript; charset=utf-8$/],
            ['/favicon.svg', /^image\/svg\+xml$/],
        ]) {
            const answer = await shop.request('GET', path);
            assert.equal(answer.status, 200, path);
            assert.match(answer.headers.get('content-type'), type);
            assert.match(answer.headers.get('cache-control'), /max-age=60/);
            assertSecure(answer, path);
            if (path === '/')
                continue; // names the shop, so it is made anew each time
            const again = await shop.request('GET', path, { headers:
                { 'if-none-match': answer.headers.get('etag') } });
            assert.equal(again.status, 304);
            const head = await shop.request('HEAD', path);
            assert.equal(head.status, 200);
            assert.equal(head.text, '');
        }
    });

    test('puts its headers on the programs\' answers', async () => {
        for (const [method, path, status] of [
            ['GET', '/products', 200], ['GET', '/products/laptop', 200],
            ['HEAD', '/products', 200], ['GET', '/health', 200],
            ['GET', '/orders', 401], ['GET', '/admin/sign-in', 200]]) {
            const answer = await shop.request(method, path);
            assert.equal(answer.status, status, path);
            assert.equal(answer.headers.get('cache-control'), 'no-store');
            assertSecure(answer, path);
        }
        const gateway = await fetch(`${shop.gateway}/v1/nothing`);
        assertSecure(gateway, 'gateway');
    });

    test('limits how fast one address orders', async () => {
        const many = await Promise.all(Array.from({ length: 30 }, (_, i) =>
            shop.order({ item: 'mouse', quantity: 1 },
                { 'idempotency-key': `limit-${i}` })));
        const refused = many.filter((answer) => answer.status === 429);
        assert.ok(refused.length >= 15, `${refused.length} refused`);
        assert.ok(refused.length < 30);
        assertRefused(refused[0], 429);
        assert.equal(refused[0].headers.get('retry-after'), '1');
        const reads = await Promise.all(Array.from({ length: 30 }, () =>
            shop.request('GET', '/products')));
        assert.ok(reads.every((answer) => answer.status === 200));
        await sleep(1100);
    });

    test('says 503 while a program cannot answer', async () => {
        const { pid } = (await shop.processes())
            .find((one) => one.name === 'products');
        process.kill(pid, 'SIGSTOP');
        const asked = shop.request('GET', '/products');
        await sleep(300);
        process.kill(pid, 'SIGKILL');
        const answer = await asked;
        assertRefused(answer, 503);
        assert.equal(answer.headers.get('retry-after'), '1');
    });

    test('logs routes, and nothing that is secret', async () => {
        const secrets = { key: `key-${randomUUID()}`,
            bearer: await shop.token(), cookie: `cookie-${randomUUID()}`,
            query: `query-${randomUUID()}`, name: `Name ${randomUUID()}`,
            wrong: `track-${randomUUID()}`, forged: `sig-${randomUUID()}` };
        const { order_id: id, track_url: url } = await shop.place(
            { customer: { name: secrets.name } },
            { 'idempotency-key': secrets.key });
        const order = await shop.waitForOrder(id, ['CONFIRMED']);
        const shown = await shop.waitForReceipt(id);
        secrets.track = new URL(url).pathname.split('/').pop();
        secrets.signature =
            new URL(shown.receipt_url).searchParams.get('signature');
        assert.equal(order.order_id, id);

        const headers = { cookie: `a=${secrets.cookie}`, referer: url };
        const at = (full) => full.slice(shop.base.length);
        assert.equal((await shop.request('GET', at(url),
            { headers })).status, 200);
        const pdf = await shop.request('GET', at(shown.receipt_url),
            { headers });
        assert.equal(pdf.status, 200);
        assert.equal(pdf.headers.get('content-type'), 'application/pdf');
        assertSecure(pdf, 'receipt');
        for (const path of [`/track/${secrets.wrong}`,
            `/Track/${secrets.wrong}`, `//track/${secrets.wrong}?a=b`,
            `${at(shown.receipt_url)}x`,
            `/receipts/${id}.pdf?expires=1&signature=${secrets.forged}`,
            `/orders/${id}?token=${secrets.track}`,
            `/products?q=${secrets.query}`, `/nowhere?token=${secrets.query}`])
            await shop.request('GET', path, { headers });
        await shop.request('POST', at(url), { headers });
        await shop.request('POST', `/orders?token=${secrets.track}`,
            { headers, body: 'x'.repeat(70000) });
        const port = shop.ports[0];
        await raw(port, `GET /track/${secrets.track}${'x'.repeat(9000)} ` +
            'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        await raw(port, `GET /track/${secrets.track} HTTP/1.1\r\n` +
            'Connection: close\r\n\r\n');
        await raw(port, `GET ${at(shown.receipt_url)} HTTP/9.9\r\n\r\n`);
        const { pid } = await shop.processOf('track');
        process.kill(pid, 'SIGSTOP');
        const hung = shop.request('GET', at(url));
        await sleep(200);
        process.kill(pid, 'SIGKILL');
        assert.ok([200, 503].includes((await hung).status));
        const staff = await shop.request('POST', '/admin/sign-in',
            { body: new URLSearchParams(credentialsOf(shop)) });
        assert.ok(staff.status >= 303);
        secrets.password = shop.password;

        await waitUntil(async () =>
            /route=sign-in status=/.test(await logText(shop.home)), 2000,
        'the access log');
        const log = await logText(shop.home);
        for (const [what, secret] of Object.entries(secrets))
            assert.ok(!log.includes(secret), `${what} is in log/`);
        for (const route of ['track', 'receipts', 'orders', 'products',
            'static'])
            assert.match(log, new RegExp(`route=${route} status=`));
    });
});
