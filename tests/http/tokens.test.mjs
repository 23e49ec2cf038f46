// Tokens of the API: names, roles, ends, and what is told of them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { ask as askOutside, machine, startWorkflow } from './workflow.mjs';

const MANUAL = { items: [{ sku: 'mouse', quantity: 1 }],
    payment_method: 'manual' };

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

async function make(...words) {
    const made = await shop.run('token', 'create', ...words);
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^[\w-]{22,}\n$/);
    return made.stdout.trim();
}
const by = (token) => (method, path, body) => shop.request(method, path,
    { body, headers: { authorization: `Bearer ${token}` } });

// The lines of `token list`, by name.
async function list() {
    const { code, stdout } = await shop.run('token', 'list');
    assert.equal(code, 0);
    const [head, ...lines] = stdout.trimEnd().split('\n')
        .map((line) => line.split('\t'));
    return new Map(lines.map((line) => [line[1], Object.fromEntries(
        head.map((name, i) => [name, line[i]]))]));
}

describe('a token', () => {
    test('of role read sees and changes nothing', async () => {
        const ask = by(await make('--role', 'read', '--name', 'Reader'));
        const { order_id: id } = await shop.placeAndWait(MANUAL,
            ['PROCESSING']);
        const path = `/orders/${id}`;
        for (const seen of ['/orders', path, `${path}/execution`, '/metrics'])
            assert.equal((await ask('GET', seen)).status, 200, seen);
        assert.equal((await ask('HEAD', '/orders')).status, 200);
        for (const [method, to, body] of [
            ['PUT', path, { status: 'CANCELLED' }], ['DELETE', path],
            ['POST', `${path}/payments`, { method: 'manual' }],
            ['POST', `${path}/refunds`, { amount_minor: 1 }],
            ['POST', `${path}/execution`, { action: 'stop', reason: 'x' }],
            ['POST', '/orders', MANUAL], ['POST', '/place-order', MANUAL]]) {
            const answer = await ask(method, to, body);
            assert.equal(answer.status, 403, `${method} ${to}`);
            assert.match(answer.json.detail, /only read/);
        }
        assert.equal((await ask('GET', path)).json.status, 'PROCESSING');
    });

    test('is told by its name in all that it does', async () => {
        const ask = by(await make('--role', 'staff', '--name', 'Warehouse 2'));
        const eventsOf = async (id) =>
            (await shop.look(`/orders/${id}/execution`)).events;
        const { order_id: paid } = await shop.place(MANUAL);
        await waitUntil(async () => (await ask('POST',
            `/orders/${paid}/payments`, { method: 'manual',
                note: 'It came.' })).status === 201, 5000, 'the attempt');
        const marked = await waitUntil(async () => (await eventsOf(paid))
            .find(({ type }) => type === 'OrderMarkedPaid'), 5000, 'the event');
        assert.equal(marked.detail.by, 'token Warehouse 2');
        await shop.waitForOrder(paid);
        assert.equal((await ask('POST', `/orders/${paid}/refunds`,
            { amount_minor: 1, reason: 'x' })).status, 201);
        assert.equal(await shop.sql('SELECT requested_by FROM refunds'),
            'token Warehouse 2');
        const { order_id: stopped } = await shop.place(MANUAL);
        await waitUntil(async () => (await ask('POST',
            `/orders/${stopped}/execution`, { action: 'stop',
                reason: 'x' })).status === 200, 5000, 'the stop');
        assert.ok((await eventsOf(stopped)).some((one) =>
            one.detail?.by === 'token Warehouse 2'));
    });

    test('ends on its day', async () => {
        const token = await make('--role', 'staff', '--name', 'Guest',
            '--days', '2');
        assert.equal((await by(token)('GET', '/orders')).status, 200);
        const { EXPIRES: expires, STATE: state } = (await list()).get('Guest');
        assert.equal(state, 'good');
        const days = (Date.parse(expires) - Date.now()) / 86400000;
        assert.ok(days > 1.99 && days <= 2, expires);
        await shop.sql('UPDATE api_tokens SET expires_at_ms = 1' +
            " WHERE name = 'Guest'");
        assert.equal((await by(token)('GET', '/orders')).status, 401);
        assert.equal((await list()).get('Guest').STATE, 'expired');
    });

    test('ends when it is revoked, and its name is free', async () => {
        const words = ['--role', 'staff', '--name', 'Till'];
        const token = await make(...words);
        const taken = await shop.run('token', 'create', ...words);
        assert.equal(taken.code, 1);
        assert.equal(taken.stdout, '');
        assert.match(taken.stderr, /^ordermill: .*named Till already.*\n$/);
        const { ID: id } = (await list()).get('Till');
        assert.equal((await by(token)('GET', '/orders')).status, 200);
        assert.equal((await shop.run('token', 'revoke', id)).code, 0);
        assert.equal((await by(token)('GET', '/orders')).status, 401);
        assert.equal((await list()).get('Till').STATE, 'revoked');
        assert.equal((await by(await make(...words))('GET', '/orders'))
            .status, 200);
    });

    test('shows when it was last used', async () => {
        const token = await make('--role', 'read', '--name', 'Monitor');
        assert.equal((await list()).get('Monitor')['LAST USED'], 'never');
        // A program that only reads cannot write it: the reaper does.
        const headers = { authorization: `Bearer ${token}`,
            'x-forwarded-for': '192.0.2.1' };
        const scrape = () => shop.request('GET', '/metrics', { headers });
        assert.equal((await scrape()).status, 200);
        const first = await waitUntil(async () => {
            const { 'LAST USED': used } = (await list()).get('Monitor');
            return used !== 'never' && used;
        }, 5000, 'the last use');
        assert.ok(Math.abs(Date.parse(first) - Date.now()) < 60000);
        // To the hour: no write for each request.
        assert.equal((await scrape()).status, 200);
        await shop.placeAndWait();
        assert.equal((await list()).get('Monitor')['LAST USED'], first);
    });
});

// It would go on with the order.
test('a token of role read is shown no token of a task', async (t) => {
    // Twice in one text, as the address of an answer would hold it.
    const address = 'States.Format(\'x_{}-{}\', $$.Task.Token, $$.Task.Token)';
    const own = await startWorkflow(machine({
        First: askOutside(),
        Second: askOutside({ Parameters: { 'token.$': '$$.Task.Token',
            'address.$': address } }) }), { t });
    const reader = (await own.run('token', 'create', '--role', 'read',
        '--name', 'Reader')).stdout.trim();
    const id = await own.buy();
    const used = await own.tokenOf(id);
    assert.equal((await own.bring(used, { output: { told: used } }))
        .status, 204);
    const waiting = await own.tokenOf(id, [used]);
    const full = await own.execution(id);
    const seen = await own.request('GET', `/orders/${id}/execution`,
        { headers: { authorization: `Bearer ${reader}` } });
    assert.equal(seen.status, 200);
    for (const token of [used, waiting]) {
        assert.ok(full.text.includes(token));
        assert.ok(!seen.text.includes(token));
    }
    const stars = '*'.repeat(waiting.length);
    assert.ok(full.text.includes(`"x_${waiting}-${waiting}"`));
    assert.ok(seen.text.includes(`"x_${stars}-${stars}"`));
    assert.equal(seen.text.length, full.text.length);
    assert.equal(seen.json.status, 'RUNNING');
});

test('what cannot be meant is refused', async () => {
    for (const [words, message] of [
        [['--role', 'staff', '--name', ''], /--name/],
        [['--role', 'staff', '--name', 'staff #9'], /number sign/],
        [['--role', 'staff', '--name', 'a\nb'], /one line/],
        [['--role', 'staff', '--days', '0'], /--days/],
        [['--role', 'staff', '--days', '1.5'], /--days/],
        [['--role', 'staff', '--days', '99999999999999999999'], /--days/]]) {
        const { code, stderr } = await shop.run('token', 'create', ...words);
        assert.equal(code, 1, words.join(' '));
        assert.match(stderr, message);
    }
    for (const words of [['--role', 'staff', '--role', 'read'],
        ['--name', 'x'], ['--role', 'staff', '--days'],
        ['--role', 'staff', 'x', 'y']])
        assert.equal((await shop.run('token', 'create', ...words)).code, 2);
    for (const id of ['0', 'x', '1x', '999', '99999999999999999999'])
        assert.equal((await shop.run('token', 'revoke', id)).code, 1, id);
});
