// Webhooks as Stripe sends them: events, and the official client's signatures.
import { createRequire } from 'node:module';

const Stripe = createRequire(import.meta.url)('stripe');
export const { webhooks } = new Stripe('sk_test_local');
export const secrets = ['whsec_first_of_two', 'whsec_second_of_two'];

// Of a shop whose gateway is not to be reached: all that it knows of a payment
// comes by webhook.
export const environment = {
    ORDERMILL_STRIPE_WEBHOOK_SECRET: secrets.join(),
    ORDERMILL_STRIPE_URL: 'http://127.0.0.1:1',
    ORDERMILL_STRIPE_KEY: 'sk_test_nobody',
};

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

export const eventRow = async (shop, id) => (await shop.rows(
    `SELECT * FROM webhook_events WHERE event_id = '${id}'`))[0];

// An order whose payment stands open, and that nobody is asked about.
export async function waitingOrder(shop, kind = 'hosted') {
    const { order_id: id, total_minor: total } =
        await shop.place({ payment_method: 'pm_card_visa' });
    await shop.waitForAttempt(id);
    const session = kind === 'hosted' ? newId('cs') : null;
    await shop.rows(`UPDATE payment_attempts SET kind = '${kind}',` +
        ` session_id = ${session && `'${session}'`}` +
        ` WHERE order_id = '${id}';` +
        `DELETE FROM work WHERE kind = 'charge' AND order_id = '${id}'`);
    return { id, session, intent: newId('pi'), total };
}

export const metadataOf = ({ id }) => ({ order_id: id, attempt: '1' });

export const intentEvent = (what, order, more = {}, event = {}) =>
    eventOf(`payment_intent.${what}`, { id: order.intent,
        object: 'payment_intent', amount: order.total, currency: 'eur',
        amount_received: what === 'succeeded' ? order.total : 0,
        status: what === 'succeeded' ? what : 'requires_payment_method',
        created: nowS(), metadata: metadataOf(order), ...more }, event);
