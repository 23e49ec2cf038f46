// Two reapers on one database: nothing is done twice, nothing is left, and what
// one held when it died is the other's at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../http/processes.mjs';
import { waitUntil } from '../http/shop.mjs';
import { assertAllServedOnce, load, placed, startCrashShop, startReaper }
    from './crash.mjs';

let shop, other;
before(async () => { shop = await startCrashShop(); });
after(async () => {
    other?.child.kill('SIGKILL');
    await shop?.stop();
});

const held = async (reaper) => (await shop.rows(`SELECT
    (SELECT COUNT(*) FROM work WHERE reaper = ${reaper})
    + (SELECT COUNT(*) FROM executions WHERE reaper = ${reaper})
    AS held`))[0].held;

async function begin() {
    other = startReaper(shop);
    const number = () => / number ([0-9]+)/.exec(other.log)?.[1];
    await waitUntil(number, 5000, 'the other');
    return Number(number());
}

test('share the work', { timeout: 60000 }, async () => {
    await begin();
    const own = await shop.processOf('reaper');
    const orders = load(shop, 6, 20);
    await sleep(3000);
    const { orders: ids, others } = await orders.stop();
    assert.deepEqual(others, []);
    assert.ok(ids.length > 50, `${ids.length} orders`);
    await assertAllServedOnce(shop, ids);
    assert.deepEqual(await shop.rows('SELECT kind FROM work'
        + " WHERE kind <> 'reconciliation'"), []);
    assert.ok(isAlive(own.pid) && other.code === undefined, 'both live');
    other.child.kill('SIGTERM');
    await waitUntil(() => other.code !== undefined, 5000, 'its end');
    assert.equal(other.code, 0, other.log);
});

test('one that is stopped keeps what it holds, one that dies does not',
    { timeout: 60000 }, async () => {
        const number = await begin();
        const gateway = await shop.processOf('gateway');
        process.kill(gateway.pid, 'SIGSTOP');
        const ids = [];
        try {
            await shop.withReaperStopped(async () => {
                ids.push(await placed(shop));
                await waitUntil(async () => await held(number) > 0, 10000,
                    'work in its hands');
            });
            other.child.kill('SIGSTOP');
            await sleep(2000);
            assert.ok(await held(number) > 0, 'it is silent, but alive');
            other.child.kill('SIGKILL');
            await waitUntil(async () => await held(number) === 0, 2000,
                'the own one to take over');
        } finally {
            process.kill(gateway.pid, 'SIGCONT');
        }
        await assertAllServedOnce(shop, ids);
    });
