// The reaper dies, hangs, or loses the gateway: every order still ends, once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, cpuSeconds, isAlive, killProgram, load, placed,
    processOf, startCrashShop, startFusedShop, STOCK, verify }
    from './crash.mjs';

const SWEEPS = 3; // shops side by side: most of the time is waited away

// How many calls that bound an effect one order takes on an idle system.
async function effectsOfOneOrder(shop, fuse) {
    const began = await fuse.calls();
    await shop.waitForOrder(await placed(shop), ['CONFIRMED']);
    await sleep(300); // the receipt and the mail
    return await fuse.calls() - began;
}

async function sweep(first) {
    const { shop, fuse, stop } = await startFusedShop();
    try {
        const ids = [];
        const last = await effectsOfOneOrder(shop, fuse);
        assert.ok(last > 25, `${last} effects are too few to be all`);
        for (let n = first; n <= last; n += SWEEPS) {
            await waitUntil(() => processOf(shop, 'reaper'), 5000, 'reaper');
            await fuse.arm(n);
            ids.push(await placed(shop));
            await waitUntil(async () => await fuse.left() === 0, 15000,
                `the reaper to die at its effect ${n}`);
        }
        const orders = await assertAllServedOnce(shop, ids);
        return Object.keys(orders).length;
    } finally {
        await stop();
    }
}

// Cancels one confirmed order after the other, the reaper dying at effect
// 1, 2, ... of the refund and the mail that follow.
async function sweepRefunds({ shop, fuse }) {
    const orders = [];
    const cancel = async (id) => {
        const done = await shop.asStaff('PUT', `/orders/${id}`,
            { body: { status: 'CANCELLED' } });
        assert.equal(done.status, 200, done.text);
    };
    const confirmed = async () => {
        const id = await placed(shop);
        orders.push(id);
        await waitUntil(async () => (await shop.waitForOrder(id,
            ['CONFIRMED'])).receipt_url, 10000, 'the receipt');
        await sleep(200);
        return id;
    };
    const first = await confirmed();
    const began = await fuse.calls();
    await cancel(first);
    await sleep(300);
    const last = await fuse.calls() - began;
    assert.ok(last > 10, `${last} effects are too few to be all`);
    for (let n = 1; n <= last; n++) {
        const id = await confirmed();
        await fuse.arm(n);
        await cancel(id);
        await waitUntil(async () => await fuse.left() === 0, 15000,
            `the reaper to die at its effect ${n}`);
    }
    return orders;
}

describe('a reaper that is killed', () => {
    test('at every effect of an order', { timeout: 90000 }, async () => {
        const firsts = Array.from({ length: SWEEPS }, (_, i) => i + 1);
        const counts = await Promise.all(firsts.map(sweep));
        assert.ok(counts.reduce((a, b) => a + b) > 30, `${counts}`);
    });

    test('at every effect of a refund', { timeout: 60000 }, async () => {
        const fused = await startFusedShop();
        const { shop } = fused;
        try {
            for (const id of await sweepRefunds(fused))
                await waitUntil(async () => (await shop.asStaff('GET',
                    `/orders/${id}`)).json.payment_status === 'refunded',
                20000, `the refund of ${id}`);
            const books = await verify(shop);
            assert.equal(books.code, 0, books.text);
            const mouse = await shop.request('GET', '/products/mouse');
            assert.equal(mouse.json.available, STOCK);
        } finally {
            await fused.stop();
        }
    });

    test('at random under load', { timeout: 60000 }, async () => {
        const { shop, fuse, stop } = await startFusedShop();
        try {
            const orders = load(shop, 6, 60);
            for (let kill = 0; kill < 12; kill++) {
                await waitUntil(() => processOf(shop, 'reaper'), 5000,
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

describe('a reaper that hangs, a gateway that is away', () => {
    let shop;
    before(async () => { shop = await startCrashShop(); });
    after(() => shop.stop());
    const ids = [];

    test('slow: a reaper that hangs is replaced, and nothing is done twice',
        { timeout: 60000 }, async () => {
            const orders = load(shop, 4, 60);
            await sleep(500);
            const { pid } = await processOf(shop, 'reaper');
            process.kill(pid, 'SIGSTOP');
            const began = Date.now();
            await waitUntil(async () => {
                const now = await processOf(shop, 'reaper');
                return now && now.pid !== pid;
            }, 20000, 'another reaper');
            assert.ok(Date.now() - began > 8000, 'not before its time');
            assert.ok(!isAlive({ pid }), 'the old one is dead');
            const { orders: taken } = await orders.stop();
            ids.push(...taken);
            await assertAllServedOnce(shop, ids);
        });

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
        const { pid } = await waitUntil(() => processOf(shop, 'gateway'), 5000,
            'the gateway killed last');
        process.kill(pid, 'SIGSTOP');
        for (let order = 0; order < 150; order++)
            ids.push(await placed(shop));
        const reaper = await processOf(shop, 'reaper');
        const used = await cpuSeconds(reaper.pid);
        await sleep(4000);
        const busy = (await cpuSeconds(reaper.pid) - used) / 4;
        process.kill(pid, 'SIGCONT');
        await assertAllServedOnce(shop, ids);
        assert.ok(busy < 0.25, `it waited with ${busy * 100} % of a CPU`);
    });
});
