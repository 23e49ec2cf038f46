// The logs of a shop that runs: renamed when they are large, without a line
// lost, and read by `ordermill logs`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, stat, writeFile }
    from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ordermill, startShop, waitUntil } from './shop.mjs';

let shop;
before(async () => {
    // A log is large from 52 KiB.
    shop = await startShop({ env: { ORDERMILL_LOG_MB: '1',
        ORDERMILL_TIMEZONE: 'UTC' } });
    await shop.wake();
});
after(() => shop?.stop());

const log = (name) => join(shop.home, 'log', name);
const renamed = async (program) => (await readdir(join(shop.home, 'log')))
    .filter((name) => name.startsWith(`${program}.log.`));

async function logs(...words) {
    const { code, stdout, stderr } = await shop.run('logs', ...words);
    assert.equal(code, 0, stderr);
    return stdout.split('\n').slice(0, -1);
}

const timeOf = (line) => Date.parse(line.split(' ')[0]);

test('nginx loses no line while its log is renamed', { timeout: 60000 },
    async () => {
        const ids = new Set();
        for (let round = 0; round < 12; round++) {
            const answers = await Promise.all(Array.from({ length: 150 }, () =>
                shop.request('GET', '/products/mouse')));
            for (const { headers } of answers)
                ids.add(headers.get('x-request-id'));
            await sleep(300);
        }
        assert.equal(ids.size, 1800);
        await waitUntil(async () => (await renamed('nginx-access')).length > 1,
            10000, 'renamed logs');
        const told = (await logs('--program', 'nginx-access')).map((line) =>
            /id=(\w+)/.exec(line)[1]);
        assert.equal(new Set(told).size, told.length, 'none stands twice');
        assert.deepEqual([...ids].filter((id) => !told.includes(id)), []);
        await waitUntil(async () => (await stat(log('nginx-access.log')))
            .size < 52 * 1024, 5000, 'a small one');
    });

test('a program follows its renamed log', { timeout: 30000 }, async () => {
    const line = `${new Date().toISOString()} info orders[1] filler\n`;
    await appendFile(log('orders.log'), line.repeat(1500));
    await waitUntil(async () => (await renamed('orders')).length === 1, 5000,
        'the renamed log');
    const { pid } = (await shop.processes()).find((one) =>
        one.name === 'orders');
    process.kill(pid, 'SIGTERM');
    await waitUntil(async () => new RegExp(`orders\\[${pid}\\] stopped`).test(
        await readFile(log('orders.log'), 'utf8')), 5000, 'its last line');
    const all = await logs('--program', 'orders');
    assert.match(all[0], /orders\[\d+\] serving/);
    assert.equal(all.filter((one) => one.endsWith('filler')).length, 1500);
    await shop.wake('orders');
    await waitUntil(async () => /orders\[\d+\] serving/.test(
        (await logs('--program', 'orders')).at(-1)), 5000, 'the next one');
});

test('all programs\' lines come by time', async () => {
    const all = (await logs()).filter((line) => !Number.isNaN(timeOf(line)));
    for (const name of ['orders', 'reaper', 'admin', 'gateway-deliverer',
        'ordermill'])
        assert.ok(all.some((line) => line.includes(` ${name}[`)), name);
    assert.ok(all.some((line) => /route=products/.test(line)));
    for (let i = 1; i < all.length; i++)
        assert.ok(timeOf(all[i]) >= timeOf(all[i - 1]) - 1000, all[i]);
});

test('the last lines, and those since', async () => {
    const all = await logs();
    assert.deepEqual(await logs('-n', '3'), all.slice(-3));
    assert.deepEqual(await logs('-n', '0'), []);
    const now = new Date().toISOString();
    assert.deepEqual(await logs('--since', now), []);
    const one = await logs('--program', 'track');
    assert.deepEqual(await logs('--program', 'track', '--since',
        now.slice(0, 10) < one[0].slice(0, 10) ? now : one[0].split(' ')[0]),
    one);
    for (const words of [['-n', 'x'], ['--since', 'soon'],
        ['--program', 'nobody']])
        assert.equal((await shop.run('logs', ...words)).code, 1,
            words.join(' '));
    assert.equal((await shop.run('logs', '--program')).code, 2);
});

test('a line without a time stays where it was', async () => {
    await writeFile(log('odd.log'), '2001-01-01T00:00:00.000Z first\n' +
        '  of several\n2001-01-01T00:00:02.000Z last\n');
    await writeFile(log('other.log'), '2001/01/01 00:00:01 [warn] between\n');
    assert.deepEqual((await logs()).slice(0, 4).map((line) =>
        line.replace(/^\S+Z /, '')), ['first', '  of several',
        '2001/01/01 00:00:01 [warn] between', 'last']);
});

test('--follow goes on over a renamed log', { timeout: 30000 }, async () => {
    const child = spawn(ordermill, ['logs', '--follow', '--program', 'odd'],
        { env: shop.env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => { text += more; });
    try {
        await waitUntil(() => /last\n$/.test(text), 5000, 'what there was');
        await appendFile(log('odd.log'), 'one\ntw');
        await waitUntil(() => /one\n$/.test(text), 5000, 'a whole line');
        await appendFile(log('odd.log'), `o\n${'x\n'.repeat(30000)}`);
        await waitUntil(async () => (await renamed('odd')).length === 1, 5000,
            'the renamed log');
        await appendFile(log('odd.log'), 'after\n');
        await waitUntil(() => /x\nafter\n$/.test(text), 5000, 'the next log');
        assert.match(text, /one\ntwo\nx\n/);
        assert.equal(text.match(/^x$/gm).length, 30000);
    } finally {
        child.kill();
    }
});
