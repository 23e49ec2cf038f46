// The mails: what stands in them, over SMTP and as files, and what a server's
// refusals make of them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inClear, refusal, startMailServer } from './mail-server.mjs';
import { readMail, words } from './mime.mjs';
import { startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';

const SHOP = 'Müller "&" Söhne, Ltd <x@evil.example>';
const env = { ORDERMILL_SHOP_NAME: SHOP,
    ORDERMILL_MAIL_FROM: 'shop@mill.example' };

function assertWellFormed(bytes) {
    const text = bytes.toString('latin1');
    assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/, 'a bare line end');
    for (const line of text.split('\r\n'))
        assert.ok(line.length <= 998, 'a line too long');
    assert.doesNotMatch(text, /[\x80-\xff]/, 'eight bits');
}

// The message, its headers checked.
function open(bytes) {
    assertWellFormed(bytes);
    const mail = readMail(bytes.toString('latin1'));
    assert.match(mail.headers.get('date'), /^\w{3}, \d\d? \w{3} \d{4} /);
    assert.ok(Math.abs(Date.parse(mail.headers.get('date')) - Date.now()) <
        600000);
    assert.match(mail.headers.get('message-id'), /^<[^<>@\s]+@mill\.example>$/);
    assert.equal(mail.headers.get('mime-version'), '1.0');
    const from = mail.headers.get('from');
    assert.match(from, /<shop@mill\.example>$/);
    assert.doesNotMatch(from, /evil\.example/);
    assert.ok(words(from).startsWith(SHOP));
    return mail;
}

// The PDF a confirmation carries is the receipt the shop shows.
async function assertReceipt(shop, mail, orderId) {
    assert.equal(mail.pdf.type, 'application/pdf');
    assert.match(mail.pdf.headers.get('content-disposition'),
        /^attachment; filename="[\w.-]+\.pdf"$/);
    const { receipt_url: url } = await shop.show(orderId);
    const answer = await fetch(url);
    assert.deepEqual(mail.pdf.body, Buffer.from(await answer.arrayBuffer()));
}

const place = (shop, email, more = {}) => shop.place({ items: [
    { sku: 'mouse', quantity: 2 }], customer_name: 'Ada Łoś', email, ...more });

describe('over SMTP', () => {
    let shop;
    let server;
    let mails;
    let arrived;

    before(async () => {
        server = await startMailServer(inClear);
        ({ mails, arrived } = server);
        shop = await startShop({ env: { ...env,
            ORDERMILL_SMTP_URL: `smtp://${server.at}` } });
    });
    after(async () => {
        await shop?.stop();
        await server?.stop();
    });
    beforeEach(() => {
        mails.length = 0;
        server.rcptTo = () => undefined;
        server.content = () => undefined;
    });

    test('a confirmation carries its receipt', async () => {
        const order = await place(shop, 'ada@shop.example');
        const [{ bytes, from, to }] = await arrived('ada@shop.example');
        assert.equal(from, 'shop@mill.example');
        assert.deepEqual(to, ['ada@shop.example']);
        const mail = open(bytes);
        assert.equal(words(mail.headers.get('to')),
            'Ada Łoś <ada@shop.example>');
        assert.match(mail.headers.get('subject'),
            new RegExp(`${order.number}`));
        for (const body of [mail.text, mail.html]) {
            for (const word of ['Ada Łoś', `${order.number}`, 'Mouse',
                '78.00', order.track_url])
                assert.ok(body.includes(word), word);
            assert.doesNotMatch(body, /\{\{|\}\}/);
        }
        assert.match(mail.html, /Müller &quot;&amp;&quot; Söhne, Ltd &lt;/);
        await assertReceipt(shop, mail, order.order_id);
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
        assert.equal(mails.length, 1);
    });

    test('a failed and a cancelled order are told, without a receipt',
        async () => {
            const failed = await place(shop, 'fail@shop.example',
                { paymentMethod: 'pm_card_chargeDeclined' });
            const [first] = await arrived('fail@shop.example');
            const told = open(first.bytes);
            assert.equal(told.pdf, undefined);
            assert.match(told.text, /not been charged/);
            const { reason } = await shop.show(failed.order_id);
            assert.ok(told.text.includes(reason));

            const order = await place(shop, 'back@shop.example');
            await arrived('back@shop.example');
            await shop.cancel(order.order_id, 'Lost & <b>gone</b>.');
            const [, second] = await arrived('back@shop.example', 2);
            const cancelled = open(second.bytes);
            assert.equal(cancelled.pdf, undefined);
            assert.match(cancelled.text, /Lost & <b>gone<\/b>\./);
            assert.match(cancelled.html, /Lost &amp; &lt;b&gt;gone/);
            assert.match(cancelled.text, /refunded/);
            const ids = [told, cancelled].map(({ headers }) =>
                headers.get('message-id'));
            assert.notEqual(ids[0], ids[1]);
            const [, , third] = await arrived('back@shop.example', 3);
            const refunded = open(third.bytes);
            assert.match(words(refunded.headers.get('subject')),
                /^Order \d+ is refunded$/);
            assert.match(refunded.text, /Lost & <b>gone<\/b>\./);
            assert.match(refunded.html, /Lost &amp; &lt;b&gt;gone/);
            assert.match(refunded.text, /Credit note no\. 1 is attached/);
            assert.match(refunded.pdf.headers.get('content-disposition'),
                /filename="credit-note-1\.pdf"/);
            assert.equal(refunded.pdf.body.subarray(0, 5).toString(), '%PDF-');
        });

    test('without an e-mail no mail is sent', async () => {
        const silent = await place(shop, null);
        const other = await place(shop, 'after@shop.example');
        await shop.waitForOrder(silent.order_id, ['CONFIRMED']);
        await arrived('after@shop.example');
        assert.equal(mails.length, 1);
        assert.ok(other.number > silent.number);
    });

    test('a receipt that is lost meanwhile is drawn again', async () => {
        let refused = 0;
        server.content = () => refused++ === 0 ? refusal(451, 'later')
            : undefined;
        const { order_id: id } = await place(shop, 'lost@mill.example');
        await waitUntil(() => mails.length > 0, 10000, 'the first try');
        await rm(join(shop.home, 'receipts', `${id}.pdf`));
        await waitUntil(() => mails.length > 1, 10000, 'the second');
        assert.deepEqual(mails[1].bytes, mails[0].bytes);
        assert.ok((await readdir(join(shop.home, 'receipts')))
            .includes(`${id}.pdf`));
        await assertReceipt(shop, open(mails[1].bytes), id);
    });

    test('a 451 is tried again, the same message', async () => {
        let tries = 0;
        server.content = () => tries++ < 2 ? refusal(451, 'later') : undefined;
        await place(shop, 'later@shop.example');
        const sent = await arrived('later@shop.example', 3);
        const hashes = sent.map(({ bytes }) =>
            createHash('sha256').update(bytes).digest('hex'));
        assert.equal(new Set(hashes).size, 1);
        assert.equal(new Set(sent.map(({ bytes }) =>
            open(bytes).headers.get('message-id'))).size, 1);
        await place(shop, 'next@shop.example');
        await arrived('next@shop.example');
        assert.equal((await arrived('later@shop.example')).length, 3);
    });

    test('a 550 is given up with an alarm, and holds up nobody', async () => {
        server.rcptTo = (to) => to.startsWith('none')
            ? refusal(550, 'no such mailbox') : undefined;
        const refused = await place(shop, 'none@shop.example');
        const good = await place(shop, 'good@shop.example');
        await arrived('good@shop.example');
        const { get } = await signIn(shop);
        const page = await waitUntil(async () => {
            const { text } = await get(`/admin/orders/${refused.order_id}`);
            return /Alarm:/.test(text) && text;
        }, 10000, 'the alarm');
        assert.match(page, /550|mailbox/);
        const list = await get('/admin/orders');
        assert.match(list.text, /id="alarms"/);
        assert.doesNotMatch((await get(`/admin/orders/${good.order_id}`))
            .text, /Alarm:/);
        const order = await shop.show(refused.order_id);
        assert.equal(order.status, 'CONFIRMED');
        assert.equal(order.payment_status, 'paid');
        assert.deepEqual(server.to('none@shop.example'), []);
    });

    test('a server that hangs holds up nobody', async () => {
        let release;
        const held = new Promise((resolve) => { release = resolve; });
        server.rcptTo = (to) => to.startsWith('slow') ? held : undefined;
        await place(shop, 'slow@shop.example');
        for (let i = 0; i < 5; i++)
            await place(shop, `quick${i}@shop.example`);
        for (let i = 0; i < 5; i++)
            await arrived(`quick${i}@shop.example`);
        release();
        await arrived('slow@shop.example');
    });

    test('no name adds a header or a recipient', async () => {
        for (const [i, name] of ['"Eve" <eve@evil.example>',
            'a@b.example, eve@evil.example', '=?UTF-8?B?RXZl?=', '\\"',
            '"Eve" <eve>, <adam>', 'x'.repeat(200), 'Ω'.repeat(200),
            '🦔'.repeat(200), '.', ';:<>()[],\\"'].entries()) {
            const email = `inject${i}@shop.example`;
            await place(shop, email, { customer_name: name });
            const [{ to, bytes }] = await arrived(email);
            assert.deepEqual(to, [email]);
            const mail = open(bytes);
            const shown = mail.headers.get('to');
            assert.ok(shown.endsWith(`<${email}>`), shown);
            for (const header of ['bcc', 'cc', 'reply-to'])
                assert.equal(mail.headers.get(header), undefined);
            const phrase = shown.slice(0, -email.length - 3);
            if (name.includes('@')) { // it is not said at all
                assert.equal(phrase, '');
                continue;
            }
            assert.match(phrase,
                /^("[^"\\]*"|(=\?UTF-8\?B\?[\w+/=]*\?= ?)+)$/);
            assert.equal(words(phrase).replace(/^"(.*)"$/,
                phrase.startsWith('=') ? '$&' : '$1'), name);
        }
        for (const [field, value] of [
            ['email', 'a@b.example\r\nBcc: eve@evil.example'],
            ['email', 'a@b.example>\r\nRCPT TO:<eve@evil.example'],
            ['email', 'a@b.example> SIZE=1'],
            ['customer_name', 'Ada\u2028Bcc: eve@evil.example'],
            ['customer_name', 'Ada\r\nBcc: eve@evil.example']]) {
            const { status } = await shop.order({ item: 'mouse', quantity: 1,
                [field]: value });
            assert.equal(status, 422);
        }
        assert.ok(mails.every(({ to }) => to.length === 1));
    });

    test('the books hold', () => shop.verify());
});

describe('as files', () => {
    let shop;
    before(async () => { shop = await startShop({ env }); });
    after(() => shop?.stop());

    test('each mail is a file of the shop\'s own', async () => {
        const folder = join(shop.home, 'mail');
        const order = await place(shop, 'ada@shop.example');
        const [name] = await waitUntil(async () => {
            const names = (await readdir(folder))
                .filter((one) => one.endsWith('.eml'));
            return names.length > 0 && names;
        }, 10000, 'the mail');
        assert.equal((await stat(folder)).mode & 0o777, 0o700);
        assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
        const mail = open(await readFile(join(folder, name)));
        assert.match(mail.headers.get('to'), /<ada@shop\.example>$/);
        await assertReceipt(shop, mail, order.order_id);
        shop = await shop.restart({ env });
        await shop.place();
        assert.deepEqual(await readdir(folder), [name]);
    });
});

describe('mails to strangers', () => {
    const victim = 'victim@example.com';
    const lure = 'You won: https://lottery.example/prize';
    let shop;
    before(async () => {
        shop = await startShop({ env: { ...env,
            ORDERMILL_MAILS_PER_RECIPIENT: '3' } });
    });
    after(() => shop?.stop());

    const mails = async () => {
        const folder = join(shop.home, 'mail');
        const names = (await readdir(folder)).filter((name) =>
            name.endsWith('.eml'));
        return Promise.all(names.map(async (name) =>
            open(await readFile(join(folder, name)))));
    };
    const outbox = (status) => shop.sql('SELECT COUNT(*) FROM outbox' +
        ` WHERE status = '${status}'`);
    const declined = () => place(shop, victim, { customer_name: lure,
        payment_method: 'pm_card_chargeDeclined' });

    test('what is over the budget waits, and none is dropped', async () => {
        const orders = await Promise.all(Array.from({ length: 12 }, declined));
        for (const { order_id: id } of orders)
            await shop.waitForOrder(id, ['FAILED']);
        await waitUntil(async () => await outbox('sent') === '3', 10000,
            'three mails');
        assert.equal(await outbox('due'), '9');
        assert.equal((await mails()).length, 3);
    });

    test('a mail about a paid order is not held up', async () => {
        const { order_id: id } = await place(shop, victim);
        await shop.waitForOrder(id, ['CONFIRMED']);
        await waitUntil(async () => await outbox('sent') === '4', 10000,
            'the confirmation');
        assert.equal(await outbox('due'), '9');
    });

    test('a stranger\'s link greets nobody', async () => {
        for (const mail of await mails()) {
            const isOurs = /paid and confirmed/.test(mail.text);
            assert.match(mail.text, isOurs ? /^Hello Ada Łoś,/ : /^Hello,/);
            for (const text of [mail.text, mail.html,
                words(mail.headers.get('to'))])
                assert.doesNotMatch(text, /lottery|You won/);
        }
    });
});
