// A shop of version 1 is brought up to this version by `serve`: what was under
// way goes on, what was done is done no second time, and its history is there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertIsCurrent, goBack, receipt } from './old-shop.mjs';
import { startShop, waitUntil } from './shop.mjs';

const idOf = (number) => `01a1f000-0000-7000-8000-00000000${number}`;
let shop;
let intents;

// Has the gateway charge what version 1 had it charge, by the same call.
async function charge(number) {
    const answer = await fetch(`${shop.gateway}/v1/payment_intents`, {
        method: 'POST', headers: { authorization: `Bearer ${shop.gatewayKey}`,
            'content-type': 'application/x-www-form-urlencoded',
            'idempotency-key': `attempt-${number}` },
        body: 'amount=3900&currency=eur&payment_method=pm_card_visa' +
            '&payment_method_types[]=card&confirm=true' +
            `&description=Order%20${number}` +
            `&metadata[order_id]=${idOf(number)}&metadata[attempt]=1` });
    const intent = await answer.json();
    assert.equal(intent.status, 'succeeded', JSON.stringify(intent));
    return intent.id;
}

before(async () => {
    shop = await startShop();
    intents = {};
    for (const number of [1001, 1002, 1003]) // 1002's answer was lost
        intents[number] = await charge(number);
    shop = await shop.restart({}, () => goBack(shop.home, 'version-1.sql',
        [idOf(1001)],
        { INTENT_1001: intents[1001], INTENT_1003: intents[1003] }));
});
after(() => shop?.stop());

const show = (number) => shop.show(idOf(number));
const execution = (number) => shop.look(`/orders/${idOf(number)}/execution`);

describe('a shop of version 1', () => {
    test('is of this version now', () => assertIsCurrent(shop));

    test('serves the order that was being charged, by the same charge',
        async () => {
            const order = await shop.waitForOrder(idOf(1002), ['CONFIRMED']);
            assert.equal(order.payment_status, 'paid');
            await waitUntil(async () => (await execution(1002)).status ===
                'SUCCEEDED', 10000, 'its end');
            const { events } = await execution(1002);
            assert.deepEqual(events.map(({ id }) => id),
                events.map((_, i) => i + 1));
            assert.deepEqual(events.slice(0, 4).map(({ type, state }) =>
                [type, state]), [['ExecutionStarted', null],
                ['TaskStateEntered', 'ValidateOrder'],
                ['TaskSucceeded', 'ValidateOrder'],
                ['TaskStateEntered', 'ProcessPayment']]);
            assert.equal(await shop.sql(
                'SELECT gateway_id FROM payment_entries WHERE order_id =' +
                ` '${idOf(1002)}'`), intents[1002]);
        });

    test('makes the refund and sends the mail that were due', async () => {
        await shop.waitForPayment(idOf(1003), 'refunded');
        const mail = await waitUntil(() => readFile(join(shop.home,
            'mail/mail-1001.eml'), 'utf8').catch(() => undefined), 10000,
        'the mail');
        assert.match(mail, /^Subject: Order 1001 is confirmed/m);
        assert.match(mail, /filename="?receipt-1001\.pdf/);
    });

    test('shows the history of what was served', async () => {
        const { status, state, events, definition, input } =
            await execution(1001);
        assert.equal(status, 'SUCCEEDED');
        assert.equal(state, 'SendNotification');
        assert.equal(definition.StartAt, 'ValidateOrder');
        assert.equal(input, null);
        assert.deepEqual(events.map(({ type }) => type), ['ExecutionStarted',
            ...Array(3).fill(['TaskStateEntered', 'TaskSucceeded']).flat(),
            'TaskStateEntered', 'TaskFailed', 'TaskScheduled',
            'TaskSucceeded', 'TaskStateEntered', 'TaskSucceeded',
            'ExecutionSucceeded']);
        assert.deepEqual(events[8].detail, { error: 'Receipt.WriteFailed',
            cause: 'No space left' });
        assert.ok(Date.parse(events[0].timestamp) < Date.now() - 50000);
        const { receipt_url: link } = await show(1001);
        assert.equal(await (await fetch(link)).text(), receipt);
        assert.equal((await execution(1003)).status, 'ABORTED');
    });

    test('leaves the parked order alone until staff bring it back',
        async () => {
            assert.equal((await show(1004)).status, 'PROCESSING');
            await shop.verify();
            const answer = await shop.asStaff('POST',
                `/orders/${idOf(1004)}/execution`,
                { body: { action: 'retry', reason: 'Upgraded.' } });
            assert.equal(answer.status, 200, answer.text);
            await shop.waitForOrder(idOf(1004), ['CONFIRMED']);
            await waitUntil(async () => (await execution(1004)).status ===
                'SUCCEEDED', 10000, 'its end');
        });

    test('keeps its books, and starts once more', async () => {
        const check = async () => {
            const found = await shop.verify();
            for (const rule of [/every charge equal.*, 4 checked/,
                /journal.*, 4 checked/])
                assert.match(found, rule);
        };
        await check();
        shop = await shop.restart();
        await check();
        assert.equal(await shop.available('mouse'), 97);
    });
});
