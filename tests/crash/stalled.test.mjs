// A reaper that is stalled for long and then goes on while another has taken
// over: whatever it comes back with is void, and what it sends once more is
// absorbed by its key.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../http/processes.mjs';
import { runCommand, waitUntil } from '../http/shop.mjs';
import { entriesIn, machine, notify, pay, receipt, sell, validate }
    from '../http/workflow.mjs';
import { assertAllServedOnce, load, mailsIn, placed, startCrashShop,
    startReaper } from './crash.mjs';
import { sweep } from './sweep.mjs';
import { startWebService } from './web-service.mjs';

const served = (url) => machine({ Validate: validate, Pay: pay,
    Ask: { Type: 'Task', Resource: `${url}/ask`, ResultPath: null },
    Sell: sell, Receipt: receipt, Notify: notify });

// The usual checks, and that every state was passed once and each call to the
// web service had one key an order.
async function assertPassedOnce(shop, service, ids) {
    await assertAllServedOnce(shop, ids);
    for (const id of ids) {
        const execution = await shop.look(`/orders/${id}/execution`);
        assert.equal(execution.status, 'SUCCEEDED');
        assert.deepEqual(entriesIn(execution), { Validate: 1, Pay: 1, Ask: 1,
            Sell: 1, Receipt: 1, Notify: 1 });
        const keys = service.callsOf(id, '/ask').map(({ key }) => key);
        assert.equal(new Set(keys).size, 1, keys.join());
    }
}

test('at every effect, and goes on when all is done', { timeout: 300000 },
    async () => {
        const service = await startWebService(() => ({ status: 200 }));
        const stalled = new Map(); // shop -> the reaper that is
        const seasoned = new Set(); // shops whose first reaper lived a while
        const counts = { late: 0, locked: 0 };

        // Nobody takes over from one that holds the lock: serve kills it.
        const isLocked = async (shop) => (await runCommand('flock', ['-n',
            join(shop.home, 'ordermill.db.lock'), 'true'], process.env))
            .code !== 0;
        const struck = async (shop) => {
            const { pid } = await shop.processOf('reaper');
            if (await isLocked(shop)) {
                counts.locked++;
                process.kill(pid, 'SIGCONT');
            } else {
                counts.late++;
                await shop.rows('UPDATE reapers SET heartbeat_work_ms ='
                    + ' heartbeat_work_ms - 61000');
                stalled.set(shop, { pid, other: startReaper(shop) });
            }
        };
        // Once the other has done all of it, the stalled one goes on, learns
        // that others took over from it, and lives on under a new number.
        const done = async (shop, id, count) => {
            if (await mailsIn(shop) !== count)
                return false;
            const { pid, other } = stalled.get(shop) ?? {};
            if (pid === undefined)
                return true;
            const lost = async () => (await readFile(join(shop.home,
                'log/reaper.log'), 'utf8')).split('was silent').length;
            const before = await lost();
            await waitUntil(() => other.log.includes('takes over'), 5000,
                'that the other takes over');
            assert.ok(isAlive(pid), 'it is stalled all the while');
            process.kill(pid, 'SIGCONT');
            await waitUntil(async () => await lost() > before, 5000,
                'that it knows');
            other.child.kill('SIGTERM');
            await waitUntil(() => other.code !== undefined, 5000,
                'the end of the other');
            assert.equal(other.code, 0, other.log);
            assert.ok(isAlive(pid), 'it lives on');
            stalled.delete(shop);
            return true;
        };
        try {
            await sweep({ shops: 4, least: 30, signal: 'SIGSTOP', struck, done,
                options: { definition: served(service.url), env: service.env },
                async begin(shop, arm) {
                    // Else serve takes it that none of them ever starts well.
                    if (!seasoned.has(shop))
                        await sleep(1200);
                    seasoned.add(shop);
                    await arm();
                    return placed(shop);
                },
                async check(shop, ids) {
                    await assertPassedOnce(shop, service, ids);
                    const log = await readFile(join(shop.home,
                        'log/reaper.log'), 'utf8');
                    assert.match(log, /was silent, and others took over from it/);
                    assert.doesNotMatch(log, /by another hand/);
                } });
            assert.ok(counts.late > 10 && counts.locked > 2,
                JSON.stringify(counts));
        } finally {
            for (const { other } of stalled.values())
                other.child.kill('SIGKILL');
            await service.stop();
        }
    });

test('with charges and calls in flight, until serve kills it',
    { timeout: 60000 }, async () => {
        let open;
        const gate = new Promise((resolve) => { open = resolve; });
        const service = await startWebService(async () => {
            await gate;
            return { status: 200 };
        });
        const shop = await startCrashShop(
            { definition: served(service.url), env: service.env });
        try {
            const ids = [await placed(shop), await placed(shop)];
            await waitUntil(() => service.calls.length === 2, 5000, 'calls');
            const gateway = await shop.processOf('gateway');
            process.kill(gateway.pid, 'SIGSTOP');
            ids.push(await placed(shop), await placed(shop));
            await sleep(300);
            const { pid } = await shop.processOf('reaper');
            process.kill(pid, 'SIGSTOP');
            const began = Date.now();
            process.kill(gateway.pid, 'SIGCONT');
            open();
            const orders = load(shop, 2, 100);
            await shop.nextProcess('reaper', pid, 20000);
            assert.ok(Date.now() - began > 8000, 'not before its time');
            assert.ok(!isAlive(pid), 'the old one is dead');
            ids.push(...(await orders.stop()).orders);
            await assertPassedOnce(shop, service, ids);
        } finally {
            await shop.stop();
            await service.stop();
        }
    });
