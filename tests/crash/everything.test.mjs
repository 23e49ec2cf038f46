// kill -9 of all that runs, and of the program that takes orders: what was
// answered 201 is there and ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../http/processes.mjs';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, assertBooksHold, assertRefusedForNow, killAll,
    killProgram, load, place, startCrashShop } from './crash.mjs';

const ROUNDS = 3;

describe('kill -9 of everything', () => {
    test('under load, again and again', { timeout: 90000 }, async () => {
        let shop = await startCrashShop();
        const ids = [];
        try {
            for (let round = 0; round < ROUNDS; round++) {
                const { home, ports } = shop;
                const orders = load(shop, 6, 40);
                await sleep(500 + Math.random() * 500);
                const running = await shop.wake();
                assert.ok(running.length > 10, `${running.length} processes`);
                await killAll(shop);
                const taken = (await orders.stop()).orders;
                assert.ok(taken.length > 10, `${taken.length} orders`);
                ids.push(...taken);
                await assertBooksHold(shop);
                shop = await startShop({ home, ports });
            }
            await assertAllServedOnce(shop, ids);
        } finally {
            await shop.stop();
        }
    });

    test('of serve alone: all ends with it, the next one starts at once',
        { timeout: 60000 }, async () => {
            let shop = await startCrashShop();
            try {
                const { home, ports } = shop;
                const orders = load(shop, 6, 40);
                await sleep(500);
                const running = await shop.processes();
                await shop.stop({ keep: true, signal: 'SIGKILL' });
                const ids = (await orders.stop()).orders;
                shop = await startShop({ home, ports });
                await assertAllServedOnce(shop, ids);
                assert.deepEqual(running.filter(({ pid }) => isAlive(pid)), []);
            } finally {
                await shop.stop();
            }
        });
});

describe('kill -9 of the orders program', () => {
    test('under load loses no 201 and is over within 1 s',
        { timeout: 60000 }, async () => {
            const shop = await startCrashShop();
            try {
                const orders = load(shop, 8, 60);
                for (let kill = 0; kill < 8; kill++) {
                    await sleep(200 + Math.random() * 300);
                    await killProgram(shop, 'orders');
                    const killed = Date.now();
                    const again = await place(shop);
                    const ms = Date.now() - killed;
                    if (again.status === 201)
                        orders.orders.push(again.json.order_id);
                    else
                        orders.others.push(again);
                    await waitUntil(async () => {
                        const answer = await place(shop);
                        if (answer.status === 201)
                            orders.orders.push(answer.json.order_id);
                        return answer.status === 201;
                    }, 1000 - ms, 'orders being taken again within 1 s');
                }
                const { orders: ids, others } = await orders.stop();
                for (const answer of others)
                    assertRefusedForNow(answer, [502, 503]);
                await assertAllServedOnce(shop, ids);
            } finally {
                await shop.stop();
            }
        });
});
