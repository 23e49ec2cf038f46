// The mails: what stands in them, over SMTP and as files, and what a server's
// refusals make of them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';

const SHOP = 'Müller "&" Söhne, Ltd <x@evil.example>';
const env = { ORDERMILL_SHOP_NAME: SHOP,
    ORDERMILL_MAIL_FROM: 'shop@mill.example' };

// A MIME entity: { headers: Map, body: Buffer, parts }.
function parse(bytes) {
    const text = bytes.toString('latin1');
    const at = text.indexOf('\r\n\r\n');
    const headers = new Map();
    for (const line of text.slice(0, at).replace(/\r\n[ \t]/g, ' ')
        .split('\r\n')) {
        const [, name, value] = /^([!-9;-~]+): ?(.*)$/.exec(line);
        assert.ok(!headers.has(name.toLowerCase()), `${name} twice`);
        headers.set(name.toLowerCase(), value);
    }
    const type = headers.get('content-type');
    const raw = text.slice(at + 4);
    const boundary = /^multipart\/.*boundary="([^"]+)"/.exec(type)?.[1];
    if (boundary === undefined)
        return { headers, type, body: decode(raw,
            headers.get('content-transfer-encoding')), parts: [] };
    const pieces = `\r\n${raw}`.split(`\r\n--${boundary}`);
    assert.match(pieces.at(-1), /^--/, 'the last boundary');
    return { headers, type, parts: pieces.slice(1, -1).map((piece) =>
        parse(Buffer.from(piece.replace(/^[ \t]*\r\n/, ''), 'latin1'))) };
}

function decode(raw, encoding) {
    if (encoding === 'base64')
        return Buffer.from(raw, 'base64');
    assert.equal(encoding, 'quoted-printable');
    return Buffer.from(raw.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g,
        (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

// Encoded words (RFC 2047) as the reader sees them.
const words = (value) => value.replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g,
        (_, base64) => Buffer.from(base64, 'base64').toString());

function assertWellFormed(bytes) {
    const text = bytes.toString('latin1');
    assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/, 'a bare line end');
    for (const line of text.split('\r\n'))
        assert.ok(line.length <= 998, 'a line too long');
    assert.doesNotMatch(text, /[\x80-\xff]/, 'eight bits');
}

// The message's three parts, its headers checked.
function open(bytes) {
    assertWellFormed(bytes);
    const mail = parse(bytes);
    assert.match(mail.headers.get('date'), /^\w{3}, \d\d? \w{3} \d{4} /);
    assert.ok(Math.abs(Date.parse(mail.headers.get('date')) - Date.now()) <
        600000);
    assert.match(mail.headers.get('message-id'), /^<[^<>@\s]+@mill\.example>$/);
    assert.equal(mail.headers.get('mime-version'), '1.0');
    const from = mail.headers.get('from');
    assert.match(from, /<shop@mill\.example>$/);
    assert.doesNotMatch(from, /evil\.example/);
    assert.ok(words(from).startsWith(SHOP));
    const alternative = mail.parts.length > 0 &&
        /^multipart\/mixed/.test(mail.type) ? mail.parts[0] : mail;
    assert.match(alternative.type, /^multipart\/alternative/);
    const [text, html, ...more] = alternative.parts;
    assert.deepEqual(more, []);
    assert.match(text.type, /^text\/plain; charset=utf-8$/i);
    assert.match(html.type, /^text\/html; charset=utf-8$/i);
    return { ...mail, text: text.body.toString(), html: html.body.toString(),
        pdf: mail === alternative ? undefined : mail.parts[1] };
}

// The PDF a confirmation carries is the receipt the shop shows.
async function assertReceipt(shop, mail, orderId) {
    assert.equal(mail.pdf.type, 'application/pdf');
    assert.match(mail.pdf.headers.get('content-disposition'),
        /^attachment; filename="[\w.-]+\.pdf"$/);
    const { json } = await shop.asStaff('GET', `/orders/${orderId}`);
    const answer = await fetch(json.receipt_url);
    assert.deepEqual(mail.pdf.body, Buffer.from(await answer.arrayBuffer()));
}

async function place(shop, email, more = {}) {
    const { status, json, text } = await shop.order({ item: 'mouse',
        quantity: 2, customer_name: 'Ada Łoś', email, ...more });
    assert.equal(status, 201, text);
    return json;
}

describe('over SMTP', () => {
    let shop;
    let server;
    let mails; // { to, from, bytes, at }
    let answerTo; // (recipient, bytes or undefined) -> error, or none

    before(async () => {
        server = new SMTPServer({ authOptional: true,
            disabledCommands: ['AUTH', 'STARTTLS'], logger: false,
            onRcptTo: async (address, session, done) =>
                done(await answerTo(address.address)),
            onData: (stream, session, done) => {
                const chunks = [];
                stream.on('data', (chunk) => chunks.push(chunk));
                stream.on('end', async () => {
                    const to = session.envelope.rcptTo
                        .map(({ address }) => address);
                    const bytes = Buffer.concat(chunks);
                    mails.push({ to, bytes,
                        from: session.envelope.mailFrom.address });
                    done(await answerTo(to[0], bytes));
                });
            } });
        server.on('error', () => {});
        await new Promise((resolve) =>
            server.listen(0, '127.0.0.1', resolve));
        const { port } = server.server.address();
        shop = await startShop({ env: { ...env,
            ORDERMILL_SMTP_URL: `smtp://127.0.0.1:${port}` } });
    });
    after(async () => {
        await shop?.stop();
        await new Promise((resolve) => server.close(resolve));
    });
    beforeEach(() => {
        mails = [];
        answerTo = () => undefined;
    });

    const refusal = (code, text) => Object.assign(new Error(text),
        { responseCode: code });
    const arrived = (email, count = 1) => waitUntil(() => {
        const found = mails.filter(({ to }) => to.includes(email));
        return found.length >= count && found;
    }, 15000, `${count} to ${email}`);

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
            const { json } = await shop.asStaff('GET',
                `/orders/${failed.order_id}`);
            assert.ok(told.text.includes(json.reason));

            const order = await place(shop, 'back@shop.example');
            await arrived('back@shop.example');
            await shop.asStaff('PUT', `/orders/${order.order_id}`, { body:
                { status: 'CANCELLED', reason: 'Lost & <b>gone</b>.' } });
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
        answerTo = (recipient, bytes) => bytes !== undefined &&
            refused++ === 0 ? refusal(451, 'later') : undefined;
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
        answerTo = (to, bytes) => bytes && tries++ < 2
            ? refusal(451, 'later') : undefined;
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
        answerTo = (to) => to.startsWith('none')
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
        const { json } = await shop.asStaff('GET',
            `/orders/${refused.order_id}`);
        assert.equal(json.status, 'CONFIRMED');
        assert.equal(json.payment_status, 'paid');
        assert.equal(mails.filter(({ to }) =>
            to.includes('none@shop.example')).length, 0);
    });

    test('a server that hangs holds up nobody', async () => {
        let release;
        const held = new Promise((resolve) => { release = resolve; });
        answerTo = (to) => to.startsWith('slow') ? held : undefined;
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

    test('the books hold', async () => {
        const { code, stdout } = await shop.run('verify');
        assert.equal(code, 0, stdout);
    });
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
        await shop.stop({ keep: true });
        shop = await startShop({ env, home: shop.home, ports: shop.ports });
        assert.equal((await shop.order()).status, 201);
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
