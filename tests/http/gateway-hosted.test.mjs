// The local gateway's hosted page and its deliverer, as a browser and as an
// endpoint of the test's own see them; the official client makes the sessions
// and checks the signatures.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from './database.mjs';
import { press, stripeOf } from './gateway.mjs';
import { startShop, waitUntil } from './shop.mjs';

let shop;
let stripe;
let listener;
before(async () => {
    shop = await startShop();
    stripe = stripeOf(shop);
    listener = await listen();
});
after(async () => {
    await shop?.stop();
    listener?.close();
});

// An endpoint that takes every event and answers with the next of `answers`
// (0: not at all), then 200. events gives what came for one order, its
// signature checked.
async function listen(answers = []) {
    const came = [];
    const server = createServer((request, response) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            came.push({ at: Date.now(), headers: request.headers,
                body: Buffer.concat(parts).toString() });
            const status = answers.shift() ?? 200;
            if (status !== 0)
                response.writeHead(status).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { secret, id } = await stripe.webhookEndpoints.create({
        url: `http://127.0.0.1:${server.address().port}/hook`,
        enabled_events: ['*'] });
    return {
        came,
        close: () => server.close() && server.closeAllConnections(),
        remove: () => stripe.webhookEndpoints.del(id),
        events: (order) => came.map(({ at, headers, body }) => ({ at,
            event: stripe.webhooks.constructEvent(body,
                headers['stripe-signature'], secret) }))
            .filter(({ event }) =>
                event.data.object.metadata?.order_id === order),
    };
}

let orders = 0;

// An open session of an order of its own: { order, session }.
async function open(more = {}) {
    const order = `hosted-${process.pid}-${orders++}`;
    const session = await stripe.checkout.sessions.create({
        mode: 'payment',
        client_reference_id: order,
        customer_email: 'ada@example.com',
        line_items: [{ quantity: 2, price_data: { currency: 'eur',
            unit_amount: 2100, product_data: { name: 'Tea & <b>cups</b>' } } }],
        success_url: `${shop.base}/track/x?session={CHECKOUT_SESSION_ID}`,
        cancel_url: `${shop.base}/?left`,
        metadata: { order_id: order, attempt: '1' },
        payment_intent_data: { metadata: { order_id: order, attempt: '1' } },
        ...more });
    return { order, session };
}

const back = (session) =>
    `${shop.base}/track/x?session=${session.id}`;

const intentsOf = async (order) =>
    (await stripe.paymentIntents.list({ limit: 100 })).data
        .filter(({ metadata }) => metadata.order_id === order);

// The types of the order's events once there are as many, sorted.
async function typesOf(order, count) {
    await waitUntil(() => listener.events(order).length >= count, 15000,
        `${count} events of ${order}`);
    return listener.events(order).map(({ event }) => event.type).sort();
}

const paid = ['charge.succeeded', 'checkout.session.completed',
    'payment_intent.created', 'payment_intent.succeeded'];

test('the page says what is paid and that it is test money', async () => {
    const { session } = await open();
    const answer = await fetch(session.url);
    const text = await answer.text();
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/html/);
    assert.match(answer.headers.get('content-security-policy'),
        new RegExp(`form-action 'self'( ${shop.base})+$`));
    assert.match(text, /Test money/);
    assert.match(text, /€42\.00/);
    assert.match(text, /Tea &amp; &lt;b&gt;cups/);
    for (const scenario of ['pay', 'decline', 'leave', 'twice', 'lost', 'late',
        'thrice', 'early'])
        assert.match(text, new RegExp(`value="${scenario}"`));
    const style = await fetch(`${shop.gateway}/style.css`);
    assert.equal(style.status, 200);
    assert.match(style.headers.get('content-type'), /^text\/css/);
});

for (const [scenario, charges, copies] of [['pay', 1, 1], ['twice', 2, 1],
    ['thrice', 1, 3], ['early', 1, 1]])
    test(`${scenario}: ${charges} charged, told ${copies} times`, async () => {
        const { order, session } = await open();
        const began = Date.now();
        const answer = await press(session.url, scenario);
        const took = Date.now() - began;
        assert.equal(answer.status, 303);
        assert.equal(answer.headers.get('location'), back(session));
        const now = await stripe.checkout.sessions.retrieve(session.id);
        assert.deepEqual([now.status, now.payment_status, now.url],
            ['complete', 'paid', null]);
        const intents = await intentsOf(order);
        assert.deepEqual(intents.map((one) => one.status),
            Array(charges).fill('succeeded'));
        assert.ok(intents.some(({ id }) => id === now.payment_intent));
        const expected = paid.flatMap((type) => Array(copies *
            (type.startsWith('checkout') ? 1 : charges)).fill(type));
        assert.deepEqual(await typesOf(order, expected.length), expected);
        if (scenario === 'early')
            assert.ok(took > 1900, `back after ${took} ms`);
        const ids = new Set(listener.events(order)
            .map(({ event }) => event.id));
        assert.equal(ids.size, expected.length / copies);
    });

test('lost: charged and told, but nothing leads back', async () => {
    const { order, session } = await open();
    const answer = await press(session.url, 'lost');
    assert.equal(answer.status, 200);
    const text = await answer.text();
    assert.match(text, /the answer is lost/);
    assert.ok(!text.includes(shop.base));
    assert.deepEqual(await typesOf(order, paid.length), paid);
    assert.equal((await intentsOf(order)).length, 1);
});

test('late: the webhooks wait ten seconds', { timeout: 30000 }, async () => {
    const { order, session } = await open();
    const began = Date.now();
    assert.equal((await press(session.url, 'late')).status, 303);
    assert.deepEqual(await typesOf(order, paid.length), paid);
    for (const { at } of listener.events(order))
        assert.ok(at >= began + 9900, `told after ${at - began} ms`);
});

test('leave: back by cancel_url, and it can still be paid', async () => {
    const { order, session } = await open();
    const left = await press(session.url, 'leave');
    assert.equal(left.status, 303);
    assert.equal(left.headers.get('location'), `${shop.base}/?left`);
    assert.deepEqual(await intentsOf(order), []);
    assert.equal((await press(session.url, 'pay')).status, 303);
    assert.equal((await intentsOf(order)).length, 1);
});

test('a declined try says why, and the next pays the same intent',
    async () => {
        const { order, session } = await open();
        const declined = await press(session.url, 'decline');
        assert.equal(declined.status, 303);
        const page = await fetch(new URL(declined.headers.get('location'),
            session.url));
        assert.match(await page.text(), /Your card was declined\./);
        const still = await stripe.checkout.sessions.retrieve(session.id);
        assert.deepEqual([still.status, still.payment_status],
            ['open', 'unpaid']);
        await press(session.url, 'decline');
        const [failed] = await intentsOf(order);
        assert.equal(failed.status, 'requires_payment_method');
        assert.equal(failed.last_payment_error.code, 'card_declined');
        assert.equal((await press(session.url, 'pay')).headers.get('location'),
            back(session));
        const [intent, ...others] = await intentsOf(order);
        assert.deepEqual(others, []);
        assert.deepEqual([intent.id, intent.status, intent.amount_received],
            [failed.id, 'succeeded', intent.amount]);
        assert.deepEqual(await typesOf(order, 8), ['charge.failed',
            'charge.failed', 'charge.succeeded', 'checkout.session.completed',
            'payment_intent.created', 'payment_intent.payment_failed',
            'payment_intent.payment_failed', 'payment_intent.succeeded']);
    });

test('Pay pressed many times at once pays once', async () => {
    const { order, session } = await open();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) =>
        press(session.url, i % 2 ? 'pay' : 'twice')));
    for (const answer of answers) {
        assert.equal(answer.status, 303);
        assert.equal(answer.headers.get('location'), back(session));
    }
    const count = (await intentsOf(order)).length;
    assert.ok(count === 1 || count === 2, `${count} intents`);
    const types = await typesOf(order, paid.length);
    assert.equal(types.filter((type) =>
        type === 'checkout.session.completed').length, 1);
});

test('a paid session says so and leads back; a decline changes nothing',
    async () => {
        const { order, session } = await open();
        await press(session.url, 'pay');
        const text = await (await fetch(session.url)).text();
        assert.match(text, /This payment is complete/);
        assert.ok(text.includes(back(session)));
        assert.ok(!text.includes('<form'));
        assert.equal((await press(session.url, 'decline')).status, 303);
        assert.equal((await intentsOf(order))[0].status, 'succeeded');
    });

test('an expired session says so and takes no money', async () => {
    const { order, session } = await open();
    await stripe.checkout.sessions.expire(session.id);
    const text = await (await fetch(session.url)).text();
    assert.match(text, /No longer open/);
    assert.ok(text.includes(`${shop.base}/?left`));
    for (const scenario of ['pay', 'decline', 'lost']) {
        const answer = await press(session.url, scenario);
        assert.equal(answer.status, 303);
        assert.equal(answer.headers.get('location'),
            new URL(session.url).pathname);
    }
    assert.deepEqual(await intentsOf(order), []);
    assert.deepEqual(await typesOf(order, 1), ['checkout.session.expired']);
});

test('bad requests are refused', async () => {
    const { order, session } = await open();
    for (const [body, status] of [['scenario=steal', 400], ['', 400],
        ['scenario=pay&scenario=pay', 400], ['scenario=%zz', 400],
        ['scenario=%00', 400]])
        assert.equal((await fetch(session.url, { method: 'POST', body,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })).status, status, body);
    for (const path of ['/c/pay/cs_test_none', '/c/pay/%00', '/c/pay/%ff',
        '/c/bank/pi_none'])
        assert.ok([400, 404].includes(
            (await fetch(shop.gateway + path)).status), path);
    assert.deepEqual(await intentsOf(order), []);
});

test('what an endpoint does not take is delivered again', async () => {
    const flaky = await listen([500, 302, 400]);
    const { order, session } = await open();
    await press(session.url, 'pay');
    await waitUntil(() => flaky.came.length >= 7, 20000, 'seven calls');
    const events = flaky.events(order).map(({ event }) => event);
    assert.equal(new Set(events.map(({ id }) => id)).size, 4);
    const { headers } = flaky.came[0];
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.match(headers['user-agent'], /^Stripe\/1\.0 /);
    assert.equal(events[0].api_version, '2024-06-20');
    assert.equal(events[0].livemode, false);
    await flaky.remove();
    flaky.close();
});

test('endpoints that hang hold up no other', async (t) => {
    const silent = [];
    for (let i = 0; i < 3; i++) {
        const one = await listen(Array(99).fill(0));
        t.after(() => one.remove().finally(one.close));
        silent.push(one);
    }
    for (let i = 0; i < 4; i++)
        await press((await open()).session.url, 'pay');
    await waitUntil(() => silent.every(({ came }) => came.length === 16),
        8000, 'as many calls as each may have');
    const { order, session } = await open();
    await press(session.url, 'pay');
    assert.deepEqual(await typesOf(order, 4), paid);
});

for (const signal of ['SIGKILL', 'SIGTERM'])
    test(`a deliverer that ends by ${signal} in mid-call delivers again`,
        async () => {
            const silent = await listen([0]);
            const { order, session } = await open();
            await press(session.url, 'pay');
            await waitUntil(() => silent.came.length >= 4, 10000, 'the calls');
            assert.deepEqual(await typesOf(order, 4), paid,
                'others are not held up');
            const { pid } = await shop.processOf('gateway-deliverer');
            process.kill(pid, signal);
            await shop.nextProcess('gateway-deliverer', pid);
            const ids = () => silent.events(order).map(({ event }) => event.id);
            const [unanswered] = ids();
            await waitUntil(() => ids().lastIndexOf(unanswered) > 0, 10000,
                'the first event again');
            await silent.remove();
            silent.close();
        });

test('the deliverer lets sessions expire', async () => {
    const { order, session } = await open();
    await press(session.url, 'decline');
    await sql(join(shop.home, 'gateway.db'), `UPDATE sessions
        SET expires_ms = 1 WHERE session_id = '${session.id}'`);
    assert.match(await (await fetch(session.url)).text(), /No longer open/);
    await waitUntil(() => listener.events(order).some(({ event }) =>
        event.type === 'checkout.session.expired'), 15000, 'the event');
    assert.equal((await intentsOf(order))[0].status, 'canceled');
});
