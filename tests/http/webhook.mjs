// Webhooks as Stripe sends them: events, and the official client's signatures.
import { createRequire } from 'node:module';
import { runCommand } from './shop.mjs';
import { join } from 'node:path';

const Stripe = createRequire(import.meta.url)('stripe');
export const { webhooks } = new Stripe('sk_test_local');
export const secrets = ['whsec_first_of_two', 'whsec_second_of_two'];

let made = 0;
export const newId = (kind) => `${kind}_${process.pid}t${++made}`;
export const nowS = () => Math.floor(Date.now() / 1000);

// An event about object; more replaces members.
export const eventOf = (type, object, more = {}) => ({
    id: newId('evt'), object: 'event', api_version: '2024-06-20',
    created: nowS(), livemode: false, pending_webhooks: 1,
    request: { id: null, idempotency_key: null }, type, data: { object },
    ...more });

export const signatureOf = (payload, more = {}) =>
    webhooks.generateTestHeaderString({ payload, secret: secrets[0],
        timestamp: nowS(), ...more });

// body: an event or the bytes themselves; header null: none.
export function send(shop, body, header) {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return shop.request('POST', '/webhooks/stripe', { body: payload,
        headers: { 'content-type': 'application/json; charset=utf-8',
            ...(header === null ? {} : {
                'stripe-signature': header ?? signatureOf(payload) }) } });
}

// Rows of the shop's database, as objects.
export async function rows(shop, sql) {
    const { code, stdout, stderr } = await runCommand('sqlite3',
        ['-json', '-cmd', '.timeout 5000', join(shop.home, 'ordermill.db'),
            sql], process.env);
    if (code !== 0)
        throw new Error(stderr);
    return stdout.trim() === '' ? [] : JSON.parse(stdout);
}

export const eventRow = async (shop, id) => (await rows(shop,
    `SELECT * FROM webhook_events WHERE event_id = '${id}'`))[0];
