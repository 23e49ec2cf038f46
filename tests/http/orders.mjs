// What tests do with a shop's orders: place them, look at them, wait for what
// becomes of them. Each shop that shop.mjs starts can do all of it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForAnswer, waitUntil } from './wait.mjs';

export const final = ['COMPLETED', 'CANCELLED', 'FAILED'];
export const unknownId = '01a1f86e-0000-7000-8000-000000000000';

const oneMouse = { items: [{ sku: 'mouse', quantity: 1 }] };

const placing = (shop) => ({
    order: (body = oneMouse, headers) =>
        shop.request('POST', '/orders', { body, headers }),

    // An order that must be taken: of a mouse, unless more says otherwise.
    // Gives what the customer is answered.
    async place(more = {}, headers = {}) {
        const { status, json, text } = await shop.order(
            { ...oneMouse, ...more }, headers);
        assert.equal(status, 201, text);
        return json;
    },

    // The same; gives the order once its status is one of those.
    placeAndWait: async (more, statuses = ['CONFIRMED']) =>
        shop.waitForOrder((await shop.place(more)).order_id, statuses),

    // Staff have got the money by hand; gives the answer.
    markPaid: (id, note = 'By bank.') => shop.asStaff('POST',
        `/orders/${id}/payments`, { body: { method: 'manual', note } }),

    cancel: (id, reason) => shop.asStaff('PUT', `/orders/${id}`,
        { body: { status: 'CANCELLED', reason } }),

    // What staff see at a path that must be there.
    async look(path) {
        const { status, json, text } = await shop.asStaff('GET', path);
        assert.equal(status, 200, text);
        return json;
    },

    show: (id) => shop.look(`/orders/${id}`),

    async newestNumber() {
        const { orders } = await shop.look('/orders?limit=1');
        return orders[0]?.number ?? 1000;
    },

    // Among the last hundred.
    ordersOf: async (email) => (await shop.look('/orders?limit=100')).orders
        .filter(({ customer }) => customer.email === email),

    async available(sku) {
        return (await shop.request('GET', `/products/${sku}`)).json.available;
    },
});

const outcomes = (shop) => ({
    // The order once check is true of it.
    waitForChange: (id, check, what, timeoutMs = 10000) => waitForAnswer(() =>
        shop.asStaff('GET', `/orders/${id}`), check, timeoutMs,
    `order ${id} to be ${what}`),

    waitForOrder: (id, statuses = ['CONFIRMED', ...final], timeoutMs) =>
        shop.waitForChange(id, ({ status }) => statuses.includes(status),
            statuses, timeoutMs),

    waitForPayment: (id, status, timeoutMs) => shop.waitForChange(id,
        (order) => order.payment_status === status, status, timeoutMs),

    waitForReceipt: (id) => shop.waitForChange(id,
        (order) => order.receipt_url !== null, 'receipted'),

    // The mails about it that were written as files, a character a byte.
    async mails(id) {
        const { number } = await shop.show(id);
        const folder = join(shop.home, 'mail');
        const names = (await readdir(folder))
            .filter((name) => name.endsWith('.eml'));
        const texts = await Promise.all(names.map((name) =>
            readFile(join(folder, name), 'latin1')));
        return texts.filter((text) =>
            text.includes(`\r\nSubject: Order ${number} `));
    },

    // The same once there are so many.
    waitForMails: (id, count = 1) => waitUntil(async () => {
        const mails = await shop.mails(id);
        return mails.length >= count && mails;
    }, 10000, `${count} mails about order ${id}`),

    // The kinds of the alarms about it that are open.
    alarms: async (id) => (await shop.rows(`SELECT kind FROM alarms
        WHERE order_id = '${id}' AND closed_at_ms IS NULL`))
        .map(({ kind }) => kind),

    waitForAlarm: (id, kind, timeoutMs = 20000) => waitUntil(async () =>
        (await shop.alarms(id)).includes(kind), timeoutMs,
    `the alarm ${kind}`),
});

const payments = (shop) => ({
    // The newest payment attempt, as its row; undefined before there is one.
    attempt: async (id) => (await shop.rows(`SELECT * FROM payment_attempts
        WHERE order_id = '${id}' ORDER BY attempt_no DESC LIMIT 1`))[0],

    // The same once it is there and check is true of it.
    waitForAttempt: (id, check = () => true, timeoutMs = 5000) =>
        waitUntil(async () => {
            const attempt = await shop.attempt(id);
            return attempt !== undefined && check(attempt) && attempt;
        }, timeoutMs, `the payment of order ${id}`),

    // The gateway's page where it is paid, once that is there.
    paymentPage: async (id, timeoutMs) => (await shop.waitForAttempt(id,
        ({ payment_url: url }) => url !== null, timeoutMs)).payment_url,

    // The window in which it must be paid is over now.
    closeWindow: (id) => shop.sql(`UPDATE payment_attempts SET
        closes_work_ms = 1 WHERE order_id = '${id}';
        UPDATE work SET due_work_ms = 0 WHERE order_id = '${id}'`),

    // What the gateway was asked to charge, whatever became of it.
    async intents(id) {
        const answer = await fetch(
            `${shop.gateway}/v1/payment_intents?limit=100`,
            { headers: { authorization: `Bearer ${shop.gatewayKey}` } });
        return (await answer.json()).data.filter(({ metadata }) =>
            metadata.order_id === id);
    },

    charges: async (id) => (await shop.intents(id))
        .filter(({ status }) => status === 'succeeded'),

    // What was booked of its money, the oldest first: 'charge 3900', ...
    ledger: async (id) => (await shop.rows(`SELECT kind, amount_minor
        FROM payment_entries WHERE order_id = '${id}' ORDER BY entry_id`))
        .map((entry) => `${entry.kind} ${entry.amount_minor}`),
});

export const orderVerbs = (shop) =>
    ({ ...placing(shop), ...outcomes(shop), ...payments(shop) });
