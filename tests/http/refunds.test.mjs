// Refunds by staff: never more than is left, however they are asked for; the
// goods, the credit notes and the mails that follow.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stripeOf } from './gateway.mjs';
import { readPaper } from './papers.mjs';
import { assertProblem, startShop, unknownId, waitUntil } from './shop.mjs';
import { booksHold } from './workflow.mjs';

function helpers(shop) {
    const at = (id) => `/orders/${id}/refunds`;
    const own = {
        refund: (id, body, headers) =>
            shop.asStaff('POST', at(id), { body, headers }),
        place: (more) => shop.placeAndWait({ items: [
            { sku: 'mouse', quantity: 3 }, { sku: 'laptop', quantity: 1 }],
        customer: { name: 'Zoë', email: 'zoe@shop.example' }, ...more }),
        // The order's credit notes once there are so many on disk.
        notes: (id, count) => waitUntil(async () => {
            const rows = await shop.rows('SELECT * FROM credit_notes' +
                ` WHERE order_id = '${id}' AND sha256 IS NOT NULL` +
                ' ORDER BY number');
            return rows.length === count && rows;
        }, 10000, `${count} credit notes`),
        // Links on a page, & written out.
        links: async (url) => [...(await (await fetch(url)).text())
            .matchAll(/href="([^"]+credit-[^"]+)"/g)]
            .map(([, link]) => link.replaceAll('&amp;', '&')),
    };
    return own;
}

describe('a shop', () => {
    let shop, refund, place, notes, links;

    before(async () => {
        shop = await startShop();
        ({ refund, place, notes, links } = helpers(shop));
    });
    after(() => shop?.stop());

    test('twice in part, then a third is refused', async () => {
        const { order_id: id, total_minor: total } = await place();
        for (const [amount, left] of [[40000, 'partially_refunded'],
            [60000, 'partially_refunded']]) {
            const answer = await refund(id, { amount_minor: amount,
                reason: 'dent' });
            assert.equal(answer.status, 201, answer.text);
            assert.deepEqual(Object.keys(answer.json).sort(),
                ['amount_minor', 'currency', 'refund_id', 'status']);
            assert.equal(answer.json.amount_minor, amount);
            assert.equal(answer.json.currency, 'EUR');
            await shop.waitForPayment(id, left);
        }
        assertProblem(await refund(id, { amount_minor: total - 99999 }), 409,
            '/amount_minor');
        const rest = await refund(id, {});
        assert.equal(rest.json.amount_minor, total - 100000);
        await shop.waitForPayment(id, 'refunded');
        assertProblem(await refund(id, {}), 409, '');
        assertProblem(await refund(id, { amount_minor: 1 }), 409, '');
        assert.equal((await shop.show(id)).status, 'CONFIRMED');
    });

    test('many at once never give back more than there is', async () => {
        const { order_id: id, total_minor: total } = await place();
        const answers = await Promise.all(Array.from({ length: 12 }, () =>
            refund(id, { amount_minor: Math.floor(total / 5) })));
        assert.deepEqual(answers.map((one) => one.status).sort(),
            [...Array(5).fill(201), ...Array(7).fill(409)]);
        const [{ due }] = await shop.rows('SELECT SUM(amount_minor) AS due' +
            ` FROM refunds WHERE order_id = '${id}'`);
        assert.ok(due <= total, `${due} of ${total}`);
        await notes(id, 5);
    });

    test('by line, the goods back to stock', async () => {
        const { order_id: id } = await place();
        const before = await shop.available('mouse');
        const two = { lines: [{ sku: 'mouse', quantity: 2 }], restock: true };
        const answer = await refund(id, two);
        assert.equal(answer.json.amount_minor, 2 * 3900);
        assert.equal(await shop.available('mouse'), before + 2);
        assertProblem(await refund(id, two), 409, '/lines/0/quantity');
        assertProblem(await refund(id, { lines: [{ sku: 'laptop', quantity: 1 },
            { sku: 'phone', quantity: 1 }] }), 422, '/lines/1/sku');
        const rest = await refund(id, { restock: true });
        assert.equal(rest.status, 201, rest.text);
        assert.equal(await shop.available('mouse'), before + 3);
        const again = await place();
        await refund(again.order_id, { amount_minor: 5, restock: true });
        assertProblem(await refund(again.order_id,
            { amount_minor: 5, restock: true }), 409, '/restock');
    });

    test('the same request twice refunds once', async () => {
        const { order_id: id } = await place();
        const other = await place();
        const key = { 'idempotency-key': 'refund-key-1' };
        const body = { amount_minor: 700, reason: 'dent' };
        const answers = await Promise.all([1, 2, 3].map(() =>
            refund(id, body, key)));
        for (const { status: code, text } of answers) {
            assert.equal(code, 201);
            assert.equal(text, answers[0].text);
        }
        assert.equal((await refund(id, { ...body, amount_minor: 701 }, key))
            .status, 422);
        assert.equal((await refund(other.order_id, body, key)).status, 422);
        assert.equal((await refund(id, body, { 'idempotency-key': 'a b' }))
            .status, 400);
        assert.equal((await shop.rows('SELECT 1 FROM refunds WHERE order_id =' +
            ` '${id}'`)).length, 1);
    });

    test('a key is its token\'s alone', async () => {
        const key = { 'idempotency-key': 'everybody-s' };
        const mouse = { items: [{ sku: 'mouse', quantity: 1 }] };
        const guest = await shop.order(mouse, key);
        const staff = await shop.asStaff('POST', '/orders',
            { body: mouse, headers: key });
        assert.equal(staff.status, 201, staff.text);
        assert.notEqual(staff.json.order_id, guest.json.order_id);
        // A guest took it before: staff refund with it all the same.
        const { order_id: id } = await shop.waitForOrder(guest.json.order_id);
        const wrong = await refund(id, { amount_minor: 7, reason: 'dent' },
            key);
        assert.equal(wrong.status, 422, 'used for an order by this token');
        const made = await shop.run('token', 'create', '--role', 'staff');
        const authorization = `Bearer ${made.stdout.trim()}`;
        const other = () => shop.request('POST', `/orders/${id}/refunds`, {
            body: { amount_minor: 7, reason: 'dent' },
            headers: { ...key, authorization } });
        const [first, again] = [await other(), await other()];
        assert.equal(first.status, 201, first.text);
        assert.equal(again.text, first.text);
        assert.equal((await shop.order(mouse, key)).text, guest.text);
        assert.equal((await shop.asStaff('POST', '/orders',
            { body: mouse, headers: key })).text, staff.text);
    });

    test('what cannot be meant is refused by its name', async () => {
        const { order_id: id } = await place();
        for (const [body, ...pointers] of [
            [{ amount_minor: 0 }, '/amount_minor'],
            [{ amount_minor: -5 }, '/amount_minor'],
            [{ amount_minor: 1.5 }, '/amount_minor'],
            [{ amount_minor: '5' }, '/amount_minor'],
            [{ amount: 5, reason: 'dent' }, '/amount'],
            [{ amount_minor: null, 'it/ems': [] }, '/it~1ems'],
            [{ amount_minor: 5, lines: [{ sku: 'mouse', quantity: 1 }] },
                '/lines'],
            [{ lines: [] }, '/lines'], [{ lines: 'mouse' }, '/lines'],
            [{ lines: [{ sku: 'mouse', quantity: 0 }] }, '/lines/0/quantity'],
            [{ lines: [{ sku: 'mouse', quantity: 10000 }] },
                '/lines/0/quantity'],
            [{ lines: [{ quantity: 1 }, 5] }, '/lines/0/sku', '/lines/1/sku',
                '/lines/1/quantity'],
            [{ lines: [{ sku: 'mouse', quantity: 1 },
                { sku: 'mouse', quantity: 1 }] }, '/lines/1/sku'],
            [{ amount_minor: 5, restock: 'yes' }, '/restock'],
            [{ amount_minor: 5, reason: 5 }, '/reason'],
            [{ amount_minor: 5, reason: 'x'.repeat(501) }, '/reason'],
            [{ amount_minor: 5, reason: 'card 4242 4242 4242 4242' },
                '/reason'], [[5], '']])
            assertProblem(await refund(id, body), 422, ...pointers);
        assertProblem(await refund(unknownId, {}), 404);
        assert.equal((await shop.request('POST', `/orders/${id}/refunds`,
            { body: {} })).status, 401);
        assert.equal((await shop.asStaff('POST', `/orders/${id}/refunds`,
            { body: 'amount_minor=5' })).status, 415);
        assert.deepEqual(await shop.rows('SELECT 1 FROM refunds' +
            ` WHERE order_id = '${id}'`), []);
    });

    test('a credit note follows, as a page and as a mail', async () => {
        const order = await place();
        const { receipt_url: receipt } =
            await shop.waitForReceipt(order.order_id);
        const [, receiptNumber] = /Receipt no\. (\d+)/.exec(
            (await readPaper(shop, receipt)).text);
        await refund(order.order_id, { lines: [{ sku: 'mouse', quantity: 2 }],
            reason: 'Scratched wheel' });
        await notes(order.order_id, 1);
        await refund(order.order_id, { amount_minor: 1250,
            reason: 'Came late' });
        const [first, second] = await notes(order.order_id, 2);
        const [byLine, byAmount] = await links(order.track_url);
        const one = await readPaper(shop, byLine);
        assert.match(one.answer.headers.get('content-disposition'),
            new RegExp(`filename="credit-note-${first.number}\\.pdf"`));
        for (const part of [`Credit note no. ${first.number}`, '€78.00',
            'Mouse', 'Scratched wheel', `${order.number}`, 'Zoë',
            'Total credited', /Card,\s+pi_\w+/,
            new RegExp(`To receipt no\\.\\s+${receiptNumber}\\b`)])
            assert.ok(part instanceof RegExp ? part.test(one.text)
                : one.text.includes(part), `${part} in ${one.text}`);
        const two = (await readPaper(shop, byAmount)).text;
        assert.match(two, new RegExp(`Credit note no. ${second.number}`));
        assert.match(two, /Came late +€12\.50/);
        const mails = await waitUntil(async () => {
            const found = (await shop.mails(order.order_id)).filter((mail) =>
                new RegExp(`credit-note-(${first.number}|` +
                    `${second.number})\\.pdf`).test(mail));
            return found.length === 2 && found;
        }, 10000, 'the mails');
        assert.ok(mails.every((mail) => new RegExp(`Subject: Order ` +
            `${order.number} is refunded in part`).test(mail)));
        assert.ok(mails.some((mail) => /Scratched wheel/.test(mail) &&
            /78\.00/.test(mail)));
        const tampered = byLine.replace(/signature=./, 'signature=_');
        assert.equal((await fetch(tampered)).status, 403);
    });

    test('what was paid by hand goes back by hand', async () => {
        const { order_id: id, track_url: url } =
            await shop.place({ payment_method: 'manual' });
        const at = `/orders/${id}/payments`;
        await shop.waitForPayment(id, 'pending');
        const pay = (body) => shop.asStaff('POST', at, { body });
        assertProblem(await pay({ method: 'card' }), 422, '/method');
        assertProblem(await pay({ method: 'manual', note: 5 }), 422, '/note');
        assert.equal((await shop.request('POST', at,
            { body: { method: 'manual' } })).status, 401);
        const answers = await Promise.all([1, 2].map(() =>
            pay({ method: 'manual', note: 'cash at the door' })));
        assert.deepEqual(answers.map((one) => one.status).sort(), [201, 409]);
        const paid = answers.find((one) => one.status === 201).json;
        assert.equal(paid.payment_status, 'paid');
        assert.equal(paid.amount_minor, 3900);
        await shop.waitForOrder(id, ['CONFIRMED']);
        const made = await refund(id, { amount_minor: 900 });
        assert.equal(made.json.status, 'succeeded');
        await shop.waitForPayment(id, 'partially_refunded');
        await notes(id, 1);
        const [link] = await links(url);
        assert.doesNotMatch((await readPaper(shop, link)).text, /pi_|manual-/);
        assertProblem(await pay({ method: 'manual' }), 409, '/method');
        assertProblem(await shop.asStaff('POST',
            `/orders/${unknownId}/payments`, { body: { method: 'manual' } }),
        404);
    });

    test('numbers have no gaps, whatever was killed meanwhile', async () => {
        const orders = await Promise.all(Array.from({ length: 6 }, () =>
            place({ items: [{ sku: 'mouse', quantity: 1 }] })));
        const asked = orders.flatMap(({ order_id: id }) =>
            [1, 2, 3].map((amount) => refund(id, { amount_minor: amount })));
        for (let i = 0; i < 3; i++) {
            const { pid } = await shop.processOf('reaper');
            process.kill(pid, 'SIGKILL');
            await shop.nextProcess('reaper', pid);
        }
        for (const { status: code, text } of await Promise.all(asked))
            assert.equal(code, 201, text);
        for (const { order_id: id } of orders)
            await notes(id, 3);
        for (const table of ['credit_notes', 'receipts']) {
            const rows = await shop.rows(`SELECT number FROM ${table}` +
                ' ORDER BY number');
            assert.deepEqual(rows.map(({ number }) => number),
                rows.map((_, i) => i + 1), table);
        }
    });

    test('the books hold', () => booksHold(shop));
});

// No webhook finds its way: the shop does not know what the gateway refunded.
test('what can never be refunded fails at once, with an alarm', async (t) => {
    const shop = await startShop({ t, env: {
        ORDERMILL_BASE_URL: 'http://127.0.0.1:9' } });
    const { refund, place } = helpers(shop);
    const { order_id: id } = await place();
    await stripeOf(shop).refunds.create(
        { payment_intent: (await shop.attempt(id)).intent_id });
    assert.equal((await refund(id, {})).status, 201);
    const [row] = await waitUntil(async () => {
        const rows = await shop.rows(
            'SELECT status, refusals FROM refunds');
        return rows[0].status !== 'due' && rows;
    }, 10000, 'the refusal');
    assert.deepEqual(row, { status: 'failed', refusals: 0 });
    assert.deepEqual(await shop.rows('SELECT kind FROM alarms'),
        [{ kind: 'refund_failed' }]);
    assert.deepEqual(await shop.rows('SELECT 1 FROM credit_notes'), []);
});

describe('other currencies', () => {
    for (const [currency, minor, shown] of [['JPY', 40, '¥40'],
        ['KWD', 12345, '12.345 KWD']])
        test(currency, async (t) => {
            const shop = await startShop({ t,
                env: { ORDERMILL_CURRENCY: currency } });
            const { refund, place, links, notes } = helpers(shop);
            const order = await place();
            const made = await refund(order.order_id,
                { amount_minor: minor });
            assert.equal(made.json.currency, currency);
            assert.equal(made.json.amount_minor, minor);
            await notes(order.order_id, 1);
            const [link] = await links(order.track_url);
            const { text } = await readPaper(shop, link);
            assert.ok(text.replaceAll('\u00a0', ' ').includes(shown),
                text);
        });
});
