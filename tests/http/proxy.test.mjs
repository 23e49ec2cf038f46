// A shop behind a proxy: who asks, over what, and what that opens.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startBehindProxy, startProxy, through } from './front-proxy.mjs';
import { ordermill, runCommand, startShop } from './shop.mjs';
import { browser, cookieOf } from './staff-browser.mjs';

const https = { ORDERMILL_BASE_URL: 'https://shop.example',
    ORDERMILL_TRUSTED_PROXY: '127.0.0.1,2001:db8::/32' };
const wrong = (shop) => ({ email: shop.email, password: 'wrong' });

async function failTenTimes(seen, headers) {
    for (let i = 0; i < 10; i++)
        assert.equal((await browser(seen, headers?.(i)).signIn(wrong(seen)))
            .status, 422);
}

describe('what serve wants to know', () => {
    let folder;
    before(async () => { folder = await mkdtemp(join(tmpdir(), 'om-')); });
    after(() => rm(folder, { recursive: true, force: true }));
    const serve = (env) => runCommand(ordermill, ['serve'],
        { PATH: process.env.PATH, ORDERMILL_HOME: join(folder, 'home'),
            ...env });

    test('https without a proxy is refused before anything is made',
        async () => {
            const { code, stderr } = await serve(
                { ORDERMILL_BASE_URL: 'https://shop.example' });
            assert.equal(code, 1);
            assert.match(stderr,
                /^ordermill: .*ORDERMILL_TRUSTED_PROXY.*127\.0\.0\.1\n$/);
            assert.deepEqual(await readdir(folder), []);
        });

    test('what is no address is refused', async () => {
        for (const bad of ['proxy.example', '10.0.0.1;', '10.0.0.0/33', '::/129',
            '10.0.0.1, 10.0.0.2', '10.0.0.1,,10.0.0.2', '/8', '10.0.0.0/',
            '10.0.0.0/x']) {
            const { code, stderr } = await serve(
                { ...https, ORDERMILL_TRUSTED_PROXY: bad });
            assert.equal(code, 1, bad);
            assert.match(stderr, /^ordermill: ORDERMILL_TRUSTED_PROXY: .*\n$/);
        }
    });
});

describe('behind a trusted proxy', () => {
    let behind;
    let shop;
    let proxy;
    let seen;
    before(async () => {
        behind = await startBehindProxy(https);
        ({ shop, proxy, seen } = behind);
    });
    after(() => behind?.stop());

    test('each visitor is counted by his own address', async () => {
        await failTenTimes(seen);
        assert.equal((await browser(seen).signIn()).status, 429);
        proxy.from = '198.51.100.2';
        assert.equal((await browser(seen).signIn()).status, 303);
        // What he says of himself is not the proxy's word.
        proxy.from = '198.51.100.3';
        await failTenTimes(seen, (i) => ({ 'x-forwarded-for': `192.0.2.${i}` }));
        assert.equal((await browser(seen).signIn()).status, 429);
    });

    test('the metrics take a token, whoever asks', async () => {
        for (const one of [shop, seen]) {
            assert.equal((await one.request('GET', '/metrics')).status, 403);
            const authorization = `Bearer ${await shop.token()}`;
            assert.equal((await one.request('GET', '/metrics',
                { headers: { authorization } })).status, 200);
        }
    });

    test('a browser is held to TLS', async () => {
        const page = await seen.request('GET', '/');
        assert.equal(page.status, 200);
        assert.match(page.headers.get('strict-transport-security'),
            /^max-age=\d{8}/);
        assert.equal(page.headers.get('x-frame-options'), 'DENY');
        const plain = await startProxy(shop.base, { proto: 'http' });
        const sent = await through(plain, shop)
            .request('GET', '/track/x?y=1');
        await plain.stop();
        assert.equal(sent.status, 308);
        assert.equal(sent.headers.get('location'),
            'https://shop.example/track/x?y=1');
        // Not sent by a proxy: a look from this machine.
        assert.equal((await shop.request('GET', '/health')).status, 200);
        const answer = await browser(seen, {}).get('/admin/sign-in');
        assert.match(cookieOf(answer, `__Host-${shop.cookie('sign-in')}`),
            /; Path=\/; .*; Secure/);
    });
});

describe('what others say of a visitor counts for nothing', () => {
    let shop;
    before(async () => {
        shop = await startShop({ env: { ...https,
            ORDERMILL_TRUSTED_PROXY: '192.0.2.1' } });
    });
    after(() => shop?.stop());

    test('neither his address nor his scheme', async () => {
        const claim = (i) => ({ 'x-forwarded-for': `198.51.100.${i}`,
            'x-forwarded-proto': 'http' });
        assert.equal((await shop.request('GET', '/',
            { headers: claim(1) })).status, 200);
        await failTenTimes(shop, claim);
        assert.equal((await browser(shop, claim(11)).signIn())
            .status, 429);
    });
});

test('a plain proxy_pass does not make the metrics public', async (t) => {
    const shop = await startShop({ t, env: {
        ORDERMILL_BASE_URL: 'http://shop.example' } });
    const answer = await shop.request('GET', '/metrics');
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('strict-transport-security'), null);
    assert.equal((await shop.asStaff('GET', '/metrics')).status, 200);
});

test('two shops on one host do not sign each other out', async (t) => {
    const one = await startShop({ t });
    const two = await startShop({ t });
    const first = browser(one);
    const second = browser(two);
    // A browser keeps cookies by host, whatever the port.
    const share = (from, to) => from.cookies.forEach((value, name) =>
        to.cookies.set(name, value));
    assert.equal((await first.signIn()).status, 303);
    share(first, second);
    assert.equal((await second.signIn()).status, 303);
    share(second, first);
    assert.equal((await first.get('/admin/orders')).status, 200);
    assert.equal((await second.get('/admin/orders')).status, 200);
});
