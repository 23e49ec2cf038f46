// The wall clock jumps, is wrong after a reboot, or has gone on for a day with
// the shop stopped: no order is charged twice, none waits for ever.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, startShop, waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, compile, fakeClock, killAll, placed,
    startClockShop, startCrashShop, startFusedShop, verify } from './crash.mjs';

describe('the wall clock', () => {
    test('a charge whose answer was lost a day ago is not made again',
        { timeout: 60000 }, async () => {
            let shop = await startCrashShop();
            try {
                const { home, ports } = shop;
                await placed(shop,
                    { payment_method: 'pm_local_timeout_after_charge' });
                await waitUntil(async () =>
                    (await verify(shop)).intents === 1, 5000, 'the charge');
                await killAll(shop);
                shop = await startShop({ home, ports,
                    env: await fakeClock('+25h') });
                await sleep(5000);
                const books = await verify(shop);
                assert.equal(books.intents, 1, books.text);
                assert.equal(books.code, 0, books.text);
            } finally {
                await shop.stop();
            }
        });

    test('wrong after a reboot, then set: a retry comes all the same',
        { timeout: 60000 }, async () => {
            const fused = await startFusedShop();
            let { shop } = fused;
            try {
                const { home, ports } = shop;
                const outside = await compile(home, 'outside.c', '-lsqlite3');
                await fused.fuse.noRoom('pdf.new');
                const id = await placed(shop);
                await shop.waitForOrder(id, ['CONFIRMED']);
                await sleep(1000); // its receipt waits for another try
                await fused.file.close();
                await killAll(shop);
                const done = await runCommand(outside,
                    [join(home, 'ordermill.db'),
                        'UPDATE work_clock SET boot_id = \'another\''],
                    process.env);
                assert.equal(done.code, 0, done.stderr);
                shop = await startShop({ home, ports,
                    env: await fakeClock('-30d') });
                await shop.stop({ keep: true });
                shop = await startShop({ home, ports });
                await assertAllServedOnce(shop, [id], 20000);
            } finally {
                await shop.stop();
            }
        });

    test('jumps while orders are in hand', { timeout: 60000 }, async () => {
        const { shop, setClock } = await startClockShop();
        try {
            const ids = [];
            for (const jump of ['+2h', '-2h', '+40d', '+0']) {
                const { pid } = await shop.processOf('gateway');
                process.kill(pid, 'SIGSTOP');
                for (let order = 0; order < 10; order++)
                    ids.push(await placed(shop));
                await sleep(300);
                await setClock(jump);
                await sleep(300);
                process.kill(pid, 'SIGCONT');
                await assertAllServedOnce(shop, ids);
            }
        } finally {
            await shop.stop();
        }
    });
});
