// `make bench`: the figures of Ordermill, as ratios against something run in
// turn beside it. No gate: it prints and judges nothing. Needs wrk, h2load and
// strace (Debian: wrk nghttp2-client strace) and build/bench/bare_loop.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { megabytes } from '../http/processes.mjs';
import { root, startShop, waitUntil } from '../http/shop.mjs';
import { keep, median, removeKept, show, stock } from './figures.mjs';

const CONNECTIONS = 64;
const SECONDS = 5;
const ROUNDS = 3;
const mouse = { items: [{ sku: 'mouse', quantity: 1 }],
    customer: { name: 'Ada Lovelace', email: 'ada@example.com' } };

const run = (command, ...args) =>
    execFileSync(command, args, { encoding: 'utf8' });

function wrk(url, script) {
    const text = run('wrk', '-t1', `-c${CONNECTIONS}`, `-d${SECONDS}`,
        '--latency', ...(script ? ['-s', join(root, 'tests/bench', script)]
            : []), url);
    const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(text);
    const unit = { us: 0.001, ms: 1, s: 1000 }[p99[2]];
    return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]),
        p99: Number(p99[1]) * unit, refused: /Non-2xx/.test(text) };
}

// The bare loop's orders a second on a database just initialised.
async function bareLoop() {
    const shop = await openShop();
    await shop.stop({ keep: true });
    return Number(run(join(root, 'build/bench/bare_loop'),
        join(shop.home, 'ordermill.db'), String(SECONDS)));
}

const openShop = async (env = {}) => keep(await startShop({ env }));

// A shop that does not run out of mice.
async function stockedShop(env) {
    const shop = await openShop(env);
    await stock(shop);
    return shop;
}

const count = async (shop, where) => Number(await shop.sql(
    `SELECT COUNT(*) FROM executions WHERE ${where}`));

async function syncsPerBatch(shop) {
    const orders = await shop.processOf('orders');
    const trace = spawn('strace', ['-f', '-c', '-e', 'trace=fdatasync,fsync',
        '-p', String(orders.pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    trace.stderr.on('data', (bytes) => { text += bytes; });
    await sleep(500);
    const before = await count(shop, '1');
    wrk(`${shop.base}/orders`, 'post-order.lua');
    const placed = await count(shop, '1') - before;
    trace.kill('SIGINT');
    await new Promise((resolve) => trace.on('close', resolve));
    const syncs = /(\d+)\s+(?:\d+\s+)?fdatasync/.exec(text);
    return { placed, syncs: Number(syncs?.[1] ?? 0) };
}

// Slowest over fastest connection, each with the same number of requests.
function fairness(shop) {
    const body = join(root, 'build/bench/order.json');
    execFileSync('sh', ['-c', 'cat > "$0"', body],
        { input: JSON.stringify(mouse) });
    const text = run('h2load', '--h1', `-c${CONNECTIONS}`,
        `-D${SECONDS}`, '-d', body, '-H', 'content-type: application/json',
        `${shop.base}/orders`);
    const row = /^req\/s\s*:\s+([\d.]+)\s+([\d.]+)/m.exec(text);
    return Number(row[1]) / Number(row[2]);
}

async function writes() {
    const ratios = [];
    for (let i = 0; i < ROUNDS; i++) {
        const bare = await bareLoop();
        const shop = await stockedShop();
        const posts = wrk(`${shop.base}/orders`, 'post-order.lua');
        const loaded = await megabytes(shop);
        await shop.stop({ keep: true });
        ratios.push(posts.rate / bare);
        show('POST /orders, bare loop, ratio',
            `${posts.rate.toFixed(0)}/s, ${bare.toFixed(0)}/s, ` +
            `${(posts.rate / bare).toFixed(2)}`);
        show('  p99, memory under load', `${posts.p99.toFixed(1)} ms, ` +
            `${loaded.toFixed(1)} MiB${posts.refused ? ', REFUSALS' : ''}`);
    }
    show('POST /orders over the bare loop, median', median(ratios).toFixed(2));
}

async function reads() {
    const shop = await openShop();
    const { order_id: id, track_url: url } = await shop.place(mouse);
    const paths = ['/products', `/orders/${id}?token=${url.split('/').at(-1)}`];
    for (const path of paths) {
        const ratios = [];
        for (let i = 0; i < ROUNDS; i++)
            ratios.push(wrk(shop.base + path).rate /
                wrk(`${shop.base}/favicon.svg`).rate);
        show(`GET ${path.replace(/[?/]0.*|\?.*/, '/{id}')} over a static file`,
            median(ratios).toFixed(2));
    }
    const { placed: orders, syncs } = await syncsPerBatch(shop);
    show('orders per sync (traced, so slow)',
        `${orders} in ${syncs} syncs`);
    show('slowest over fastest connection', fairness(shop).toFixed(2));
    await shop.stop({ keep: true });
}

// What the shop takes when nobody has asked for long, after full load, once that
// is worked off, and a minute later.
async function memory() {
    const shop = await stockedShop({ ORDERMILL_IDLE_MS: '20000' });
    const tell = async (what) =>
        show(`memory, ${what}`, `${(await megabytes(shop)).toFixed(1)} MiB`);
    await shop.placeAndWait();
    await sleep(45000);
    await tell('idle');
    for (let i = 0; i < 2; i++)
        wrk(`${shop.base}/orders`, 'post-order.lua');
    await tell('after ten seconds of full load');
    await waitUntil(async () =>
        await count(shop, "status = 'RUNNING'") === 0, 600000,
        'the orders to be done');
    await tell('when all of it is done');
    await sleep(60000);
    await tell('a minute later');
    await shop.stop({ keep: true });
}

async function idleLatency() {
    const shop = await stockedShop();
    const times = [];
    for (let i = 0; i < 100; i++) {
        const { order_id: id } = await shop.place(mouse);
        const start = performance.now();
        const file = join(shop.home, 'receipts', `${id}.pdf`);
        while (!existsSync(file))
            await sleep(0.2);
        times.push(performance.now() - start);
        await sleep(20);
    }
    show('POST answered to receipt on disk, median',
        `${median(times).toFixed(1)} ms`);
    await shop.stop({ keep: true });
}

async function throughput() {
    const shop = await stockedShop();
    wrk(`${shop.base}/orders`, 'post-order.lua');
    const before = await count(shop, "status <> 'RUNNING'");
    const start = performance.now();
    await sleep(SECONDS * 1000);
    const ended = await count(shop, "status <> 'RUNNING'") - before;
    show('orders through the whole workflow',
        `${(ended / (performance.now() - start) * 1000).toFixed(0)}/s`);
    await shop.stop({ keep: true });
}

try {
    await writes();
    await reads();
    await memory();
    await idleLatency();
    await throughput();
} finally {
    await removeKept();
}
