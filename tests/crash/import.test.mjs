// Imports of products in short turns: beside orders, killed at any of their
// effects, several at once, with and without a shop that runs. All rows are
// taken, or none; and who runs the same file again books nothing twice.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ordermill, runCommand, startShop, waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, assertBooksHold, load, placed, startFusedShop,
    verify } from './crash.mjs';

let fused, shop, fuse;
const orders = []; // that were answered 201
before(async () => {
    fused = await startFusedShop({ env: { ORDERMILL_FUSED: 'nobody' } });
    ({ shop, fuse } = fused);
});
after(() => fused?.stop());

async function fileOf(name, lines) {
    const file = join(shop.home, `${name}.csv`);
    await writeFile(file, lines.join('\n'));
    return file;
}

// So many new products, two of each on hand, and one more of what is there.
const newProducts = (name, count) => fileOf(name, [
    'sku,name,description,price,stock,stock_change',
    ...Array.from({ length: count }, (_, i) => `${name}-${i},${name},,1,2,`),
    'mark,Mark,,1,,+1']);

const importFile = (file) => shop.run('import', 'products', file);
const fusedEnvironment = () => ({ ...shop.env, ORDERMILL_FUSED: 'ordermill' });
const fusedImport = (file) => runCommand(ordermill,
    ['import', 'products', file], fusedEnvironment());

async function imported(name, lines) {
    const done = await importFile(await fileOf(name, lines));
    assert.equal(done.code, 0, done.stderr);
    return done;
}

// What the same file comes to after an import of it that was killed, and that
// had taken all rows or none.
async function again(file, count, taken) {
    const done = await importFile(file);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, new RegExp(`^${count} products imported\n` +
        (taken ? 'they had been taken on .* interrupted: .*\n$' : '$')));
}

const number = async (sql) => Number(await shop.sql(sql));
const there = (name) => number('SELECT COUNT(*) FROM products p' +
    ' JOIN variants v ON v.product_id = p.product_id' +
    ` WHERE p.name = '${name}' AND v.on_hand = 2`);
const marks = () => number("SELECT on_hand FROM variants WHERE sku = 'mark'");
const waiting = () => number('SELECT COUNT(*) FROM import_parts');
const applied = () => waitUntil(async () => await waiting() === 0, 10000,
    'what was taken to be applied');

test('killed at any effect, it leaves all or nothing, beside orders',
    { timeout: 180000 }, async () => {
        const count = 1200;
        let all = 0;
        let none = 0;
        await imported('first', ['sku,name,description,price', 'mark,Mark,,1']);
        const strike = async (n, call) => {
            const name = `${call}-${n}`;
            await fuse.arm(n, call);
            const file = await newProducts(name, count);
            const done = await fusedImport(file);
            await fuse.arm(0);
            await applied();
            const found = await there(name);
            if (found === count)
                all++;
            else
                none++;
            assert.ok([0, count].includes(found), `${found} of ${name}`);
            assert.equal(await marks(), all, name);
            assert.equal(done.signal ?? done.code,
                done.signal === null ? 0 : 'SIGKILL', done.stderr);
            if (done.stdout === '') {
                await again(file, count + 1, found === count);
                all += found === count ? 0 : 1;
                assert.equal(await there(name), count);
                assert.equal(await marks(), all, name);
            }
            return done.signal !== null;
        };
        const placing = load(shop, 3, 30);
        // Those who wait for the lock try it again and again: of flock not
        // every call is another effect.
        for (const [call, grows] of [['fdatasync', 0], ['flock', 3]])
            for (let n = 1; await strike(n, call);
                n += 1 + Math.floor(n * grows / 10))
                continue;
        assert.ok(all > none + 3 && none > 1, `all ${all}, none ${none}`);
        const { orders: ids, others } = await placing.stop();
        assert.deepEqual(others, []);
        orders.push(...ids);
        await assertAllServedOnce(shop, orders);
    });

test('many rows take many turns', { timeout: 60000 }, async () => {
    const placing = load(shop, 3, 30);
    const file = await newProducts('many', 20000);
    const before = await marks();
    const seen = new Set();
    let done;
    importFile(file).then((result) => { done = result; });
    while (done === undefined) {
        seen.add(await there('many'));
        await sleep(20);
    }
    assert.equal(done.code, 0, done.stderr);
    assert.equal(done.stdout.split('\n')[0], '20001 products imported');
    assert.equal(await there('many'), 20000);
    assert.equal(await marks(), before + 1);
    assert.ok(seen.size > 5, [...seen].join());
    const { orders: ids, others } = await placing.stop();
    assert.deepEqual(others, []);
    orders.push(...ids);
    await assertAllServedOnce(shop, orders);
});

test('several at once are each taken once', { timeout: 60000 }, async () => {
    const before = await marks();
    const file = await newProducts('same', 1500);
    const done = await Promise.all(Array.from({ length: 4 },
        () => importFile(file)));
    for (const { code, stdout, stderr } of done) {
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^1501 products imported\n/);
    }
    assert.equal(await marks(), before + 4);
    assert.equal(await there('same'), 1500);
    assert.equal(done.filter(({ stdout }) =>
        /stock of 1500 products/.test(stdout)).length, 3);
});

test('a result that cannot be written is told the next time', async () => {
    const before = await marks();
    const file = await newProducts('unheard', 2);
    const deaf = await runCommand('sh', ['-c',
        '"$0" import products "$1" > /dev/full', ordermill, file], shop.env);
    assert.equal(deaf.code, 1);
    assert.match(deaf.stderr, /the result cannot be written/);
    await again(file, 3, true);
    assert.equal(await marks(), before + 1);
    assert.equal(await there('unheard'), 2);
});

test('a row that no longer fits is left out and named', { timeout: 60000 },
    async () => {
        await imported('held', ['sku,name,description,price,stock',
            'held,Held,,1,5']);
        const file = await fileOf('misfit', ['sku,name,price,stock_change',
            'held,Less,1,-3', 'mark,Marked,1,+1']);
        const before = await marks();
        let child, stopped;
        await shop.withReaperStopped(async () => {
            orders.push(await placed(shop,
                { items: [{ sku: 'held', quantity: 3 }] }));
            await fuse.signal('SIGSTOP');
            await fuse.arm(4, 'flock'); // it is taken, and not applied
            child = spawn(ordermill, ['import', 'products', file],
                { env: fusedEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
            stopped = await waitUntil(async () => await waiting() > 0 &&
                await fuse.left() === 0, 10000, 'it to be taken');
        });
        assert.ok(stopped);
        const out = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'])
            child[name].on('data', (text) => { out[name] += text; });
        const closed = new Promise((resolve) => child.on('close', resolve));
        await applied(); // by the reaper
        child.kill('SIGCONT');
        assert.equal(await closed, 1, out.stdout);
        assert.equal(out.stdout, '1 products imported\n');
        assert.match(out.stderr,
            /left out\. Line 2, SKU held: leaves less than is reserved/);
        assert.equal(await marks(), before + 1);
        const { json } = await shop.request('GET', '/products/held');
        assert.equal(json.name, 'Held');
        const alarms = await shop.rows('SELECT detail FROM alarms' +
            " WHERE kind = 'import' AND closed_at_ms IS NULL");
        assert.equal(alarms.length, 1);
        assert.match(alarms[0].detail, /SKU held/);
        await fuse.signal('SIGKILL');
    });

test('what was taken without a shop goes on with the next import, and with it',
    { timeout: 60000 }, async () => {
        await shop.waitForOrder(orders.at(-1));
        await shop.stop({ keep: true });
        const dies = async (name) => {
            await fuse.arm(4, 'flock');
            const file = await newProducts(name, 500);
            const done = await fusedImport(file);
            assert.equal(done.signal, 'SIGKILL');
            assert.ok(await waiting() > 0);
            assert.equal(await there(name), 0);
            return file;
        };
        const before = await marks();
        const early = await dies('early');
        assert.match((await verify(shop)).text, /^ok .*, 501 in hand$/m);
        const refused = await importFile(await fileOf('bad',
            ['sku,stock_change', 'early-0,-3']));
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /line 2.*leaves less/);
        assert.match(refused.stderr, /nothing was imported/);
        assert.equal(await there('early'), 500);
        await imported('next', ['sku,name,description,price,stock',
            'next,next,,1,2']);
        assert.equal(await there('next'), 1);
        await again(early, 501, true);
        assert.equal(await marks(), before + 1);
        await again(await dies('twice'), 501, true);
        assert.equal(await there('twice'), 500);
        assert.equal(await marks(), before + 2);
        const late = await dies('late');
        const { home, ports, env } = shop;
        shop = await startShop({ home, ports, env });
        fused.stop = async () => {
            await fused.file.close();
            await shop.stop();
        };
        await applied();
        assert.equal(await there('late'), 500);
        assert.equal(await marks(), before + 3);
        await again(late, 501, true);
        assert.equal(await marks(), before + 3);
        await imported('late', (await readFile(late, 'utf8')).split('\n'));
        assert.equal(await marks(), before + 4);
        await assertBooksHold(shop);
    });
