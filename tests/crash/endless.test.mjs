// A workflow that goes round for ever: its history's limit ends it, the order
// is undone, and nobody else waits for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { booksHold, machine, pay, sell, startWorkflow, validate }
    from '../http/workflow.mjs';

const HISTORY_MAX = 25000; // lib/shop/execution/history.h
const ORDERS = 60;
const SLOWEST_MS = 2000; // an order beside it takes no longer

const round = machine({ Validate: validate, Pay: pay, Round: { Type: 'Pass' },
    Again: { Type: 'Choice', Default: 'Out', Choices: [{
        Variable: '$.order_id', IsPresent: true, Next: 'Round' }] } },
{ Out: { Type: 'Succeed' } });

test('a workflow without an end', { timeout: 120000 }, async () => {
    const shop = await startWorkflow(round);
    try {
        const left = await shop.available('mouse');
        const endless = [];
        while (endless.length < ORDERS)
            endless.push(await shop.buy());
        await shop.load(machine({ Validate: validate, Pay: pay, Sell: sell }));
        const ended = async () => (await Promise.all(endless.map(async (id) =>
            (await shop.execution(id, `?after=${HISTORY_MAX - 1}`)).json
                .status))).filter((status) => status !== 'RUNNING').length;
        const took = [];
        while (await ended() < ORDERS) {
            const began = Date.now();
            const id = await shop.buy('keyboard');
            await shop.waitForOrder(id, ['CONFIRMED'], 10000);
            took.push(Date.now() - began);
            await sleep(10);
        }
        assert.ok(took.length > 0, `${took.length} orders beside it`);
        assert.ok(Math.max(...took) < SLOWEST_MS, `${took}`);

        for (const id of endless) {
            const { status, error, cause, events } = (await shop.execution(id,
                `?after=${HISTORY_MAX - 300}`)).json;
            assert.equal(status, 'FAILED');
            assert.equal(error, 'States.Runtime');
            assert.match(cause, /history is full/);
            assert.ok(events.length > 0 &&
                events.at(-1).id < HISTORY_MAX + 300, events.length);
            const order = await shop.waitForPayment(id, 'refunded');
            assert.equal(order.status, 'FAILED');
            assert.match(order.reason, /history is full/);
        }
        assert.equal(await shop.available('mouse'), left);
        const [{ bytes }] = await shop.rows('SELECT MAX(n) AS bytes FROM' +
            ' (SELECT SUM(LENGTH(events)) AS n FROM execution_events' +
            ' GROUP BY order_id)');
        assert.ok(bytes < 64 * 1024 * 1024, `${bytes} bytes of history`);
        await booksHold(shop);
    } finally {
        await shop.stop();
    }
});
