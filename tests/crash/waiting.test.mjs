// What waits, waits quietly and in nobody's way: for the gateway, for a turn.
// Behind an order that kills who works on it: poison.test.mjs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../http/processes.mjs';
import { ordermill, runCommand } from '../http/shop.mjs';
import { assertAllServedOnce, assertBooksHold, load, placed, startFusedShop }
    from './crash.mjs';

const IN_FLIGHT = 64; // charges the reaper has under way at most

describe('waiting', () => {
    let shop, fuse, stop;
    const pause = async (name) => {
        const { pid } = await shop.processOf(name);
        process.kill(pid, 'SIGSTOP');
        return () => process.kill(pid, 'SIGCONT');
    };
    const placeMany = async (count) => {
        const ids = [];
        while (ids.length < count)
            ids.push(...await Promise.all(Array.from({ length: 25 },
                () => placed(shop))));
        return ids;
    };

    beforeEach(async () => {
        ({ shop, fuse, stop } = await startFusedShop());
    });
    afterEach(() => stop());

    // What the reaper does in two seconds: a cycle takes and gives back the
    // lock and syncs, which are three calls.
    async function assertQuiet(cycles) {
        const { pid } = await shop.processOf('reaper');
        const used = await cpuSeconds(pid);
        const calls = await fuse.calls();
        await sleep(2000);
        const busy = (await cpuSeconds(pid) - used) / 2;
        const rate = (await fuse.calls() - calls) / 3 / 2;
        assert.ok(rate <= cycles, `${rate} cycles a second`);
        assert.ok(busy < 0.25, `${busy * 100} % of a CPU`);
    }

    test('for orders', { timeout: 20000 }, async () => {
        await sleep(500);
        await assertQuiet(5);
    });

    test('for a gateway that hangs, a refund being due',
        { timeout: 40000 }, async () => {
            const first = await placed(shop);
            await shop.waitForOrder(first, ['CONFIRMED']);
            const goOn = await pause('gateway');
            await placeMany(IN_FLIGHT);
            await sleep(500);
            const done = await shop.cancel(first);
            assert.equal(done.status, 200, done.text);
            await assertQuiet(100).finally(goOn);
            await shop.waitForPayment(first, 'refunded');
            await assertBooksHold(shop);
        });

    test('for a gateway that hangs, a thousand orders in the queue',
        { timeout: 60000 }, async () => {
            const goOn = await pause('gateway');
            const ids = await placeMany(1000);
            await assertQuiet(100).finally(goOn);
            const began = Date.now();
            await assertAllServedOnce(shop, ids);
            // Hundreds on a machine of its own; what waits out a backoff, or
            // goes one at a time, is far below.
            const rate = ids.length * 1000 / (Date.now() - began);
            assert.ok(rate > 30, `${rate} orders a second afterwards`);
        });

    // It stops verify at a random moment, orders being served meanwhile, as a
    // large shop's verify takes its time.
    test('verify cries no wolf while orders come in', { timeout: 60000 },
        async () => {
            await placeMany(200);
            const orders = load(shop, 4, 60);
            const whole = Date.now();
            await runCommand(ordermill, ['verify'], shop.env);
            const takes = Date.now() - whole;
            for (let run = 0; run < 40; run++) {
                const child = spawn(ordermill, ['verify'],
                    { env: shop.env, stdio: ['ignore', 'pipe', 'inherit'] });
                let text = '';
                child.stdout.on('data', (data) => { text += data; });
                const ended = new Promise((resolve) =>
                    child.on('close', resolve));
                await sleep(takes * Math.random());
                child.kill('SIGSTOP');
                await sleep(100);
                child.kill('SIGCONT');
                assert.equal(await ended, 0, text);
            }
            await orders.stop();
        });
});
