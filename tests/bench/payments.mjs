// `make bench`: from a webhook to CONFIRMED in an idle shop, and a thousand
// orders paid on the hosted page at once in a storm of webhooks.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startShop } from '../http/shop.mjs';
import { sendEvent, storm, stripeOf } from '../http/storm.mjs';

const ORDERS = 1000;
const SINGLE = 20;
const show = (name, value) => console.log(`${name.padEnd(44)}${value}`);

async function confirmed(shop, url) {
    for (;;) {
        const answer = await fetch(url);
        if ((await answer.json()).status === 'CONFIRMED')
            return;
    }
}

// The gateway's own webhook is to come late; ours brings the same event.
async function webhookToConfirmed(shop) {
    const secret = (await readFile(join(shop.home, 'webhook-secret'), 'utf8'))
        .trim();
    const times = [];
    for (let i = 0; i < SINGLE; i++) {
        const { json } = await shop.order({ payment_method: 'hosted',
            items: [{ sku: 'mouse', quantity: 1 }] });
        let page = json.payment_url;
        while (!page.includes('/c/pay/'))
            page = new URL((await fetch(page, { redirect: 'manual' }))
                .headers.get('location') ?? page, page).href;
        await fetch(page, { method: 'POST', redirect: 'manual',
            body: new URLSearchParams({ scenario: 'late' }) });
        const { data } = await stripeOf(shop).events.list(
            { type: 'checkout.session.completed', limit: 1 });
        const token = json.track_url.split('/').pop();
        const began = performance.now();
        await sendEvent(shop, secret, JSON.stringify(data[0]));
        await confirmed(shop,
            `${shop.base}/orders/${json.order_id}?token=${token}`);
        times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[SINGLE / 2];
}

const shop = await startShop();
try {
    const file = join(shop.home, 'stock.csv');
    await writeFile(file,
        'sku,name,description,price,stock\nmouse,Mouse,Small,25,100000\n');
    await shop.run('import', 'products', file);
    show('webhook sent to CONFIRMED, idle, median',
        `${(await webhookToConfirmed(shop)).toFixed(1)} ms`);
    const { placedMs, paidMs, confirmedMs, webhooks, orders } =
        await storm(shop, ORDERS);
    const seen = await Promise.all(orders.map(async ({ order_id: id }) =>
        (await shop.asStaff('GET', `/orders/${id}`)).json.status));
    show(`${ORDERS} hosted orders: CONFIRMED`,
        seen.filter((status) => status === 'CONFIRMED').length);
    show('  placed, paid, paid to the last confirmed',
        `${placedMs}, ${paidMs}, ${confirmedMs} ms`);
    show('  webhooks beside the gateway\'s own', webhooks);
    const { stdout } = await shop.run('verify');
    console.log(stdout.replace(/^/gm, '  '));
} finally {
    await shop.stop();
}
