// Whom nginx counts as one: IPv4 addresses for themselves, IPv6 by their /64
// (tests/unit/network_test.c holds the programs to the same).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askFrom } from './from.mjs';
import { freePorts, root, startShop, waitUntil } from './shop.mjs';

const conf = await readFile(join(root, 'nginx/ordermill.conf'), 'utf8');
const map = /map \$binary_remote_addr \$network \{[^]*?\n    \}\n/.exec(conf);

const hasIpv6 = Object.values(networkInterfaces()).flat()
    .some((one) => one.address === '::1');

// Addresses of one line are one, those of different lines are not.
const networks = [
    ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201'],
    ['192.0.2.2'],
    ['10.0.10.10', '::ffff:10.0.10.10'], // a byte is a line feed
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:DB8:1:2::'],
    ['2001:db8:1:3::1', '2001:db8:1:3::2'],
    ['2001:db8::1', '2001:db8:0:0:1:2:3:4', '2001:db8::1:2:3:4'],
    ['2001:db8::5:1:2:3:4'],
    ['2001::3:0:0:0:1', '2001:0:0:3::2'],
    ['0a0a:a0a:a0a:a0a::1', 'a0a:a0a:a0a:a0a:0a0a:a0a:a0a:a0a'],
    ['8000:ff80:c0c1:fffe::1', '8000:ff80:c0c1:fffe::2'], // no UTF-8
    ['::1', '::2'],
    ['fe80::1', 'fe80::ffff:1'],
];

// An nginx of its own that believes what a header says of who asks, and answers
// with what it counts.
async function startNginx(home, port) {
    const file = join(home, 'nginx.conf');
    await mkdir(join(home, 'tmp'));
    await writeFile(file, `daemon off; master_process off;
        pid nginx.pid; error_log stderr;
        events { worker_connections 64; }
        http {
            ${['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi']
                .map((one) => `${one}_temp_path tmp;`).join(' ')}
            access_log off;
            set_real_ip_from 127.0.0.1;
            real_ip_header X-Real-IP;
            ${map[0]}
            server {
                listen 127.0.0.1:${port};
                location / { return 200 $network; }
            }
        }`);
    const nginx = spawn('nginx', ['-p', `${home}/`, '-c', file, '-e',
        'stderr'], { stdio: ['ignore', 'ignore', 'inherit'], env: {
        ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
    return { stop: () => new Promise((resolve) => {
        nginx.on('close', resolve);
        nginx.kill('SIGTERM');
    }) };
}

test('a /64 is one, an IPv4 address is one', async () => {
    assert.ok(map, 'nginx has a map of networks');
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    const [port] = await freePorts(1);
    const nginx = await startNginx(home, port);
    const base = `http://127.0.0.1:${port}`;
    const networkOf = async (address) => {
        const answer = await fetch(base, { headers: { 'x-real-ip': address } });
        return Buffer.from(await answer.arrayBuffer()).toString('hex');
    };
    try {
        await waitUntil(() => networkOf('192.0.2.1').catch(() => false), 10000,
            'nginx');
        const seen = new Map();
        for (const [first, ...others] of networks) {
            const network = await networkOf(first);
            assert.match(network, /^([0-9a-f]{8}|[0-9a-f]{16})$/, first);
            assert.equal(seen.get(network), undefined, first);
            seen.set(network, first);
            for (const other of others)
                assert.equal(await networkOf(other), network, other);
        }
        assert.equal(await networkOf('192.0.2.1'), 'c0000201');
    } finally {
        await nginx.stop();
        await rm(home, { recursive: true });
    }
});

test('whatever nginx limits counts networks', () => {
    const others = conf.replace(map?.[0] ?? '', '');
    assert.doesNotMatch(others, /\$binary_remote_addr/);
    for (const [, key] of conf.matchAll(/limit_(?:req|conn)_zone (\S+)/g))
        assert.match(key, /^\$(network|orderer|guesser)$/);
});

test('a visitor by IPv6 is limited', { skip: !hasIpv6 }, async () => {
    const port = await new Promise((resolve) => {
        const server = createServer().listen(0, '::1', () => {
            const { port: free } = server.address();
            server.close(() => resolve(free));
        });
    });
    const [own, gateway] = await freePorts(2);
    const shop = await startShop({ ports: [own, gateway], env: {
        ORDERMILL_LISTEN: `[::1]:${port}`, ORDERMILL_RATE_LIMIT: '1' } });
    try {
        const answers = await Promise.all(Array.from({ length: 40 }, () =>
            askFrom('::1', `http://[::1]:${port}`, 'POST', '/orders', {
                headers: { 'content-type': 'application/json' }, body: '{}' })));
        const statuses = new Set(answers.map((answer) => answer.status));
        assert.deepEqual([...statuses].sort(), [422, 429]);
    } finally {
        await shop.stop();
    }
});
