// Guessing staff passwords, and what it costs those whose passwords they are.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBehindProxy } from './front-proxy.mjs';
import { browser, cookieOf, credentialsOf, csrfOf, messageOf, newStaff }
    from './staff-browser.mjs';

const HOLD_MS = 3000; // lib/shop/staff/sign_in_guard.h

let behind;
let shop;
let proxy;
let seen;
before(async () => {
    behind = await startBehindProxy({ ORDERMILL_TRUSTED_PROXY: '127.0.0.1' });
    ({ shop, proxy, seen } = behind);
});
after(() => behind?.stop());

const guess = ({ email }) => browser(seen).signIn({ email, password: 'guess' });

describe('guesses at a password', () => {
    test('sent at once are no more than one after another', async () => {
        proxy.from = '198.51.100.1';
        const { email } = await newStaff(shop, 'at-once@shop.example');
        // Its form first, then all that nginx lets through at once.
        const guesser = browser(seen);
        const page = await guesser.get('/admin/sign-in');
        const csrf = csrfOf(page.text);
        const answers = await Promise.all(Array.from({ length: 19 }, () =>
            guesser.post('/admin/sign-in',
                { csrf, email, password: 'guess' })));
        const count = (status) =>
            answers.filter((one) => one.status === status).length;
        assert.equal(count(422), 10);
        assert.equal(count(429), 9);
        const late = answers.find((one) => one.status === 429);
        assert.match(late.headers.get('retry-after'), /^\d{3}$/);
        assert.match(messageOf(late), /wait/i);
    });

    test('from elsewhere do not shut its owner out', async () => {
        proxy.from = '198.51.100.2';
        const owner = await newStaff(shop, 'owner@shop.example');
        for (let i = 0; i < 10; i++)
            assert.equal((await guess(owner)).status, 422);
        assert.equal((await guess(owner)).status, 429);
        proxy.from = '203.0.113.1';
        assert.equal((await browser(seen).signIn(owner)).status, 303);
    });

    test('by one whole /64 are those of one', async () => {
        const owner = await newStaff(shop, 'six@shop.example');
        for (let i = 0; i < 10; i++) {
            proxy.from = `2001:db8:0:1::${i}`;
            assert.equal((await guess(owner)).status, 422);
        }
        proxy.from = '2001:db8:0:1:ffff::';
        assert.equal((await guess(owner)).status, 429);
        proxy.from = '2001:db8:0:2::1';
        assert.equal((await browser(seen).signIn(owner)).status, 303);
    });

    test('leave a browser that knows the account its own', async () => {
        proxy.from = '198.51.100.4';
        const owner = await newStaff(shop, 'known@shop.example');
        const own = browser(seen);
        assert.equal((await own.signIn(owner)).status, 303);
        const staff = shop.cookie('staff');
        const device = [...own.cookies.keys()]
            .find((name) => name.startsWith('device'));
        own.cookies.delete(staff);
        for (let i = 0; i < 11; i++)
            await guess(owner);
        // From the same network, where strangers are refused by now.
        const forged = browser(seen);
        for (const value of [`${own.cookies.get(device)}x`, 'a.9999999999.b',
            own.cookies.get(device).replace(/^./, '_')]) {
            forged.cookies.set(device, value);
            assert.equal((await forged.signIn(owner)).status, 429);
        }
        assert.equal((await own.signIn(owner)).status, 303);
        own.cookies.delete(staff);
        // But no more than its own.
        for (let i = 0; i < 10; i++)
            assert.equal((await own.signIn({ ...owner, password: 'x' }))
                .status, 422);
        assert.equal((await own.signIn(owner)).status, 429);
    });

    test('from everywhere slow the owner, and no more', async () => {
        const owner = await newStaff(shop, 'slow@shop.example');
        for (let i = 0; i < 30; i++) {
            proxy.from = `203.0.113.${100 + i}`;
            assert.equal((await guess(owner)).status, 422);
        }
        for (const [password, status] of [['guess', 422],
            [owner.password, 303]]) {
            proxy.from = '192.0.2.77';
            const began = Date.now();
            const answer = await browser(seen).signIn({ ...owner, password });
            assert.equal(answer.status, status);
            assert.ok(Date.now() - began >= HOLD_MS);
        }
    });
});

describe('the sign-in form', () => {
    test('works in two tabs, before and after a mistake', async () => {
        proxy.from = '198.51.100.10';
        const tabs = browser(seen);
        const send = (page, password) => tabs.post('/admin/sign-in',
            { csrf: csrfOf(page.text), email: shop.email, password });
        const one = await tabs.get('/admin/sign-in');
        const two = await tabs.get('/admin/sign-in');
        const wrong = await send(one, 'wrong');
        assert.equal(wrong.status, 422);
        assert.equal((await send(two, 'wrong')).status, 422);
        assert.equal((await send(wrong, shop.password)).status, 303);
        assert.equal((await send(two, shop.password)).status, 303);
    });

    test('takes a cookie for what it is, not for what it holds', async () => {
        proxy.from = '198.51.100.11';
        const page = await browser(seen).get('/admin/sign-in');
        const name = shop.cookie('sign-in');
        const token = csrfOf(page.text);
        const post = (cookie, csrf = token) => seen.request('POST',
            '/admin/sign-in', { headers: { cookie }, body:
                new URLSearchParams({ csrf, ...credentialsOf(shop) }) });
        for (const cookie of [`x=${name}=${token}`, `x${name}=${token}`,
            `x="; ${name}=`, `${name}x=${token}`, `${name}=${token}x`,
            `${name}`, `a=b,${name}=${token}`])
            assert.equal((await post(cookie)).status, 403, cookie);
        // Equal, but never ours.
        for (const forged of ['', 'x', `${token}x`])
            assert.equal((await post(`${name}=${forged}`, forged)).status,
                403, forged);
        for (const cookie of [`a=b; ${name}=${token}`,
            `${name}=${token};c=d`, ` ${name}=${token} ; e=f`])
            assert.equal((await post(cookie)).status, 303, cookie);
    });
});

describe('changing one\'s own password', () => {
    const change = async (staff, fields) => {
        const page = await staff.get('/admin/password');
        return staff.post('/admin/password',
            { csrf: csrfOf(page.text), ...fields });
    };
    const isIn = async (staff) =>
        (await staff.get('/admin/orders')).status === 200;
    const errorOf = (answer) =>
        /id="password-error"[^>]*>([^<]+)</.exec(answer.text)?.[1];

    test('asks for the old one and ends all other sessions', async () => {
        proxy.from = '198.51.100.20';
        const me = await newStaff(shop, 'me@shop.example');
        const here = browser(seen);
        const there = browser(seen);
        await here.signIn(me);
        await there.signIn(me);
        for (const [fields, message] of [
            [{ old: 'wrong', new: 'correct horse' }, /not your password/],
            [{ old: me.password, new: 'short' }, /10 to 200/],
            [{ old: me.password, new: me.password }, /the old one/],
            [{ new: 'correct horse' }, /Enter/]]) {
            const answer = await change(here, fields);
            assert.equal(answer.status, 422);
            assert.match(errorOf(answer), message);
        }
        assert.ok(await isIn(there));
        const done = await change(here,
            { old: me.password, new: 'correct horse' });
        assert.equal(done.status, 303);
        const page = await here.get(done.headers.get('location'));
        assert.match(page.text, /Your password is changed/);
        assert.ok(await isIn(here));
        assert.ok(!await isIn(there));
        assert.equal((await browser(seen).signIn(me)).status, 422);
        assert.equal((await browser(seen).signIn({ ...me,
            password: 'correct horse' })).status, 303);
    });

    test('is for who is signed in, by his own form', async () => {
        proxy.from = '198.51.100.21';
        const me = await newStaff(shop, 'form@shop.example');
        const stranger = browser(seen);
        const closed = await stranger.get('/admin/password');
        assert.equal(closed.status, 303);
        assert.match(closed.headers.get('location'), /sign-in\?next=/);
        const here = browser(seen);
        await here.signIn(me);
        for (const csrf of ['', 'x'])
            assert.equal((await here.post('/admin/password', { csrf,
                old: me.password, new: 'correct horse' })).status, 403);
        // Whoever finds it open does not guess the password either.
        for (let i = 0; i < 10; i++)
            assert.equal((await change(here, { old: 'guess',
                new: 'correct horse' })).status, 422);
        const late = await change(here,
            { old: me.password, new: 'correct horse' });
        assert.equal(late.status, 429);
        assert.match(late.headers.get('retry-after'), /^\d{3}$/);
    });

    test('a sign-in that is removed is out at once', async () => {
        proxy.from = '198.51.100.22';
        const me = await newStaff(shop, 'gone@shop.example');
        const here = browser(seen);
        await here.signIn(me);
        assert.ok(await isIn(here));
        assert.equal((await shop.run('admin', 'remove', me.email)).code, 0);
        assert.ok(!await isIn(here));
        assert.equal((await browser(seen).signIn(me)).status, 422);
        const again = await shop.run('admin', 'remove', me.email);
        assert.equal(again.code, 1);
        assert.match(again.stderr, /^ordermill: gone@shop\.example: .*\n$/);
        assert.equal((await browser(seen)
            .signIn(await newStaff(shop, me.email))).status, 303);
    });
});

test('the device\'s cookie names no secret and outlives the browser',
    async () => {
        proxy.from = '198.51.100.30';
        const me = await newStaff(shop, 'cookie@shop.example');
        const answer = await browser(seen).signIn(me);
        const name = [...answer.headers.get('set-cookie')
            .matchAll(/(device\d+_\d+)=/g)][0][1];
        const cookie = cookieOf(answer, name);
        assert.match(cookie, /; Path=\/; HttpOnly; .*; Max-Age=31536000$/);
        assert.ok(!cookie.includes(cookieOf(answer, shop.cookie('staff'))
            .split(/[=;]/)[1]));
    });
