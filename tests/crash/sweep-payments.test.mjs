// The reaper is killed at every call that bounds an effect of what money does
// besides paying at once: an order paid on the gateway's page, a refund by
// staff, a window that closes, money that comes too late. Each happens once,
// with its papers and its mail, and the books are equal.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '../http/shop.mjs';
import { pageOf, payOn, stripeOf } from '../http/gateway.mjs';
import { allOrders, assertAllServedOnce, customer, mailsIn, placed, STOCK,
    subjects, verify } from './crash.mjs';
import { CALLS, sweep } from './sweep.mjs';

const PRICE = 3900;
const timeout = 90000;
// Most of the time it is waited for.
const closing = { env: { ORDERMILL_PAYMENT_WINDOW_S: '1',
    ORDERMILL_MANUAL_WINDOW_S: '1' } };
// Where the gateway is asked nothing.
const unasked = CALLS.filter((name) => !['recv', 'send'].includes(name));

// The next mail, and that it is booked.
const nextMail = (shop, before) => waitUntil(async () =>
    await mailsIn(shop) === before + 1 &&
        (await shop.rows(`SELECT 1 FROM outbox WHERE status <> 'sent'`))
            .length === 0, 10000, 'the next mail');

const isOver = async (shop, id, count, mails, status) =>
    await mailsIn(shop) === mails * count &&
    (await shop.show(id)).payment_status === status;

// Nothing is in hand, the books are equal, and each order's ledger, mails and
// numbers are these, once.
async function assertOnce(shop, ids, { status, payment, ledger, mails, left }) {
    let books;
    await waitUntil(async () => {
        books = await verify(shop);
        return !books.inHand;
    }, 10000, 'nothing in hand');
    assert.equal(books.code, 0, books.text);
    const orders = Object.values(await allOrders(shop));
    assert.equal(orders.length, ids.length);
    for (const order of orders) {
        assert.equal(order.status, status);
        assert.equal(order.payment_status, payment);
        assert.deepEqual(await shop.ledger(order.order_id), ledger);
    }
    assert.deepEqual(await subjects(shop), orders.flatMap(({ number }) =>
        mails.map((words) => `Order ${number} ${words}`)).sort());
    const refunds = ledger.filter((one) => one.startsWith('refund ')).length;
    const notes = await shop.rows('SELECT number FROM credit_notes' +
        ' WHERE sha256 IS NOT NULL ORDER BY number');
    assert.deepEqual(notes.map(({ number }) => number),
        Array.from({ length: refunds * ids.length }, (_, i) => i + 1));
    const papers = await readdir(join(shop.home, 'receipts'));
    assert.equal(papers.filter((name) => name.startsWith('credit-')).length,
        notes.length);
    assert.deepEqual(papers.filter((name) => !name.endsWith('.pdf')), []);
    assert.equal(await shop.available('mouse'), STOCK - left * ids.length);
}

test('an order paid on the page', { timeout }, async () => {
    await sweep({ shops: 4, least: 25,
        async begin(shop, arm) {
            await arm();
            const order = await shop.place(
                { customer, payment_method: 'hosted' });
            await payOn(await pageOf(order.payment_url));
            return order.order_id;
        },
        done: async (shop, id, count) => await mailsIn(shop) === count,
        check: assertAllServedOnce });
});

test('a refund by staff', { timeout }, async () => {
    await sweep({ shops: 4, least: 10,
        async begin(shop, arm) {
            const mails = await mailsIn(shop);
            const id = await placed(shop,
                { items: [{ sku: 'mouse', quantity: 2 }] });
            await nextMail(shop, mails);
            await arm();
            const made = await shop.asStaff('POST', `/orders/${id}/refunds`,
                { body: { lines: [{ sku: 'mouse', quantity: 1 }],
                    restock: true } });
            assert.equal(made.status, 201, made.text);
            return id;
        },
        done: (shop, id, count) =>
            isOver(shop, id, count, 2, 'partially_refunded'),
        check: (shop, ids) => assertOnce(shop, ids, { status: 'CONFIRMED',
            payment: 'partially_refunded', left: 1,
            ledger: [`charge ${2 * PRICE}`, `refund ${PRICE}`],
            mails: ['is confirmed', 'is refunded in part'] }) });
});

for (const [method, calls] of [['hosted', CALLS], ['manual', unasked]])
    test(`a window that closes: ${method}`, { timeout }, async () => {
        await sweep({ shops: 8, least: 10, options: closing, calls,
            async begin(shop, arm) {
                await arm();
                return placed(shop, { payment_method: method });
            },
            done: (shop, id, count) => isOver(shop, id, count, 1, 'failed'),
            check: (shop, ids) => assertOnce(shop, ids, { status: 'CANCELLED',
                payment: 'failed', left: 0, ledger: [],
                mails: ['is cancelled'] }) });
    });

// A charge at the gateway for an attempt whose window has closed.
async function payLate(shop, id) {
    const intent = await stripeOf(shop).paymentIntents.create({
        amount: PRICE, currency: 'eur', payment_method: 'pm_card_visa',
        payment_method_types: ['card'], confirm: true,
        metadata: { order_id: id, attempt: '1' } });
    assert.equal(intent.status, 'succeeded');
}

for (const [late, { over, once, alarms, calls }] of Object.entries({
    refund: { over: 'refunded', alarms: ['late_payment'], once: {
        status: 'CANCELLED', payment: 'refunded', left: 0,
        ledger: [`charge ${PRICE}`, `refund ${PRICE}`],
        mails: ['is cancelled', 'is refunded'] } },
    reopen: { over: 'paid', alarms: [], calls: unasked, once: {
        status: 'CONFIRMED', payment: 'paid', left: 1,
        ledger: [`charge ${PRICE}`],
        mails: ['is cancelled', 'is confirmed'] } } }))
    test(`money that comes too late: ${late}`, { timeout }, async () => {
        const options = { env: { ...closing.env,
            ORDERMILL_LATE_PAYMENT: late } };
        await sweep({ shops: 8, least: 10, options, calls,
            async begin(shop, arm) {
                const mails = await mailsIn(shop);
                const id = await placed(shop, { payment_method: 'hosted' });
                await nextMail(shop, mails); // the window has closed
                await arm();
                await payLate(shop, id);
                return id;
            },
            done: (shop, id, count) => isOver(shop, id, count, 2, over),
            async check(shop, ids) {
                await assertOnce(shop, ids, once);
                for (const id of ids) {
                    const found = await shop.rows(`SELECT kind FROM alarms
                        WHERE order_id = '${id}'`);
                    assert.deepEqual(found.map(({ kind }) => kind), alarms);
                }
            } });
    });
