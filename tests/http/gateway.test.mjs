// The local payment gateway over HTTP, as a client of Stripe's API sees it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startShop } from './shop.mjs';

let shop;
before(async () => {
    shop = await startShop();
});
after(() => shop?.stop());

const card = (method) => ({
    amount: '1050',
    currency: 'eur',
    confirm: 'true',
    'payment_method_types[]': 'card',
    payment_method: method,
});

async function call(method, path, { fields, key, headers, signal } = {}) {
    const answer = await fetch(shop.gateway + path, {
        method,
        signal,
        headers: {
            authorization: `Bearer ${shop.gatewayKey}`,
            ...(key ? { 'idempotency-key': key } : {}),
            ...headers,
        },
        body: fields && new URLSearchParams(fields),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text,
        json: JSON.parse(text) };
}

const post = (path, fields, key) => call('POST', path, { fields, key });
const charge = (fields, key) => post('/v1/payment_intents', fields, key);

let keys = 0;
const newKey = () => `gateway-test-${process.pid}-${keys++}`;

// Node 18 may collect the signal of AbortSignal.timeout before it fires.
async function timesOut(fields, key) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), 500);
    await assert.rejects(call('POST', '/v1/payment_intents',
        { fields, key, signal: patience.signal }), { name: 'AbortError' });
    clearTimeout(timer);
}

test('a card is charged, shown and listed', async () => {
    const paid = await charge({ ...card('pm_card_visa'),
        'metadata[order_id]': 'o-1', description: 'Zürich & Łódź' });
    assert.equal(paid.status, 200);
    assert.match(paid.headers.get('request-id'), /^req_\w+$/);
    assert.match(paid.json.id, /^pi_\w{24}$/);
    assert.match(paid.json.latest_charge, /^ch_\w{24}$/);
    assert.equal(paid.json.status, 'succeeded');
    assert.equal(paid.json.amount_received, 1050);
    assert.equal(paid.json.description, 'Zürich & Łódź');
    assert.deepEqual(paid.json.metadata, { order_id: 'o-1' });
    assert.equal(paid.json.livemode, false);

    const shown = await call('GET', `/v1/payment_intents/${paid.json.id}`);
    assert.deepEqual(shown.json, paid.json);
    const list = await call('GET', '/v1/payment_intents?limit=1');
    assert.equal(list.json.object, 'list');
    assert.deepEqual(list.json.data, [paid.json]);
    const older = await call('GET',
        `/v1/payment_intents?limit=1&starting_after=${paid.json.id}`);
    assert.notEqual(older.json.data[0]?.id, paid.json.id);
});

test('a declined card is a 402 with its intent', async () => {
    for (const [method, code, declineCode] of [
        ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
        ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined',
            'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ]) {
        const { status, json } = await charge(card(method));
        assert.equal(status, 402);
        assert.equal(json.error.type, 'card_error');
        assert.equal(json.error.code, code);
        assert.equal(json.error.decline_code, declineCode);
        const { id } = json.error.payment_intent;
        const shown = await call('GET', `/v1/payment_intents/${id}`);
        assert.equal(shown.json.status, 'requires_payment_method');
        assert.equal(shown.json.last_payment_error.code, code);
    }
});

test('what Stripe refuses is refused', async () => {
    for (const [fields, param, code] of [
        [{ currency: 'eur' }, 'amount', 'parameter_missing'],
        [{ amount: '5', currency: 'eur', foo: '1' }, 'foo',
            'parameter_unknown'],
        [{ amount: '-5', currency: 'eur' }, 'amount',
            'parameter_invalid_integer'],
        [{ amount: '5', currency: 'zzz' }, 'currency', undefined],
        [card('pm_nobody'), 'payment_method', 'resource_missing'],
    ]) {
        const { status, json } = await charge(fields);
        assert.equal(status, 400);
        assert.equal(json.error.type, 'invalid_request_error');
        assert.equal(json.error.param, param);
        assert.equal(json.error.code, code);
    }
    const json = await call('POST', '/v1/payment_intents',
        { fields: {}, headers: { 'content-type': 'application/json' } });
    assert.equal(json.status, 400);
    const nowhere = await call('GET', '/v1/customers');
    assert.equal(nowhere.status, 404);
    assert.match(nowhere.json.error.message,
        /^Unrecognized request URL \(GET: \/v1\/customers\)/);
    const lost = await fetch(`${shop.gateway}/favicon.ico`);
    assert.equal(lost.status, 404);
    assert.equal(lost.headers.get('www-authenticate'), null);
    const put = await call('PUT', '/v1/payment_intents');
    assert.equal(put.status, 404);
    assert.match(put.json.error.message, /^Unrecognized request URL \(PUT: /);
    const missing = await call('GET', '/v1/payment_intents/pi_missing');
    assert.equal(missing.status, 404);
    assert.equal(missing.json.error.code, 'resource_missing');
});

test('only the key in HOME is let in, and as Stripe refuses others', async () => {
    const source = await readFile(
        new URL('../../cgi-bin/gateway/gateway.c', import.meta.url), 'utf8');
    const addresses = [...source.matchAll(/\{"(\w+)", "(\/v1\/[^"]+)"/g)].map(
        ([, method, path]) => [method, path.replace('{}', 'x')]);
    assert.ok(addresses.length > 20);
    addresses.push(['GET', '/v1/balance'], ['PUT', '/v1/events']);
    const refusals = [['', /^You did not provide an API key/],
        ['Bearer ', /^You did not provide/],
        [shop.gatewayKey, /^You did not provide/],
        [`Digest ${shop.gatewayKey}`, /^You did not provide/],
        ['Basic !', /^You did not provide/],
        [`Basic ${btoa(`:${shop.gatewayKey}`)}`, /^You did not provide/],
        [`Basic ${btoa('sk_test_local:')}`, /provided: sk_test_\*\*\*\*$/],
        ['Bearer sk_test_local', /provided: sk_test_\*\*\*\*$/],
        ['Bearer sk_live_1', /provided: sk_live_\*\*\*\*\. /],
        ['Bearer pk_test_1', /provided: sk_\*\*\*\*$/],
        [`Bearer ${shop.gatewayKey}x`, /provided: sk_test_\*\*\*\*$/]];
    for (const [method, path] of addresses) {
        for (const [authorization, message] of refusals) {
            const { status, headers, json } = await call(method, path, {
                headers: { authorization },
                fields: method === 'POST' ? { amount: 'x' } : undefined });
            assert.equal(status, 401, `${method} ${path} ${authorization}`);
            assert.deepEqual(Object.keys(json), ['error']);
            assert.deepEqual(Object.keys(json.error), ['message', 'type']);
            assert.equal(json.error.type, 'invalid_request_error');
            assert.match(json.error.message, message);
            assert.match(headers.get('www-authenticate'), /^Basic realm=/);
            assert.match(headers.get('request-id'), /^req_/);
        }
    }
    for (const authorization of [`Bearer ${shop.gatewayKey}`,
        `bearer ${shop.gatewayKey}`, `Basic ${btoa(`${shop.gatewayKey}:`)}`,
        `Basic ${btoa(shop.gatewayKey)}`, `Basic ${btoa(`${shop.gatewayKey}:x`)}`])
        assert.equal((await call('GET', '/v1/payment_intents',
            { headers: { authorization } })).status, 200, authorization);
});

test('a key gives the same bytes again, also many at once', async () => {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 8 },
        () => charge(card('pm_card_visa'), key)));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(answers.filter(({ headers }) =>
        headers.get('idempotent-replayed') === 'true').length, 7);
    const other = await charge({ ...card('pm_card_visa'), amount: '70' }, key);
    assert.equal(other.status, 400);
    assert.equal(other.json.error.type, 'idempotency_error');
});

test('a key of a refused request stays free', async () => {
    const key = newKey();
    assert.equal((await charge({ amount: '5' }, key)).status, 400);
    assert.equal((await charge(card('pm_card_visa'), key)).status, 200);
});

test('a timeout after the charge: the same key finds it', async () => {
    const key = newKey();
    const fields = { ...card('pm_local_timeout_after_charge'),
        'metadata[attempt]': key };
    await timesOut(fields, key);
    const again = await charge(fields, key);
    assert.equal(again.status, 200);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    const list = await call('GET', '/v1/payment_intents?limit=100');
    assert.equal(list.json.data.filter(({ metadata }) =>
        metadata.attempt === key).length, 1);
});

test('a timeout before the charge: the same key charges', async () => {
    const key = newKey();
    const fields = card('pm_local_timeout_before_charge');
    await timesOut(fields, key);
    const again = await charge(fields, key);
    assert.equal(again.status, 200);
    assert.equal(again.json.status, 'succeeded');
    assert.equal(again.headers.get('idempotent-replayed'), null);
});

test('a 500 is saved under its key', async () => {
    const key = newKey();
    for (const replayed of [null, 'true']) {
        const answer = await charge(card('pm_local_error_500'), key);
        assert.equal(answer.status, 500);
        assert.equal(answer.json.error.type, 'api_error');
        assert.equal(answer.headers.get('idempotent-replayed'), replayed);
    }
});

test('refunds never exceed the charge, also many at once', async () => {
    const { json: { id } } = await charge(card('pm_card_mastercard'));
    const half = { payment_intent: id, amount: '500' };
    const answers = await Promise.all(Array.from({ length: 4 },
        () => post('/v1/refunds', half)));
    assert.deepEqual(answers.map(({ status }) => status).sort(),
        [200, 200, 400, 400]);
    const rest = await post('/v1/refunds', { payment_intent: id });
    assert.equal(rest.json.amount, 50);
    const shown = await call('GET', `/v1/refunds/${rest.json.id}`);
    assert.deepEqual(shown.json, rest.json);
    const more = await post('/v1/refunds', { payment_intent: id });
    assert.equal(more.status, 400);
    assert.equal(more.json.error.code, 'charge_already_refunded');
});
