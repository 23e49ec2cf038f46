// The local gateway as the official client sees it: nothing here speaks to it
// but the npm package `stripe`, pinned to the version that the shop speaks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripeOf } from './gateway.mjs';
import { startShop } from './shop.mjs';

let shop;
let stripe;
before(async () => {
    shop = await startShop();
    stripe = stripeOf(shop);
});
after(() => shop?.stop());

const card = (method, extra) => ({ amount: 1050, currency: 'eur',
    payment_method_types: ['card'], confirm: true, payment_method: method,
    ...extra });
const charge = (method, extra, options) =>
    stripe.paymentIntents.create(card(method, extra), options);
const page = (extra) => ({ mode: 'payment',
    line_items: [{ quantity: 2, price_data: { currency: 'eur',
        unit_amount: 525, product_data: { name: 'Zwei Mäuse' } } }],
    success_url: 'http://shop.test/paid?s={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://shop.test/left', ...extra });
const open = (extra, options) =>
    stripe.checkout.sessions.create(page(extra), options);

let keys = 0;
const newKey = () => `stripe-test-${process.pid}-${keys++}`;
const seconds = () => Math.floor(Date.now() / 1000);

async function all(list) {
    const found = [];
    for await (const one of list)
        found.push(one);
    return found;
}

// The types of what was told of an object, the oldest first.
async function told(id) {
    const events = await all(stripe.events.list({ limit: 100 }));
    return events.reverse().filter(({ data: { object } }) =>
        [object.id, object.payment_intent].includes(id))
        .map(({ type }) => type);
}

const refused = (error) => ({ type: 'StripeInvalidRequestError',
    statusCode: 400, ...error });

test('an intent is created, confirmed, shown and told', async () => {
    const made = await stripe.paymentIntents.create({ amount: 5000,
        currency: 'JPY', payment_method_types: ['card'],
        metadata: { order_id: 'o-1', attempt: '2' }, description: 'Łódź' });
    assert.equal(made.status, 'requires_payment_method');
    assert.equal(made.currency, 'jpy');
    assert.equal(made.latest_charge, null);
    await assert.rejects(stripe.paymentIntents.confirm(made.id), refused({
        code: 'payment_intent_unexpected_state' }));
    const paid = await stripe.paymentIntents.confirm(made.id,
        { payment_method: 'pm_card_visa', expand: ['latest_charge'] });
    assert.equal(paid.status, 'succeeded');
    assert.equal(paid.amount_received, 5000);
    assert.equal(paid.payment_method, 'pm_card_visa');
    assert.deepEqual(paid.latest_charge, await stripe.charges.retrieve(
        paid.latest_charge.id));
    const { latest_charge: charged } = paid;
    assert.equal(charged.payment_intent, paid.id);
    assert.deepEqual(charged.metadata, { order_id: 'o-1', attempt: '2' });
    assert.deepEqual([charged.amount, charged.amount_refunded,
        charged.refunded, charged.disputed, charged.status],
    [5000, 0, false, false, 'succeeded']);
    assert.deepEqual(charged.payment_method_details,
        { card: { brand: 'visa', last4: '4242' }, type: 'card' });
    const shown = await stripe.paymentIntents.retrieve(paid.id);
    assert.equal(shown.latest_charge, charged.id);
    const outer = await stripe.charges.retrieve(charged.id,
        { expand: ['payment_intent'] });
    assert.deepEqual(outer.payment_intent, shown);
    await assert.rejects(stripe.paymentIntents.confirm(made.id,
        { payment_method: 'pm_card_visa' }),
    refused({ code: 'payment_intent_unexpected_state' }));
    assert.deepEqual(await told(paid.id), ['payment_intent.created',
        'charge.succeeded', 'payment_intent.succeeded']);
});

test('an intent takes other metadata and another description', async () => {
    const update = (changes, options) =>
        stripe.paymentIntents.update(made.id, changes, options);
    const made = await stripe.paymentIntents.create({ amount: 5000,
        currency: 'eur', payment_method_types: ['card'],
        metadata: { order_id: 'o-1', attempt: '2' }, description: 'First' });
    // Keys are merged, and an empty value takes its key away.
    const changed = await update({ metadata: { attempt: '', 'a"ł': 'b',
        order_id: 'o-2' }, description: 'Łódź' });
    assert.deepEqual({ ...made, metadata: { order_id: 'o-2', 'a"ł': 'b' },
        description: 'Łódź' }, { ...changed });
    assert.deepEqual(await stripe.paymentIntents.retrieve(made.id), changed);
    // A charge keeps what its intent had when it was made.
    const paid = await stripe.paymentIntents.confirm(made.id,
        { payment_method: 'pm_card_visa' });
    const cleared = await update({ metadata: '', description: '',
        expand: ['latest_charge'] });
    assert.deepEqual([cleared.status, cleared.metadata, cleared.description],
        ['succeeded', {}, null]);
    assert.deepEqual(cleared.latest_charge,
        await stripe.charges.retrieve(paid.latest_charge));
    assert.deepEqual([cleared.latest_charge.metadata,
        cleared.latest_charge.description], [changed.metadata, 'Łódź']);
    assert.deepEqual(await update({}),
        await stripe.paymentIntents.retrieve(made.id));
    assert.deepEqual(await told(made.id), ['payment_intent.created',
        'charge.succeeded', 'payment_intent.succeeded']);
    // A key of a request is answered once, as for every other request.
    const idempotencyKey = newKey();
    await update({ metadata: { n: '1' } }, { idempotencyKey });
    await update({ metadata: { n: '2' } });
    assert.equal((await update({ metadata: { n: '1' } }, { idempotencyKey }))
        .metadata.n, '1');
    assert.equal((await stripe.paymentIntents.retrieve(made.id)).metadata.n,
        '2');
    await assert.rejects(update({ metadata: { n: '3' } }, { idempotencyKey }),
        { type: 'StripeIdempotencyError' });
});

test('what an intent cannot be changed to is refused', async () => {
    const { id } = await charge('pm_card_visa', { metadata: { kept: 'x' },
        description: 'Kept' });
    const update = (changes) => stripe.paymentIntents.update(id, changes);
    const keys = (count) => Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    for (const [changes, param, code] of [
        [{ amount: 1 }, 'amount', 'parameter_unknown'],
        [{ receipt_email: 'a@b' }, 'receipt_email', 'parameter_unknown'],
        [{ metadata: 'x' }, 'metadata'],
        [{ metadata: keys(50) }, 'metadata'],
        [{ metadata: { ['k'.repeat(41)]: 'v' } }, `metadata[${'k'.repeat(41)}]`],
        [{ metadata: { k: 'v'.repeat(501) } }, 'metadata[k]'],
        [{ metadata: { k: 'v' }, description: 'x'.repeat(1001) },
            'description'],
    ])
        await assert.rejects(update(changes), refused({ param, code }));
    const unchanged = await stripe.paymentIntents.retrieve(id);
    assert.deepEqual([unchanged.metadata, unchanged.description],
        [{ kept: 'x' }, 'Kept']);
    const most = { ['ł'.repeat(40)]: 'ł'.repeat(500), ...keys(49) };
    assert.deepEqual((await update({ metadata: { ...most, kept: '' },
        description: 'x'.repeat(1000) })).metadata, most);
});

test('a card that is declined is a StripeCardError', async () => {
    for (const [method, code, declineCode] of [
        ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
        ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined',
            'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
        ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
        ['pm_card_chargeDeclinedProcessingError', 'processing_error',
            undefined]]) {
        const error = await charge(method).catch((caught) => caught);
        assert.equal(error.type, 'StripeCardError');
        assert.equal(error.statusCode, 402);
        assert.equal(error.code, code);
        assert.equal(error.decline_code, declineCode);
        assert.equal(error.payment_method.id, method);
        const { id, latest_charge: latest } = error.payment_intent;
        const shown = await stripe.paymentIntents.retrieve(id);
        assert.equal(shown.status, 'requires_payment_method');
        assert.equal(shown.last_payment_error.code, code);
        const failed = await stripe.charges.retrieve(latest);
        assert.deepEqual([failed.status, failed.paid, failed.failure_code],
            ['failed', false, code]);
        assert.deepEqual(await told(id), ['payment_intent.created',
            'charge.failed', 'payment_intent.payment_failed']);
        const again = await stripe.paymentIntents.confirm(id,
            { payment_method: 'pm_card_visa' });
        assert.equal(again.status, 'succeeded');
        assert.equal(again.last_payment_error, null);
        assert.notEqual(again.latest_charge, latest);
    }
});

test('a bank that asks: requires_action', async () => {
    const sent = await charge('pm_card_authenticationRequired',
        { return_url: 'http://shop.test/back' });
    assert.equal(sent.status, 'requires_action');
    assert.equal(sent.amount_received, 0);
    assert.deepEqual(sent.next_action, { type: 'redirect_to_url',
        redirect_to_url: { return_url: 'http://shop.test/back',
            url: `${shop.gateway}/c/bank/${sent.id}` } });
    const here = await charge('pm_card_authenticationRequired');
    assert.equal(here.next_action.type, 'use_stripe_sdk');
    const canceled = await stripe.paymentIntents.cancel(sent.id,
        { cancellation_reason: 'abandoned' });
    assert.equal(canceled.status, 'canceled');
    assert.equal(canceled.cancellation_reason, 'abandoned');
    assert.equal(canceled.next_action, null);
    assert.ok(canceled.canceled_at >= canceled.created);
    assert.deepEqual(await told(sent.id), ['payment_intent.created',
        'payment_intent.requires_action', 'payment_intent.canceled']);
    const paid = await charge('pm_card_visa');
    for (const [id, verb] of [[sent.id, 'cancel'], [sent.id, 'confirm'],
        [paid.id, 'cancel']])
        await assert.rejects(stripe.paymentIntents[verb](id), (error) => {
            assert.equal(error.code, 'payment_intent_unexpected_state');
            assert.equal(error.payment_intent.id, id);
            return true;
        });
});

test('what Stripe refuses is refused', async () => {
    const never = { id: 'pi_never' };
    for (const [call, param, code, statusCode = 400] of [
        [() => charge('pm_card_visa', { foo: 1 }), 'foo', 'parameter_unknown'],
        [() => charge('pm_nobody'), 'payment_method', 'resource_missing'],
        [() => charge('pm_card_visa', { amount: 1.5 }), 'amount',
            'parameter_invalid_integer'],
        [() => charge('pm_card_visa', { amount: 100000000 }), 'amount',
            'amount_too_large'],
        [() => charge('pm_card_visa', { currency: 'xxz' }), 'currency'],
        [() => charge('pm_card_visa', { return_url: 'shop' }), 'return_url',
            'url_invalid'],
        [() => charge('pm_card_visa', { expand: ['customers'] }), 'expand'],
        [() => charge('pm_card_visa', { payment_method_types: undefined })],
        [() => stripe.paymentIntents.retrieve(never.id), 'intent',
            'resource_missing', 404],
        [() => stripe.paymentIntents.confirm(never.id,
            { payment_method: 'pm_card_visa' }), 'intent', 'resource_missing',
        404],
        [() => stripe.paymentIntents.cancel(never.id), 'intent',
            'resource_missing', 404],
        [() => stripe.charges.retrieve('ch_never'), 'id', 'resource_missing',
            404],
        [() => stripe.refunds.create({ charge: 'ch_never' }), 'id',
            'resource_missing', 404],
        [() => stripe.events.retrieve('evt_never'), 'id', 'resource_missing',
            404],
        [() => stripe.disputes.retrieve('du_never'), 'dispute',
            'resource_missing', 404],
        [() => stripe.webhookEndpoints.retrieve('we_never'), 'id',
            'resource_missing', 404],
        [() => stripe.checkout.sessions.retrieve('cs_never'), 'session',
            'resource_missing', 404],
        [() => stripe.paymentIntents.list({ limit: 101 }), 'limit',
            'parameter_invalid_integer'],
        [() => stripe.paymentIntents.list({ starting_after: 'pi_never' }),
            'starting_after', 'resource_missing', 404],
        [() => stripe.events.list({ type: 'a.b', types: ['a.b'] })],
        [() => charge('pm_card_visa', { description: 'x'.repeat(70000) }),
            undefined, undefined, 413],
        [() => stripe.balance.retrieve(), undefined, undefined, 404],
        [() => stripe.customers.create({}), undefined, undefined, 404],
        [() => stripe.paymentIntents.update(never.id, {}), 'intent',
            'resource_missing', 404],
        [() => stripe.paymentIntents.capture(never.id), undefined,
            undefined, 404]]) {
        const error = await call().then(() => assert.fail(String(call)),
            (caught) => caught);
        assert.equal(error.type, 'StripeInvalidRequestError', error.message);
        assert.deepEqual([error.param, error.code, error.statusCode],
            [param, code, statusCode], error.message);
        assert.match(error.requestId, /^req_/);
    }
});

test('a key that is none is a StripeAuthenticationError', async () => {
    for (const key of ['sk_live_x', 'pk_test_x', 'rubbish', 'sk_test_local',
        `${shop.gatewayKey}x`])
        await assert.rejects(stripeOf(shop, key).paymentIntents.list(),
            { type: 'StripeAuthenticationError', statusCode: 401 });
    assert.ok(await stripeOf(shop).paymentIntents.list());
});

test('intents are listed, filtered and paged through', async () => {
    const since = seconds();
    const ids = [];
    for (let i = 0; i < 5; i++)
        ids.unshift((await charge('pm_card_visa')).id);
    const listed = await all(stripe.paymentIntents.list({ limit: 2,
        created: { gte: since }, expand: ['data.latest_charge'] }));
    assert.deepEqual(listed.slice(0, 5).map(({ id }) => id), ids);
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    for (const intent of listed.slice(0, 5))
        assert.equal(intent.latest_charge.payment_intent, intent.id);
    const behind = await stripe.paymentIntents.list({ limit: 3,
        starting_after: ids[1] });
    assert.deepEqual(behind.data.map(({ id }) => id), ids.slice(2));
    assert.equal(behind.has_more, true);
    for (const created of [{ gt: seconds() + 60 }, { lt: 1000 },
        { gte: 1, lte: 1000 }, 1000])
        assert.deepEqual((await stripe.paymentIntents.list({ created })).data,
            []);
});

test('a key is answered once, whatever was answered', async () => {
    for (const call of [
        (key, n) => charge('pm_card_visa', { amount: 100 + n },
            { idempotencyKey: key }),
        (key, n) => open({ client_reference_id: `r${n}` },
            { idempotencyKey: key }),
        (key, n) => stripe.webhookEndpoints.create({ enabled_events: ['*'],
            url: `http://127.0.0.1:9/${n}` }, { idempotencyKey: key })]) {
        const key = newKey();
        const answers = await Promise.all(Array.from({ length: 6 },
            () => call(key, 0)));
        assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
        const before = answers.filter(({ lastResponse: { headers } }) =>
            headers['idempotent-replayed'] === 'true');
        assert.equal(before.length, 5);
        await assert.rejects(call(key, 1),
            { type: 'StripeIdempotencyError', statusCode: 400 });
        if (answers[0].object === 'webhook_endpoint')
            await stripe.webhookEndpoints.del(answers[0].id);
    }
    const key = newKey();
    for (let i = 0; i < 2; i++)
        await assert.rejects(charge('pm_local_error_500', {},
            { idempotencyKey: key }), { type: 'StripeAPIError',
            statusCode: 500 });
    const declined = newKey();
    const ids = new Set();
    for (let i = 0; i < 2; i++)
        await charge('pm_card_chargeDeclined', {},
            { idempotencyKey: declined })
            .catch((error) => ids.add(error.payment_intent.id));
    assert.equal(ids.size, 1);
});

test('a Checkout Session is opened, shown and expired', async () => {
    const session = await open({ customer_email: 'a@b.test',
        client_reference_id: 'o-7', metadata: { order_id: 'o-7' },
        payment_intent_data: { description: 'Order 7',
            metadata: { order_id: 'o-7', attempt: '1' } },
        payment_method_types: ['card'], expires_at: seconds() + 1860 });
    assert.match(session.id, /^cs_test_\w+$/);
    assert.equal(session.url, `${shop.gateway}/c/pay/${session.id}`);
    assert.deepEqual([session.status, session.payment_status,
        session.amount_total, session.currency, session.payment_intent,
        session.mode], ['open', 'unpaid', 1050, 'eur', null, 'payment']);
    assert.deepEqual(session.metadata, { order_id: 'o-7' });
    const shown = await stripe.checkout.sessions.retrieve(session.id);
    assert.deepEqual(shown, session);
    const { line_items: lines } = await stripe.checkout.sessions.retrieve(
        session.id, { expand: ['line_items', 'payment_intent'] });
    assert.deepEqual(lines.data.map((line) => [line.description, line.quantity,
        line.amount_total, line.price.unit_amount]),
    [['Zwei Mäuse', 2, 1050, 525]]);
    const expired = await stripe.checkout.sessions.expire(session.id);
    assert.deepEqual([expired.status, expired.url], ['expired', null]);
    await assert.rejects(stripe.checkout.sessions.expire(session.id),
        refused({ message: /^Only Checkout Sessions with a status in/ }));
    assert.deepEqual(await told(session.id), ['checkout.session.expired']);
    const other = await open();
    const opened = await all(stripe.checkout.sessions.list({ limit: 1,
        status: 'open' }));
    assert.ok(opened.some(({ id }) => id === other.id));
    assert.ok(opened.every(({ id }) => id !== session.id));
});

test('a Checkout Session that cannot be is refused', async () => {
    const line = page().line_items[0];
    for (const [extra, param] of [
        [{ mode: 'subscription' }, 'mode'],
        [{ mode: undefined }, 'mode'],
        [{ success_url: undefined }, 'success_url'],
        [{ success_url: 'javascript:1' }, 'success_url'],
        [{ cancel_url: 'ftp://x' }, 'cancel_url'],
        [{ line_items: [] }, 'line_items'],
        [{ line_items: [{ price_data: line.price_data }] },
            'line_items[0][quantity]'],
        [{ line_items: [line, { ...line, quantity: 0 }] },
            'line_items[1][quantity]'],
        [{ line_items: [{ ...line, price: 'price_1' }] },
            'line_items[0][price]'],
        [{ line_items: [{ ...line, quantity: 999999 }] }, 'line_items'],
        [{ line_items: [line, { quantity: 1, price_data:
            { ...line.price_data, currency: 'usd' } }] }, undefined],
        [{ customer_email: 'nobody' }, 'customer_email'],
        [{ payment_method_types: ['klarna'] }, 'payment_method_types'],
        [{ expires_at: seconds() + 60 }, 'expires_at'],
        [{ expires_at: seconds() + 90000 }, 'expires_at'],
        [{ payment_intent_data: { capture_method: 'manual' } },
            'payment_intent_data[capture_method]']])
        await assert.rejects(open(extra), (error) => {
            assert.equal(error.type, 'StripeInvalidRequestError');
            assert.equal(error.param, param, error.message);
            return true;
        });
});

test('refunds, whole and in parts', async () => {
    const paid = await charge('pm_card_visa');
    const part = await stripe.refunds.create({ payment_intent: paid.id,
        amount: 50, reason: 'requested_by_customer',
        metadata: { refund: 'r-1' }, expand: ['charge'] });
    assert.equal(part.status, 'succeeded');
    assert.equal(part.charge.amount_refunded, 50);
    assert.equal(part.charge.refunded, false);
    const shown = await stripe.refunds.retrieve(part.id);
    assert.deepEqual([shown.charge, shown.metadata.refund],
        [paid.latest_charge, 'r-1']);
    await assert.rejects(stripe.refunds.create({ charge: paid.latest_charge,
        amount: 1001 }), refused({ param: 'amount' }));
    const rest = await stripe.refunds.create({ charge: paid.latest_charge });
    assert.equal(rest.amount, 1000);
    await assert.rejects(stripe.refunds.create({ payment_intent: paid.id }),
        refused({ code: 'charge_already_refunded' }));
    const listed = await all(stripe.refunds.list({ payment_intent: paid.id,
        limit: 1 }));
    assert.deepEqual(listed.map(({ id }) => id), [rest.id, part.id]);
    const { latest_charge: charged } = await stripe.paymentIntents.retrieve(
        paid.id, { expand: ['latest_charge'] });
    assert.deepEqual([charged.amount_refunded, charged.refunded],
        [1050, true]);
    assert.deepEqual((await told(paid.id)).slice(3), ['refund.created',
        'charge.refunded', 'refund.created', 'charge.refunded']);
});

test('a refund that fails later, and one that stays pending', async () => {
    const fails = await charge('pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: fails.id });
    assert.equal(refund.status, 'succeeded');
    const later = await stripe.refunds.retrieve(refund.id);
    assert.equal(later.status, 'failed');
    assert.equal(later.failure_reason, 'expired_or_canceled_card');
    assert.deepEqual((await told(fails.id)).slice(3), ['refund.created',
        'charge.refunded', 'charge.refund.updated', 'refund.failed']);
    assert.equal((await stripe.charges.retrieve(fails.latest_charge))
        .amount_refunded, 0);
    const waits = await charge('pm_card_pendingRefund');
    const pending = await stripe.refunds.create({ payment_intent: waits.id });
    assert.equal(pending.status, 'pending');
    assert.equal((await stripe.charges.retrieve(waits.latest_charge))
        .amount_refunded, 1050);
});

test('disputes are lost or won', async () => {
    const opened = async () => {
        const paid = await charge('pm_card_createDispute');
        assert.equal(paid.status, 'succeeded');
        const { dispute, disputed } = await stripe.charges.retrieve(
            paid.latest_charge);
        assert.equal(disputed, true);
        return { paid, dispute };
    };
    const lost = await opened();
    const shown = await stripe.disputes.retrieve(lost.dispute);
    assert.deepEqual([shown.status, shown.payment_intent, shown.amount],
        ['needs_response', lost.paid.id, 1050]);
    await assert.rejects(stripe.refunds.create(
        { payment_intent: lost.paid.id }), refused({
        code: 'charge_disputed' }));
    assert.equal((await stripe.disputes.close(lost.dispute)).status, 'lost');
    await assert.rejects(stripe.disputes.close(lost.dispute), refused({}));
    assert.deepEqual((await told(lost.paid.id)).slice(3), [
        'charge.dispute.created', 'charge.dispute.funds_withdrawn',
        'charge.dispute.updated', 'charge.dispute.closed']);

    const won = await opened();
    const evidence = { uncategorized_text: 'winning_evidence' };
    const kept = await stripe.disputes.update(won.dispute,
        { evidence, submit: false });
    assert.equal(kept.status, 'needs_response');
    const judged = await stripe.disputes.update(won.dispute, { evidence });
    assert.equal(judged.status, 'won');
    assert.deepEqual((await told(won.paid.id)).slice(-2), [
        'charge.dispute.closed', 'charge.dispute.funds_reinstated']);
    await stripe.refunds.create({ payment_intent: won.paid.id });
    const disputes = await all(stripe.disputes.list({ limit: 1 }));
    assert.deepEqual(disputes.map(({ id }) => id),
        [won.dispute, lost.dispute]);
});

test('events are shown, listed by type and paged through', async () => {
    const key = newKey();
    const paid = await charge('pm_card_visa', {}, { idempotencyKey: key });
    const [event] = (await stripe.events.list({ limit: 1,
        type: 'payment_intent.succeeded' })).data;
    assert.match(event.id, /^evt_\w+$/);
    assert.deepEqual([event.api_version, event.livemode, event.object,
        event.request.idempotency_key], ['2024-06-20', false, 'event', key]);
    assert.equal(event.request.id, paid.lastResponse.requestId);
    assert.deepEqual(event.data.object, JSON.parse(JSON.stringify(paid)));
    const shown = await stripe.events.retrieve(event.id);
    assert.deepEqual(shown.data, event.data);
    const types = ['payment_intent.created', 'charge.succeeded'];
    const some = await all(stripe.events.list({ types, limit: 3,
        created: { gte: paid.created } }));
    assert.deepEqual(some.slice(0, 2).map(({ type }) => type).sort(),
        [...types].sort());
    assert.ok(some.every(({ type }) => types.includes(type)));
    const charges = await all(stripe.events.list({ type: 'charge.*' }));
    assert.ok(charges.length > 1);
    assert.ok(charges.every(({ type }) => type.startsWith('charge.')));
});

test('webhook endpoints are made, changed, listed and removed', async () => {
    const made = await stripe.webhookEndpoints.create({
        url: 'http://127.0.0.1:9/hook', description: 'Test',
        enabled_events: ['charge.refunded', 'payment_intent.succeeded'],
        metadata: { a: 'b' } });
    assert.match(made.secret, /^whsec_\w{48}$/);
    assert.equal(made.status, 'enabled');
    const shown = await stripe.webhookEndpoints.retrieve(made.id);
    assert.equal(shown.secret, undefined);
    assert.deepEqual(shown.enabled_events,
        ['charge.refunded', 'payment_intent.succeeded']);
    assert.deepEqual(shown.metadata, { a: 'b' });
    const changed = await stripe.webhookEndpoints.update(made.id,
        { disabled: true, enabled_events: ['*'], metadata: { c: 'd' } });
    assert.deepEqual([changed.status, changed.enabled_events, changed.url],
        ['disabled', ['*'], made.url]);
    assert.deepEqual(changed.metadata, { a: 'b', c: 'd' });
    const listed = await all(stripe.webhookEndpoints.list({ limit: 1 }));
    assert.ok(listed.some(({ id }) => id === made.id));
    assert.deepEqual(await stripe.webhookEndpoints.del(made.id).then(
        ({ id, deleted }) => ({ id, deleted })),
    { id: made.id, deleted: true });
    await assert.rejects(stripe.webhookEndpoints.del(made.id),
        { code: 'resource_missing', statusCode: 404 });
    for (const [extra, param] of [[{ url: undefined }, 'url'],
        [{ url: 'mailto:a@b' }, 'url'],
        [{ enabled_events: undefined }, 'enabled_events'],
        [{ enabled_events: ['a"b'] }, 'enabled_events[0]']])
        await assert.rejects(stripe.webhookEndpoints.create({
            url: 'http://127.0.0.1:9/', enabled_events: ['*'], ...extra }),
        refused({ param }));
});
