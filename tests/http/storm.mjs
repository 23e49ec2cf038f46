// Many orders paid on the hosted page at once, while each of the gateway's
// events comes three times and in no order, beside the gateway's own webhooks.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Stripe from 'stripe';
import { waitUntil } from './shop.mjs';

// Runs work over the list, so many at once.
async function each(list, atOnce, work) {
    const left = [...list];
    await Promise.all(Array.from({ length: atOnce }, async () => {
        while (left.length > 0)
            await work(left.pop());
    }));
}

function shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
        const k = Math.floor(Math.random() * (i + 1));
        [out[i], out[k]] = [out[k], out[i]];
    }
    return out;
}

export function stripeOf(shop) {
    const { hostname: host, port } = new URL(shop.gateway);
    return new Stripe(shop.gatewayKey, { host, port, protocol: 'http',
        apiVersion: '2024-06-20', maxNetworkRetries: 0 });
}

// One webhook as the gateway would send it; gives the answer's status.
export async function sendEvent(shop, secret, payload) {
    const signature = Stripe.webhooks.generateTestHeaderString(
        { payload, secret });
    const answer = await fetch(`${shop.base}/webhooks/stripe`, { method: 'POST',
        headers: { 'content-type': 'application/json',
            'stripe-signature': signature }, body: payload });
    await answer.arrayBuffer();
    return answer.status;
}

// Follows the order's payment link to the gateway's page.
async function pageOf(url) {
    for (let tries = 0; tries < 50; tries++) {
        const answer = await fetch(url, { redirect: 'manual' });
        const to = answer.headers.get('location');
        await answer.arrayBuffer();
        if (to === null)
            continue; // still being made: the page that waits
        url = new URL(to, url).href;
        if (new URL(url).pathname.startsWith('/c/pay/'))
            return url;
    }
    throw new Error(`${url} never led to the page`);
}

// Places so many orders, pays all, storms; gives { placedMs, paidMs,
// confirmedMs, webhooks }.
export async function storm(shop, count, atOnce = 32) {
    const secret = (await readFile(join(shop.home, 'webhook-secret'), 'utf8'))
        .trim();
    const began = Date.now();
    const orders = [];
    await each(Array(count).keys(), atOnce, async () => {
        const { status, json, text } = await shop.order({
            items: [{ sku: 'mouse', quantity: 1 }], payment_method: 'hosted' });
        assert.equal(status, 201, text);
        orders.push(json);
    });
    const placedMs = Date.now() - began;
    const pages = [];
    await each(orders, atOnce, async ({ payment_url: url }) =>
        pages.push(await pageOf(url)));
    const paying = Date.now();
    await each(pages, atOnce, async (page) => {
        const answer = await fetch(page, { method: 'POST', redirect: 'manual',
            body: new URLSearchParams({ scenario: 'pay' }) });
        await answer.arrayBuffer();
        assert.equal(answer.status, 303);
    });
    const paidMs = Date.now() - paying;
    const events = [];
    for await (const event of stripeOf(shop).events.list({ limit: 100 }))
        events.push(JSON.stringify(event));
    const statuses = {};
    await each(shuffled([...events, ...events, ...events]), atOnce,
        async (payload) => {
            const status = await sendEvent(shop, secret, payload);
            statuses[status] = (statuses[status] ?? 0) + 1;
        });
    assert.deepEqual(statuses, { 200: events.length * 3 });
    await waitUntil(async () => {
        const page = await shop.asStaff('GET',
            '/orders?status=PROCESSING&limit=1');
        return page.json.orders.length === 0;
    }, 60000, 'the last order');
    return { placedMs, paidMs, confirmedMs: Date.now() - paying,
        webhooks: events.length * 3, orders };
}
