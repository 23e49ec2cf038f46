// No room on the disk: what cannot be stored is refused for now, reads go on,
// nothing is half stored, and no restart is needed once there is room. A file
// size limit, which needs no privilege, stands for the full disk.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../http/processes.mjs';
import { runCommand, waitUntil } from '../http/shop.mjs';
import { allOrders, assertAllServedOnce, assertRefusedForNow, place, placed,
    startFusedShop } from './crash.mjs';

describe('a full disk', () => {
    let shop, fuse, stop, pids;
    const ids = [];
    const pidsNow = async () =>
        (await shop.processes()).map((one) => one.pid).sort();

    before(async () => { ({ shop, fuse, stop } = await startFusedShop()); });
    after(() => stop());
    beforeEach(async () => { pids = await pidsNow(); });

    // Lets a program write no file any longer, or again as much as before.
    async function limit(name, size) {
        for (const { pid } of (await shop.processes())
            .filter((one) => one.name === name)) {
            const limits = await readFile(`/proc/${pid}/limits`, 'utf8');
            const hard = /^Max file size +\S+ +(\S+)/m.exec(limits)[1];
            const done = await runCommand('prlimit', ['--pid', `${pid}`,
                `--fsize=${size ?? hard}:${hard}`], process.env);
            assert.equal(done.code, 0, done.stderr);
        }
    }

    async function endWell() {
        await assertAllServedOnce(shop, ids);
        assert.deepEqual(await pidsNow(), pids, 'nothing died of it');
    }

    test('orders are refused for now, reads go on', async () => {
        ids.push(await placed(shop));
        await shop.waitForOrder(ids[0], ['CONFIRMED']);
        const before = Object.keys(await allOrders(shop)).length;
        const key = { 'Idempotency-Key': 'full-disk' };
        for (const name of ['orders', 'place-order', 'admin'])
            await limit(name, 1);
        const refused = await Promise.all([place(shop), place(shop),
            place(shop, {}, key), shop.request('POST', '/place-order',
                { body: { item: 'mouse', quantity: 1 } }),
            shop.asStaff('PUT', `/orders/${ids[0]}`,
                { body: { status: 'COMPLETED' } })]);
        refused.forEach((answer) => assertRefusedForNow(answer));
        for (const path of [`/orders/${ids[0]}`, '/products', '/orders'])
            assert.equal((await shop.asStaff('GET', path)).status, 200, path);
        assert.equal(Object.keys(await allOrders(shop)).length, before);
        for (const name of ['orders', 'place-order', 'admin'])
            await limit(name);

        const first = await place(shop, {}, key);
        assert.equal(first.status, 201, 'the refusal bound no key');
        const second = await place(shop, {}, key);
        assert.equal(second.text, first.text);
        ids.push(first.json.order_id, await placed(shop));
        await endWell();
    });

    test('/health says so as long as it lasts', async () => {
        await limit('health', 1);
        await sleep(1100);
        for (let ask = 0; ask < 4; ask++) {
            const health = await shop.request('GET', '/health');
            assert.equal(health.status, 503, `ask ${ask}: ${health.text}`);
        }
        await limit('health');
        await waitUntil(async () =>
            (await shop.request('GET', '/health')).status === 200, 2000,
        'health');
    });

    test('a reaper that can store nothing waits and goes on', async () => {
        await limit('reaper', 1);
        for (let order = 0; order < 20; order++)
            ids.push(await placed(shop));
        const { pid } = await shop.processOf('reaper');
        const used = await cpuSeconds(pid);
        await sleep(2000);
        const busy = (await cpuSeconds(pid) - used) / 2;
        const orders = await allOrders(shop);
        assert.equal(orders[ids.at(-1)].status, 'PENDING');
        await limit('reaper');
        await endWell();
        assert.ok(busy < 0.25, `it waited with ${busy * 100} % of a CPU`);
    });

    test('a charge that cannot be booked at first is booked', async () => {
        const { pid } = await shop.processOf('gateway');
        process.kill(pid, 'SIGSTOP');
        const id = await placed(shop);
        ids.push(id);
        await shop.waitForPayment(id, 'pending');
        await limit('reaper', 1);
        process.kill(pid, 'SIGCONT');
        await sleep(1500);
        assert.equal((await shop.show(id)).payment_status, 'pending');
        await limit('reaper');
        await endWell();
    });

    test('a gateway that can store nothing charges once later', async () => {
        await limit('gateway', 1);
        ids.push(await placed(shop), await placed(shop));
        await sleep(1000);
        await limit('gateway');
        await endWell();
    });

    test('receipts that do not fit come later', async () => {
        await fuse.noRoom('pdf.new');
        const id = await placed(shop);
        ids.push(id);
        await shop.waitForOrder(id, ['CONFIRMED']);
        await sleep(1500);
        assert.equal((await shop.show(id)).receipt_url, null);
        await fuse.noRoom('');
        await endWell();
    });

    test('mails that do not fit come later', async () => {
        const folder = join(shop.home, 'mail');
        const mails = (await readdir(folder)).length;
        await fuse.noRoom('eml.new');
        const id = await placed(shop);
        ids.push(id);
        await shop.waitForReceipt(id);
        await sleep(1500);
        assert.equal((await readdir(folder)).length, mails,
            'nothing half written');
        await fuse.noRoom('');
        await endWell();
    });
});
