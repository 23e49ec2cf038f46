// What each program may do, and what it knows.
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat,
    symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePorts, ordermill, runCommand, startShop, waitUntil }
    from './shop.mjs';

const key = 'sk_test_least_power';
const webhook = 'whsec_least_power';
const smtp = 'smtp://mailer:least_power@127.0.0.1:9';
const readers = ['products', 'payment-methods', 'track', 'pay', 'metrics'];

const ofProcess = async (pid, file) =>
    readFile(`/proc/${pid}/${file}`, 'utf8');

// The flags with which a process has a file open; undefined: it has not.
async function flagsOf(pid, path) {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
        const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
        if (target === path) {
            const info = await ofProcess(pid, `fdinfo/${fd}`);
            return parseInt(/^flags:\s+(\d+)/m.exec(info)[1], 8);
        }
    }
    return undefined;
}

describe('a program', () => {
    let shop;
    let processes;
    before(async () => {
        shop = await startShop({ env: {
            ORDERMILL_STRIPE_URL: 'http://127.0.0.1:9',
            ORDERMILL_STRIPE_KEY: key,
            ORDERMILL_STRIPE_WEBHOOK_SECRET: webhook,
            ORDERMILL_SMTP_URL: smtp } });
        processes = await shop.wake();
    });
    after(() => shop?.stop());

    const pidOf = (name) => processes.find((one) => one.name === name).pid;

    test('that only reads cannot write the database', async () => {
        const database = join(shop.home, 'ordermill.db');
        for (const name of readers) {
            assert.equal(await flagsOf(pidOf(name), database) & 3, 0, name);
            assert.equal(await flagsOf(pidOf(name), `${database}.lock`),
                undefined, name);
        }
        assert.notEqual(await flagsOf(pidOf('orders'), `${database}.lock`),
            undefined);
    });

    test('knows the secrets that it needs, and no others', async () => {
        const needed = { [key]: ['reaper'], [webhook]: ['webhooks'],
            [smtp]: ['reaper'] };
        assert.ok(processes.length > 15);
        for (const [secret, names] of Object.entries(needed)) {
            const holders = new Set();
            for (const { pid, name } of processes)
                if ((await ofProcess(pid, 'environ')).includes(secret))
                    holders.add(name);
            assert.deepEqual([...holders].sort(), names, secret);
        }
    });

    test('leaves no core and gains no privilege', async () => {
        for (const { pid, name } of [...processes, { pid: shop.pid,
            name: 'serve' }]) {
            assert.match(await ofProcess(pid, 'limits'),
                /^Max core file size +0 +0 /m, name);
            assert.match(await ofProcess(pid, 'status'), /^NoNewPrivs:\s+1$/m,
                name);
        }
    });
});

const isRoot = process.getuid() === 0;
const skip = isRoot ? false : 'only root can have others run the shop';

describe('with ORDERMILL_USER', { skip }, () => {
    let uid;
    before(async () => {
        uid = Number((await runCommand('id', ['-u', 'nobody'])).stdout);
    });

    const uidsOf = async (pid) => /^Uid:\t(\d+)\t(\d+)\t(\d+)/m.exec(
        await ofProcess(pid, 'status')).slice(1).map(Number);
    // Inheritable, permitted, effective, ambient.
    const capabilitiesOf = async (pid) => {
        const text = await ofProcess(pid, 'status');
        return ['Inh', 'Prm', 'Eff', 'Amb'].map((set) =>
            parseInt(new RegExp(`^Cap${set}:\t(\\w+)`, 'm').exec(text)[1], 16));
    };
    const filesBelow = async (folder) => {
        const found = [folder];
        for (const entry of await readdir(folder, { withFileTypes: true })) {
            const path = join(folder, entry.name);
            found.push(...entry.isDirectory() ? await filesBelow(path)
                : [path]);
        }
        return found;
    };
    const ownersOf = async (folder) => {
        const owners = new Map();
        for (const path of await filesBelow(folder))
            owners.set(path, (await stat(path)).uid);
        return owners;
    };
    const lowPort = async () => {
        for (let port = 1023; port > 600; port--) {
            const server = createServer();
            const isFree = await new Promise((resolve) => {
                server.on('error', () => resolve(false));
                server.listen(port, '127.0.0.1',
                    () => server.close(() => resolve(true)));
            });
            if (isFree)
                return port;
        }
        throw new Error('no port below 1024 is free');
    };
    const order = async (shop) =>
        shop.waitForReceipt((await shop.placeAndWait()).order_id);

    test('a shop of root\'s becomes that user\'s and works', async () => {
        let shop = await startShop();
        const { home } = shop;
        assert.equal(shop.output().match(/ORDERMILL_USER/g).length, 1);
        await order(shop);
        shop = await shop.restart({ env: { ORDERMILL_USER: 'nobody' } });
        try {
            assert.doesNotMatch(shop.output(), /ORDERMILL_USER/);
            await order(shop);
            for (const { pid, name, argv } of [...await shop.wake(),
                { pid: shop.pid, name: 'serve', argv: [''] }]) {
                assert.deepEqual(await uidsOf(pid), [uid, uid, uid],
                    `${name} ${argv[0]}`);
                assert.deepEqual(await capabilitiesOf(pid), [0, 0, 0, 0],
                    `${name} ${argv[0]}`);
            }
            // What dies is back, as the same.
            const { pid } = await shop.processOf('orders');
            process.kill(pid, 'SIGKILL');
            const next = await shop.nextProcess('orders', pid);
            await waitUntil(async () =>
                (await uidsOf(next.pid))[0] === uid, 5000, 'its user');
            await order(shop);
            // The operator's command leaves nothing of root's behind.
            await shop.verify();
            for (const [path, owner] of await ownersOf(home))
                assert.equal(owner, uid, path);
            // Nobody is left when serve is killed.
            const left = await shop.processes();
            await shop.stop({ keep: true, signal: 'SIGKILL' });
            for (const { pid, name } of left)
                await waitUntil(() => stat(`/proc/${pid}`).then(() => false,
                    () => true), 8000, `the end of ${name}`);
        } finally {
            await shop.stop();
        }
    });

    test('nginx writes to no file of root\'s through a link in HOME', async () => {
        const shop = await startShop({ env: { ORDERMILL_USER: 'nobody' } });
        const folder = await mkdtemp(join(tmpdir(), 'om-'));
        try {
            await chmod(folder, 0o755);
            const roots = join(folder, 'of-root');
            const log = join(shop.home, 'log');
            await writeFile(roots, '', { mode: 0o644 });
            await rm(join(log, 'nginx-access.log'));
            await symlink(roots, join(log, 'nginx-access.log'));
            const { pid } = (await shop.processes()).find(({ name, argv }) =>
                name === 'nginx' && /master/.test(argv[0]));
            process.kill(pid, 'SIGUSR1'); // as after a rotation
            await waitUntil(async () => (await stat(roots)).uid !== 0 ||
                /of-root|nginx-access/.test(await readFile(
                    join(log, 'nginx-error.log'), 'utf8')), 5000,
            'nginx at the link');
            assert.equal((await shop.request('GET', '/health')).status, 200);
            const { uid: owner, size } = await stat(roots);
            assert.deepEqual([owner, size], [0, 0]);
        } finally {
            await shop.stop();
            await rm(folder, { recursive: true });
        }
    });

    test('only nginx may listen below 1024, and only where it must', async () => {
        const low = await lowPort();
        const shop = await startShop({ ports: [low, ...await freePorts(1)],
            env: { ORDERMILL_USER: 'nobody' } });
        try {
            const bind = 1 << 10; // CAP_NET_BIND_SERVICE
            for (const { pid, name } of await shop.wake()) {
                assert.deepEqual(await uidsOf(pid), [uid, uid, uid], name);
                assert.deepEqual(await capabilitiesOf(pid), name === 'nginx'
                    ? [bind, bind, bind, bind] : [0, 0, 0, 0], name);
            }
            assert.deepEqual(await capabilitiesOf(shop.pid),
                [0, bind, bind, 0]);
            await order(shop);
        } finally {
            await shop.stop({ keep: true });
        }
        // It is told of a port that is taken there, too.
        const server = createServer();
        await new Promise((resolve) => {
            server.listen(low, '127.0.0.1', resolve);
        });
        const { code, stderr } = await shop.run('serve');
        server.close();
        assert.equal(code, 1);
        assert.match(stderr, /^ordermill: cannot listen on .*in use.*\n$/);
        await rm(shop.home, { recursive: true });
    });

    test('a secret that its programs cannot read is named', async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        await chmod(home, 0o755);
        const file = join(home, 'key');
        await writeFile(file, 'sk_test_x\n', { mode: 0o600 });
        const { code, stderr } = await runCommand(ordermill, ['serve'],
            { PATH: process.env.PATH, ORDERMILL_HOME: join(home, 'shop'),
                ORDERMILL_USER: 'nobody', ORDERMILL_STRIPE_KEY_FILE: file,
                ORDERMILL_STRIPE_URL: 'http://127.0.0.1:9' });
        assert.equal(code, 1);
        assert.match(stderr,
            /^ordermill: as the user nobody: ORDERMILL_STRIPE_KEY_FILE: .*\n$/);
        await rm(home, { recursive: true });
    });

    test('a HOME of somebody else\'s is left alone', async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        await chown(home, 12345, 12345);
        await chmod(home, 0o750);
        const { code, stderr } = await runCommand(ordermill, ['init'],
            { PATH: process.env.PATH, ORDERMILL_HOME: home,
                ORDERMILL_USER: 'nobody' });
        assert.equal(code, 1);
        assert.match(stderr, /^ordermill: .* belongs to another user .*\n$/);
        assert.deepEqual(await readdir(home), []);
        assert.equal((await stat(home)).mode & 0o777, 0o750);
        await rm(home, { recursive: true });
    });

    test('a folder that is no shop\'s is not given away', async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        await chmod(home, 0o755);
        await mkdir(join(home, 'run')); // as in /var
        await writeFile(join(home, 'of-root'), '', { mode: 0o644 });
        for (const verb of ['init', 'serve']) {
            const { code, stderr } = await runCommand(ordermill, [verb],
                { PATH: process.env.PATH, ORDERMILL_HOME: home,
                    ORDERMILL_USER: 'nobody' });
            assert.equal(code, 1);
            assert.match(stderr, /^ordermill: .* holds other files .*\n$/);
            assert.deepEqual(await readdir(home), ['of-root', 'run']);
            assert.equal((await stat(home)).mode & 0o777, 0o755);
            for (const [path, owner] of await ownersOf(home))
                assert.equal(owner, 0, path);
        }
        // What a broken-off start and a new disk leave is no obstacle.
        await rm(join(home, 'of-root'));
        for (const name of ['receipts', 'lost+found'])
            await mkdir(join(home, name));
        const { code, stderr } = await runCommand(ordermill, ['init'],
            { PATH: process.env.PATH, ORDERMILL_HOME: home,
                ORDERMILL_USER: 'nobody' });
        assert.equal(code, 0, stderr);
        for (const [path, owner] of await ownersOf(home))
            assert.equal(owner, uid, path);
        assert.equal((await stat(home)).mode & 0o777, 0o700);
        await rm(home, { recursive: true });
    });

    test('the folders made on the way to HOME let the user through', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'om-'));
        await chmod(folder, 0o755);
        const { code, stderr } = await runCommand(ordermill, ['init'],
            { PATH: process.env.PATH, ORDERMILL_USER: 'nobody',
                ORDERMILL_HOME: join(folder, 'new/shop') });
        assert.equal(code, 0, stderr);
        const { uid: owner, mode } = await stat(join(folder, 'new'));
        assert.deepEqual([owner, mode & 0o777], [0, 0o755]);
        await rm(folder, { recursive: true });
    });

    for (const who of ['nobody', 12345])
        test(`root's commands act as HOME's owner: ${who}`, async () => {
            const home = await mkdtemp(join(tmpdir(), 'om-'));
            const catalogue = join(home, 'catalogue.csv');
            const run = async (...words) => {
                const done = await runCommand(ordermill, words,
                    { PATH: process.env.PATH, ORDERMILL_HOME: home });
                assert.equal(done.code, 0, done.stderr);
            };
            await run('init');
            await writeFile(catalogue, 'sku,stock_change\nmouse,+1\n');
            const owner = who === 'nobody' ? uid : who;
            for (const path of await filesBelow(home))
                await chown(path, owner, owner);
            await rm(join(home, 'gateway-key'));
            for (const words of ['check', 'init', 'token create --role read',
                'admin create a@shop.example', 'verify', 'workflow load',
                `import products ${catalogue}`]) {
                await run(...words.split(' '));
                for (const [path, found] of await ownersOf(home))
                    assert.equal(found, owner, `${path} after ${words}`);
            }
            // root may have run the shop in that folder, and still may.
            for (const path of await filesBelow(home))
                await chown(path, path === home ? owner : 0, 0);
            await run('token', 'create', '--role', 'read');
            await rm(home, { recursive: true });
        });

    test('who cannot follow it says so', async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        const env = { PATH: process.env.PATH, ORDERMILL_HOME: join(home, 'x') };
        const unknown = await runCommand(ordermill, ['init'],
            { ...env, ORDERMILL_USER: 'nobody-at-all' });
        assert.equal(unknown.code, 1);
        assert.match(unknown.stderr, /^ordermill: ORDERMILL_USER: .*\n$/);
        await chown(home, uid, -1);
        const powerless = await runCommand('setpriv', ['--reuid', 'nobody',
            '--regid', 'nogroup', '--clear-groups', ordermill, 'init'],
        { ...env, ORDERMILL_USER: 'daemon' });
        assert.equal(powerless.code, 1);
        assert.match(powerless.stderr, /^ordermill: ORDERMILL_USER: .*root.*\n$/);
        await rm(home, { recursive: true });
    });
});
