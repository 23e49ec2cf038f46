// A whole shop of its own for a test file: a temporary HOME, free ports on
// loopback, `build/ordermill serve` in front of everything. Every test that
// speaks HTTP starts here.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rows, sql } from './database.mjs';
import { orderVerbs } from './orders.mjs';
import { processesBelow } from './processes.mjs';
import { build, patience, waitUntil } from './wait.mjs';

export { final, unknownId } from './orders.mjs';
export { sanitized, waitUntil } from './wait.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const ordermill = join(root, build, 'ordermill');

const READY_MS = 20000;
const STOP_MS = 8000 * patience;

const isFree = (port) => new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

// Ports below those that the kernel gives to outgoing connections: one of these
// might take a free one before it is listened on. Nor does another test: each
// process takes from a range of its own, and no port twice.
const PORTS = { first: 10000, each: 500, ranges: 44 };
const given = new Set();
export async function freePorts(count) {
    const ports = new Set();
    const first = PORTS.first + process.pid % PORTS.ranges * PORTS.each;
    while (ports.size < count) {
        const port = first + Math.floor(Math.random() * PORTS.each);
        if (given.has(port))
            continue;
        given.add(port);
        if (await isFree(port))
            ports.add(port);
        if (given.size === PORTS.each) // all of the range: those that ended
            given.clear();
    }
    return [...ports];
}

// What the caller's shell says of another shop does not count here.
function cleanEnvironment(extra) {
    const kept = Object.entries(process.env).filter(([name]) =>
        !name.startsWith('ORDERMILL_') && name !== 'NOTIFY_SOCKET');
    return { ...Object.fromEntries(kept), ...extra };
}

// Runs to its end, input being what it reads; gives { code, signal, stdout,
// stderr }.
export function runCommand(command, args, env, input) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: root, env, stdio:
            [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
        const out = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'])
            child[name].setEncoding('utf8').on('data', (text) => {
                out[name] += text;
            });
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code, signal, ...out }));
        child.stdin?.end(input);
    });
}

// The Set-Cookie headers of an answer, which Debian 12's Node 18 gives only
// joined; none of ours holds a comma.
export function cookiesOf(answer) {
    return (answer.headers.get('set-cookie') ?? '').split(', ')
        .filter((cookie) => cookie !== '');
}

// One request; the body is an object (JSON) or a string. Gives { status,
// headers, text, json }.
async function request(base, method, path, { body, headers, ...rest } = {}) {
    const isObject = body !== undefined && typeof body !== 'string' &&
        !(body instanceof URLSearchParams);
    const answer = await fetch(base + path, {
        method,
        redirect: 'manual',
        headers: {
            ...(isObject ? { 'content-type': 'application/json' } : {}),
            ...headers,
        },
        body: isObject ? JSON.stringify(body) : body,
        ...rest,
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, headers: answer.headers, text,
        json: /json/.test(type) && text !== '' ? JSON.parse(text)
            : undefined };
}

// A problem document (RFC 9457) that says what it must; pointers: where in the
// body its errors are.
export function assertProblem(answer, status, ...pointers) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers.get('content-type'),
        'application/problem+json');
    const { type, title, detail, request_id: id, errors } = answer.json;
    assert.equal(answer.json.status, status);
    for (const text of [type, title, detail])
        assert.ok(typeof text === 'string' && text !== '', answer.text);
    assert.equal(id, answer.headers.get('x-request-id'));
    assert.deepEqual(errors?.map(({ pointer }) => pointer),
        pointers.length > 0 ? pointers : undefined, answer.text);
    for (const error of errors ?? [])
        assert.ok(error.detail.length > 0, answer.text);
}

function startServe(env, args) {
    const child = spawn(ordermill, ['serve', ...args],
        { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const state = { child, output: '', errors: '', ended: undefined };
    child.stdout.setEncoding('utf8').on('data', (text) => {
        state.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
        state.errors += text;
    });
    state.closed = new Promise((resolve) => {
        child.on('error', (error) => { state.errors += error; });
        child.on('close', (code, signal) => {
            state.ended = { code, signal };
            resolve(state.ended);
        });
    });
    return state;
}

// Starts a shop and waits until it is ready. env adds to and overrides the
// ORDERMILL_* set here; home and ports take up those of a shop stopped before
// with stop({ keep: true }); t is the test that it ends with, where it is one
// test's.
export async function startShop(
    { env = {}, args = [], home, ports, t } = {}) {
    const ownHome = home === undefined;
    home ??= await mkdtemp(join(tmpdir(), 'om-'));
    ports ??= await freePorts(2);
    const gatewayAt = `127.0.0.1:${ports[1]}`;
    const ownEnv = cleanEnvironment({
        ORDERMILL_HOME: home,
        ORDERMILL_LISTEN: `127.0.0.1:${ports[0]}`,
        ORDERMILL_GATEWAY_LISTEN: gatewayAt,
        ORDERMILL_RATE_LIMIT: '0',
        ...env,
    });
    const serve = startServe(ownEnv, args);
    const atExit = () => serve.child.kill('SIGTERM');
    process.once('exit', atExit);
    try {
        await waitUntil(() => serve.ended ||
            /^Ordermill is ready at /m.test(serve.output), READY_MS,
        'the ready line');
    } catch (error) {
        serve.child.kill('SIGKILL');
        if (ownHome)
            await rm(home, { recursive: true, force: true });
        error.message += `\n${serve.output}${serve.errors}`;
        throw error;
    }
    if (serve.ended) {
        if (ownHome)
            await rm(home, { recursive: true, force: true });
        throw new Error(`serve ended: ${serve.output}${serve.errors}`);
    }

    const gatewayKey = (await readFile(join(home, 'gateway-key'), 'utf8'))
        .trim();
    const database = join(home, 'ordermill.db');
    let staffToken; // a promise of it
    const makeToken = async () => {
        const made = await shop.run('token', 'create', '--role', 'staff');
        assert.equal(made.code, 0, made.stderr);
        return made.stdout.trim();
    };
    const shop = {
        base: `http://127.0.0.1:${ports[0]}`,
        gateway: `http://${gatewayAt}`,
        gatewayKey, // what opens it
        home,
        database,
        ports,
        env: ownEnv,
        pid: serve.child.pid,
        email: /^ *Sign-in +(\S+)/m.exec(serve.output)?.[1],
        password: /^ *Password +(\S+)/m.exec(serve.output)?.[1],
        output: () => serve.output,
        errors: () => serve.errors,
        ended: () => serve.ended,

        run: (...words) => runCommand(ordermill, words, ownEnv),
        request: (method, path, options) =>
            request(shop.base, method, path, options),
        requestAt: request,
        sql: (text) => sql(database, text),
        rows: (text) => rows(database, text),

        // A staff token; the same one every time, also for those who ask
        // before the first has it.
        token: () => (staffToken ??= makeToken()),

        async asStaff(method, path, options = {}) {
            const authorization = `Bearer ${await shop.token()}`;
            return shop.request(method, path, { ...options,
                headers: { authorization, ...options.headers } });
        },

        // Imports a catalogue of these lines; gives what the command says.
        async importLines(lines, ...words) {
            const file = join(home, 'catalogue.csv');
            await writeFile(file, [...lines, ''].join('\n'));
            const done = await shop.run('import', 'products', file, ...words);
            await rm(file);
            return done;
        },

        // Each product is a line: sku,name,description,price,stock.
        async addProducts(...products) {
            const { code, stderr } = await shop.importLines([
                'sku,name,description,price,stock', ...products], '--recount');
            assert.equal(code, 0, stderr);
        },

        // So many more of a product to sell.
        async stockUp(sku, units) {
            const { code, stderr } = await shop.importLines(
                ['sku,stock_change', `${sku},+${units}`]);
            assert.equal(code, 0, stderr);
        },

        // `ordermill verify`, which must find nothing wrong; gives what it
        // says.
        async verify() {
            const { code, stdout, stderr } = await shop.run('verify');
            assert.equal(code, 0, stdout + stderr);
            return stdout;
        },

        // The name of the cookie that holds this.
        cookie: (what) => `${what}_${ports[0]}`,

        processes: () => processesBelow(serve.child.pid),
        processOf: async (name) => (await shop.processes())
            .find((one) => one.name === name),

        // The process that takes the place of this one, once it is there.
        nextProcess: (name, pid, timeoutMs = 10000) => waitUntil(async () => {
            const now = await shop.processOf(name);
            return now !== undefined && now.pid !== pid && now;
        }, timeoutMs, `another ${name}`),

        // Has these programs run, which start when somebody connects; all of
        // them where none is named. Gives all processes.
        async wake(...names) {
            const wanted = names.length > 0 ? names
                : [...(await readFile(join(home, 'run/nginx.conf'), 'utf8'))
                    .matchAll(/^ *upstream (.*) \{$/mg)].map(([, one]) => one);
            const knock = (name) => new Promise((resolve, reject) => {
                const socket = connect(join(home, `run/${name}.sock`));
                socket.on('error', reject);
                socket.on('connect', () => resolve(socket.destroy()));
            });
            await Promise.all(wanted.map(knock));
            // Again where one took the connection with it as it ended.
            return waitUntil(async () => {
                const now = await shop.processes();
                const absent = wanted.filter((name) =>
                    now.every((one) => one.name !== name));
                await Promise.all(absent.map(knock));
                return absent.length === 0 && now;
            }, 5000, wanted.join());
        },

        // Runs `during` while the reaper stands still: orders stay PENDING,
        // and no goods are held for them yet. It does not hold the lock then.
        async withReaperStopped(during) {
            const { pid } = await shop.processOf('reaper');
            const { ino } = await stat(join(home, 'ordermill.db.lock'));
            const holds = async () =>
                new RegExp(`: FLOCK .* ${pid} [^ ]*:${ino} `)
                    .test(await readFile('/proc/locks', 'utf8'));
            try {
                await waitUntil(async () => {
                    process.kill(pid, 'SIGSTOP');
                    if (!await holds())
                        return true;
                    process.kill(pid, 'SIGCONT');
                    return false;
                }, 5000, 'the reaper without the lock');
                return await during();
            } finally {
                process.kill(pid, 'SIGCONT');
            }
        },

        // Stops it, has what is to happen meanwhile done, and starts it again:
        // gives the shop that it then is.
        async restart(options, meanwhile = () => {}) {
            await shop.stop({ keep: true });
            await meanwhile();
            return startShop({ home, ports, ...options });
        },

        // Ends what was started here, by its pid; keep leaves HOME behind.
        // Gives { code, signal, ms }.
        async stop({ keep = false, signal = 'SIGTERM' } = {}) {
            const began = Date.now();
            process.removeListener('exit', atExit);
            serve.child.kill(signal);
            const late = setTimeout(() => serve.child.kill('SIGKILL'),
                STOP_MS);
            const ended = await serve.closed;
            clearTimeout(late);
            if (!keep)
                await rm(home, { recursive: true, force: true,
                    maxRetries: 5, retryDelay: 100 });
            return { ...ended, ms: Date.now() - began };
        },
    };
    t?.after(() => shop.stop());
    return Object.assign(shop, orderVerbs(shop));
}
