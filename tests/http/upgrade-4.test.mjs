// A shop of version 4 that died with work of every kind in hand: this version
// finishes all of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { payOn } from './gateway.mjs';
import { subjectOf } from './mime.mjs';
import { assertCopyIsKept, assertIsCurrent, goBack } from './old-shop.mjs';
import { startShop, waitUntil } from './shop.mjs';

const id = (end) => `01a226fb-${end}`;
const manual = id('95ef-7f38-b6db-1b90488eba74'); // waits for its money
const hosted = id('95fe-725c-9b9c-178dc340e16f'); // likewise, on the page
const mailed = id('9604-7347-84df-f409ccc5ad90'); // its confirmation is due
const refunding = id('9608-74a1-8c93-06125fd161b1'); // one of three is due back
const refunded = id('960b-7e55-a840-2f4857ee2811'); // its papers are not drawn
const waits = id('96b7-7b4b-a509-8202eb17fd97'); // in a Wait of 20 s
const asks = id('98c2-70f3-aeb6-3ef421604166'); // for the token's answer
const paid = id('9c56-71bc-9076-6112b8e01fcc'); // its events are not applied
const unknown = id('9d01-7b36-a1b7-79dc79c47bb5'); // its charge was not answered
const pending = id('adec-73c7-831a-6b3c5fa63f2c'); // nobody began it

const session = 'cs_test_1atbvEzfO9WwftXLSWiw6GUS'; // of hosted
const token = 'y9JTL2bDRXTcI3Nv-VQOzNzgFor0yxsUrHquuiRaZtM'; // of asks
let shop;

before(async () => {
    const first = await startShop();
    const { home, ports } = first;
    shop = await first.restart({}, () => goBack(home, 'version-4.sql',
        [mailed, refunding], { gateway: 'version-4-gateway.sql',
            SHOP: `127.0.0.1:${ports[0]}`, GATEWAY: `127.0.0.1:${ports[1]}` }));
});
after(() => shop?.stop());

const mailAbout = (order, subject) => waitUntil(async () =>
    (await shop.mails(order)).filter((mail) =>
        subject.test(subjectOf(mail))).length === 1,
15000, `one mail about ${order}: ${subject}`);

describe('a shop of version 4', () => {
    test('is of this version now, and a copy is kept', async () => {
        await assertIsCurrent(shop);
        await assertCopyIsKept(shop.home, 4, 10);
    });

    test('finishes what was paid, asked, waiting or not begun', async () => {
        for (const order of [waits, paid, unknown, pending])
            await shop.waitForOrder(order, ['CONFIRMED'], 20000);
        for (const order of [paid, unknown, pending, waits])
            assert.equal(await shop.sql('SELECT COUNT(*) FROM' +
                ' payment_entries WHERE kind = \'charge\'' +
                ` AND order_id = '${order}'`), '1', order);
    });

    test('takes the answer to the token that it handed out', async () => {
        const answer = await shop.request('POST', `/task-tokens/${token}`,
            { body: { output: { ok: true } } });
        assert.equal(answer.status, 204, answer.text);
        await shop.waitForOrder(asks, ['CONFIRMED']);
    });

    test('serves the orders that wait for their money', async () => {
        for (const order of [manual, hosted])
            assert.equal((await shop.show(order)).payment_status, 'pending',
                order);
        const marked = await shop.markPaid(manual);
        assert.equal(marked.status, 201, marked.text);
        await shop.waitForOrder(manual, ['CONFIRMED']);
        const { payment_url: url } = await shop.show(hosted);
        const link = await shop.requestAt(url, 'GET', '');
        assert.equal(link.status, 303, link.text);
        const page = link.headers.get('location');
        assert.ok(page.endsWith(session), page);
        await payOn(page);
        await shop.waitForOrder(hosted, ['CONFIRMED']);
    });

    test('gives back what was due, once', async () => {
        await waitUntil(async () => await shop.sql('SELECT status FROM' +
            ` refunds WHERE order_id = '${refunding}'`) === 'succeeded', 15000,
        'the refund');
        assert.equal(await shop.sql('SELECT SUM(amount_minor) FROM' +
            ` payment_entries WHERE kind = 'refund'` +
            ` AND order_id = '${refunding}'`), '3900');
        assert.equal((await shop.show(refunding)).payment_status,
            'partially_refunded');
    });

    test('draws the papers that are not there', async () => {
        await waitUntil(async () => await shop.sql(
            'SELECT (SELECT COUNT(*) FROM receipts WHERE sha256 IS NULL) +' +
            ' (SELECT COUNT(*) FROM credit_notes WHERE sha256 IS NULL)')
            === '0', 75000, 'the papers');
        assert.equal(await shop.sql('SELECT number FROM credit_notes' +
            ` WHERE order_id = '${refunded}'`), '1');
    });

    test('sends the mails that were due, each once', async () => {
        for (const order of [mailed, refunding, refunded])
            await mailAbout(order, /confirmed/i);
        for (const order of [refunding, refunded])
            await mailAbout(order, /refund/i);
    });

    test('ends the reconciliation that it was in', async () => {
        await waitUntil(async () => await shop.sql('SELECT status FROM' +
            ' reconciliations WHERE run = 1') === 'done', 20000,
        'the reconciliation');
    });

    test('keeps the event of an order that is not known', async () => {
        assert.equal(await shop.sql('SELECT event_id FROM webhook_events' +
            ' WHERE status = \'early\''), 'evt_early');
        assert.equal(await shop.sql('SELECT COUNT(*) FROM webhook_events' +
            ' WHERE status = \'due\''), '0');
    });

    test('counts on where it was, and keeps its books', async () => {
        assert.equal((await shop.placeAndWait()).number, 1011);
        assert.equal(await shop.sql('SELECT COUNT(*), COUNT(number),' +
            ' MAX(number) FROM receipts'), '11|11|11');
        await shop.verify();
    });
});
