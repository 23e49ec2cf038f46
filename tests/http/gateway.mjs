// The local gateway as the shop's customers and Stripe's own client see it.
import assert from 'node:assert/strict';
import Stripe from 'stripe';
import { waitUntil } from './wait.mjs';

export function stripeOf(shop, key = shop.gatewayKey) {
    const { hostname: host, port } = new URL(shop.gateway);
    return new Stripe(key, { host, port, protocol: 'http',
        apiVersion: '2024-06-20', maxNetworkRetries: 0 });
}

// Where an order's payment link leads to, once the gateway has made the page.
export const pageOf = (link) => waitUntil(async () => {
    const answer = await fetch(link, { redirect: 'manual' });
    await answer.arrayBuffer();
    const to = answer.headers.get('location') ?? '';
    return to.includes('/c/pay/') && to;
}, 15000, `${link} to lead to the page`);

// Presses one of that page's buttons.
export const press = (page, scenario) => fetch(page, { method: 'POST',
    redirect: 'manual', body: new URLSearchParams({ scenario }) });

export async function payOn(page) {
    const answer = await press(page, 'pay');
    assert.equal(answer.status, 303, await answer.text());
}
