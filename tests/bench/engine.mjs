// `make bench-engine`: the figures of the workflow engine. No gate: it prints
// and judges nothing. The engine alone is the reaper of a shop without a
// server, on orders whose five states answer what is stored; the peer is
// another implementation of the language, which keeps nothing, with five
// functions that do nothing in place of the tasks. Needs build/bench/backlog,
// sqlite3 and strace; the peer is what `make test-peers` installs, or what the
// folder in PEER_MODULES holds.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { rows } from '../http/database.mjs';
import { machine, task } from '../http/workflow.mjs';
import { cpuSeconds } from '../http/processes.mjs';
import { ordermill, root, startShop, waitUntil } from '../http/shop.mjs';
import '../peers/with-resolvers.mjs';
import { keep, median, removeKept, show, stock } from './figures.mjs';

const ROUNDS = 3;
const STATES = 5;
const ENGINE = { few: 100, many: 10000 };
const WHOLE = { few: 100, many: 2000 };
const IDLE_ORDERS = 200;
const TRACED = 1000;
const PEER_MS = 1500;
const PEER_WIDTHS = [1, 16, 256];

const canned = machine(Object.fromEntries(
    ['First', 'Second', 'Third', 'Fourth', 'Fifth']
        .map((name) => [name, task('SaveOrder')])));

const note = (text) => console.log(`  ${text}`);
const rates = (list) => list.map((one) => one.toFixed(0)).join(', ');
const run = (command, args, env) =>
    execFileSync(command, args, { encoding: 'utf8', env, maxBuffer: 1e8 });

const row = async ({ home }, text) =>
    (await rows(join(home, 'ordermill.db'), text))[0];

const backlog = (shop, verb, count) =>
    Number(run(join(root, 'build/bench/backlog'), [verb, shop.home,
        String(count), ...shop.words]));

// Orders a second from when they are due to the last one's end.
const drain = (shop, count) => count / backlog(shop, 'drain', count) * 1000;

// A stocked HOME and its reaper, without a server.
async function startEngine() {
    const { home } = keep({ home: await mkdtemp(join(tmpdir(), 'om-')) });
    const file = join(home, 'workflow.json');
    await writeFile(file, JSON.stringify(canned));
    const env = { PATH: process.env.PATH, ORDERMILL_HOME: home,
        ORDERMILL_WORKFLOW: file, ORDERMILL_LOG_LEVEL: 'warning' };
    run(ordermill, ['init'], env);
    const reaper = spawn(join(root, 'build/reaper'), [],
        { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const closed = new Promise((resolve) => reaper.on('close', resolve));
    await waitUntil(() => existsSync(join(home, 'run/reaper.sock')), 10000,
        'the reaper');
    return { home, pid: reaper.pid, words: ['confirmed'],
        stop: () => reaper.kill() && closed };
}

// A whole shop that does not run out of mice, idle.
async function startWhole() {
    const shop = keep(await startShop());
    await stock(shop);
    const { pid } = await shop.processOf('reaper');
    return { home: shop.home, pid, words: [], look: shop.look,
        stop: () => shop.stop({ keep: true }) };
}

// What the reaper syncs for a commit is the write-ahead log. Its checkpoints,
// two a second, do so as well and count here.
async function commits(shop) {
    const file = join(shop.home, 'trace');
    const trace = spawn('strace', ['-f', '-y', '-e', 'trace=fdatasync',
        '-o', file, '-p', String(shop.pid)], { stdio: 'ignore' });
    const closed = new Promise((resolve) => trace.on('close', resolve));
    await sleep(500);
    backlog(shop, 'drain', TRACED);
    trace.kill('SIGINT');
    await closed;
    return (await readFile(file, 'utf8')).match(/-wal>/g)?.length ?? 0;
}

// Saves an order, its history as it was written and as it is kept.
async function sizes(shop) {
    await sleep(3000); // until it is packed
    const { saves, history } = await row(shop, 'SELECT AVG(revision) AS saves,' +
        ' AVG(history_bytes) AS history FROM executions WHERE packed = 1');
    const { kept } = await row(shop,
        'SELECT AVG(LENGTH(packed)) AS kept FROM packed_events');
    return { saves, history, kept };
}

// Backlogs of both sizes in turn, so that a machine that gets slower does so
// for both; the first ones warm up.
async function drains(shop, what, { few, many }) {
    const found = { few: [], many: [] };
    drain(shop, few);
    for (let i = 0; i < ROUNDS; i++) {
        found.few.push(drain(shop, few));
        found.many.push(drain(shop, many));
    }
    show(`${what}, backlog of ${few}`, `${rates(found.few)} orders/s`);
    show(`${what}, backlog of ${many}`, `${rates(found.many)} orders/s`);
    show('  the large over the small, medians',
        (median(found.many) / median(found.few)).toFixed(2));
    return median(found.many);
}

async function costs(shop) {
    const { saves, history, kept } = await sizes(shop);
    show('  transactions an order, history, packed',
        `${saves.toFixed(1)}, ${(history / 1024).toFixed(1)} KiB,` +
        ` ${(kept / 1024).toFixed(1)} KiB`);
    const syncs = await commits(shop);
    show('  commits an order (traced, so slow)',
        `${(syncs / TRACED).toFixed(3)}: ${syncs} for ${TRACED}`);
}

// The engine's own share of the processor tells more than its rate where the
// disk is slow.
async function engineAlone() {
    const shop = await startEngine();
    try {
        const idleUs = backlog(shop, 'idle', IDLE_ORDERS);
        const before = await cpuSeconds(shop.pid);
        const rate = await drains(shop, 'engine alone', ENGINE);
        const { n } = await row(shop, 'SELECT COUNT(*) AS n FROM executions');
        const orders = n - IDLE_ORDERS;
        const cpu = (await cpuSeconds(shop.pid) - before) / orders;
        show('  processor time an order', `${(cpu * 1e6).toFixed(0)} us`);
        await costs(shop);
        show('engine alone, an idle shop, one order',
            `${idleUs} us from wake to commit, median`);
        show('  a transition of its five',
            `${(idleUs / STATES).toFixed(0)} us`);
        return { rate, idleUs };
    } finally {
        await shop.stop();
    }
}

// By the history's own times, which are whole milliseconds: from one state's
// entry to the next's.
async function transitions(shop) {
    const found = [];
    const { orders } = await shop.look('/orders?limit=100');
    for (const { order_id: id } of orders) {
        const { events } = await shop.look(`/orders/${id}/execution`);
        const entered = events.filter(({ type }) =>
            type === 'TaskStateEntered').map(({ timestamp }) =>
            Date.parse(timestamp));
        for (let i = 1; i < entered.length; i++)
            found.push(entered[i] - entered[i - 1]);
    }
    return median(found);
}

async function wholeWorkflow() {
    const shop = await startWhole();
    try {
        const idleUs = backlog(shop, 'idle', IDLE_ORDERS / 2);
        show('whole workflow, an idle shop, one order',
            `${(idleUs / 1000).toFixed(1)} ms from wake to its mail, median`);
        show('  a transition, median of its four',
            `${await transitions(shop)} ms`);
        await drains(shop, 'whole workflow', WHOLE);
        await costs(shop);
    } finally {
        await shop.stop();
    }
}

// What an execution of ours is given.
const facts = { orderId: '0', OrderId: '0', order_id: '0', number: 1001,
    productId: 'mouse', quantity: 1, amount: 39, amount_minor: 3900,
    currency: 'EUR', paymentMethod: 'pm_card_visa', customerName: 'Ada',
    email: 'ada@example.com', customerEmail: 'ada@example.com',
    items: [{ sku: 'mouse', productId: 'mouse', title: 'Mouse', quantity: 1,
        unit_price_minor: 3900, total_minor: 3900 }],
    status: 'PENDING', payment_status: 'unpaid' };

async function loadPeer() {
    const folder = process.env.PEER_MODULES ??
        join(root, 'tests/peers/node_modules');
    const main = join(folder, 'aws-local-stepfunctions');
    if (!existsSync(main))
        return undefined;
    const { exports, version } =
        JSON.parse(await readFile(join(main, 'package.json'), 'utf8'));
    const entry = [exports?.['.'] ?? exports, 'import', 'default']
        .reduce((at, name) => typeof at === 'string' ? at : at[name]);
    const { StateMachine } = await import(pathToFileURL(join(main, entry)));
    return { StateMachine, version };
}

async function peerRate(width, once) {
    let ended = 0;
    const start = performance.now();
    const end = start + PEER_MS;
    await Promise.all(Array.from({ length: width }, async () => {
        while (performance.now() < end) {
            await once();
            ended++;
        }
    }));
    return ended / (performance.now() - start) * 1000;
}

async function peer(engine) {
    const loaded = await loadPeer();
    if (loaded === undefined) {
        note('no peer to compare with: `make test-peers` installs it');
        return;
    }
    const runner = new loaded.StateMachine(canned,
        { validationOptions: { noValidate: true } });
    const taskResourceLocalHandlers = Object.fromEntries(
        Object.keys(canned.States).map((name) => [name, async (data) => data]));
    const once = () => runner.run(facts,
        { overrides: { taskResourceLocalHandlers } }).result;
    await peerRate(PEER_WIDTHS.at(-1), once);
    const found = [];
    for (const width of PEER_WIDTHS)
        found.push(await peerRate(width, once));
    show(`aws-local-stepfunctions ${loaded.version}`,
        `${rates(found)} executions/s, ${PEER_WIDTHS.join(', ')} at once`);
    show('engine alone over the peer\'s best',
        (engine.rate / Math.max(...found)).toFixed(3));
    const peerUs = 1e6 / found[0] / STATES;
    show('  the peer\'s transition, one at a time', `${peerUs.toFixed(1)} us`);
    show('  an idle shop\'s transition over it',
        (engine.idleUs / STATES / peerUs).toFixed(1));
}

try {
    const engine = await engineAlone();
    await peer(engine);
    await wholeWorkflow();
} finally {
    await removeKept();
}
