// What the crash tests share: a shop with much stock, orders placed one by one
// or as a load, helpers in C, and the books checked at the end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, writeFile }
    from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, runCommand, startShop, waitUntil } from '../http/shop.mjs';

export const STOCK = 100000;
const SETTLE_MS = 60000;

// Builds a helper of this folder; gives the path of what was built.
export async function compile(folder, source, ...flags) {
    const out = join(folder, source.replace(/\.c$/, ''));
    const made = await runCommand('cc', ['-O1', '-Wall', '-Wextra', '-Werror',
        '-o', out, join(root, 'tests/crash', source), ...flags], process.env);
    assert.equal(made.code, 0, made.stderr);
    return out;
}

// A shop whose mice do not run out and whose programs all run; definition is
// its workflow, unless it runs the usual one.
export async function startCrashShop({ definition, ...options } = {}) {
    const home = options.home ?? await mkdtemp(join(tmpdir(), 'om-'));
    const workflow = join(home, 'workflow.json');
    if (definition !== undefined)
        await writeFile(workflow, JSON.stringify(definition));
    const shop = await startShop({ ...options, home, env: {
        ...(definition === undefined ? {} : { ORDERMILL_WORKFLOW: workflow }),
        ...options.env } });
    await shop.addProducts(`mouse,Mouse,Wireless,39,${STOCK}`);
    await shop.wake();
    return shop;
}

const FUSE = { left: 0, calls: 4, signal: 8, where: 12, noRoom: [16, 8],
    poison: [24, 48], only: [72, 24], fired: [96, 24], slow: 120,
    size: 124 }; // struct fuse of fuse.c
const WHERE = ['sent', 'opened', 'renamed', 'bound'];

async function openFuse(path) {
    const file = await open(path, 'r+');
    const read = async (at, size) => {
        const bytes = Buffer.alloc(size);
        await file.read(bytes, 0, size, at);
        return bytes;
    };
    const number = async (at) => (await read(at, 4)).readInt32LE();
    const put = (at, value) => {
        const bytes = Buffer.alloc(4);
        bytes.writeInt32LE(value);
        return file.write(bytes, 0, 4, at);
    };
    const putText = ([at, size], text) =>
        file.write(Buffer.from(text.padEnd(size, '\0')), 0, size, at);
    return { file, fuse: {
        // It fires at so manyth call, or call of one sort alone; 0: it does not.
        async arm(calls, only = '') {
            await putText(FUSE.only, only);
            await put(FUSE.left, calls);
        },
        left: () => number(FUSE.left),
        calls: () => number(FUSE.calls),
        // What the call does that it is armed for: SIGKILL unless told.
        signal: (name) => put(FUSE.signal, constants.signals[name]),
        // The call takes so many seconds instead; 0: it does what it did.
        slow: (seconds) => put(FUSE.slow, seconds),
        // The name of the call that fired last.
        fired: async () =>
            String(await read(...FUSE.fired)).replace(/\0.*/s, ''),
        // Files whose names end so are not written; '' ends it.
        noRoom: (ending) => putText(FUSE.noRoom, ending),
        // To send this word to the outside (or, as where says, to open or
        // rename a file of this name, or to write it into the database) kills
        // the reaper; '' ends it.
        async poison(word, where = 'sent') {
            await put(FUSE.where, WHERE.indexOf(where));
            await putText(FUSE.poison, word);
        },
    } };
}

// The same with the fuse of fuse.c in its reaper, and with a workflow of the
// test's own where one is given.
export async function startFusedShop({ definition, env = {} } = {}) {
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    const library = await compile(home, 'fuse.c', '-shared', '-fPIC');
    const path = join(home, 'fuse.state');
    await writeFile(path, Buffer.alloc(FUSE.size));
    const shop = await startCrashShop({ home, definition,
        env: { LD_PRELOAD: library, ORDERMILL_FUSE: path, ...env } });
    const { file, fuse } = await openFuse(path);
    return { shop, fuse, file, stop: async () => {
        await file.close();
        return shop.stop();
    } };
}

// Has a mail sent.
export const customer = { name: 'Ada', email: 'ada@example.org' };

// An order for one mouse with a mail to send; gives the answer.
export const place = (shop, body, headers) => shop.order({ items: [
    { sku: 'mouse', quantity: 1 }], customer, ...body }, headers);

// The same, which must be taken; gives its id.
export const placed = async (shop, body) =>
    (await shop.place({ customer, ...body })).order_id;

// Orders from several clients at once, each with a pause between two, until
// stop() is called or the shop ends; gives { orders, others }: the ids of what
// was answered 201, all other answers.
export function load(shop, clients = 8, pauseMs = 20) {
    const orders = [];
    const others = [];
    let stopped = false;
    const client = async () => {
        while (!stopped && !shop.ended()) {
            const answer = await place(shop)
                .catch((error) => ({ status: 0, error }));
            if (answer.status === 201)
                orders.push(answer.json.order_id);
            else
                others.push(answer);
            await sleep(pauseMs);
        }
    };
    const clientsDone = Promise.all(Array.from({ length: clients }, client));
    return { orders, others, async stop() {
        stopped = true;
        await clientsDone;
        return { orders, others };
    } };
}

export async function killProgram(shop, name) {
    const { pid } = await waitUntil(() => shop.processOf(name), 5000, name);
    process.kill(pid, 'SIGKILL');
}

// The environment in which programs see the wall clock as far ahead as is said
// ("+25h"); CLOCK_BOOTTIME stays as it is.
export async function fakeClock(ahead) {
    const said = await runCommand('faketime', ['-f', ahead, 'sh', '-c',
        'printf %s "$LD_PRELOAD"'], process.env);
    assert.equal(said.code, 0, said.stderr);
    return { LD_PRELOAD: said.stdout, FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME: ahead };
}

// A shop whose programs see the wall clock as far ahead as setClock(ahead) said
// last.
export async function startClockShop({ definition, env = {} } = {}) {
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    const file = join(home, 'clock');
    const setClock = (ahead) => writeFile(file, ahead);
    await setClock('+0');
    const { FAKETIME: _, ...clock } = await fakeClock('+0');
    const shop = await startCrashShop({ home, definition, env: { ...clock,
        FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', ...env } });
    return { shop, setClock };
}

// Everything dies at once, as in a power cut; HOME stays.
export async function killAll(shop) {
    for (const { pid } of await shop.processes())
        try {
            process.kill(pid, 'SIGKILL');
        } catch (error) {
            assert.equal(error.code, 'ESRCH'); // it went with its parent
        }
    await shop.stop({ keep: true, signal: 'SIGKILL' });
}

// What `verify` says: its exit code, its text, what each line counted.
export async function verify(shop) {
    const { code, stdout, stderr } = await shop.run('verify');
    const count = (rule) => {
        const line = stdout.split('\n').find((one) => one.includes(rule));
        return Number(/, (\d+) checked/.exec(line)?.[1] ?? 0);
    };
    return { code, text: stdout + stderr, inHand: / in hand/.test(stdout),
        charges: count('every charge equal'), intents: count('journal'),
        receipts: count('receipt') };
}

// The same, which must find nothing wrong.
export async function assertBooksHold(shop) {
    const books = await verify(shop);
    assert.equal(books.code, 0, books.text);
    return books;
}

// Every order there is: { order_id: order }.
export async function allOrders(shop) {
    const orders = {};
    let cursor = '';
    do {
        const page = await shop.asStaff('GET',
            `/orders?limit=100${cursor && `&cursor=${cursor}`}`);
        assert.equal(page.status, 200, page.text);
        for (const order of page.json.orders)
            orders[order.order_id] = order;
        cursor = page.json.next;
    } while (cursor !== null);
    return orders;
}

// How many mails were written.
export const mailsIn = async (shop) =>
    (await readdir(join(shop.home, 'mail')))
        .filter((name) => name.endsWith('.eml')).length;

// The subjects of all of them, sorted.
export async function subjects(shop) {
    const folder = join(shop.home, 'mail');
    const found = [];
    for (const name of await readdir(folder)) {
        assert.match(name, /\.eml$/, 'nothing half written stays in mail/');
        const text = await readFile(join(folder, name), 'utf8');
        found.push(/^Subject: (.*)$/m.exec(text)[1].trim());
    }
    return found.sort();
}

// Waits until nothing is in hand, then checks that each of these orders, and
// no other, was confirmed, charged, receipted, mailed and taken from stock
// once.
export async function assertAllServedOnce(shop, ids, patienceMs = SETTLE_MS) {
    const count = Object.keys(await allOrders(shop)).length;
    let books;
    await waitUntil(async () => {
        if (await mailsIn(shop) < count)
            return sleep(100);
        books = await verify(shop);
        return !books.inHand;
    }, patienceMs, `${count} mails and nothing in hand`).catch((error) => {
        error.message += `\n${books?.text ?? ''}`;
        throw error;
    });
    assert.equal(books.code, 0, books.text);

    const orders = await allOrders(shop);
    for (const id of ids)
        assert.ok(orders[id], `order ${id} was answered 201 and is lost`);
    for (const order of Object.values(orders)) {
        assert.equal(order.status, 'CONFIRMED', JSON.stringify(order));
        assert.equal(order.payment_status, 'paid', JSON.stringify(order));
        assert.ok(order.receipt_url, JSON.stringify(order));
    }
    assert.deepEqual(await subjects(shop), Object.values(orders).map(
        ({ number }) => `Order ${number} is confirmed`).sort());
    for (const sort of ['charges', 'intents', 'receipts'])
        assert.equal(books[sort], count, `${sort}\n${books.text}`);
    assert.equal(await shop.available('mouse'), STOCK - count);
    assert.deepEqual((await readdir(join(shop.home, 'receipts')))
        .filter((name) => !name.endsWith('.pdf')), []);
    return orders;
}

// A refusal that promises nothing and says when to come again.
export function assertRefusedForNow(answer, statuses = [503]) {
    assert.ok(statuses.includes(answer.status),
        `${answer.status} ${answer.text ?? answer.error}`);
    assert.equal(answer.headers.get('content-type'),
        'application/problem+json');
    assert.equal(answer.json.status, answer.status);
    if (answer.status === 503)
        assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
}

// Starts a command that says "held" once it holds something; ends it by
// closing its input.
export async function startHolder(command, args) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = new Promise((resolve) => child.on('close', resolve));
    await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`${command}: ${code}`)));
    });
    return { release: () => {
        child.stdin.end();
        return closed;
    } };
}

// Another reaper beside the shop's own; it gives serve its signs of life, too,
// so that a stalled one is left alone.
export function startReaper(shop) {
    const child = spawn(join(root, 'build/reaper'), { stdio: 'pipe', env: {
        ...shop.env, NOTIFY_SOCKET: join(shop.home, 'run/notify.sock') } });
    const state = { child, log: '', code: undefined };
    child.stderr.setEncoding('utf8').on('data', (text) => {
        state.log += text;
    });
    child.on('close', (code) => { state.code = code ?? 'killed'; });
    return state;
}
