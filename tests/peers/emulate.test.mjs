// The gateway module against an independent emulator of Stripe, for the calls
// that it knows: intents made, listed, retrieved, cancelled; signed webhooks.
// It confirms no intent by itself and keeps no idempotency keys, so a charge's
// outcome is unknown until it is looked up.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { Server } from 'node:net';
import { after, before, describe, test } from 'node:test';
import Stripe from 'stripe';
import { freePorts, startShop, waitUntil } from '../http/shop.mjs';

// It would listen on every interface.
const { listen } = Server.prototype;
Server.prototype.listen = function (first, ...rest) {
    const port = typeof first === 'object' ? first.port : first;
    return listen.call(this, { port, host: '127.0.0.1' },
        ...rest.filter((one) => typeof one === 'function'));
};
// Stripe's ids hold no dash, and the shop takes none with one; the emulator's
// now and then would.
const { randomBytes } = crypto;
crypto.randomBytes = (size, ...rest) => {
    const bytes = randomBytes(size, ...rest);
    return size === 12 && bytes.toString('base64url').includes('-')
        ? crypto.randomBytes(size) : bytes;
};
syncBuiltinESMExports();
const { createEmulator } = await import('emulate');

const secret = 'whsec_of_the_emulator';
const webhooks = [];
let relay;
let emulator;
let shop;
let stripe;

before(async () => {
    const { createServer: createHttpServer } = await import('node:http');
    relay = createHttpServer(async (request, response) => {
        const chunks = [];
        for await (const chunk of request)
            chunks.push(chunk);
        webhooks.push({ body: Buffer.concat(chunks).toString(),
            signature: request.headers['stripe-signature'] });
        response.end();
    });
    await new Promise((resolve) => relay.listen(0, resolve));
    const [port] = await freePorts(1);
    emulator = await createEmulator({ service: 'stripe', port, seed: { stripe: {
        webhooks: [{ url: `http://127.0.0.1:${relay.address().port}/`,
            events: ['*'], secret }] } } });
    stripe = new Stripe('sk_test_emulated', { host: '127.0.0.1', port,
        protocol: 'http', maxNetworkRetries: 0 });
    shop = await startShop({ env: {
        ORDERMILL_STRIPE_URL: `http://127.0.0.1:${port}`,
        ORDERMILL_STRIPE_KEY: 'sk_test_emulated',
        ORDERMILL_STRIPE_WEBHOOK_SECRET: secret,
        ORDERMILL_PAYMENT_UNKNOWN_S: '60' } });
});
after(async () => {
    await shop?.stop();
    await emulator?.close();
    relay?.close();
});

const place = async () =>
    (await shop.place({ payment_method: 'pm_card_visa' })).order_id;

const intentsOf = async (id) =>
    (await stripe.paymentIntents.list({ limit: 100 })).data.filter(
        ({ metadata }) => metadata.order_id === id);

const post = (body, signature) => shop.request('POST', '/webhooks/stripe',
    { body, headers: { 'content-type': 'application/json',
        'stripe-signature': signature } });

describe('the emulator', () => {
    test('is asked as Stripe is, and its intent found in its list',
        async () => {
            const id = await place();
            // Asked twice under one key, which it does not keep.
            const [intent] = await waitUntil(async () => {
                const list = await intentsOf(id);
                return list.length === 2 && list;
            }, 10000, 'both intents');
            const order = await shop.show(id);
            assert.equal(intent.amount, order.total_minor);
            assert.equal(intent.currency, 'eur');
            assert.equal(intent.metadata.attempt, '1');
            assert.equal(order.status, 'PROCESSING');
            await stripe.paymentIntents.confirm(intent.id);
            const paid = await shop.waitForOrder(id, ['CONFIRMED'], 90000);
            assert.equal(paid.payment_status, 'paid');
        });

    test('signs webhooks that are taken for signed', async () => {
        const { body, signature } = await waitUntil(() => webhooks.find(
            (one) => one.body.includes('payment_intent.succeeded')), 5000,
        'a webhook');
        // Signed, but it carries no id: nothing it could be known again by.
        const bare = await post(body, signature);
        assert.equal(bare.status, 400, bare.text);
        assert.doesNotMatch(bare.json.detail, /signature/i);
        const forged = await post(`${body} `, signature);
        assert.equal(forged.status, 400);
        assert.match(forged.json.detail, /signature/i);
    });

    test('tells of a success by a webhook', async () => {
        const id = await place();
        const [intent] = await waitUntil(async () => {
            const list = await intentsOf(id);
            return list.length > 0 && list;
        }, 10000, 'the intent');
        const seen = webhooks.length;
        await stripe.paymentIntents.confirm(intent.id);
        const { body } = await waitUntil(() => webhooks.slice(seen).find(
            (one) => one.body.includes('payment_intent.succeeded')), 5000,
        'the webhook');
        const payload = JSON.stringify({ id: 'evt_emulated', object: 'event',
            created: Math.floor(Date.now() / 1000), ...JSON.parse(body) });
        const answer = await post(payload,
            Stripe.webhooks.generateTestHeaderString({ payload, secret }));
        assert.equal(answer.status, 200, answer.text);
        await shop.waitForOrder(id, ['CONFIRMED'], 10000);
    });
});
