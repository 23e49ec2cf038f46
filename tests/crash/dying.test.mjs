// A program that dies at its start, over and over: it backs off alone, and the
// shop goes on.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertRefusedForNow, compile } from './crash.mjs';

const WATCHED_MS = 5000;

test('it backs off, is named, and is back once it can live',
    { timeout: 60000 }, async () => {
        const home = await mkdtemp(join(tmpdir(), 'om-'));
        const file = join(home, 'dies');
        await writeFile(file, '');
        const shop = await startShop({ home, env: {
            LD_PRELOAD: await compile(home, 'dies.c', '-shared', '-fPIC'),
            ORDERMILL_DIES: 'payment-methods', ORDERMILL_DIES_WHILE: file } });
        try {
            const ask = () => shop.request('GET', '/payment-methods');
            const slowest = { ms: 0 };
            for (const end = Date.now() + WATCHED_MS; Date.now() < end;) {
                const began = Date.now();
                assertRefusedForNow(await ask());
                slowest.ms = Math.max(slowest.ms, Date.now() - began);
                assert.equal((await shop.request('GET', '/products')).status,
                    200);
                await sleep(50);
            }
            assert.ok(slowest.ms < 2500, `${slowest.ms} ms`);
            await shop.place();
            const { status, json } = await shop.request('GET', '/health');
            assert.equal(status, 503);
            assert.deepEqual(json.programs,
                { status: 'dying', names: ['payment-methods'] });
            const log = await readFile(join(home, 'log/ordermill.log'),
                'utf8');
            const deaths = log.match(/payment-methods\[\d+\] ended with status 3/g)
                .length;
            assert.ok(deaths > 4 && deaths < 9, `${deaths} deaths`);
            await rm(file);
            await waitUntil(async () => (await ask()).status === 200, 15000,
                'its return');
        } finally {
            await shop.stop();
        }
    });
