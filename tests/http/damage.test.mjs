// A damaged, a missing and a read-only database: what the shop says of them,
// and what it still does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, open, readdir, readFile, rm, stat, writeFile }
    from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from './database.mjs';
import { isAlive } from './processes.mjs';
import { freePorts, ordermill, runCommand, startShop, waitUntil }
    from './shop.mjs';

const database = (home) => join(home, 'ordermill.db');

// Overwrites the first page of a table that a stopped shop has.
async function spoil(home, table) {
    await sql(database(home), 'PRAGMA wal_checkpoint(TRUNCATE)');
    const page = Number(await sql(database(home),
        `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`));
    const size = Number(await sql(database(home), 'PRAGMA page_size'));
    const file = await open(database(home), 'r+');
    await file.write(Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
    await file.close();
}

// serve, whether it becomes ready or not; command goes in front of it.
function serve(env, ...command) {
    const words = [...command, ordermill, 'serve'];
    const child = spawn(words[0], words.slice(1),
        { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const state = { text: '', pid: child.pid, closed: new Promise((resolve) =>
        child.on('close', (code) => resolve(code))) };
    for (const out of [child.stdout, child.stderr])
        out.setEncoding('utf8').on('data', (text) => { state.text += text; });
    const base = `http://${env.ORDERMILL_LISTEN}`;
    state.get = async (path, options) => {
        const answer = await fetch(base + path, options);
        return { status: answer.status, headers: answer.headers,
            json: await answer.json() };
    };
    state.health = () => state.get('/health').catch(() => ({ status: 0 }));
    state.stop = () => {
        child.kill('SIGTERM');
        return state.closed;
    };
    return state;
}

const order = { method: 'POST', headers: { 'content-type':
    'application/json' }, body: JSON.stringify({ item: 'mouse',
    quantity: 1 }) };

describe('a damaged database', () => {
    let shop, copy;
    before(async () => {
        shop = await startShop();
        await shop.placeAndWait();
        await shop.stop({ keep: true });
        copy = await mkdtemp(join(tmpdir(), 'om-copy-'));
        await cp(database(shop.home), join(copy, 'ordermill.db'));
    });
    after(async () => {
        await rm(copy, { recursive: true, force: true });
        await rm(shop.home, { recursive: true, force: true });
    });

    // Starts it, looks, stops it.
    async function assertNoOrdersTaken() {
        const running = serve(shop.env);
        try {
            await lookAtDamaged(running);
        } finally {
            await running.stop();
        }
    }

    async function lookAtDamaged(running) {
        await waitUntil(async () => (await running.health()).json?.database,
            20000, 'the check');
        const health = await running.health();
        assert.equal(health.status, 503);
        assert.equal(health.json.status, 'unavailable');
        assert.deepEqual(health.json.database, { status: 'damaged' });
        for (const path of ['/orders', '/place-order']) {
            const answer = await running.get(path, order);
            assert.equal(answer.status, 503);
            assert.match(answer.headers.get('retry-after'), /^\d+$/);
            assert.match(answer.json.detail, /Nothing was ordered/);
        }
        assert.equal((await running.get('/products')).status, 200);
        await waitUntil(() => /database is damaged.*credit_notes/.test(
            running.text), 5000, 'a line that says so');
    }

    test('is found after an unclean end', { timeout: 60000 }, async () => {
        const shopAgain = await startShop(
            { home: shop.home, ports: shop.ports });
        const programs = await shopAgain.wake();
        await shopAgain.stop({ keep: true, signal: 'SIGKILL' });
        // They end by themselves, and hold the database until then.
        await waitUntil(() => programs.every(({ pid }) => !isAlive(pid)),
            10000, 'their end');
        await spoil(shop.home, 'credit_notes');
        await assertNoOrdersTaken();
    });

    test('is found at night, and stays known', { timeout: 60000 }, async () => {
        await rm(join(shop.home, 'damaged'));
        await writeFile(join(shop.home, 'run/checked'),
            `${Date.now() - 24 * 3600 * 1000}\n`);
        for (let start = 0; start < 2; start++)
            await assertNoOrdersTaken();
    });

    test('verify says so first and goes on', async () => {
        const { code, stdout } = await shop.run('verify');
        const lines = stdout.trim().split('\n');
        assert.equal(code, 1);
        assert.match(lines[0], /^BROKEN +SQLite integrity/);
        assert.match(lines.find((line) => /stock ledger/.test(line)), /^ok/);
        assert.match(lines.find((line) => /every paid/.test(line)), /^ok/);
        assert.match(lines.find((line) => /has its receipt/.test(line)),
            /^BROKEN.*cannot be read/);
        assert.equal(lines.length, 7);
        const checked = await shop.run('check');
        assert.equal(checked.code, 1);
        assert.match(checked.stdout, /^DAMAGED .*credit_notes/);
    });

    test('a whole one put back is taken', { timeout: 60000 }, async () => {
        for (const name of await readdir(shop.home))
            if (name.startsWith('ordermill.db-'))
                await rm(join(shop.home, name));
        await cp(join(copy, 'ordermill.db'), database(shop.home));
        const again = await startShop({ home: shop.home, ports: shop.ports });
        try {
            await again.place();
            await assert.rejects(stat(join(shop.home, 'damaged')));
            const checked = await again.run('check');
            assert.match(checked.stdout, /^ok +\d+ tables/);
            assert.equal(checked.code, 0);
        } finally {
            await again.stop({ keep: true });
        }
    });

    test('one that is no database at all is refused', async () => {
        await writeFile(database(shop.home), Buffer.alloc(8192, 0xa5));
        for (const verb of ['init', 'serve']) {
            const { code, stderr } = await shop.run(verb);
            assert.equal(code, 1);
            assert.match(stderr, /^ordermill: .*no database.*put a whole copy/);
            assert.equal(stderr.trim().split('\n').length, 1);
        }
    });
});

describe('a missing database', () => {
    let shop;
    before(async () => {
        shop = await startShop();
        await shop.waitForReceipt((await shop.place()).order_id);
        await shop.stop({ keep: true });
        for (const name of await readdir(shop.home))
            if (/^(ordermill|gateway)\.db/.test(name))
                await rm(join(shop.home, name));
    });
    after(() => rm(shop.home, { recursive: true, force: true }));

    async function assertRefused(what) {
        for (const verb of ['init', 'serve']) {
            const { code, stderr } = await shop.run(verb);
            assert.equal(code, 1);
            assert.match(stderr, what);
            assert.match(stderr, /put .* back/);
            assert.equal(stderr.trim().split('\n').length, 1);
        }
    }

    test('beside receipts is not a new shop', async () => {
        await assertRefused(/is missing, .*1 in receipts\//);
        await writeFile(database(shop.home), '');
        await assertRefused(/is empty, .*1 in receipts\//);
    });

    test('a database without a shop in it is none either', async () => {
        await shop.sql( 'CREATE TABLE other (a TEXT) STRICT');
        await assertRefused(/holds no shop, .*1 in receipts\//);
        await rm(database(shop.home));
    });

    test('a journal alone is kept', async () => {
        await rm(join(shop.home, 'receipts'), { recursive: true });
        await writeFile(`${database(shop.home)}-wal`, 'kept');
        await assertRefused(/its journal/);
        assert.equal(await readFile(`${database(shop.home)}-wal`, 'utf8'),
            'kept');
    });
});

test('/health names programs that keep dying', { timeout: 60000 },
    async (t) => {
        const shop = await startShop({ t });
        await shop.wake('track');
        let pid;
        for (let death = 0; death < 3; death++) {
            ({ pid } = await shop.nextProcess('track', pid));
            assert.equal((await shop.request('GET', '/health')).status, 200);
            process.kill(pid, 'SIGABRT');
        }
        await waitUntil(async () => (await shop.request('GET', '/health'))
            .status === 503, 5000, 'health to fail');
        const { json } = await shop.request('GET', '/health');
        assert.deepEqual(json.programs, { status: 'dying', names: ['track'] });
        assert.equal(json.reaper.status, 'ok');
        await shop.place(); // orders are taken
    });

const canMount = (await runCommand('unshare', ['-m', 'true'], process.env)
    .catch(() => ({ code: 1 }))).code === 0;

describe('a read-only HOME', { skip: !canMount && 'may not mount' }, () => {
    const seal = (home) =>
        `mount --bind ${home} ${home} && mount -o remount,bind,ro ${home}`;
    let home, env;
    before(async () => {
        home = await mkdtemp(join(tmpdir(), 'om-'));
        const ports = await freePorts(2);
        env = { PATH: process.env.PATH, ORDERMILL_HOME: home,
            ORDERMILL_LISTEN: `127.0.0.1:${ports[0]}`,
            ORDERMILL_GATEWAY_LISTEN: `127.0.0.1:${ports[1]}` };
        assert.equal((await runCommand(ordermill, ['init'], env)).code, 0);
    });
    after(() => rm(home, { recursive: true, force: true }));

    test('is told in one line', async () => {
        for (const words of ['serve', 'init', 'token create --role staff']) {
            const { code, stderr } = await runCommand('unshare', ['-m', 'sh',
                '-c', `${seal(home)} && exec ${ordermill} ${words}`], env);
            assert.equal(code, 1, words);
            assert.match(stderr, /^ordermill: .* read-only file system.*\n$/);
        }
    });

    test('while the shop runs, /health says so', { timeout: 60000 },
        async () => {
            const running = serve(env, 'unshare', '-m');
            try {
                await waitUntil(async () => (await running.health())
                    .status === 200, 20000, 'health');
                const done = await runCommand('nsenter', ['-t',
                    `${running.pid}`, '-m', 'sh', '-c', seal(home)], env);
                assert.equal(done.code, 0, done.stderr);
                const { status, json } = await running.health();
                assert.equal(status, 503);
                assert.deepEqual(json.database, { status: 'read-only' });
            } finally {
                await running.stop();
            }
        });
});
