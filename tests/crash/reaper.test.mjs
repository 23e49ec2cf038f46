// The reaper dies at random, or loses the gateway: every order still ends,
// once. At every single effect: sweep.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../http/processes.mjs';
import { waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, killProgram, load, placed, startCrashShop,
    startFusedShop } from './crash.mjs';

describe('a reaper that is killed', () => {
    test('at random under load', { timeout: 60000 }, async () => {
        const { shop, fuse, stop } = await startFusedShop();
        try {
            const orders = load(shop, 6, 60);
            for (let kill = 0; kill < 12; kill++) {
                await waitUntil(() => shop.processOf('reaper'), 5000,
                    'a reaper');
                if (kill % 2 === 0) {
                    await fuse.arm(1 + Math.floor(Math.random() * 200));
                    await waitUntil(async () => await fuse.left() === 0,
                        10000, 'its death');
                } else {
                    await sleep(Math.random() * 300);
                    await killProgram(shop, 'reaper');
                }
            }
            const { orders: ids, others } = await orders.stop();
            assert.deepEqual(others, [], 'nobody who orders notices');
            assert.ok(ids.length > 100, `${ids.length} orders`);
            await assertAllServedOnce(shop, ids);
        } finally {
            await stop();
        }
    });
});

describe('a gateway that is away', () => {
    let shop;
    before(async () => { shop = await startCrashShop(); });
    after(() => shop.stop());
    const ids = [];

    test('a gateway killed again and again', { timeout: 60000 }, async () => {
        const orders = load(shop, 4, 60);
        for (let kill = 0; kill < 6; kill++) {
            await sleep(100 + Math.random() * 200);
            await killProgram(shop, 'gateway');
        }
        ids.push(...(await orders.stop()).orders);
        await assertAllServedOnce(shop, ids);
    });

    test('a gateway that hangs for 4 s', { timeout: 60000 }, async () => {
        const { pid } = await waitUntil(() => shop.processOf('gateway'), 5000,
            'the gateway killed last');
        process.kill(pid, 'SIGSTOP');
        for (let order = 0; order < 150; order++)
            ids.push(await placed(shop));
        const reaper = await shop.processOf('reaper');
        const used = await cpuSeconds(reaper.pid);
        await sleep(4000);
        const busy = (await cpuSeconds(reaper.pid) - used) / 4;
        process.kill(pid, 'SIGCONT');
        await assertAllServedOnce(shop, ids);
        assert.ok(busy < 0.25, `it waited with ${busy * 100} % of a CPU`);
    });
});
