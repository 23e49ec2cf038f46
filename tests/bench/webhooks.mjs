// Part of `make bench`: webhooks accepted per second, each on disk before it
// is answered, against a bare insert of the same events in transactions as
// large as ours can be (tests/bench/bare_inserts.c), and how long after a
// payment's webhook its order is CONFIRMED. The first argument is the number
// of events.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, startShop } from '../http/shop.mjs';
import { environment, eventOf, intentEvent, nowS, secrets, send,
    signatureOf, waitingOrder } from '../http/webhook.mjs';
import { keep, median, removeKept, show } from './figures.mjs';

const CONNECTIONS = 16;
const EVENTS = Number(process.argv[2] ?? 30000);
const ROUNDS = 3;
const PAYMENTS = 50;
const BODY_BYTES = 3000; // about what Stripe sends

const openShop = async () => keep(await startShop({ env: { ...environment,
    ORDERMILL_STRIPE_WEBHOOK_SECRET: secrets[0] } }));

const makeEvents = () => Array.from({ length: EVENTS }, () => {
    const event = eventOf('charge.succeeded', { id: 'ch_1', object: 'charge',
        description: '' });
    event.data.object.description =
        'x'.repeat(BODY_BYTES - JSON.stringify(event).length);
    return { id: event.id, body: JSON.stringify(event) };
});

function requestOf({ body }) {
    const head = 'POST /webhooks/stripe HTTP/1.1\r\nHost: shop.example\r\n' +
        'Content-Type: application/json; charset=utf-8\r\n' +
        `Stripe-Signature: ${signatureOf(body, { timestamp: nowS() })}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n`;
    return Buffer.from(head + body, 'latin1');
}

// One connection: a request as soon as the one before is answered.
const drive = (port, requests) => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    let answer = '';
    const next = () => {
        const request = requests.pop();
        if (request !== undefined)
            socket.write(request);
        else
            socket.end(resolve);
    };
    socket.on('connect', next).on('error', reject);
    socket.on('data', (bytes) => {
        answer += bytes.toString('latin1');
        if (!answer.includes('{"received":true}\n'))
            return;
        if (!answer.startsWith('HTTP/1.1 200 '))
            reject(new Error(answer));
        answer = '';
        next();
    });
});

async function accepted(events) {
    const shop = await openShop();
    const requests = events.map(requestOf);
    const start = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, () =>
        drive(shop.ports[0], requests)));
    const seconds = (performance.now() - start) / 1000;
    const [{ n }] = await shop.rows(
        'SELECT COUNT(*) AS n FROM webhook_events');
    if (n !== events.length)
        throw new Error(`${n} of ${events.length} events are stored`);
    await shop.stop({ keep: true });
    return events.length / seconds;
}

async function bare(events) {
    const shop = await openShop();
    await shop.stop({ keep: true });
    const file = join(shop.home, 'events');
    await writeFile(file, events.map(({ id, body }) =>
        `${id}\t${body}\n`).join(''));
    return Number(execFileSync(join(root, 'build/bench/bare_inserts'),
        [join(shop.home, 'ordermill.db'), file, String(CONNECTIONS)]));
}

async function acceptance() {
    const ratios = [];
    for (let i = 0; i < ROUNDS; i++) {
        const events = makeEvents();
        const [yardstick, ours] = [await bare(events), await accepted(events)];
        ratios.push(ours / yardstick);
        show('webhooks, bare inserts, ratio', `${ours.toFixed(0)}/s, ` +
            `${yardstick.toFixed(0)}/s, ${ratios.at(-1).toFixed(2)}`);
    }
    show('webhooks over bare inserts, median', median(ratios).toFixed(2));
}

async function confirmation() {
    const shop = await openShop();
    const times = [];
    for (let i = 0; i < PAYMENTS; i++) {
        const order = await waitingOrder(shop);
        const event = intentEvent('succeeded', order);
        await sleep(20);
        const start = performance.now();
        await send(shop, event);
        while ((await shop.show(order.id)).status !== 'CONFIRMED');
        times.push(performance.now() - start);
    }
    show('payment webhook sent to CONFIRMED, median',
        `${median(times).toFixed(1)} ms`);
    await shop.stop({ keep: true });
}

try {
    await acceptance();
    await confirmation();
} finally {
    await removeKept();
}
