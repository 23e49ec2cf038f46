// `ordermill verify`: clean books hold, and each way of damaging them breaks
// the line that says so.
import assert from 'node:assert/strict';
import { appendFile, cp, open, readdir, readFile, rm, unlink }
    from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from './database.mjs';
import { ordermill, runCommand, startShop, waitUntil } from './shop.mjs';

const rules = ['SQLite integrity', 'stock ledger', 'every charge equal', "gateway's journal",
    'every paid order', 'every CONFIRMED order', 'without gaps'];
const [SQLITE, STOCK, CHARGE, JOURNAL, PAID, RECEIPT, NUMBER] = rules;

let shop;
let copy; // of a stopped shop's HOME, damaged by one test each
let orders;

// A paid, a refunded, a declined, a free order; then everything stands still.
before(async () => {
    shop = await startShop();
    copy = `${shop.home}-copy`;
    orders = {
        paid: await place('pm_card_visa'),
        refunded: await place('pm_card_visa'),
        declined: await place('pm_card_chargeDeclined', ['FAILED']),
    };
    for (const id of [orders.paid, orders.refunded])
        await shop.waitForReceipt(id);
    await shop.cancel(orders.refunded);
    await shop.waitForPayment(orders.refunded, 'refunded');
    await waitUntil(async () => !/in hand/.test(await shop.verify()), 10000,
        'nothing to be in hand');
    await shop.stop({ keep: true });
});
after(async () => {
    await shop?.stop();
    await rm(copy, { recursive: true, force: true });
});

const place = async (method, statuses) => (await shop.placeAndWait({
    items: [{ sku: 'mouse', quantity: 2 }], payment_method: method },
statuses)).order_id;

// What verify says of the copy: { code, lines: { rule: line } }.
async function verify() {
    const { code, stdout, stderr } = await runCommand(ordermill, ['verify'],
        { ...shop.env, ORDERMILL_HOME: copy });
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, rules.length, stdout + stderr);
    return { code, lines: Object.fromEntries(rules.map((rule, i) => {
        assert.ok(lines[i].includes(rule), lines[i]);
        return [rule, lines[i]];
    })) };
}

async function freshCopy() {
    await rm(copy, { recursive: true, force: true });
    await cp(shop.home, copy, { recursive: true,
        filter: (path) => !/\/run(\/|$)/.test(path) });
}

const unlock = 'DROP TRIGGER IF EXISTS payment_entries_fixed;' +
    'DROP TRIGGER IF EXISTS payment_entries_kept;' +
    'DROP TRIGGER IF EXISTS stock_entries_kept;' +
    'DROP TRIGGER IF EXISTS stock_entries_fixed;' +
    'DROP INDEX IF EXISTS payment_entries_once;';

async function assertBreaks(damage, ...broken) {
    await freshCopy();
    await damage();
    const { code, lines } = await verify();
    for (const rule of rules)
        assert.match(lines[rule], broken.includes(rule) ? /^BROKEN/ : /^ok/);
    assert.equal(code, broken.length > 0 ? 1 : 0);
}

const shopSql = (text) =>
    () => sql(join(copy, 'ordermill.db'), unlock + text);
const gatewaySql = (text) => () => sql(join(copy, 'gateway.db'), text);

test('clean books hold, everything stopped', async () => {
    await assertBreaks(() => {});
    const { lines } = await verify();
    assert.match(lines[CHARGE], /2 checked/);
    assert.match(lines[JOURNAL], /2 checked/);
    assert.match(lines[RECEIPT], /3 checked/);
    assert.match(lines[NUMBER], /3 checked/);
    for (const rule of rules)
        assert.doesNotMatch(lines[rule], /in hand/);
});

test('stock', async () => {
    for (const sql of [
        "UPDATE variants SET on_hand = on_hand + 1 WHERE sku = 'mouse'",
        "UPDATE variants SET on_hand = on_hand - 1 WHERE sku = 'dock'",
        "UPDATE variants SET reserved = 1 WHERE sku = 'mouse'",
        "DELETE FROM stock_entries WHERE reason = 'sold'",
        "UPDATE stock_entries SET delta = delta + 1 WHERE reason = 'import'" +
            " AND sku = 'laptop'",
        "UPDATE reservations SET quantity = quantity + 1; UPDATE variants" +
            " SET reserved = 2 WHERE sku = 'dock'"])
        await assertBreaks(shopSql(sql), STOCK);
    await freshCopy();
    await shopSql("UPDATE variants SET on_hand = 1 WHERE sku = 'mouse'")();
    assert.match((await verify()).lines[STOCK], /1 broken, first: .*mouse/);
});

test('charges', async () => {
    const paid = `order_id = '${orders.paid}' AND kind = 'charge'`;
    await assertBreaks(shopSql('UPDATE payment_entries SET amount_minor = 1' +
        ` WHERE ${paid}`), CHARGE, JOURNAL, PAID);
    await assertBreaks(shopSql('INSERT INTO payment_entries SELECT 99,' +
        " order_id, kind, amount_minor, 'pi_twice', 'pi_twice', 1, 0 FROM" +
        ` payment_entries WHERE ${paid}`), CHARGE, JOURNAL);
    await assertBreaks(shopSql('INSERT INTO payment_entries SELECT 99,' +
        " order_id, 'refund', amount_minor + 1, 're_much', intent_id, 0, 0" +
        ` FROM payment_entries WHERE ${paid}`), CHARGE, JOURNAL, PAID);
    await assertBreaks(shopSql('UPDATE orders SET total_minor = 1' +
        ` WHERE order_id = '${orders.paid}'`), CHARGE);
});

test('the gateway\'s journal, both ways', async () => {
    await assertBreaks(shopSql("UPDATE payment_entries SET gateway_id =" +
        ` 'pi_other' WHERE order_id = '${orders.paid}'`), JOURNAL);
    await assertBreaks(shopSql('DELETE FROM payment_entries' +
        ` WHERE order_id = '${orders.paid}'`), JOURNAL, PAID);
    for (const sql of [
        `DELETE FROM intents WHERE order_id = '${orders.paid}'`,
        'UPDATE intents SET amount_minor = amount_minor + 1' +
            ` WHERE order_id = '${orders.paid}'`,
        "UPDATE intents SET order_id = 'other'" +
            ` WHERE order_id = '${orders.paid}'`,
        'UPDATE intents SET refunded_minor = 1' +
            ` WHERE order_id = '${orders.paid}'`,
        'UPDATE intents SET refunded_minor = 0' +
            ` WHERE order_id = '${orders.refunded}'`,
        "UPDATE intents SET status = 'succeeded', charge_id = 'ch_x'," +
            " payment_method = 'pm_card_visa' WHERE order_id =" +
            ` '${orders.declined}'`])
        await assertBreaks(gatewaySql(sql), JOURNAL);
});

test('a paid order is CONFIRMED, COMPLETED or refunded', async () => {
    for (const status of ['FAILED', 'CANCELLED', 'PROCESSING', 'PENDING'])
        await assertBreaks(shopSql(`UPDATE orders SET status = '${status}'` +
            ` WHERE order_id = '${orders.paid}'`), PAID);
    await assertBreaks(shopSql("UPDATE orders SET status = 'COMPLETED'" +
        ` WHERE order_id = '${orders.paid}'`));
    for (const what of ["payment_status = 'paid'", "status = 'CONFIRMED'"])
        await assertBreaks(shopSql(`UPDATE orders SET ${what}` +
            ` WHERE order_id = '${orders.declined}'`), PAID);
});

test('receipts', async () => {
    const file = () => join(copy, 'receipts', `${orders.paid}.pdf`);
    await assertBreaks(() => appendFile(file(), ' '), RECEIPT);
    await assertBreaks(() => unlink(file()), RECEIPT);
    await assertBreaks(async () => {
        const handle = await open(file(), 'r+');
        await handle.write('x', 100);
        await handle.close();
    }, RECEIPT);
    await assertBreaks(shopSql(`DELETE FROM receipts WHERE order_id =` +
        ` '${orders.paid}'`), RECEIPT, NUMBER);
    await assertBreaks(shopSql("UPDATE receipts SET sha256 = 'x'" +
        ` WHERE order_id = '${orders.paid}'`), RECEIPT);
});

// What `verify --redraw` says of the copy before the lines of the rules.
async function redraw() {
    const { code, stdout, stderr } = await runCommand(ordermill,
        ['verify', '--redraw'], { ...shop.env, ORDERMILL_HOME: copy });
    const lines = stdout.trim().split('\n');
    assert.match(lines.at(-rules.length), new RegExp(SQLITE), stdout + stderr);
    return { code, told: lines.slice(0, -rules.length) };
}

test('papers that are lost are drawn again', async () => {
    const receipts = () => join(copy, 'receipts');
    await freshCopy();
    const files = (await readdir(receipts())).sort();
    assert.equal(files.length, 3);
    const bytes = await Promise.all(files.map((name) =>
        readFile(join(receipts(), name))));
    assert.deepEqual(await redraw(), { code: 0,
        told: ['ok      papers, 3 checked: none is lost'] });

    await unlink(join(receipts(), files[0]));
    await unlink(join(receipts(), files[2]));
    await appendFile(join(receipts(), files[1]), ' ');
    const { code, told } = await redraw();
    assert.equal(code, 0, told.join('\n'));
    assert.deepEqual(told.sort(), [
        `damaged ${files[1]}: kept as ${files[1]}.damaged-1`,
        ...files.map((name) => `drawn   ${name}: as it was`)]);
    for (const [i, name] of files.entries())
        assert.deepEqual(await readFile(join(receipts(), name)), bytes[i]);
    assert.equal(String(await readFile(join(receipts(),
        `${files[1]}.damaged-1`))), String(bytes[1]) + ' ');
    assert.equal((await verify()).code, 0);
});

test('and are copies where other bytes are drawn', async () => {
    await freshCopy();
    await shopSql("UPDATE credit_notes SET sha256 = 'x'")();
    const { code, told } = await redraw();
    assert.equal(code, 1);
    assert.equal(told.length, 2);
    assert.match(told[0], /^damaged credit-.*\.pdf: kept as .*\.damaged-1$/);
    assert.match(told[1], /^COPY .*credit-.*-copy\.pdf/);
    assert.match((await verify()).lines[RECEIPT],
        /^BROKEN.*credit note 1: its file is not there/);
    await rm(join(copy, 'receipts'), { recursive: true });
    const lost = await redraw();
    assert.equal(lost.code, 1);
    assert.equal(lost.told.length, 3);
    for (const line of lost.told)
        assert.match(line, /^LOST .*No such file/);
});

test('numbers', async () => {
    await assertBreaks(shopSql('UPDATE credit_notes SET number = 2'), NUMBER);
    await assertBreaks(shopSql('DELETE FROM credit_notes'), NUMBER);
    await assertBreaks(shopSql("UPDATE credit_notes SET sha256 = 'x'"),
        RECEIPT);
    await assertBreaks(shopSql('UPDATE receipts SET number = 9' +
        ` WHERE order_id = '${orders.paid}'`), NUMBER);
});

test('foreign keys', async () => {
    await assertBreaks(shopSql("UPDATE order_lines SET sku = 'gone'" +
        ` WHERE order_id = '${orders.declined}'`), SQLITE);
});

// SQLite's own words have line breaks; verify's line has none.
test('an index that is lost', async () => {
    await assertBreaks(shopSql('PRAGMA writable_schema = 1; DELETE FROM' +
        " sqlite_schema WHERE name = 'orders_by_status'"), SQLITE);
});

test('a file that is no database', async () => {
    await freshCopy();
    const handle = await open(join(copy, 'ordermill.db'), 'r+');
    await handle.write(Buffer.alloc(8192, 0xa5), 0, 8192, 0);
    await handle.close();
    // It may hold these pages, and then nothing is lost.
    await rm(join(copy, 'ordermill.db-wal'), { force: true });
    const { code, signal } = await runCommand(ordermill, ['verify'],
        { ...shop.env, ORDERMILL_HOME: copy });
    assert.equal(signal, null);
    assert.ok(code > 0, 'what cannot be read does not hold');
});

test('another gateway\'s journal is not looked for', async () => {
    await freshCopy();
    const { code, stdout } = await runCommand(ordermill, ['verify'],
        { ...shop.env, ORDERMILL_HOME: copy,
            ORDERMILL_STRIPE_URL: 'https://stripe.example' });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^skipped .*journal/m);
});

test('a lost journal does not count as clean', async () => {
    await assertBreaks(() => unlink(join(copy, 'gateway.db')), JOURNAL);
});
