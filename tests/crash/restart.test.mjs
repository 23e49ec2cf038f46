// A reaper that is killed takes up what it had under way within 2 s of its
// restart, as the shop is promised; what waits goes on waiting for what is
// left.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { statOf } from '../http/processes.mjs';
import { waitUntil } from '../http/shop.mjs';
import { entriesIn, machine, notify, pay, sell, validate }
    from '../http/workflow.mjs';
import { assertBooksHold, killProgram, mailsIn, placed, startCrashShop }
    from './crash.mjs';
import { startWebService } from './web-service.mjs';

const SOON_MS = 2000; // from the new reaper's start
const RETRY_MS = 3000;
const WAIT_MS = 4000;

// When the process began, in the test's own ms: its age is what the kernel
// says (proc(5), stat's field 22, in ticks since the boot).
async function beganAt(pid) {
    const ticks = Number((await statOf(pid))[19]);
    const [uptime] = (await readFile('/proc/uptime', 'utf8')).split(' ');
    return performance.now() - (Number(uptime) * 1000 - ticks * 10);
}

const post = (url, more = {}) => ({ Type: 'Task', Resource: url,
    ResultPath: null, ...more });

const chosen = (url) => machine({ Validate: validate,
    Which: { Type: 'Choice', Default: 'Ask', Choices: [
        { Variable: '$.quantity', NumericEquals: 2, Next: 'Fail500' },
        { Variable: '$.quantity', NumericEquals: 3, Next: 'Mark' }] },
    Ask: post(`${url}/ask`), Pay: pay, Sell: sell }, {
    Fail500: post(`${url}/again`, { Next: 'Pay', Retry: [{
        ErrorEquals: ['States.ALL'], IntervalSeconds: RETRY_MS / 1000 }] }),
    Mark: post(`${url}/before`, { Next: 'Pause' }),
    Pause: { Type: 'Wait', Seconds: WAIT_MS / 1000, Next: 'After' },
    After: post(`${url}/after`, { Next: 'Pay' }),
});

test('a killed reaper', { timeout: 60000 }, async () => {
    // The call under way is not answered before the reaper is killed.
    const seen = new Set();
    const service = await startWebService(({ path, key }) => {
        const first = !seen.has(key);
        seen.add(key);
        if (path === '/ask' && first)
            return new Promise(() => {});
        return { status: path === '/again' && first ? 500 : 200 };
    });
    const shop = await startCrashShop({ definition: chosen(service.url),
        env: service.env });
    try {
        const order = (quantity, method) => placed(shop, {
            items: [{ sku: 'mouse', quantity }], payment_method: method });
        const asks = await order(1);
        const retries = await order(2);
        const waits = await order(3);
        const calls = (id, path, count) => waitUntil(() => {
            const found = service.callsOf(id, path);
            return found.length >= count && found;
        }, 10000, `${count} calls of ${path}`);
        await Promise.all([calls(asks, '/ask', 1), calls(retries, '/again', 1),
            calls(waits, '/before', 1)]);
        const gateway = await shop.processOf('gateway');
        process.kill(gateway.pid, 'SIGSTOP');
        await sleep(500);

        const { pid: killed } = await shop.processOf('reaper');
        await killProgram(shop, 'reaper');
        const { pid } = await shop.nextProcess('reaper', killed);
        const began = await beganAt(pid);
        const [, asked] = await calls(asks, '/ask', 2);
        assert.ok(asked.at - began < SOON_MS,
            `the call under way came after ${asked.at - began} ms`);
        // New orders are worked on as soon.
        const late = await order(4);
        const [fresh] = await calls(late, '/ask', 1);
        assert.ok(fresh.at - began < SOON_MS + 1000);

        const assertWaited = (from, to, ms) => {
            const took = to.at - from.at;
            assert.ok(took > ms - 50 && took < ms + SOON_MS,
                `waited ${took} ms instead of ${ms}`);
        };
        assertWaited(...await calls(retries, '/again', 2), RETRY_MS);
        assertWaited((await calls(waits, '/before', 1))[0],
            (await calls(waits, '/after', 1))[0], WAIT_MS);
        process.kill(gateway.pid, 'SIGCONT');
        await killProgram(shop, 'reaper'); // the late order's call is lost
        for (const id of [asks, retries, waits, late]) {
            await shop.waitForOrder(id, ['CONFIRMED'], 20000);
            const entries = entriesIn(
                await shop.look(`/orders/${id}/execution`));
            for (const [state, times] of Object.entries(entries))
                assert.equal(times, 1, state);
        }
        const books = await assertBooksHold(shop);
        assert.equal(books.charges, 4, books.text);
    } finally {
        await shop.stop();
        await service.stop();
    }
});

// The order whose call hangs is blamed for the crash as others are, and what
// is blamed is worked on one at a time: not for as long as its call may take.
test('a call that hangs holds up nobody after a crash', { timeout: 60000 },
    async () => {
        const service = await startWebService(() => undefined);
        const shop = await startCrashShop({ env: service.env,
            definition: machine({ Validate: validate,
                Which: { Type: 'Choice', Default: 'Pay', Choices: [{
                    Variable: '$.quantity', NumericEquals: 2,
                    Next: 'Ask' }] },
                Ask: post(`${service.url}/ask`), Pay: pay, Sell: sell,
                Notify: notify }) });
        try {
            const hung = await placed(shop,
                { items: [{ sku: 'mouse', quantity: 2 }] });
            await waitUntil(() => service.calls.length === 1, 5000, 'a call');
            await killProgram(shop, 'reaper');
            await waitUntil(() => service.calls.length === 2, 5000,
                'it to be made again');
            const ids = [];
            for (let order = 0; order < 3; order++)
                ids.push(await placed(shop));
            for (const id of ids)
                await shop.waitForOrder(id, ['CONFIRMED'], 5000);
            await waitUntil(async () => await mailsIn(shop) === 3, 5000,
                'their mails');
            const done = await shop.cancel(ids[0]);
            assert.equal(done.status, 200, done.text);
            await shop.waitForPayment(ids[0], 'refunded');
            assert.equal((await shop.look(`/orders/${hung}/execution`))
                .state, 'Ask');
            await assertBooksHold(shop);
        } finally {
            await shop.stop();
            await service.stop();
        }
    });
