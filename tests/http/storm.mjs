// Many orders paid on the hosted page at once, while each of the gateway's
// events comes three times and in no order, beside the gateway's own webhooks.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageOf, payOn, stripeOf } from './gateway.mjs';
import { waitUntil } from './shop.mjs';
import { send, signatureOf } from './webhook.mjs';

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

// Places so many orders, pays all, storms; gives { placedMs, paidMs,
// confirmedMs, webhooks }.
export async function storm(shop, count, atOnce = 32) {
    const secret = (await readFile(join(shop.home, 'webhook-secret'), 'utf8'))
        .trim();
    const began = Date.now();
    const orders = [];
    await each(Array(count).keys(), atOnce, async () =>
        orders.push(await shop.place({ payment_method: 'hosted' })));
    const placedMs = Date.now() - began;
    const pages = [];
    await each(orders, atOnce, async ({ payment_url: url }) =>
        pages.push(await pageOf(url)));
    const paying = Date.now();
    await each(pages, atOnce, payOn);
    const paidMs = Date.now() - paying;
    const events = [];
    for await (const event of stripeOf(shop).events.list({ limit: 100 }))
        events.push(JSON.stringify(event));
    const statuses = {};
    await each(shuffled([...events, ...events, ...events]), atOnce,
        async (payload) => {
            const { status } = await send(shop, payload,
                signatureOf(payload, { secret }));
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
