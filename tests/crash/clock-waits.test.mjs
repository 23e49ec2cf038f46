// Waits, timeouts, heartbeats and retries of the workflow last as long as they
// are meant to, whatever the wall clock does: it jumps by a day, it is wrong
// after a reboot.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startShop, waitUntil } from '../http/shop.mjs';
import { ask, machine, pay, sell, validate } from '../http/workflow.mjs';
import { assertBooksHold, fakeClock, killAll, killProgram, placed,
    startClockShop, startCrashShop } from './crash.mjs';
import { startWebService } from './web-service.mjs';

const LATE_MS = 2000; // a wait may end so much later

// Each branch waits in its own way; the web service learns of the start and
// the end of each, by its own clock. seconds are those that each lasts; slow
// is how long one may take that takes 2.5 s.
function waiting(url, seconds) {
    const post = (path, more = {}) => ({ Type: 'Task',
        Resource: `${url}/${path}`, ResultPath: null, ...more });
    const caught = (path, error) => ({ ResultPath: null, Catch: [
        { ErrorEquals: [error], ResultPath: null, Next: path }] });
    const ended = (path) => ({ [path]: { ...post(path), End: true } });
    return machine({
        Validate: validate,
        All: { Type: 'Parallel', ResultPath: null, Branches: [
            machine({ begin: post('begin'),
                Pause: { Type: 'Wait', Seconds: seconds.wait },
                waited: post('waited') }),
            machine({ never: post('never', { TimeoutSeconds: seconds.timeout,
                ...caught('timed-out', 'States.Timeout') }) },
            ended('timed-out')),
            machine({ token: ask({ HeartbeatSeconds: seconds.heartbeat,
                ...caught('silent', 'States.Timeout') }) }, ended('silent')),
            machine({ again: post('again', { Retry: [{ ErrorEquals:
                ['States.ALL'], IntervalSeconds: seconds.retry }] }) }),
            machine({ slow: post('slow',
                { TimeoutSeconds: seconds.slow }) })] },
        Pay: pay, Sell: sell });
}

// Says 500 to what is tried again, nothing to what times out, and takes its
// time over what is slow.
function startPatient() {
    const seen = new Set();
    return startWebService(async ({ path, key }) => {
        const first = !seen.has(key);
        seen.add(key);
        if (path === '/never')
            return undefined;
        if (path === '/slow')
            await sleep(2500);
        return { status: path === '/again' && first ? 500 : 200 };
    });
}

// When a call came: the first of this path, or one by its number.
const at = (service, id, path, index = 0) =>
    service.callsOf(id, `/${path}`)[index]?.at;

// How long each of them waited, in ms.
const lengths = (service, id) => ({
    wait: at(service, id, 'waited') - at(service, id, 'begin'),
    timeout: at(service, id, 'timed-out') - at(service, id, 'never'),
    heartbeat: at(service, id, 'silent') - at(service, id, 'begin'),
    retry: at(service, id, 'again', service.callsOf(id, '/again').length - 1) -
        at(service, id, 'again'),
});

function assertLasted(service, id, seconds) {
    for (const [name, ms] of Object.entries(lengths(service, id))) {
        const meant = seconds[name] * 1000;
        // When it began is seen late where the machine is busy; what the
        // jump had ended would have taken no time at all.
        assert.ok(ms > meant / 2 && ms < meant + LATE_MS,
            `${name} lasted ${ms} ms instead of ${meant}`);
    }
}

async function assertServed(shop, id) {
    const order = await shop.waitForOrder(id, ['CONFIRMED'], 20000);
    assert.equal(order.payment_status, 'paid');
    const execution = await shop.look(`/orders/${id}/execution`);
    assert.equal(execution.events.filter(({ type, state }) =>
        state === 'slow' && type === 'TaskSucceeded').length, 1);
}

const beginsAll = (service, id) => waitUntil(() => ['begin', 'never', 'again',
    'slow'].every((path) => at(service, id, path) !== undefined), 10000,
'everything to wait');

describe('the wall clock jumps by a day or two', () => {
    const seconds = { wait: 3, timeout: 4, heartbeat: 4, retry: 2, slow: 6 };

    async function jump(kill) {
        const service = await startPatient();
        const { shop, setClock } = await startClockShop({ env: service.env,
            definition: waiting(service.url, seconds) });
        try {
            for (const time of ['+24h', '-24h', '+0']) {
                const id = await placed(shop);
                await beginsAll(service, id);
                await sleep(500);
                await setClock(time);
                await sleep(300);
                if (kill)
                    await killProgram(shop, 'reaper');
                await assertServed(shop, id);
                assertLasted(service, id, seconds);
                assert.equal(service.callsOf(id, '/slow').length,
                    kill ? 2 : 1, 'no lease runs out');
            }
            await assertBooksHold(shop);
        } finally {
            await shop.stop();
            await service.stop();
        }
    }

    test('while everything waits', { timeout: 60000 }, () => jump(false));
    test('while everything waits, and the reaper is killed',
        { timeout: 60000 }, () => jump(true));
});

// The machine goes down while everything waits and comes up with another boot
// clock and a wall clock that is right or wrong. aheadMs: how much further the
// boot clock of the boot before was.
describe('after a reboot', { concurrency: true }, () => {
    const seconds = { wait: 6, timeout: 6, heartbeat: 6, retry: 6,
        slow: 100000 };

    const otherBoot = (shop, aheadMs) => shop.rows('BEGIN;' +
        `UPDATE work_clock SET boot_id = 'another', offset_ms = offset_ms -` +
        ` ${aheadMs};` +
        'COMMIT');
    const clockOf = async (shop) => (await shop.rows(
        'SELECT seen_work_ms FROM work_clock'))[0].seen_work_ms;

    // Gives how long the waits lasted, once it was up again and in all.
    async function reboot(clock, aheadMs) {
        const service = await startPatient();
        let shop = await startCrashShop({ env: service.env,
            definition: waiting(service.url, seconds) });
        try {
            const { home, ports, env } = shop;
            const id = await placed(shop);
            await beginsAll(service, id);
            await sleep(700);
            await killAll(shop);
            await otherBoot(shop, aheadMs);
            const before = await clockOf(shop);
            const up = performance.now();
            shop = await startShop({ home, ports, env: { ...service.env,
                ORDERMILL_WORKFLOW: env.ORDERMILL_WORKFLOW,
                ...(clock === '+0' ? {} : await fakeClock(clock)) } });
            assert.ok(await clockOf(shop) >= before, 'no clock goes back');
            await assertServed(shop, id);
            assert.ok(await clockOf(shop) >= before, 'nor later');
            await assertBooksHold(shop);
            return { all: lengths(service, id), since: Object.fromEntries(
                [['wait', 'waited'], ['timeout', 'timed-out'],
                    ['heartbeat', 'silent'], ['retry', 'again', 1]]
                    .map(([name, ...call]) =>
                        [name, at(service, id, ...call) - up])) };
        } finally {
            await shop.stop();
            await service.stop();
        }
    }

    for (const [name, clock, aheadMs] of [
        ['long before it', '-1d', 1e9], ['right', '+0', -1e6],
        ['right, the boot before being longer', '+0', 1e9]])
        test(`the clock is ${name}`, { timeout: 60000 }, async () => {
            const { all, since } = await reboot(clock, aheadMs);
            for (const [wait, ms] of Object.entries(all))
                assert.ok(ms > seconds[wait] * 1000 - 150,
                    `${wait} lasted ${ms} ms in all`);
            for (const [wait, ms] of Object.entries(clock === '+0' ? all
                : since))
                assert.ok(ms < seconds[wait] * 1000 + LATE_MS,
                    `${wait} lasted ${ms} ms`);
        });

    test('the clock is a day ahead: all is over at once', { timeout: 60000 },
        async () => {
            const { since } = await reboot('+1d', 1e9);
            for (const [wait, ms] of Object.entries(since))
                assert.ok(ms < 4000, `${wait} lasted ${ms} ms more`);
        });
});
