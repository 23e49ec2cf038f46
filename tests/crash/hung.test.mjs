// An endpoint that hangs while it holds the database's lock is ended within
// seconds; one whose disk is slow is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, isAlive, place, placed, processOf,
    startFusedShop } from './crash.mjs';

const PATIENCE_MS = 15000; // it takes about 6 s

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
        await waitUntil(() => !isAlive({ pid }), PATIENCE_MS, 'its end');
        const other = await shop.request('POST', '/place-order',
            { body: { item: 'mouse', quantity: 1,
                customer: { name: 'Bo', email: 'bo@example.org' } } });
        assert.equal(other.status, 201, other.text);
        ids.push(other.json.order_id);
        ids.push(await placed(shop));
        assert.equal((await hung).status, 503, 'nothing was promised');
        assert.match(shop.errors(), /orders\[\d+\] hangs with the lock/);
    }

    test('stopped at work, it is ended', { timeout: 60000 }, async () => {
        const { pid } = await processOf(shop, 'orders');
        await fuse.signal('SIGSTOP');
        await fuse.poison('Stopper', 'bound');
        const hung = place(shop, { customer: { name: 'Stopper' } });
        await waitUntil(() => / T /.test(readFileSync(`/proc/${pid}/stat`,
            'utf8')), 5000, 'the stop');
        await fuse.poison('');
        await assertEnded(pid, hung);
    });

    test('stopped in COMMIT, it is ended', { timeout: 60000 }, async () => {
        const { pid } = await processOf(shop, 'orders');
        await fuse.signal('SIGSTOP');
        await fuse.arm(1, 'fdatasync');
        const hung = place(shop);
        await waitUntil(async () => await fuse.left() === 0, 5000, 'the stop');
        await assertEnded(pid, hung);
    });

    test('slow in COMMIT, it lives', { timeout: 60000 }, async () => {
        const { pid } = await processOf(shop, 'orders');
        await fuse.slow(9);
        await fuse.arm(1, 'fdatasync');
        ids.push(await placed(shop));
        assert.ok(isAlive({ pid }), 'a slow disk costs no process its life');
        await fuse.slow(0);
    });

    test('nothing is lost or doubled by it', { timeout: 60000 }, () =>
        assertAllServedOnce(shop, ids));
});
