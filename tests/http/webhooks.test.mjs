// /webhooks/stripe: what is let in. The official client makes and judges the
// signatures; nothing is stored for what is refused.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { assertProblem, startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';
import { eventOf, eventRow, newId, nowS, secrets, send, signatureOf,
    webhooks } from './webhook.mjs';

const LIMIT = 512 * 1024;
const event = (more) =>
    eventOf('account.updated', { id: 'acct_1', object: 'account' }, more);
const count = async (shop) => (await shop.rows(
    'SELECT COUNT(*) AS n FROM webhook_events'))[0].n;

let shop;
before(async () => {
    shop = await startShop({ env:
        { ORDERMILL_STRIPE_WEBHOOK_SECRET: secrets.join() } });
});
after(() => shop?.stop());

test('a signed event is stored as it came', async () => {
    const sent = event();
    const payload = JSON.stringify(sent, null, 2) + '\n';
    const answer = await send(shop, payload);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json, { received: true });
    assert.equal(answer.headers.get('content-type'), 'application/json');
    const staff = await signIn(shop);
    const page = await staff.get(`/admin/webhooks/${sent.id}`);
    const shown = /<pre class="body">([^<]*)</.exec(page.text)[1];
    assert.equal(shown.replaceAll('&quot;', '"'), payload);
    const row = await eventRow(shop, sent.id);
    assert.equal(row.type, 'account.updated');
    assert.equal(row.created_at_ms, sent.created * 1000);
});

test('signatures are judged as the official client judges them', async () => {
    const now = nowS();
    const payload = JSON.stringify(event());
    const good = signatureOf(payload);
    const [t, v1] = good.split(',');
    const other = signatureOf(payload, { secret: 'whsec_other' });
    const v1Of = (header) => header.split(',')[1];
    const headers = [good, `${v1},${t}`, `${t},${v1Of(other)},${v1}`,
        `${t},${v1},${v1Of(other)}`, `${t},v0=0123,${v1}`,
        signatureOf(payload, { timestamp: now - 290 }),
        signatureOf(payload, { timestamp: now - 400 }),
        signatureOf(payload, { scheme: 'v0' }), other,
        signatureOf(`${payload} `), t, v1, '', ',', '=', 't=,v1=',
        `t=x,${v1}`, `t=${now - 1},${v1}`, v1.slice(3),
        `${t},v1=${'0'.repeat(64)}`, `${t},${v1.slice(0, -1)}`, `${good}0`,
        `${t},${v1.toUpperCase()}`, 'x'.repeat(4000)];
    for (const header of headers) {
        let wanted = 200;
        try {
            webhooks.constructEvent(payload, header, secrets[0]);
        } catch {
            wanted = 400;
        }
        const answer = await send(shop, payload, header);
        assert.equal(answer.status, wanted, `${header}: ${answer.text}`);
    }
});

test('either secret of a rotation is good', async () => {
    for (const secret of secrets) {
        const sent = JSON.stringify(event());
        const { status } = await send(shop, sent,
            signatureOf(sent, { secret }));
        assert.equal(status, 200);
    }
});

test('what is forged, stale or no event is refused and not stored',
    async () => {
        const held = await count(shop);
        const good = JSON.stringify(event());
        const signed = (payload, more) => [payload,
            signatureOf(payload, more)];
        const cases = [
            [/must hold a time/i, good, null],
            [/must hold a time/i, good, ''],
            [/no signature/i, good, signatureOf(`${good} `)],
            [/no signature/i,
                ...signed(good, { secret: secrets.join() })],
            [/300 seconds/, ...signed(good, { timestamp: nowS() - 302 })],
            [/300 seconds/, ...signed(good, { timestamp: nowS() + 330 })],
            ...['', '{', 'x', '[]', '1', 'null', '{}', `${good}x`,
                '{"id":"evt_1"}', '{"id":"evt_1","type":"a"}',
                '{"id":"evt_1","type":"a","data":{}}',
                '{"id":"evt_1","type":"a","data":{"object":[]}}',
                '{"id":"evt_1","id":"evt_2","type":"a","data":{"object":{}}}',
                '{"id":"","type":"a","data":{"object":{}}}',
                '{"id":1,"type":"a","data":{"object":{}}}',
                '{"id":"a/b","type":"a","data":{"object":{}}}',
                '{"id":"evt_\\u0000","type":"a","data":{"object":{}}}',
                JSON.stringify(event({ id: 'x'.repeat(256) })),
                JSON.stringify(event({ created: 1e12 })),
                JSON.stringify(event({ created: -1 })),
                '{"a":'.repeat(5000)]
                .map((body) => [/no JSON event/, ...signed(body)]),
        ];
        for (const [detail, body, header] of cases) {
            const answer = await send(shop, body, header);
            assertProblem(answer, 400);
            assert.match(answer.json.detail, detail, body.slice(0, 80));
        }
        assert.equal(await count(shop), held);
    });

// Without a length known before: in chunks.
const sendChunked = (payload) => new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${shop.base}/webhooks/stripe`, {
        method: 'POST', headers: { 'transfer-encoding': 'chunked',
            'stripe-signature': signatureOf(payload) } });
    outgoing.on('response', async (answer) => {
        let text = '';
        for await (const bytes of answer)
            text += bytes;
        resolve({ status: answer.statusCode, text, json: JSON.parse(text),
            headers: new Headers(answer.headers) });
    });
    outgoing.on('error', reject);
    for (let at = 0; at < payload.length; at += 65536)
        outgoing.write(payload.slice(at, at + 65536));
    outgoing.end();
});

test('an event may have 512 KiB and no more', async () => {
    const held = await count(shop);
    const bare = JSON.stringify(event());
    const longest = bare + ' '.repeat(LIMIT - bare.length);
    for (const post of [(payload) => send(shop, payload), sendChunked]) {
        for (const more of [1, 100000])
            assertProblem(await post(longest + ' '.repeat(more)), 413);
        assert.equal(await count(shop), held);
    }
    for (const post of [(payload) => send(shop, payload), sendChunked])
        assert.equal((await post(longest)).status, 200);
    assert.equal(await count(shop), held + 1);
});

test('an event that comes again changes nothing', async () => {
    const sent = event();
    const all = await Promise.all(Array.from({ length: 20 }, () =>
        send(shop, sent)));
    assert.deepEqual(all.map(({ status }) => status), Array(20).fill(200));
    const row = await waitUntil(async () => {
        const now = await eventRow(shop, sent.id);
        return now.status !== 'due' && now;
    }, 5000, 'it to be looked at');
    const later = await send(shop, { ...sent, type: 'other', created: 1 });
    assert.equal(later.status, 200);
    assert.deepEqual(await eventRow(shop, sent.id), row);
    assert.equal((await shop.rows('SELECT 1 FROM webhook_events WHERE' +
        ` event_id = '${sent.id}'`)).length, 1);
});

test('only POST is taken', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await shop.request(method, '/webhooks/stripe');
        assert.equal(answer.status, 405, method);
        assert.equal(answer.headers.get('allow'), 'POST');
    }
});

test('without a secret nothing is taken', async (t) => {
    const bare = await startShop({ t, env:
        { ORDERMILL_STRIPE_URL: 'https://127.0.0.1:1',
            ORDERMILL_STRIPE_KEY: 'sk_test_nobody' } });
    const sent = event();
    for (const header of [undefined, null,
        signatureOf(JSON.stringify(sent), { secret: newId('whsec') })])
        assertProblem(await send(bare, sent, header), 503);
    assert.equal(await count(bare), 0);
});
