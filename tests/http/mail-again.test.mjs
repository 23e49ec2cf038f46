// Mails that did not go out: TLS where the server offers it, what is our fault
// and passes, what is the address's and is corrected, and sending again.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inClear, refusal, startMailServer } from './mail-server.mjs';
import { startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';
import { makeAuthority } from './workflow-service.mjs';

const onAuth = ({ username, password }, session, done) => done(
    password === 'p@ss' ? null : refusal(535, '5.7.8 no'), { user: username });

const place = (shop, email) =>
    shop.place({ customer: { name: 'Ada Lovelace', email } });

const mailId = (text) => /name="mail" value="([^"]+)"/.exec(text)?.[1];

describe('TLS', () => {
    let server;
    let shop;
    const start = async (url, env = {}) => startShop({ env: {
        ORDERMILL_SMTP_URL: url, ...env } });
    after(async () => {
        await shop?.stop();
        await server?.stop();
    });

    test('is used where it is offered, whatever the certificate', async () => {
        server = await startMailServer({ onAuth });
        server.mailFrom = ({ secure }) => secure ? undefined
            : refusal(530, 'Must issue a STARTTLS command first');
        shop = await start(`smtp://${server.at}`);
        await place(shop, 'ada@shop.example');
        const [{ secure }] = await server.arrived('ada@shop.example');
        assert.equal(secure, true);
        await shop.stop();
        shop = await start(`smtp://me:p%40ss@${server.at}`);
        await place(shop, 'eve@shop.example');
        const [signedIn] = await server.arrived('eve@shop.example');
        assert.equal(signedIn.secure, true);
        assert.equal(signedIn.user, 'me');
        await shop.stop();
        await server.stop();
    });

    test('of smtps wants a certificate that holds', async () => {
        const authority = await makeAuthority();
        try {
            server = await startMailServer({ secure: true,
                ...await authority.certify('IP:127.0.0.1') });
            const url = `smtps://${server.at}`;
            shop = await start(url);
            await place(shop, 'ada@shop.example');
            await waitUntil(async () => /certificate/.test(
                await shop.sql('SELECT message FROM outbox')),
            10000, 'the first try to fail');
            shop = await shop.restart({ env: { ORDERMILL_SMTP_URL: url,
                ORDERMILL_CA_FILE: authority.file } },
            () => assert.equal(server.mails.length, 0));
            await server.arrived('ada@shop.example');
        } finally {
            await authority.remove();
        }
    });
});

describe('a mail that failed', () => {
    let server;
    let shop;
    let staff;

    before(async () => {
        server = await startMailServer(inClear);
        shop = await startShop({ env: {
            ORDERMILL_SMTP_URL: `smtp://${server.at}` } });
        staff = await signIn(shop);
    });
    after(async () => {
        await shop?.stop();
        await server?.stop();
    });
    beforeEach(() => {
        server.mailFrom = () => undefined;
        server.rcptTo = (to) => to.startsWith('none')
            ? refusal(550, '5.1.1 no such mailbox') : undefined;
    });

    const failed = async (email) => {
        const order = await place(shop, email);
        const text = await waitUntil(async () => {
            const page = await staff.get(`/admin/orders/${order.order_id}`);
            return mailId(page.text) && page.text;
        }, 10000, 'the failed mail');
        return { ...order, text, mail: mailId(text) };
    };
    const alarms = async () => (await staff.get('/admin/alarms')).text;
    const post = (path, fields) =>
        staff.post(path, { csrf: staff.csrf, ...fields });

    test('for our fault stays due, with one alarm until it passes', async () => {
        server.mailFrom = () => refusal(530, 'must issue STARTTLS');
        const orders = [];
        for (const email of ['a@shop.example', 'b@shop.example'])
            orders.push(await place(shop, email));
        const text = await waitUntil(async () => {
            const page = await alarms();
            return /The mail server refuses us: 530 must issue STARTTLS/
                .test(page) && page;
        }, 10000, 'the alarm');
        assert.match(text, /check ORDERMILL_SMTP_URL/);
        for (const { order_id: id } of orders)
            await shop.waitForOrder(id, ['CONFIRMED']);
        assert.equal((await alarms()).match(/refuses us/g).length, 2,
            'one alarm, in its text and its button');
        assert.doesNotMatch(await alarms(), /could not be sent/);
        server.mailFrom = () => undefined;
        await server.arrived('a@shop.example');
        await server.arrived('b@shop.example');
        await waitUntil(async () => !/refuses us/.test(await alarms()),
            5000, 'the alarm to close');
    });

    test('is sent again to the address that staff correct', async () => {
        const { order_id: id, mail, text } = await failed('none@shop.example');
        assert.match(text, /A mail could not be sent: 550 5\.1\.1 no such/);
        assert.match(text, /value="none@shop\.example"/);
        const path = `/admin/orders/${id}/mail`;
        const good = 'ada2@shop.example';
        for (const email of ['', 'nobody', 'a@b.example\r\nBcc: c@d.example']) {
            const refused = await post(path, { mail, email });
            assert.equal(refused.status, 422);
            assert.match(refused.text, /This is not an e-mail address/);
        }
        assert.equal((await post(path, { mail: id, email: good })).status,
            404);
        const both = await Promise.all([1, 2].map(() =>
            post(path, { mail, email: ` ${good} ` })));
        for (const { status, headers } of both) {
            assert.equal(status, 303);
            assert.equal(headers.get('location'),
                `/admin/orders/${id}?done=mailed`);
        }
        await server.arrived(good);
        assert.equal((await post(path, { mail,
            email: 'other@shop.example' })).status, 409);
        await waitUntil(async () => !/could not be sent/.test(
            (await staff.get(`/admin/orders/${id}?done=mailed`)).text), 5000,
        'the alarm to close');
        assert.equal((await shop.show(id)).customer.email, good);
        const { events } = await shop.look(
            `/orders/${id}/execution?after=0`);
        const notes = events.filter(({ type }) => type === 'MailSentAgain');
        assert.equal(notes.length, 1);
        assert.equal(notes[0].detail.by, shop.email);
        assert.match(notes[0].detail.reason,
            /to ada2@shop\.example instead of none@shop\.example/);
        assert.equal((await shop.run('mail', 'resend', mail)).code, 1);
        await place(shop, 'last@shop.example');
        await server.arrived('last@shop.example');
        assert.equal(server.to(good).length, 1);
        assert.equal(server.to('other@shop.example').length, 0);
    });

    test('is sent again with all that failed since a day', async () => {
        for (const i of [1, 2])
            await failed(`none-${i}@shop.example`);
        assert.match(await alarms(), /2 mails could not be sent/);
        server.rcptTo = () => undefined;
        const bad = await post('/admin/alarms/mails', { since: 'now' });
        assert.equal(bad.status, 422);
        const later = await post('/admin/alarms/mails',
            { since: '2999-01-01' });
        assert.equal(later.headers.get('location'), '/admin/alarms?sent=0');
        const [, since] = /name="since"[^>]*value="([\d-]+)"/.exec(
            await alarms());
        const sent = await post('/admin/alarms/mails', { since });
        assert.equal(sent.headers.get('location'), '/admin/alarms?sent=2');
        assert.match((await staff.get('/admin/alarms?sent=2')).text,
            /2 mails are sent again/);
        for (const i of [1, 2])
            await server.arrived(`none-${i}@shop.example`);
        await waitUntil(async () => /No alarm is open/.test(await alarms()),
            5000, 'the alarms to close');
        assert.doesNotMatch(await alarms(), /could not be sent/);
    });

    test('is sent again by the operator', async () => {
        const one = await failed('none-3@shop.example');
        const two = await failed('none-4@shop.example');
        const three = await failed('none-5@shop.example');
        const list = await shop.run('mail', 'list');
        assert.equal(list.code, 0, list.stderr);
        assert.equal(list.stdout.trim().split('\n').length, 3);
        assert.match(list.stdout, new RegExp(
            `^${one.mail} .* order ${one.number} .*none-3@.*550 5\\.1\\.1`));
        const wrong = await shop.run('mail', 'resend', `${one.number}`, '--to',
            'nobody');
        assert.equal(wrong.code, 1);
        server.rcptTo = () => undefined;
        const done = await shop.run('mail', 'resend', `${one.number}`, '--to',
            'found@shop.example');
        assert.equal(done.code, 0, done.stderr);
        await server.arrived('found@shop.example');
        assert.equal((await shop.run('mail', 'resend', two.order_id)).code, 0);
        await server.arrived('none-4@shop.example');
        assert.equal((await shop.run('mail', 'resend', two.order_id)).code, 1);
        for (const since of ['yesterday', '2026-02-30', '2999-01-01'])
            assert.equal((await shop.run('mail', 'resend', '--failed-since',
                since)).code, 1);
        const all = await shop.run('mail', 'resend', '--failed-since',
            '2026-01-01T00:00:00Z');
        assert.equal(all.code, 0, all.stderr);
        assert.match(all.stdout, /^mails sent again: 1$/m);
        await server.arrived('none-5@shop.example');
        assert.equal(server.to('none-5@shop.example').length, 1);
        assert.equal((await shop.run('mail', 'list')).stdout, '');
        assert.ok(three.number > two.number);
    });

    test('is not sent once it is no longer true', async () => {
        const { order_id: id, mail } = await failed('none-6@shop.example');
        await shop.cancel(id, 'Lost.');
        server.rcptTo = () => undefined;
        assert.equal((await shop.run('mail', 'resend', mail)).code, 1);
        await shop.run('mail', 'resend', '--failed-since', '2026-01-01');
        await place(shop, 'next@shop.example');
        await server.arrived('next@shop.example');
        await shop.verify();
    });
});
