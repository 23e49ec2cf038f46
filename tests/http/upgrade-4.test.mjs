// A shop of version 4 that died with work of every kind in hand: this version
// finishes all of it.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from './database.mjs';
import { assertSchemaIsCurrent, goBack } from './old-shop.mjs';
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
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    shop = await startShop({ home });
    const { ports } = shop;
    await shop.stop({ keep: true });
    await goBack(home, 'version-4.sql', [mailed, refunding], {
        gateway: 'version-4-gateway.sql', SHOP: `127.0.0.1:${ports[0]}`,
        GATEWAY: `127.0.0.1:${ports[1]}` });
    shop = await startShop({ home, ports });
});
after(() => shop?.stop());

async function mailsAbout(number) {
    const folder = join(shop.home, 'mail');
    const mails = (await readdir(folder)).filter((name) => /eml$/.test(name));
    const texts = await Promise.all(mails.map((name) =>
        readFile(join(folder, name), 'utf8')));
    return texts.filter((text) => text.includes(`${number}`))
        .map((text) => /^Subject: (.*)$/m.exec(text)[1].trim());
}

const mailAbout = (number, subject) => waitUntil(async () =>
    (await mailsAbout(number)).filter((one) => subject.test(one)).length === 1,
15000, `one mail about ${number}: ${subject}`);

describe('a shop of version 4', () => {
    test('is of this version now, and a copy is kept', async () => {
        assert.equal(await shop.sql(
            'SELECT value FROM settings WHERE name = \'version\''), '5');
        assert.equal(await shop.sql(
            'PRAGMA foreign_key_check; PRAGMA integrity_check'), 'ok');
        await assertSchemaIsCurrent(shop.home);
        const copy = join(shop.home, 'ordermill-version-4.db');
        assert.equal((await stat(copy)).mode & 0o777, 0o600);
        assert.equal(await sql(copy, 'PRAGMA integrity_check;' +
            ' SELECT value FROM settings WHERE name = \'version\';' +
            ' SELECT count(*) FROM orders'), 'ok\n4\n10');
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
            assert.equal((await shop.asStaff('GET', `/orders/${order}`))
                .json.payment_status, 'pending', order);
        const marked = await shop.asStaff('POST', `/orders/${manual}/payments`,
            { body: { method: 'manual', note: 'It came.' } });
        assert.equal(marked.status, 201, marked.text);
        await shop.waitForOrder(manual, ['CONFIRMED']);
        const { json } = await shop.asStaff('GET', `/orders/${hosted}`);
        const link = await shop.requestAt(json.payment_url, 'GET', '');
        assert.equal(link.status, 303, link.text);
        const page = link.headers.get('location');
        assert.ok(page.endsWith(session), page);
        const pressed = await shop.requestAt(page, 'POST', '',
            { body: new URLSearchParams({ scenario: 'pay' }) });
        assert.equal(pressed.status, 303, pressed.text);
        await shop.waitForOrder(hosted, ['CONFIRMED']);
    });

    test('gives back what was due, once', async () => {
        await waitUntil(async () => await shop.sql('SELECT status FROM' +
            ` refunds WHERE order_id = '${refunding}'`) === 'succeeded', 15000,
        'the refund');
        assert.equal(await shop.sql('SELECT SUM(amount_minor) FROM' +
            ` payment_entries WHERE kind = 'refund'` +
            ` AND order_id = '${refunding}'`), '3900');
        assert.equal((await shop.asStaff('GET', `/orders/${refunding}`))
            .json.payment_status, 'partially_refunded');
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
        for (const number of [1003, 1004, 1005])
            await mailAbout(number, /confirmed/i);
        for (const number of [1004, 1005])
            await mailAbout(number, /refund/i);
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
        const { json } = await shop.order();
        assert.equal(json.number, 1011);
        await shop.waitForOrder(json.order_id, ['CONFIRMED']);
        assert.equal(await shop.sql('SELECT COUNT(*), COUNT(number),' +
            ' MAX(number) FROM receipts'), '11|11|11');
        const found = await shop.run('verify');
        assert.equal(found.code, 0, found.stdout + found.stderr);
    });
});
