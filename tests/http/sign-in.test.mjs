// /admin/sign-in and /admin/sign-out: staff sessions.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { browser, cookieOf, credentialsOf, csrfOf, messageOf, newStaff }
    from './staff-browser.mjs';

describe('signing in', () => {
    let shop;
    let right;
    before(async () => {
        shop = await startShop();
        right = credentialsOf(shop);
    });
    after(() => shop?.stop());

    test('opens the staff pages until signing out', async () => {
        const staff = browser(shop);
        const closed = await staff.get('/admin/orders');
        assert.equal(closed.status, 303);
        assert.match(closed.headers.get('location'), /^\/admin\/sign-in\b/);
        const opened = await staff.signIn(right);
        assert.equal(opened.status, 303, opened.text);
        assert.equal(opened.headers.get('location'), '/admin/orders');
        const cookie = cookieOf(opened, shop.cookie('staff'));
        for (const part of [/; HttpOnly/, /; SameSite=(Lax|Strict)/,
            /; Path=\//])
            assert.match(cookie, part);
        assert.doesNotMatch(cookie, /Domain=/i);
        const list = await staff.get('/admin/orders');
        assert.equal(list.status, 200);
        assert.equal((await staff.get('/admin/sign-in')).status, 303);

        const old = new Map(staff.cookies);
        for (const csrf of ['', 'x', undefined]) {
            const forged = await staff.post('/admin/sign-out',
                csrf === undefined ? {} : { csrf });
            assert.equal(forged.status, 403);
        }
        assert.equal((await staff.get('/admin/orders')).status, 200);
        const ended = await staff.post('/admin/sign-out',
            { csrf: csrfOf(list.text) });
        assert.equal(ended.status, 303);
        assert.equal((await staff.get('/admin/orders')).status, 303);
        old.forEach((value, name) => staff.cookies.set(name, value));
        assert.equal((await staff.get('/admin/orders')).status, 303,
            'the old cookie is worth nothing');
    });

    test('takes the e-mail in any case', async () => {
        const answer = await browser(shop).signIn({ ...right,
            email: right.email.toUpperCase() });
        assert.equal(answer.status, 303);
    });

    test('refuses alike what is wrong', async () => {
        const messages = new Set();
        for (const wrong of [{ password: 'wrong' }, { password: ' ' },
            { password: right.password.toUpperCase() },
            { password: `${right.password} ` },
            { email: 'nobody@shop.example' }, { email: "' OR 1=1 --" }]) {
            const staff = browser(shop);
            const answer = await staff.signIn({ ...right, ...wrong });
            assert.equal(answer.status, 422);
            messages.add(messageOf(answer));
            assert.equal(cookieOf(answer, shop.cookie('staff')), undefined);
            assert.ok(!answer.text.includes(right.password));
            assert.equal((await staff.get('/admin/orders')).status, 303);
        }
        assert.equal(messages.size, 1);
        const shown = await browser(shop).signIn(
            { email: '"><script>x', password: 'x' });
        assert.match(shown.text, /&quot;&gt;&lt;script&gt;x/);
        assert.doesNotMatch(shown.text, /<script>x/);
    });

    test('asks for both, and not too much', async () => {
        for (const wrong of [{ email: 'x'.repeat(300) },
            { password: 'x'.repeat(5000) }])
            assert.equal((await browser(shop).signIn({ ...right,
                ...wrong })).status, 422);
        const none = browser(shop);
        await none.get('/admin/sign-in');
        assert.equal((await none.post('/admin/sign-in',
            { email: right.email })).status, 422);
        const bad = await none.ask('POST', '/admin/sign-in',
            'email=%zz&password=x');
        assert.equal(bad.status, 400);
    });

    test('takes no form but its own', async () => {
        for (const change of [(staff) => staff.cookies.clear(),
            (staff) => staff.cookies.set(shop.cookie('sign-in'), 'x')]) {
            const staff = browser(shop);
            const page = await staff.get('/admin/sign-in');
            change(staff);
            const answer = await staff.post('/admin/sign-in',
                { ...right, csrf: csrfOf(page.text) });
            assert.equal(answer.status, 403);
            assert.equal(cookieOf(answer, shop.cookie('staff')), undefined);
        }
        const staff = browser(shop);
        assert.equal((await staff.signIn({ ...right, csrf: '' })).status, 403);
    });

    test('leads on to pages of the staff only', async () => {
        for (const [next, to] of [
            ['/admin/orders?status=FAILED', '/admin/orders?status=FAILED'],
            ['https://evil.example/', '/admin/orders'],
            ['//evil.example/admin/', '/admin/orders'],
            ['/\\evil.example', '/admin/orders'],
            ['/admin/\\evil', '/admin/orders'], ['', '/admin/orders'],
            ['/admin/\r\nSet-Cookie: a=b', '/admin/orders']]) {
            const answer = await browser(shop).signIn({ ...right, next });
            assert.equal(answer.status, 303);
            assert.equal(answer.headers.get('location'), to);
            assert.equal(cookieOf(answer, 'a'), undefined);
        }
        const answer = await browser(shop).signIn(right,
            '?next=/admin/orders/abc');
        assert.equal(answer.headers.get('location'), '/admin/orders/abc');
    });

    test('a new password ends what the old one opened', async () => {
        const staff = browser(shop);
        await staff.signIn(right);
        assert.equal((await staff.get('/admin/orders')).status, 200);
        const renewed = await newStaff(shop, right.email);
        assert.equal((await staff.get('/admin/orders')).status, 303);
        const old = await browser(shop).signIn(right);
        assert.equal(old.status, 422);
        right = renewed;
        assert.equal((await browser(shop).signIn(right)).status, 303);
    });

    test('logs no password, token or cookie', async () => {
        const staff = browser(shop);
        await staff.signIn({ ...right, password: 'wrong-pass-word-here' });
        await staff.signIn(right);
        const secrets = [shop.password, right.password,
            'wrong-pass-word-here', ...staff.cookies.values()];
        for (const name of await readdir(join(shop.home, 'log'))) {
            const log = await readFile(join(shop.home, 'log', name), 'utf8');
            for (const secret of secrets)
                assert.ok(!log.includes(secret), `${secret} in ${name}`);
        }
    });
});

describe('behind TLS', () => {
    let shop;
    before(async () => {
        shop = await startShop({ env: {
            ORDERMILL_BASE_URL: 'https://shop.example',
            ORDERMILL_TRUSTED_PROXY: '192.0.2.1' } });
    });
    after(() => shop?.stop());

    test('the cookie is bound to the origin', async () => {
        const staff = browser(shop);
        const answer = await staff.signIn();
        const cookie = cookieOf(answer,
            `__Host-${shop.cookie('staff')}`);
        for (const part of [/; Secure/, /; Path=\/(;|$)/, /; HttpOnly/])
            assert.match(cookie, part);
        assert.doesNotMatch(cookie, /Domain/i);
        assert.equal((await staff.get('/admin/orders')).status, 200);
    });

    test('who tries too often must wait, others need not', async () => {
        const wrong = { email: shop.email, password: 'wrong' };
        const answer = await waitUntil(async () => {
            const one = await browser(shop).signIn(wrong);
            return one.status !== 422 && one;
        }, 30000, 'an end to the attempts');
        assert.equal(answer.status, 429);
        assert.match(answer.headers.get('retry-after'), /^\d{2,4}$/);
        assert.match(messageOf(answer), /wait/i);
        const even = await browser(shop).signIn();
        assert.equal(even.status, 429, 'the right password too');
        const other = await browser(shop).signIn(
            await newStaff(shop, 'b@c.example'));
        assert.equal(other.status, 303);
    });
});
