// A writer from outside keeps the database's lock: what cannot be stored is
// refused for now, reads go on, and nothing is lost.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../http/processes.mjs';
import { assertAllServedOnce, assertRefusedForNow, compile, place, placed,
    startCrashShop, startHolder } from './crash.mjs';

const HELD_MS = 3000;

describe('the database is locked from outside', () => {
    let shop, holder;
    const ids = [];
    before(async () => {
        shop = await startCrashShop();
        holder = await compile(shop.home, 'outside.c', '-lsqlite3');
        await shop.token(); // which is stored, too
    });
    after(() => shop.stop());

    // Refused after 2 s, not before and hardly later.
    async function assertRefusedAfterWait() {
        const began = Date.now();
        const answer = await place(shop);
        const ms = Date.now() - began;
        assertRefusedForNow(answer);
        assert.ok(ms > 1500 && ms < 2900, `refused after ${ms} ms`);
    }

    async function assertReadsGoOn(id, until) {
        while (Date.now() < until) {
            const began = Date.now();
            const [order, products] = await Promise.all([
                shop.asStaff('GET', `/orders/${id}`),
                shop.request('GET', '/products')]);
            assert.equal(order.status, 200, order.text);
            assert.equal(products.status, 200, products.text);
            const ms = Date.now() - began;
            assert.ok(ms < 500, `a read took ${ms} ms`);
            await sleep(50);
        }
    }

    async function passThrough(command, args) {
        ids.push(await placed(shop), await placed(shop), await placed(shop));
        const pids = (await shop.processes()).map((one) => one.pid).sort();
        const orders = await shop.processOf('orders');
        const used = await cpuSeconds(orders.pid);
        const lock = await startHolder(command, args);
        const until = Date.now() + HELD_MS;
        const late = sleep(HELD_MS - 500).then(() => place(shop));
        await Promise.all([assertRefusedAfterWait(), assertRefusedAfterWait(),
            assertReadsGoOn(ids[0], until)]).finally(lock.release);
        const busy = (await cpuSeconds(orders.pid) - used) * 1000 / HELD_MS;
        const answer = await late;
        assert.equal(answer.status, 201, 'one that waited under 2 s is taken');
        ids.push(answer.json.order_id, await placed(shop));
        await assertAllServedOnce(shop, ids);
        assert.deepEqual(
            (await shop.processes()).map((one) => one.pid).sort(), pids,
            'nothing died of it');
        assert.ok(busy < 0.5, `waited with ${busy * 100} % of a CPU`);
    }

    test('by SQLite\'s write lock', { timeout: 60000 }, () =>
        passThrough(holder, [join(shop.home, 'ordermill.db')]));

    test('by the lock file of the house', { timeout: 60000 }, () =>
        passThrough('flock', [join(shop.home, 'ordermill.db.lock'),
            'sh', '-c', 'echo held; cat']));
});
