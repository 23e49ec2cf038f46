// The program that draws a lost receipt again is killed at every call that
// bounds an effect of it: nothing half is ever in its place, and the next who
// asks gets it as it was.
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '../http/shop.mjs';
import { placed, startFusedShop } from './crash.mjs';

const CALLS = ['syncfs', 'rename', 'fsync'];

test('a receipt that is drawn again', { timeout: 60000 }, async () => {
    const { shop, fuse, stop } = await startFusedShop({
        env: { ORDERMILL_FUSED: 'receipts' } });
    try {
        const id = await placed(shop);
        const { receipt_url: url } = await shop.waitForReceipt(id);
        const file = join(shop.home, 'receipts', `${id}.pdf`);
        const bytes = await readFile(file);
        const ask = () => fetch(url).catch(() => ({ status: 0 }));
        const fired = new Set();
        for (let n = 1; ; n++) {
            await rm(file);
            await fuse.arm(n);
            const answer = await ask();
            if (await fuse.left() > 0) {
                assert.equal(answer.status, 200);
                break;
            }
            fired.add(await fuse.fired());
            assert.notEqual(answer.status, 200);
            for (const name of await readdir(join(shop.home, 'receipts')))
                if (name.endsWith('.pdf'))
                    assert.deepEqual(await readFile(join(shop.home,
                        'receipts', name)), bytes, `struck at ${n}`);
            await waitUntil(async () => (await ask()).status === 200, 10000,
                `the receipt, struck at ${n}`);
            assert.deepEqual(await readFile(file), bytes);
        }
        for (const call of CALLS)
            assert.ok(fired.has(call), `${call} of ${[...fired]}`);
        await fuse.arm(0);
        await shop.verify();
    } finally {
        await stop();
    }
});
