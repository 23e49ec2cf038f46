// A shop of version 3 is brought up to this version by `serve`.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile }
    from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from './database.mjs';
import { assertCopyIsKept, assertIsCurrent, goBack } from './old-shop.mjs';
import { ordermill, runCommand, startShop } from './shop.mjs';
import { newStaff, signIn } from './staff-browser.mjs';

const waiting = '01a22649-0e93-7359-b2c6-fe7db9d5af70'; // 1001
const served = '01a22649-0e9f-7c20-a45f-99330d55e98c'; // 1002
// Mails that failed, by name; the last two are no longer true.
const failed = [
    ['bounced', waiting, 'confirmation', '', 'User unknown'],
    ['refund', served, 'refunded', 'r1', 'must issue STARTTLS'],
    ['undone', served, 'cancelled', '', 'The order was undone first.'],
    ['stale', served, 'failed', '', 'User unknown'],
].map(([name, order, kind, refund, why]) => `'${name}', '${order}',` +
    ` '${kind}', '${refund}', 'ada@example.com', 'failed', 1, '${why}'`);
// Keys as staff's retries after the upgrade bring them: of an order by token,
// and of a refund's form.
const keyboard = JSON.stringify({ items: [{ sku: 'keyboard', quantity: 1 }] });
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const keys = [
    ['of-a-token', sha256(keyboard), 201, `/orders/${served}`, '{"before":1}'],
    [`refund ${served} of-a-form`, sha256('csrf=of-a-session&amount=1'), 303,
        `/admin/orders/${served}?done=refunded`, ''],
];
let shop;

before(async () => {
    const first = await startShop();
    shop = await first.restart({}, async () => {
        await goBack(first.home, 'version-3.sql', [served]);
        for (const mail of failed)
            await first.sql('INSERT INTO outbox' +
                ' (outbox_id, order_id, kind, refund_id, recipient, status,' +
                ' due_at_ms, message, created_at_ms, round, updated_at_ms)' +
                ` VALUES (${mail}, 1, 0, 1)`);
        for (const [key, hash, status, location, answer] of keys)
            await first.sql('INSERT INTO' +
                ` idempotency_keys VALUES ('${key}', '${hash}', ${status},` +
                ` '${location}', '${answer}', ${Date.now()})`);
    });
});
after(() => shop?.stop());

describe('a shop of version 3', () => {
    test('is of this version now', () => assertIsCurrent(shop));

    test('has a copy of it kept as it was', async () => {
        await assertCopyIsKept(shop.home, 3, 2);
        assert.deepEqual((await readdir(shop.home)).filter((name) =>
            /version/.test(name)), ['ordermill-version-3.db']);
    });

    test('knows its idempotency keys, whoever sends one again', async () => {
        assert.equal(await shop.sql(
            'SELECT space, key, status FROM idempotency_keys ORDER BY key'),
        '3|of-a-token|201\n3|of-version-3|201\n' +
            `3|refund ${served} of-a-form|303`);
        const headers = { 'idempotency-key': 'of-a-token',
            'content-type': 'application/json' };
        for (const ask of [shop.request, shop.asStaff]) {
            const again = await ask('POST', '/orders',
                { body: keyboard, headers });
            assert.deepEqual([again.status, again.text],
                [201, '{"before":1}']);
            assert.equal((await ask('POST', '/orders',
                { body: `${keyboard} `, headers })).status, 422);
        }
        assert.equal(await shop.sql('SELECT COUNT(*) FROM orders'), '2');
    });

    test('makes no refund anew whose form is sent again', async () => {
        const staff = await signIn(shop,
            await newStaff(shop, 'new@shop.example'));
        const refunds = () => shop.sql('SELECT COUNT(*) FROM refunds');
        const before = await refunds();
        const again = await staff.post(`/admin/orders/${served}/refund`,
            { csrf: staff.csrf, key: 'of-a-form', amount: '1.00',
                reason: 'dent' });
        assert.equal(again.status, 409, again.text);
        assert.match(again.text, /sent before and made a refund/);
        assert.equal(await refunds(), before);
    });

    test('keeps its books', () => shop.verify());

    test('finds names however they are written', async () => {
        for (const q of ['CAF\u00c9', 'cafe\u0301']) {
            const { json } = await shop.request('GET',
                `/products?q=${encodeURIComponent(q)}`);
            assert.deepEqual(json.products.map(({ variants: [{ sku }] }) =>
                sku), ['cafe'], q);
        }
        assert.deepEqual((await shop.sql('SELECT word FROM order_words' +
            ' ORDER BY word')).split('\n'), ['ada lovelace',
            'ada@example.com', 'lovelace', 'strauss', 'zoe@example.com',
            'zo\u00eb strauss']);
    });

    test('can send mails again that failed and still are true', async () => {
        const list = await shop.run('mail', 'list');
        assert.deepEqual(list.stdout.trim().split('\n')
            .map((line) => line.split(' ')[0]), ['bounced', 'refund']);
    });

    test('names its tokens, which stay good', async () => {
        assert.equal(await shop.sql(
            'SELECT name, role, substr(token_hash, 1, 4), expires_at_ms,' +
            ' revoked_at_ms FROM api_tokens ORDER BY token_id LIMIT 2'),
        'staff #1|staff|cea0||\nstaff #2|staff|4915||');
        // The next one made goes on from there.
        await shop.token();
        assert.match((await shop.run('token', 'list')).stdout,
            /^3\tstaff #3\tstaff\tgood\t/m);
    });

    test('keeps its staff, whose sign-in is as it was', async () => {
        assert.equal(shop.email, 'staff@shop.example');
        assert.equal(shop.password, undefined);
        assert.match(await shop.sql(
            'SELECT password_hash FROM staff WHERE removed_at_ms IS NULL'),
        /^\$argon2id\$.*OHU022vdXplgr7eRGbNtBQ/);
    });

    test('gives the order that waits for its money a fresh window, once',
        async () => {
            const window = () => shop.sql('SELECT closes_work_ms, ' +
                'due_work_ms = closes_work_ms, seen_work_ms' +
                ' FROM payment_attempts a JOIN work ON subject = attempt_id,' +
                ` work_clock WHERE a.order_id = '${waiting}'`);
            const first = (await window()).split('|').map(Number);
            const days = (first[0] - first[2]) / 86400000;
            assert.ok(days > 6.9 && days <= 7, `${days} days`);
            assert.equal(first[1], 1);
            shop = await shop.restart();
            assert.equal(Number((await window()).split('|')[0]), first[0]);
        });

    test('serves the order that waited for its money', async () => {
        const paid = await shop.markPaid(waiting);
        assert.equal(paid.status, 201, paid.text);
        await shop.waitForOrder(waiting, ['CONFIRMED']);
        assert.equal((await shop.show(served)).status, 'CONFIRMED');
    });
});

test('a shop of version 3 stays as it is where no copy can be kept', async () => {
    const home = await mkdtemp(join(tmpdir(), 'om-'));
    const env = { PATH: process.env.PATH, ORDERMILL_HOME: home };
    const database = join(home, 'ordermill.db');
    const copy = join(home, 'ordermill-version-3.db');
    const dump = async (file) =>
        (await sql(file, '.dump')).split('\n').sort().join('\n');
    try {
        await goBack(home, 'version-3.sql', [served]);
        const before = await dump(database);
        await mkdir(join(`${copy}.new`, 'in the way'), { recursive: true });
        for (const verb of ['init', 'serve']) {
            const { code, stderr } = await runCommand(ordermill, [verb], env);
            assert.equal(code, 1);
            assert.match(stderr, /^ordermill: .*version-3\.db: .*copy.*\n$/);
            assert.equal(await dump(database), before);
        }
        // What a copy left that was broken off is in nobody's way.
        await rm(`${copy}.new`, { recursive: true });
        await writeFile(`${copy}.new`, 'half of one');
        const init = await runCommand(ordermill, ['init'], env);
        assert.equal(init.code, 0, init.stderr);
        assert.equal(await dump(copy), before);
        // One that is there is kept.
        await goBack(home, 'version-3.sql', [served]);
        const { ino } = await stat(copy);
        assert.equal((await runCommand(ordermill, ['init'], env)).code, 0);
        assert.equal((await stat(copy)).ino, ino);
    } finally {
        await rm(home, { recursive: true });
    }
});
