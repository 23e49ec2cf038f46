// What the reaper makes of events: each is applied once, in any order of
// arrival; the staff's inbox. The gateway itself is not to be reached here:
// all that is known of a payment comes by webhook.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startShop, unknownId, waitUntil } from './shop.mjs';
import { browser, signIn } from './staff-browser.mjs';
import { environment, eventOf, eventRow, intentEvent, metadataOf,
    newId, nowS, send, waitingOrder } from './webhook.mjs';

let shop;
let staff;

before(async () => {
    shop = await startShop({ env: environment });
    staff = await signIn(shop);
});
after(() => shop?.stop());

const page = (path) => staff.get(path);
const applyAgain = (id) =>
    staff.post(`/admin/webhooks/${id}/apply`, { csrf: staff.csrf });

const waiting = (kind) => waitingOrder(shop, kind);

const sessionEvent = (what, order, more = {}) =>
    eventOf(`checkout.session.${what}`, { id: order.session,
        object: 'checkout.session', status: 'complete', currency: 'eur',
        payment_status: 'paid', payment_intent: order.intent,
        amount_total: order.total, metadata: metadataOf(order), ...more });

const refundedEvent = (order, total, more = {}) =>
    eventOf('charge.refunded', { id: newId('ch'), object: 'charge',
        payment_intent: order.intent, amount: order.total, currency: 'eur',
        amount_refunded: total, metadata: metadataOf(order) }, more);

const disputeEvent = (what, order, id, status, more = {}, event = {}) =>
    eventOf(`charge.dispute.${what}`, { id, object: 'dispute', status,
        amount: order.total, currency: 'eur', payment_intent: order.intent,
        metadata: {}, ...more }, event);

// Its row once the reaper has looked at it.
async function sent(event) {
    assert.equal((await send(shop, event)).status, 200);
    return looked(event.id);
}

const looked = (id) => waitUntil(async () => {
    const row = await eventRow(shop, id);
    return row.status !== 'due' && row;
}, 5000, 'the event to be looked at');

async function arrives(event, status, message, order) {
    const row = await sent(event);
    assert.equal(`${row.status}: ${row.message}`.slice(0,
        status.length + 2 + message.length), `${status}: ${message}`);
    assert.equal(row.order_id, order?.id ?? null);
    assert.equal(row.applied_at_ms !== null, status !== 'early');
}

async function paidOrder() {
    const order = await waiting();
    await arrives(intentEvent('succeeded', order), 'applied', 'Paid', order);
    await shop.waitForOrder(order.id, ['CONFIRMED']);
    return order;
}

test('a payment makes an order go on, once', async () => {
    const order = await paidOrder();
    await arrives(sessionEvent('completed', order), 'applied', 'Known', order);
    await arrives(intentEvent('succeeded', order), 'applied', 'Known', order);
    await arrives(intentEvent('payment_failed', order), 'applied', '', order);
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`]);
    assert.equal((await shop.attempt(order.id)).status, 'succeeded');
    assert.deepEqual(await shop.alarms(order.id), []);
});

test('a storm in any order pays each order once', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () =>
        waiting()));
    const events = orders.flatMap((order) => [
        sessionEvent('completed', order), intentEvent('succeeded', order),
        intentEvent('payment_failed', order, {}, { created: nowS() - 60 })]);
    const storm = [...events, ...events, ...events]
        .map((event, i) => [(i * 7919) % 71, event])
        .sort(([a], [b]) => a - b);
    await Promise.all(storm.map(async ([, event]) => {
        assert.equal((await send(shop, event)).status, 200);
    }));
    for (const { id } of events)
        assert.equal((await looked(id)).status, 'applied');
    for (const order of orders) {
        await shop.waitForOrder(order.id, ['CONFIRMED']);
        assert.deepEqual(await shop.ledger(order.id),
            [`charge ${order.total}`]);
    }
});

test('a session that is not paid yet pays nothing', async () => {
    const order = await waiting();
    await arrives(sessionEvent('completed', order,
        { payment_status: 'unpaid' }), 'ignored', 'Not paid');
    assert.deepEqual(await shop.ledger(order.id), []);
    await arrives(sessionEvent('async_payment_succeeded', order,
        { metadata: {} }), 'applied', 'Paid', order);
    await shop.waitForOrder(order.id, ['CONFIRMED']);
});

test('another amount or currency is not taken', async () => {
    const order = await waiting();
    for (const more of [{ amount_received: order.total - 1 },
        { currency: 'usd' }])
        await arrives(intentEvent('succeeded', order, more), 'applied',
            'Not this', order);
    assert.deepEqual(await shop.ledger(order.id), []);
    assert.deepEqual(await shop.alarms(order.id), ['payment_odd']);
    assert.equal((await shop.attempt(order.id)).status, 'open');
});

test('what the shop did not ask for pays nothing, and is said once',
    async () => {
    const { order_id: id, total_minor: total } =
        await shop.place({ payment_method: 'manual' });
    const order = { id, total, intent: newId('pi'), session: newId('cs') };
    await shop.waitForAttempt(id);
    const foreign = 'The shop did not ask';
    const event = intentEvent('succeeded', order);
    await arrives(event, 'applied', foreign, order);
    await arrives(sessionEvent('completed', order), 'applied', foreign, order);
    await arrives(intentEvent('payment_failed', order), 'applied', 'Known',
        order);
    await arrives(sessionEvent('expired', order), 'applied', 'Known', order);
    const { kind, status } = await shop.attempt(order.id);
    assert.deepEqual([kind, status], ['manual', 'open']);
    const shown = await shop.show(order.id);
    assert.deepEqual([shown.status, shown.payment_status],
        ['PROCESSING', 'pending']);
    assert.deepEqual(await shop.ledger(order.id), []);
    assert.deepEqual(await shop.alarms(order.id), ['payment_foreign']);
    // Staff have seen it: it is not said again.
    await shop.rows('UPDATE alarms SET closed_at_ms = 1 WHERE' +
        ` order_id = '${order.id}'; SELECT 1`);
    await arrives(intentEvent('succeeded', order), 'applied', foreign, order);
    assert.deepEqual(await shop.alarms(order.id), []);
    // Nor does an id of a payment by hand come from the gateway.
    assert.equal((await shop.markPaid(order.id)).status, 201);
    await shop.waitForOrder(order.id, ['CONFIRMED']);
    const byHand = { ...order,
        intent: (await shop.attempt(order.id)).intent_id };
    await arrives(refundedEvent(byHand, 5), 'ignored', 'Not of a payment');
    await arrives(disputeEvent('created', byHand, newId('dp'),
        'needs_response'), 'ignored', 'Not of a payment');
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`]);
});

test('metadata does not lead the payment of one order to another', async () => {
    const [first, second] = [await waiting('token'), await waiting('token')];
    await shop.rows('UPDATE payment_attempts SET intent_id =' +
        ` '${first.intent}' WHERE order_id = '${first.id}'`);
    await arrives(intentEvent('succeeded', first,
        { metadata: metadataOf(second) }), 'applied', 'Paid', first);
    await shop.waitForOrder(first.id, ['CONFIRMED']);
    assert.equal((await shop.attempt(second.id)).status, 'open');
    assert.deepEqual(await shop.ledger(second.id), []);
});

test('a currency that cannot be read is never taken for ours', async () => {
    const order = await waiting();
    for (const currency of [undefined, null, 978, 'euro', '€€€'])
        await arrives(intentEvent('succeeded', order, { currency }), 'applied',
            'Not this', order);
    assert.deepEqual(await shop.alarms(order.id), ['payment_odd']);
    await arrives(intentEvent('succeeded', order), 'applied', 'Paid', order);
    for (const currency of [undefined, 'usd', 'euro']) {
        const refunded = refundedEvent(order, 5);
        refunded.data.object.currency = currency;
        await arrives(refunded, 'applied', 'Not this', order);
        await arrives(disputeEvent('created', order, newId('dp'), 'lost',
            { currency }), 'applied', 'A dispute', order);
    }
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`]);
    const odd = (await shop.alarms(order.id)).filter((kind) =>
        kind === 'payment_odd');
    assert.equal(odd.length, 7); // the payment, three refunds, three disputes
});

test('what concerns no order here is ignored', async () => {
    const stranger = { id: 'x', intent: newId('pi'), total: 5,
        session: newId('cs') };
    const cases = [
        intentEvent('succeeded', stranger, { metadata: {} }),
        intentEvent('succeeded', stranger, { metadata: null }),
        intentEvent('succeeded', stranger, { id: 5 }),
        intentEvent('payment_failed', stranger, { status: null }),
        sessionEvent('completed', stranger, { metadata: {} }),
        sessionEvent('expired', stranger, { metadata: {}, object: 'x' }),
        eventOf('charge.refunded', { id: 'ch_1', payment_intent: 'pi_x',
            amount_refunded: 5 }),
        eventOf('charge.refunded', { id: 'ch_1', amount_refunded: 5 }),
        eventOf('charge.refunded', { payment_intent: 'pi_x',
            amount_refunded: 1e300 }),
        eventOf('charge.dispute.created', { id: 'dp_1', status: 'x',
            amount: -1, payment_intent: 'pi_x' }),
        eventOf('charge.dispute.created', {}),
        eventOf('refund.failed', { id: 're_x', status: 'failed',
            payment_intent: 'pi_x' }),
        eventOf('refund.updated', { id: 're_x', status: 'succeeded' }),
        eventOf('charge.succeeded', { id: 'ch_1' }),
        eventOf('charge.dispute', { id: 'ch_1' }),
        eventOf('payment_intent.succeeded.x', { id: 'ch_1' }),
        eventOf('.', {})];
    for (const event of cases)
        await arrives(event, 'ignored', '');
});

test('what names an order that is not here is early', async () => {
    const stranger = { id: unknownId,
        intent: newId('pi'), total: 5, session: newId('cs') };
    for (const event of [intentEvent('succeeded', stranger),
        intentEvent('canceled', stranger),
        intentEvent('succeeded', stranger, { metadata:
            { order_id: 'x\' OR 1', attempt: '99999999999999999999' } }),
        sessionEvent('completed', stranger), sessionEvent('expired', stranger),
        refundedEvent(stranger, 5),
        disputeEvent('created', stranger, 'dp_5', 'needs_response')]) {
        await arrives(event, 'early', '');
        const work = await shop.rows('SELECT tries, due_work_ms > (SELECT' +
            ' seen_work_ms FROM work_clock) AS later FROM work' +
            ' JOIN webhook_events ON subject = printf(\'%012d\', sequence)' +
            ` WHERE kind = 'event' AND event_id = '${event.id}'`);
        assert.deepEqual(work, [{ tries: 1, later: 1 }]);
    }
});

test('an early event is matched later', async () => {
    const order = await waiting();
    const refunded = refundedEvent(order, 300);
    const dispute = disputeEvent('created', order, newId('dp'),
        'needs_response');
    await arrives(refunded, 'early', 'Its charge');
    await arrives(dispute, 'early', 'Its charge');
    await arrives(intentEvent('succeeded', order), 'applied', 'Paid', order);
    await shop.waitForOrder(order.id, ['CONFIRMED']);
    for (const { id } of [refunded, dispute]) {
        assert.equal((await applyAgain(id)).status, 303);
        assert.equal((await looked(id)).status, 'applied');
    }
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`,
        'refund 300', `dispute ${order.total}`]);
});

test('a decline ends a charge by token, and only an open one', async () => {
    const order = await waiting('token');
    await arrives(intentEvent('payment_failed', order, { last_payment_error: {
        code: 'card_declined', decline_code: 'insufficient_funds',
        message: 'The card has insufficient funds.' } }), 'applied',
    'Declined', order);
    const now = await shop.waitForOrder(order.id, ['FAILED']);
    assert.match(now.reason, /insufficient funds/);
    assert.equal(now.payment_status, 'failed');
    const { status, code } = await shop.attempt(order.id);
    assert.deepEqual({ status, code },
        { status: 'failed', code: 'insufficient_funds' });
    const other = await waiting('token');
    await shop.rows(`UPDATE payment_attempts SET intent_id = 'pi_own'
        WHERE order_id = '${other.id}'`);
    await arrives(intentEvent('canceled', other), 'applied', 'Known', other);
    assert.equal((await shop.attempt(other.id)).status, 'open');
});

test('on the gateway\'s page a customer may try again', async () => {
    const order = await waiting();
    await arrives(intentEvent('payment_failed', order), 'applied', 'Declined',
        order);
    await arrives(intentEvent('canceled', order), 'applied', 'Cancelled',
        order);
    assert.equal((await shop.attempt(order.id)).status, 'open');
    await arrives(intentEvent('succeeded', order), 'applied', 'Paid', order);
    await shop.waitForOrder(order.id, ['CONFIRMED']);
});

test('a charge that wants the bank\'s page waits for it', async () => {
    const order = await waiting('token');
    const action = (url) => intentEvent('requires_action', order, {
        status: 'requires_action', next_action: { type: 'redirect_to_url',
            redirect_to_url: { url } } });
    await arrives(action('javascript:alert(1)'), 'applied', 'Known', order);
    await arrives(action('https://bank.example/1'), 'applied', 'The customer',
        order);
    await arrives(action('https://bank.example/2'), 'applied', 'Known', order);
    const attempt = await shop.attempt(order.id);
    assert.equal(attempt.payment_url, 'https://bank.example/1');
    assert.equal(attempt.intent_id, order.intent);
    assert.equal(attempt.stage, 'wait');
});

test('a page that has closed is looked at', async () => {
    const order = await waiting();
    const expired = (more) => sessionEvent('expired', order,
        { status: 'expired', payment_status: 'unpaid', ...more });
    await arrives(expired({ id: newId('cs') }), 'applied', 'Known', order);
    assert.notEqual((await shop.attempt(order.id)).stage, 'close');
    await arrives(expired(), 'applied', 'The payment page', order);
    assert.equal((await shop.attempt(order.id)).stage, 'close');
    const paid = await paidOrder();
    await arrives(sessionEvent('expired', paid), 'applied', 'Known', paid);
});

test('refunds made at the gateway enter the books once', async () => {
    const order = await paidOrder();
    const late = refundedEvent(order, 200, { created: nowS() - 10 });
    await arrives(refundedEvent(order, 500), 'applied', 'A refund', order);
    await arrives(late, 'applied', 'Known', order);
    await arrives(refundedEvent(order, 500), 'applied', 'Known', order);
    await arrives(refundedEvent(order, 700), 'applied', 'A refund', order);
    assert.deepEqual(await shop.ledger(order.id),
        [`charge ${order.total}`, 'refund 500', 'refund 200']);
});

test('a refund that failed after all is taken back once', async () => {
    const order = await paidOrder();
    const before = refundedEvent(order, 500);
    await arrives(before, 'applied', 'A refund', order);
    const refund = newId('re');
    const failed = (status = 'failed') => eventOf('refund.failed',
        { id: refund, object: 'refund', status, amount: 500, metadata: {},
            failure_reason: 'expired_or_canceled_card',
            payment_intent: order.intent });
    await arrives(failed(), 'early', 'The refund');
    await shop.rows(`UPDATE refunds SET gateway_id = '${refund}'
        WHERE gateway_id = '${before.id}'`);
    await arrives(failed('succeeded'), 'ignored', 'Says nothing');
    await arrives(failed(), 'applied', 'The refund failed', order);
    await arrives(refundedEvent(order, 500, { created: nowS() - 60 }),
        'applied', 'Out of date', order);
    await applyAgain(before.id);
    await looked(before.id);
    assert.deepEqual(await shop.ledger(order.id),
        [`charge ${order.total}`, 'refund 500', 'refund_reversal 500']);
    assert.deepEqual(await shop.alarms(order.id), ['refund_failed']);
});

test('a dispute takes the money until it is won', async () => {
    const order = await paidOrder();
    const id = newId('dp');
    await arrives(disputeEvent('created', order, id, 'needs_response'),
        'applied', 'A dispute', order);
    assert.deepEqual(await shop.alarms(order.id), ['dispute']);
    for (let i = 0; i < 2; i++)
        await arrives(disputeEvent('closed', order, id, 'won'), 'applied',
            'A dispute', order);
    await arrives(disputeEvent('updated', order, id, 'under_review'),
        'applied', 'A dispute', order);
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`,
        `dispute ${order.total}`, `dispute_reversal ${order.total}`]);
    assert.deepEqual(await shop.alarms(order.id), []);
});

test('the newest event of a dispute words its alarm', async () => {
    const order = await paidOrder();
    const words = async (id) => (await shop.rows('SELECT detail FROM alarms' +
        ` WHERE subject = '${id}' ORDER BY alarm_id`))
        .map(({ detail }) => detail);
    const t = nowS() - 1000;
    for (const [steps, said] of [
        [[[0, 'needs_response'], [2, 'lost'], [1, 'under_review']],
            /is lost/],
        [[[0, 'needs_response'], [1, 'under_review']], /looking at the answer/],
        [[[0, 'warning_needs_response'], [1, 'needs_response']],
            /answer the dispute/],
        [[[1, 'needs_response'], [0, 'warning_needs_response']],
            /answer the dispute/],
        [[[0, 'needs_response'], [1, 'prevented']], /was prevented/],
        [[[0, 'needs_response'], [1, 'new_word']], /status "new_word"/],
        [[[0, 'needs_response'], [1, 'won']], /is won/],
        [[[0, 'lost'], [0, 'needs_response']], /is lost/]]) {
        const id = newId('dp');
        for (const [after, status] of steps)
            await arrives(disputeEvent('updated', order, id, status,
                { amount: 1 }, { created: t + after }), 'applied', 'A dispute',
            order);
        const details = await words(id);
        assert.equal(details.length, 1, steps.join());
        assert.match(details[0], said);
    }
});

test('an unknown status of a dispute moves no money by itself', async () => {
    const order = await paidOrder();
    for (const status of ['prevented', 'new_word'])
        await arrives(disputeEvent('created', order, newId('dp'), status,
            { amount: 1 }), 'applied', 'A dispute', order);
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`]);
    await arrives(disputeEvent('funds_withdrawn', order, newId('dp'),
        'new_word', { amount: 1 }), 'applied', 'A dispute', order);
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`,
        'dispute 1']);
});

test('money won back for an order that was cancelled goes back', async () => {
    const order = await paidOrder();
    const id = newId('dp');
    await arrives(disputeEvent('created', order, id, 'needs_response'),
        'applied', 'A dispute', order);
    const done = await shop.cancel(order.id);
    assert.equal(done.status, 200, done.text);
    const refunds = () => shop.rows('SELECT intent_id, amount_minor FROM' +
        ` refunds WHERE order_id = '${order.id}'`);
    assert.deepEqual(await refunds(), []);
    for (let i = 0; i < 2; i++)
        await arrives(disputeEvent('closed', order, id, 'won'), 'applied',
            'A dispute', order);
    assert.deepEqual(await refunds(),
        [{ intent_id: order.intent, amount_minor: order.total }]);
});

describe('the inbox for staff', () => {
    test('lists events newest first, by status and in pages', async () => {
        const mark = newId('type');
        const ids = [];
        for (let i = 0; i < 30; i++) {
            const event = eventOf(mark, { id: 'x' });
            ids.unshift(event.id);
            await send(shop, event);
        }
        await looked(ids[0]);
        const linked = (text) =>
            [...text.matchAll(/href="\/admin\/webhooks\/(\w+)"/g)]
                .map((match) => match[1]);
        const first = await page('/admin/webhooks');
        assert.equal(first.status, 200);
        assert.deepEqual(linked(first.text), ids.slice(0, 25));
        const next = /rel="next" href="([^"]+)"/.exec(first.text)[1]
            .replaceAll('&amp;', '&');
        const second = await page(next);
        assert.deepEqual(linked(second.text).slice(0, 5), ids.slice(25));
        assert.match(second.text, /rel="prev"/);
        for (const status of ['ignored', 'early', 'applied']) {
            const { text } = await page(`/admin/webhooks?status=${status}`);
            for (const id of linked(text))
                assert.equal((await eventRow(shop, id)).status, status);
        }
        assert.match((await page('/admin/webhooks?status=failed')).text,
            /id="no-events"/);
        for (const query of ['before=x', 'before=-1', 'status=%ff'])
            assert.equal((await page(`/admin/webhooks?${query}`)).status, 400);
    });

    test('shows one as it came, escaped', async () => {
        const order = await paidOrder();
        const event = intentEvent('succeeded', order,
            { description: '</pre><script>"&' });
        await sent(event);
        const { text, status } = await page(`/admin/webhooks/${event.id}`);
        assert.equal(status, 200);
        assert.match(text, /&lt;\/pre&gt;&lt;script&gt;/);
        assert.doesNotMatch(text, /<script>/);
        assert.match(text, new RegExp(`href="/admin/orders/${order.id}"`));
        assert.match(text, /id="event-message">Known already\./);
        assert.doesNotMatch(text, /\{\{/);
    });

    test('has an event applied again by its own form only', async () => {
        const event = eventOf('x', { id: 'x' });
        const { applied_at_ms: applied } = await sent(event);
        const path = `/admin/webhooks/${event.id}/apply`;
        assert.equal((await staff.post(path, {})).status, 403);
        assert.equal((await staff.post(path, { csrf: 'x' })).status, 403);
        assert.match((await browser(shop).post(path, { csrf: staff.csrf }))
            .headers.get('location'), /^\/admin\/sign-in/);
        assert.equal((await eventRow(shop, event.id)).applied_at_ms, applied);
        const answer = await applyAgain(event.id);
        assert.equal(answer.status, 303);
        assert.match((await page(answer.headers.get('location'))).text,
            /id="message"/);
        await waitUntil(async () =>
            (await eventRow(shop, event.id)).applied_at_ms > applied, 5000,
        'it to be applied again');
    });

    test('is closed to others, and 404 for what is not there', async () => {
        for (const path of ['/admin/webhooks', '/admin/webhooks/evt_1'])
            assert.match((await shop.request('GET', path)).headers
                .get('location'), /^\/admin\/sign-in/);
        assert.equal((await page('/admin/webhooks/evt_none')).status, 404);
        assert.equal((await applyAgain('evt_none')).status, 404);
    });
});
