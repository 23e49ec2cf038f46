// An endpoint that hangs while it holds the database's lock is ended within
// seconds; one whose disk is slow is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../http/processes.mjs';
import { waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, assertRefusedForNow, place, placed,
    startFusedShop } from './crash.mjs';

const PAUSED_MS = 11000; // longer than the reaper may be silent
const REFUSED_MS = 3000; // how long others are, at most
const PATIENCE_MS = 6000; // they wait 2 s before that

// Orders from outside the program that hangs, one after the other, until one is
// taken: for how long they are refused. Gives the order's id.
async function takenAgain(shop) {
    const began = Date.now();
    let refused;
    for (;;) {
        const answer = await shop.request('POST', '/place-order',
            { body: { item: 'mouse', quantity: 1,
                customer: { name: 'Bo', email: 'bo@example.org' } } });
        const now = Date.now();
        if (answer.status === 201) {
            assert.ok(refused === undefined || now - refused < REFUSED_MS,
                `refused for ${now - refused} ms`);
            assert.ok(now - began < PATIENCE_MS, `${now - began} ms`);
            return answer.json.order_id;
        }
        assertRefusedForNow(answer);
        refused ??= now;
    }
}

const isStopped = (pid) =>
    / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe('an endpoint with the lock', () => {
    let shop, fuse, stop;
    const ids = [];
    before(async () => {
        ({ shop, fuse, stop } = await startFusedShop(
            { env: { ORDERMILL_FUSED: 'orders' } }));
        await shop.token();
        ids.push(await placed(shop));
    });
    after(() => stop?.());

    // Whoever else writes is served again, and the hung one is replaced.
    async function assertEnded(pid, hung) {
        ids.push(await takenAgain(shop));
        assert.ok(!isAlive(pid), 'it was ended');
        ids.push(await placed(shop));
        assert.equal((await hung).status, 503, 'nothing was promised');
        assert.match(shop.errors(), /orders\[\d+\] hangs with the lock/);
    }

    test('stopped at work, it is ended', { timeout: 60000 }, async () => {
        const { pid } = await shop.processOf('orders');
        await fuse.signal('SIGSTOP');
        await fuse.poison('Stopper', 'bound');
        const hung = place(shop, { customer: { name: 'Stopper' } });
        await waitUntil(() => isStopped(pid), 5000, 'the stop');
        await fuse.poison('');
        await assertEnded(pid, hung);
    });

    test('stopped in COMMIT, it is ended', { timeout: 60000 }, async () => {
        const { pid } = await shop.processOf('orders');
        await fuse.signal('SIGSTOP');
        await fuse.arm(1, 'fdatasync');
        const hung = place(shop);
        await waitUntil(async () => await fuse.left() === 0, 5000, 'the stop');
        await assertEnded(pid, hung);
    });

    test('slow in COMMIT, it lives', { timeout: 60000 }, async () => {
        const { pid } = await shop.processOf('orders');
        await fuse.slow(9);
        await fuse.arm(1, 'fdatasync');
        ids.push(await placed(shop));
        assert.ok(isAlive(pid), 'a slow disk costs no process its life');
        await fuse.slow(0);
    });

    test('in a machine that is paused, it lives', { timeout: 60000 },
        async () => {
            const { pid } = await shop.processOf('orders');
            const all = [{ pid: shop.pid }, ...await shop.processes()];
            await fuse.signal('SIGSTOP');
            await fuse.poison('Sleeper', 'bound');
            const paused = place(shop, { customer: { name: 'Sleeper',
                email: 'sleeper@example.org' } });
            await waitUntil(() => isStopped(pid), 5000, 'the stop');
            await fuse.poison('');
            for (const one of all)
                process.kill(one.pid, 'SIGSTOP');
            await sleep(PAUSED_MS);
            process.kill(shop.pid, 'SIGCONT'); // it is the first to go on
            await sleep(1000);
            for (const one of all)
                process.kill(one.pid, 'SIGCONT');
            const answer = await paused;
            assert.equal(answer.status, 201, answer.text);
            ids.push(answer.json.order_id);
            await sleep(3000);
            assert.deepEqual(all.filter((one) => !isAlive(one.pid)), []);
        });

    test('nothing is lost or doubled by it', { timeout: 60000 }, () =>
        assertAllServedOnce(shop, ids));
});

describe('a reaper with the lock', () => {
    let shop, fuse, stop;
    const ids = [];
    before(async () => {
        ({ shop, fuse, stop } = await startFusedShop());
        ids.push(await placed(shop));
    });
    after(() => stop?.());

    for (const [what, arm] of [
        ['at work', () => fuse.poison('stopper@example.org', 'bound')],
        ['in COMMIT', () => fuse.arm(1, 'fdatasync')],
    ])
        test(`stopped ${what}, it is ended`, { timeout: 60000 }, async () => {
            const { pid } = await shop.processOf('reaper');
            await fuse.signal('SIGSTOP');
            await arm();
            ids.push(await placed(shop, { customer: { name: 'Cy',
                email: 'stopper@example.org' } }));
            await waitUntil(() => isStopped(pid), 5000, 'the stop');
            await fuse.poison('');
            ids.push(await takenAgain(shop));
            assert.ok(!isAlive(pid), 'it was ended');
            assert.match(shop.errors(), /reaper\[\d+\] hangs with the lock/);
        });

    test('nothing is lost or doubled by it', { timeout: 60000 }, () =>
        assertAllServedOnce(shop, ids));
});
