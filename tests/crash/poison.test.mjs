// An order that kills the reaper whenever it is worked on is parked after
// three crashes and told of; those beside it take no harm. Staff bring it back
// once they have found out why.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '../http/shop.mjs';
import { entriesIn } from '../http/workflow.mjs';
import { assertAllServedOnce, assertBooksHold, placed, startFusedShop }
    from './crash.mjs';

const BESIDE = 12;

// Where it kills: the word, what it is looked for in, how far the order comes.
const cases = [
    ['while the gateway is called', (id) => id, 'sent', 'PROCESSING'],
    ['while its receipt is written', (id) => `${id}.pdf`, 'opened',
        'CONFIRMED'],
    // Files are put in place as a batch: nobody knows whose it was.
    ['while its receipt and others are put in place', (id) => `${id}.pdf`,
        'renamed', 'CONFIRMED'],
    // That takes the receipt's number, and brought it there from the charge.
    ['in the middle of a transaction', (id) => `${id}.pdf`, 'bound',
        'PROCESSING'],
];

async function parked(shop, id) {
    const alarms = await shop.rows('SELECT kind, detail FROM alarms WHERE' +
        ` order_id = '${id}'`);
    return alarms.some(({ kind }) => kind === 'parked') && alarms;
}

async function placeAllAtOnce(shop, fuse, [, wordOf, where]) {
    const { pid } = await shop.processOf('reaper');
    process.kill(pid, 'SIGSTOP');
    const ids = await Promise.all(Array.from({ length: BESIDE + 1 }, () =>
        placed(shop)));
    const poisoned = ids.splice(BESIDE / 2, 1)[0];
    await fuse.poison(wordOf(poisoned), where);
    process.kill(pid, 'SIGCONT');
    return { ids, poisoned };
}

async function bringBack(shop, id) {
    const answer = await shop.asStaff('POST', `/orders/${id}/execution`,
        { body: { action: 'retry', reason: 'It is mended.' } });
    assert.equal(answer.status, 200, answer.text);
    await waitUntil(async () => (await shop.look(`/orders/${id}/execution`))
        .status === 'SUCCEEDED', 10000, 'it to be served after all');
}

describe('an order that kills the reaper', () => {
    for (const one of cases)
        test(one[0], { timeout: 60000 }, async () => {
            const { shop, fuse, stop } = await startFusedShop();
            try {
                const { ids, poisoned } =
                    await placeAllAtOnce(shop, fuse, one);
                for (const id of ids)
                    await shop.waitForOrder(id, ['CONFIRMED'], 20000);
                await waitUntil(() => parked(shop, poisoned), 20000,
                    'it to be parked');
                const { pid } = await waitUntil(() =>
                    shop.processOf('reaper'), 5000, 'a reaper');
                ids.push(await placed(shop));
                await shop.waitForOrder(ids.at(-1), ['CONFIRMED']);
                assert.equal((await shop.processOf('reaper'))?.pid, pid,
                    'it kills no more');
                assert.equal((await shop.rows(
                    'SELECT COUNT(*) AS n FROM alarms'))[0].n, 1);
                const order = await shop.show(poisoned);
                assert.equal(order.status, one[3]);
                assert.equal(order.receipt_url, null);
                await assertBooksHold(shop);

                await fuse.poison('');
                await bringBack(shop, poisoned);
                await assertAllServedOnce(shop, [...ids, poisoned]);
                assert.deepEqual(entriesIn(await shop.look(
                    `/orders/${poisoned}/execution`)), { ValidateOrder: 1,
                    ProcessPayment: 1, UpdateInventory: 1, GenerateReceipt: 1,
                    SendNotification: 1 });
                assert.equal((await shop.processOf('reaper')).pid, pid);
            } finally {
                await stop();
            }
        });
});
