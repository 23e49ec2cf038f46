// An import with a row that kills the reaper whenever it is applied, and whose
// command died: after three crashes the reapers leave it and staff are told.
// The command goes on with it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ordermill, runCommand, waitUntil } from '../http/shop.mjs';
import { assertBooksHold, placed, startFusedShop } from './crash.mjs';

test('an import that kills the reaper', { timeout: 60000 }, async () => {
    const { shop, fuse, stop } = await startFusedShop();
    try {
        const file = join(shop.home, 'poison.csv');
        await writeFile(file, 'sku,name,description,price,stock\n' +
            'bitter-pill,Pill,,1,2\nsweet,Sweet,,1,2\n');
        await shop.withReaperStopped(async () => {
            await fuse.arm(4, 'flock'); // it is taken, and not applied
            const done = await runCommand(ordermill,
                ['import', 'products', file],
                { ...shop.env, ORDERMILL_FUSED: 'ordermill' });
            assert.equal(done.signal, 'SIGKILL');
            await fuse.arm(0);
            await fuse.poison('bitter-pill', 'bound');
        });
        const alarms = () => shop.rows('SELECT kind, subject FROM alarms' +
            ' WHERE closed_at_ms IS NULL');
        await waitUntil(async () => (await alarms()).length > 0, 30000,
            'the alarm');
        const { subject } = (await alarms())[0];
        assert.match(subject, /^import \d+$/);
        assert.deepEqual(await alarms(), [{ kind: 'import', subject }]);
        assert.deepEqual(await shop.rows('SELECT last_number FROM counters' +
            ' WHERE name = \'reaper\''), [{ last_number: 4 }], 'three deaths');
        const { pid } = await waitUntil(() => shop.processOf('reaper'), 5000,
            'a reaper');
        await shop.waitForOrder(await placed(shop), ['CONFIRMED']);
        assert.equal((await shop.processOf('reaper'))?.pid, pid,
            'it kills no more');
        assert.equal(await shop.sql('SELECT COUNT(*) FROM import_parts'), '1');

        const done = await shop.run('import', 'products', file);
        assert.equal(done.code, 0, done.stderr);
        assert.equal(await shop.sql('SELECT COUNT(*) FROM import_parts'), '0');
        assert.equal(await shop.sql('SELECT SUM(on_hand) FROM variants' +
            " WHERE sku IN ('bitter-pill', 'sweet')"), '4');
        assert.deepEqual(await alarms(), []);
        await assertBooksHold(shop);
    } finally {
        await stop();
    }
});
