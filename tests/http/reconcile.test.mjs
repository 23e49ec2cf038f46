// Reconciliation: what the gateway took or gave back while nobody told the
// shop is settled; what cannot be is a finding and an alarm until it is.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from './database.mjs';
import { press, stripeOf } from './gateway.mjs';
import { ordermill, runCommand, startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';
import { booksHold } from './workflow.mjs';

const OLD_MS = 3600000;
let shop;
let stripe;

// No webhook comes, and no look at the gateway is due within the tests' time.
before(async () => {
    shop = await startShop({ env: { ORDERMILL_PAYMENT_WINDOW_S: '86400',
        ORDERMILL_RECONCILE_S: '0' } });
    stripe = stripeOf(shop);
    await stripe.webhookEndpoints.update('we_shop', { disabled: true });
});
after(() => shop?.stop());

const ours = (text) => shop.sql(text);
const theirs = (text) => sql(join(shop.home, 'gateway.db'), text);

const place = async (method) =>
    (await shop.place({ payment_method: method })).order_id;

async function paid() {
    const id = await place('pm_card_visa');
    await shop.waitForOrder(id, ['CONFIRMED']);
    return { id, intent: (await shop.attempt(id)).intent_id };
}

// The gateway's page of a new order, which the reaper looks at no more.
async function openPage() {
    const id = await place('hosted');
    const page = await shop.paymentPage(id);
    await ours('UPDATE work SET due_work_ms = 1e12' +
        ` WHERE order_id = '${id}'`);
    return { id, press: (scenario) => press(page, scenario) };
}

// As if the intent, its attempt and its refunds were of an hour ago.
async function age({ id, intent }) {
    await theirs(`UPDATE intents SET created_ms = created_ms - ${OLD_MS}` +
        ` WHERE intent_id = '${intent}'`);
    await ours(`UPDATE payment_attempts SET created_at_ms = created_at_ms` +
        ` - ${OLD_MS}, updated_at_ms = updated_at_ms - ${OLD_MS}` +
        ` WHERE order_id = '${id}'; UPDATE refunds SET updated_at_ms =` +
        ` updated_at_ms - ${OLD_MS} WHERE order_id = '${id}'`);
}

// { code, run, settled, findings: [[kind, reference], ...] }
async function reconcile(...words) {
    const { code, stdout, stderr } = await shop.run('reconcile', ...words);
    const [, run, status, settled] =
        /^run (\d+): (\w+), .*, (\d+) differences settled/.exec(stdout) ?? [];
    assert.ok(run, stdout + stderr);
    return { code, stdout, run: Number(run), status,
        settled: Number(settled),
        findings: stdout.split('\n').slice(1, -2)
            .map((line) => line.split(/ {2,}/).slice(0, 2)) };
}

async function assertClean(settled = 0) {
    const result = await reconcile();
    assert.deepEqual([result.status, result.findings, result.settled],
        ['done', [], settled], result.stdout);
    assert.equal(result.code, 0);
}

// One finding, which stays one, and one alarm about it.
async function assertFinds(kind, reference) {
    for (let i = 0; i < 2; i++) {
        const { code, findings, stdout } = await reconcile();
        assert.deepEqual(findings, [[kind, reference]], stdout);
        assert.equal(code, 1);
    }
    assert.equal(await ours('SELECT COUNT(*) FROM alarms WHERE' +
        ` closed_at_ms IS NULL AND subject = '${reference}'`), '1');
}

const alarmsAbout = (reference) => ours('SELECT kind FROM alarms WHERE' +
    ` closed_at_ms IS NULL AND subject = '${reference}' ORDER BY 1`);

test('books that agree', async () => {
    await paid();
    await place('pm_card_chargeDeclined');
    await assertClean();
    await booksHold(shop);
});

test('paid but stuck: the order goes on', async () => {
    const { id, press } = await openPage();
    assert.equal((await press('pay')).status, 303);
    await assertClean(1);
    await shop.waitForOrder(id, ['CONFIRMED']);
    await assertClean();
    await booksHold(shop);
});

test('events that no webhook brought are caught up', async () => {
    assert.match(await ours('SELECT group_concat(DISTINCT type) FROM' +
        ' webhook_events'), /checkout\.session\.completed/);
});

test('charged but cancelled: the money goes back', async () => {
    const { id } = await openPage();
    const answer = await shop.cancel(id);
    assert.equal(answer.status, 202, answer.text);
    await shop.waitForOrder(id, ['CANCELLED']);
    const intent = await stripe.paymentIntents.create({ confirm: true,
        amount: (await shop.show(id)).total_minor, currency: 'eur',
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { order_id: id, attempt: '1' } });
    await assertClean(1);
    const order = await shop.waitForPayment(id, 'refunded');
    assert.equal(order.status, 'CANCELLED');
    assert.equal(await alarmsAbout(intent.id), 'late_payment');
    await assertClean();
    await booksHold(shop);
});

test('paid twice: the second payment goes back', async () => {
    const { id, press } = await openPage();
    assert.equal((await press('twice')).status, 303);
    await assertClean(2);
    await shop.waitForOrder(id, ['CONFIRMED']);
    await booksHold(shop);
    const done = await shop.show(id);
    assert.equal(done.payment_status, 'paid');
    await assertClean();
});

test('a refund made at the gateway is booked', async () => {
    const { id, intent } = await paid();
    await stripe.refunds.create({ payment_intent: intent, amount: 100 });
    await assertClean(1);
    assert.equal((await shop.show(id)).payment_status, 'partially_refunded');
    await assertClean();
    await booksHold(shop);
});

test('a charge that only the gateway knows', async () => {
    const intent = await stripe.paymentIntents.create({ confirm: true,
        amount: 1234, currency: 'eur', payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await assertClean(); // too fresh to say
    await theirs(`UPDATE intents SET created_ms = created_ms - ${OLD_MS}` +
        ` WHERE intent_id = '${intent.id}'`);
    await assertFinds('gateway_only', intent.id);
    const today = await reconcile('--since', new Date().toISOString());
    assert.deepEqual(today.findings, [['gateway_only', intent.id]],
        'a run that does not go back to it settles nothing');
    await stripe.refunds.create({ payment_intent: intent.id });
    await assertClean();
    assert.equal(await alarmsAbout(intent.id), '');
});

test('an outcome that stays unknown', async () => {
    const id = await place('pm_local_error_500');
    const { attempt_id: attempt } = await shop.waitForAttempt(id,
        ({ unknown_since_ms: since }) => since > 0);
    // Set aside, so that only the reconciliation speaks of it.
    await ours('UPDATE work SET due_work_ms = 9223372036854775807' +
        ` WHERE order_id = '${id}';` +
        'UPDATE payment_attempts SET unknown_since_ms = unknown_since_ms' +
        ` - ${OLD_MS} WHERE order_id = '${id}'`);
    await assertFinds('unknown', attempt);
    await ours('UPDATE work SET due_work_ms = 0' +
        ` WHERE order_id = '${id}'`);
    await shop.waitForOrder(id, ['FAILED'], 20000);
    await assertClean();
    assert.equal(await alarmsAbout(attempt), '');
});

test('what cannot be settled is found, and settled when it is put right',
    async () => {
        const one = await paid();
        await shop.cancel(one.id);
        await shop.waitForPayment(one.id, 'refunded');
        await age(one);
        const at = `WHERE intent_id = '${one.intent}'`;
        await theirs('CREATE TABLE kept AS SELECT * FROM intents');
        const back = 'refunded_minor = (SELECT refunded_minor FROM kept k' +
            ' WHERE k.intent_id = intents.intent_id), amount_minor = (SELECT' +
            ' amount_minor FROM kept k WHERE k.intent_id = intents.intent_id)';
        for (const [damage, kind] of [
            [`refunded_minor = refunded_minor - 1 ${at}`, 'refunds'],
            [`amount_minor = amount_minor + 1 ${at}`, 'amount'],
            [`currency = 'usd' ${at}`, 'amount'],
            [`intent_id = 'pi_gone' ${at}`, 'not_at_gateway']]) {
            await theirs(`UPDATE intents SET ${damage}`);
            await assertFinds(kind, one.intent);
            await theirs(`UPDATE intents SET intent_id = '${one.intent}'` +
                " WHERE intent_id = 'pi_gone'; UPDATE intents SET" +
                ` currency = 'eur', ${back} ${at}`);
            await assertClean();
            assert.equal(await alarmsAbout(one.intent), '');
        }
        await booksHold(shop);
    });

test('more than a page of intents', async () => {
    await theirs('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1' +
        ' FROM n WHERE i < 230) INSERT INTO intents (intent_id,' +
        ' client_secret, amount_minor, refunded_minor, currency, status,' +
        ' payment_method, charge_id, metadata, charge_metadata,' +
        ' capture_method, created_ms)' +
        " SELECT 'pi_many' || i, 's', 100, CASE i WHEN 230 THEN 0 ELSE 100" +
        " END, 'eur', 'succeeded', 'pm_card_visa', 'ch_many' || i, '{}'," +
        ` '{}', 'automatic', ${Date.now()} - i * 10000 - ${OLD_MS} FROM n`);
    const { findings, stdout } = await reconcile();
    assert.deepEqual(findings, [['gateway_only', 'pi_many230']], stdout);
    assert.ok(Number(/(\d+) intents/.exec(stdout)[1]) > 230, stdout);
    await theirs("UPDATE intents SET refunded_minor = 100 WHERE intent_id =" +
        " 'pi_many230'");
    await assertClean();
});

test('a reaper that dies in the middle: the next one begins anew', async () => {
    const { id, press } = await openPage();
    assert.equal((await press('pay')).status, 303);
    const gateway = await shop.processOf('gateway');
    const reaper = await shop.processOf('reaper');
    process.kill(gateway.pid, 'SIGSTOP');
    let result;
    try {
        result = reconcile();
        await waitUntil(async () => await ours('SELECT COUNT(*) FROM' +
            " reconciliations WHERE status = 'running'") === '1', 5000,
        'the run');
        process.kill(reaper.pid, 'SIGKILL');
        await shop.nextProcess('reaper', reaper.pid);
    } finally {
        process.kill(gateway.pid, 'SIGCONT');
    }
    assert.equal((await result).code, 0, (await result).stdout);
    await shop.waitForOrder(id, ['CONFIRMED']);
    await booksHold(shop);
});

test('called wrongly', async () => {
    for (const [words, code, says] of [
        [['now'], 2, /usage: ordermill reconcile/],
        [['--since'], 2, /usage/],
        [['--since', 'yesterday'], 1, /neither a day/],
        [['--since', '2026-02-30'], 1, /neither a day/],
        [['--since', '2999-01-01'], 1, /between 1970 and now/],
        [['--since', '1960-01-01T00:00:00Z'], 1, /between 1970 and now/]]) {
        const answer = await shop.run('reconcile', ...words);
        assert.equal(answer.code, code, answer.stderr);
        assert.match(answer.stderr, says);
    }
});

test('a day begins at midnight of the shop\'s zone', async () => {
    const { code, stdout } = await runCommand(ordermill,
        ['reconcile', '--since', '2026-01-15'],
        { ...shop.env, ORDERMILL_TIMEZONE: 'Pacific/Kiritimati' });
    assert.equal(code, 0, stdout);
    assert.match(stdout, / since 2026-01-14T10:00:00\.000Z, /);
});

test('the page of the books', async () => {
    for (const path of ['/admin/books', '/admin/alarms'])
        assert.equal((await shop.request('GET', path)).status, 303);
    const { get, post, csrf } = await signIn(shop);
    const { id, intent } = await paid();
    await age({ id, intent });
    await theirs("UPDATE intents SET amount_minor = amount_minor + 5 WHERE" +
        ` intent_id = '${intent}'`);
    assert.equal((await post('/admin/books/reconcile', {})).status, 403);
    const asked = await post('/admin/books/reconcile', { csrf });
    assert.equal(asked.status, 303);
    assert.match((await get(asked.headers.get('location'))).text,
        /It is being done/);
    const { text } = await waitUntil(async () => {
        const page = await get('/admin/books');
        return page.text.includes(intent) && page;
    }, 10000, 'the finding');
    for (const part of ['Other amount', 'The gateway took €39.05',
        `href="/admin/orders/${id}"`, shop.email, 'by the operator'])
        assert.ok(text.includes(part), part);
});

test('alarms are closed by hand', async () => {
    const { get, post, csrf } = await signIn(shop);
    const list = (await get('/admin/alarms')).text;
    const [, url, number] =
        /action="(\/admin\/alarms\/(\d+)\/close)"/.exec(list);
    const id = await ours('SELECT order_id FROM alarms WHERE alarm_id =' +
        ` ${number}`);
    const page = `/admin/orders/${id}`;
    assert.ok((await get(page)).text.includes(url));
    assert.equal((await post(url, { back: page })).status, 403);
    const closed = await post(url, { csrf, back: page });
    assert.equal(closed.headers.get('location'), page);
    for (const path of ['/admin/alarms', '/admin/orders', page])
        assert.ok(!(await get(path)).text.includes(url), path);
    assert.equal(await ours('SELECT closed_by FROM alarms WHERE alarm_id =' +
        ` ${number}`), shop.email);
    // Found again it stays closed; and nobody is sent elsewhere.
    assert.equal((await reconcile()).findings.length, 1);
    assert.ok(!(await get('/admin/alarms')).text.includes('€39.05'));
    for (const back of ['https://example.com', '//example.com', '/admin/?x',
        '/admin//example.com', '/orders'])
        assert.match((await post(url, { csrf, back })).headers.get('location'),
            /^\/admin\/(alarms|\/example\.com)$/);
});

test('all alarms are reached', async () => {
    const { get } = await signIn(shop);
    await ours('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM' +
        ' n WHERE i < 7) INSERT INTO alarms (kind, subject, detail,' +
        " created_at_ms) SELECT 'dispute', i, 'Of <b>no</b> order ' || i," +
        ' 1 FROM n');
    const few = (await get('/admin/orders')).text;
    assert.match(few, /href="\/admin\/alarms">All alarms/);
    const all = (await get('/admin/alarms')).text;
    for (let i = 1; i <= 7; i++)
        assert.ok(all.includes(`Of &lt;b&gt;no&lt;/b&gt; order ${i}`));
});

test('the clock asks by itself', async (t) => {
    const other = await startShop({ t, env: { ORDERMILL_RECONCILE_S: '1' } });
    await waitUntil(async () => /^clockdone\nclockdone$/m.test(
        await other.sql('SELECT asked_by || status FROM reconciliations')),
    10000, 'two runs');
});

test('a shop that does not run', async (t) => {
    const kept = await startShop({ t });
    await kept.stop({ keep: true });
    await kept.sql(
        'UPDATE reapers SET heartbeat_work_ms = heartbeat_work_ms - 20000');
    const { code, stderr } = await kept.run('reconcile');
    assert.equal(code, 1);
    assert.match(stderr, /the shop is not running/);
});

test('a gateway that refuses: the run fails, the third raises an alarm',
    async () => {
        const server = createServer((request, response) => {
            response.writeHead(400, { 'content-type': 'application/json' })
                .end('{"error":{"type":"invalid_request_error",' +
                    '"message":"No such thing."}}');
        });
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const other = await startShop({ env: { ORDERMILL_STRIPE_URL:
            `http://127.0.0.1:${server.address().port}`,
        ORDERMILL_STRIPE_KEY: 'sk_test_refused' } });
        try {
            for (const alarms of [0, 0, 1]) {
                const { code, stdout } = await other.run('reconcile');
                assert.equal(code, 1);
                assert.match(stdout, /failed.*The gateway: No such thing\./);
                assert.equal(await other.sql('SELECT COUNT(*) FROM alarms' +
                    " WHERE kind = 'reconciliation_failed'"), String(alarms));
            }
        } finally {
            await other.stop();
            server.close();
        }
    });
