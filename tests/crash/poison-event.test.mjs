// An event that kills the reaper whenever it is applied has failed after three
// crashes and is told of; what came behind it is applied, and staff have it
// applied again once they have found out why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '../http/shop.mjs';
import { environment, eventRow, intentEvent, send, waitingOrder }
    from '../http/webhook.mjs';
import { startFusedShop } from './crash.mjs';

test('an event that kills the reaper', { timeout: 60000 }, async () => {
    const { shop, fuse, stop } = await startFusedShop({ env: environment });
    try {
        const [poisoned, beside] = [await waitingOrder(shop),
            await waitingOrder(shop)];
        const events = [poisoned, beside].map((order) =>
            intentEvent('succeeded', order));
        await fuse.poison(poisoned.intent, 'bound');
        for (const event of events)
            assert.equal((await send(shop, event)).status, 200);
        await shop.waitForOrder(beside.id, ['CONFIRMED'], 20000);
        await waitUntil(async () =>
            (await eventRow(shop, events[0].id)).status === 'failed', 30000,
        'the event to fail');
        const { pid } = await waitUntil(() => shop.processOf('reaper'), 5000,
            'a reaper');
        assert.deepEqual(await shop.rows('SELECT last_number FROM counters' +
            ' WHERE name = \'reaper\''), [{ last_number: 4 }], 'three deaths');
        const alarms = () => shop.rows('SELECT kind, subject FROM alarms' +
            ' WHERE closed_at_ms IS NULL');
        assert.deepEqual(await alarms(),
            [{ kind: 'webhook_failed', subject: events[0].id }]);
        assert.equal((await send(shop, events[0])).status, 200);
        assert.equal((await shop.show(poisoned.id)).status, 'PROCESSING');

        await fuse.poison('');
        await shop.rows('INSERT INTO work (kind, subject, host, due_work_ms,' +
            ' token) SELECT \'event\', printf(\'%012d\', sequence), \'\', 0, 1' +
            ' FROM webhook_events WHERE status = \'failed\';' +
            'UPDATE webhook_events SET status = \'due\'' +
            ' WHERE status = \'failed\'');
        await shop.waitForOrder(poisoned.id, ['CONFIRMED'], 20000);
        assert.equal((await shop.processOf('reaper'))?.pid, pid,
            'it kills no more');
    } finally {
        await stop();
    }
});
