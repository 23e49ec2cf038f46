// /receipts/FILE: the PDF behind a signed link that expires, and no other way
// to it; what stands in it.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readPaper } from './papers.mjs';
import { runCommand, startShop, waitUntil } from './shop.mjs';

let shop;
let order; // with its receipt
let other;

before(async () => {
    shop = await startShop({ env: { ORDERMILL_SHOP_NAME: 'Müller & Söhne',
        ORDERMILL_SHOP_ADDRESS: 'Mühlgasse 1\n1010 Wien',
        ORDERMILL_SHOP_TAX_ID: 'ATU12345678' } });
    order = await receipted({ items: [{ sku: 'mouse', quantity: 2 },
        { sku: 'laptop', quantity: 1 }], customer: { name: 'Łucja Ωμέγα Жук',
        email: 'l@shop.example' } });
    other = await receipted();
});
after(() => shop?.stop());

// Places an order and waits for its receipt.
const receipted = async (more) =>
    shop.waitForReceipt((await shop.place(more)).order_id);

const parts = (one) => new URL(one.receipt_url);
const get = (url, headers) => shop.request('GET', typeof url === 'string'
    ? url : url.pathname + url.search, { headers });

const read = (one) => readPaper(shop, one.receipt_url);
// The bytes of a receipt, through the shop.
async function download(one) {
    const answer = await fetch(one.receipt_url);
    assert.equal(answer.status, 200);
    return Buffer.from(await answer.arrayBuffer());
}

function assertRefused(answer, statuses, what) {
    assert.ok(statuses.includes(answer.status), `${what}: ${answer.status}`);
    assert.equal(answer.headers.get('content-type'),
        'application/problem+json', what);
    assert.ok(!answer.text.includes('%PDF'), what);
}

test('the link gives the PDF', async () => {
    const answer = await get(parts(order));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/pdf');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('x-accel-redirect'), null);
    assert.match(answer.headers.get('content-disposition'),
        new RegExp(`filename="[^"]*${order.number}[^"]*\\.pdf"`));
    const bytes = await download(order);
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
    assert.ok(bytes.length < 60 * 1024, `${bytes.length} bytes`);
    const head = await shop.request('HEAD',
        parts(order).pathname + parts(order).search);
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-length'), `${bytes.length}`);
});

test('the bytes are the ones whose SHA-256 is recorded', async () => {
    for (const one of [order, other]) {
        const bytes = await download(one);
        assert.deepEqual(await download(one), bytes);
        const recorded = await shop.sql('SELECT sha256 FROM receipts ' +
            `WHERE order_id = '${one.order_id}'`);
        assert.equal(createHash('sha256').update(bytes).digest('hex'),
            recorded);
    }
});

test('the file is the shop\'s alone, and nothing is left aside', async () => {
    const folder = join(shop.home, 'receipts');
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const files = await readdir(folder);
    assert.equal(files.length, 2);
    for (const name of files)
        assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
});

test('each reading of the order signs a link for 7 days', async () => {
    const url = parts(await shop.show(order.order_id));
    const left = Number(url.searchParams.get('expires')) * 1000 - Date.now();
    assert.ok(Math.abs(left - 7 * 86400 * 1000) < 60000, `${left} ms`);
    const token = new URL(order.track_url).pathname.slice(7);
    const mine = await shop.request('GET',
        `/orders/${order.order_id}?token=${token}`);
    assert.equal((await get(parts(mine.json))).status, 200);
});

test('any change to the link is refused', async () => {
    const url = parts(order);
    const expires = url.searchParams.get('expires');
    const signature = url.searchParams.get('signature');
    const file = url.pathname;
    const changed = [...signature].map((c, i) => signature.slice(0, i) +
        (c === 'A' ? 'B' : 'A') + signature.slice(i + 1));
    for (const [what, path] of [
        ['no query', file], ['no signature', `${file}?expires=${expires}`],
        ['no expiry', `${file}?signature=${signature}`],
        ['empty', `${file}?expires=&signature=`],
        ['later', `${file}?expires=${Number(expires) + 1}` +
            `&signature=${signature}`],
        ['padded', `${file}?expires=0${expires}&signature=${signature}`],
        ['twice', `${file}?expires=1&expires=${expires}` +
            `&signature=${signature}`],
        ['longer', `${file}?expires=${expires}&signature=${signature}A`],
        ['shorter', `${file}?expires=${expires}` +
            `&signature=${signature.slice(0, -1)}`],
        ['other file', parts(other).pathname + url.search],
        ['no such file', `/receipts/none.pdf${url.search}`],
        ['other ending', `${file.slice(0, -4)}.PDF${url.search}`],
        ['dot', `${file}.${url.search}`], ['NUL', `${file}%0a${url.search}`],
        ...changed.map((one, i) => [`character ${i}`,
            `${file}?expires=${expires}&signature=${one}`])])
        assertRefused(await get(path), [403], what);
    assert.equal((await get(`${file}?signature=${signature}` +
        `&expires=${expires}`)).status, 200);
});

test('a link that is right but old is refused', async () => {
    const key = Buffer.from(await shop.sql(
        "SELECT value FROM settings WHERE name = 'signing_key'"), 'hex');
    const link = (file, expires) => {
        const signature = createHmac('sha256', key)
            .update(`receipt\n${file}\n${expires}`).digest('base64url');
        return `/receipts/${file}?expires=${expires}&signature=${signature}`;
    };
    const file = `${order.order_id}.pdf`;
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await get(link(file, now + 60))).status, 200);
    for (const expires of [now - 1, now - 86400, 0, -1]) {
        const answer = await get(link(file, expires));
        assertRefused(answer, [403], `${expires}`);
        assert.match(answer.json.detail, /expired/i);
    }
    assertRefused(await get(link('none.pdf', now + 60)), [404], 'none');
    assertRefused(await get(link('ordermill.db', now + 60)), [404], 'db');
    const page = await get(link(file, now - 1), { accept: 'text/html' });
    assert.equal(page.status, 403);
    assert.match(page.headers.get('content-type'), /^text\/html/);
});

test('no other path leads to the files', async () => {
    const file = `${order.order_id}.pdf`;
    for (const path of ['/receipts/', `/internal/receipts/${file}`,
        `/receipts/../receipts/${file}`, `/receipts/%2e%2e/receipts/${file}`,
        `/receipts/..%2freceipts/${file}`, `/receipts/x/../${file}`,
        `/receipts//${file}`, `/internal/receipts/../ordermill.db`,
        '/ordermill.db', '/receipts/..%2fordermill.db', `/errors/../${file}`,
        '/log/orders.log', '/mail/', '/run/nginx.conf'])
        assertRefused(await get(path), [400, 403, 404], path);
    for (const method of ['POST', 'PUT', 'DELETE'])
        assert.equal((await shop.request(method, parts(order).pathname +
            parts(order).search)).status, 405);
});

test('a removed order\'s link still gives what the customer paid',
    async () => {
        const gone = await receipted();
        const { status } = await shop.asStaff('DELETE',
            `/orders/${gone.order_id}`);
        assert.equal(status, 204);
        assert.equal((await get(parts(gone))).status, 200);
    });

test('it says what was bought, by whom, from whom', async () => {
    const { text } = await read(order);
    for (const pattern of [/Müller & Söhne/, /Mühlgasse 1/, /1010 Wien/,
        /ATU12345678/, new RegExp(`${order.number}`), /Łucja Ωμέγα Жук/,
        /Mouse/, /Laptop/, /78\.00/, /1,?377\.00/])
        assert.match(text, pattern);
});

test('200 lines break onto pages', async () => {
    await shop.addProducts(...Array.from({ length: 200 }, (_, i) =>
        `bulk-${i},Bulk article ${i},,1.01,50`));
    const big = await receipted({ items: Array.from({ length: 200 },
        (_, i) => ({ sku: `bulk-${i}`, quantity: 2 })) });
    const { text, file } = await read(big);
    const pages = text.split('\f').slice(0, -1);
    assert.ok(pages.length > 2);
    const heading = /Quantity|Qty/i;
    for (const [i, page] of pages.entries()) {
        assert.match(page, new RegExp(`${i + 1}.*${pages.length}`));
        if (/Bulk article/.test(page))
            assert.match(page, heading);
    }
    for (let i = 0; i < 200; i++)
        assert.ok(pages.some((page) =>
            new RegExp(`Bulk article ${i}\\b`).test(page)), `line ${i}`);
    const check = await runCommand('qpdf', ['--check', file], process.env);
    assert.equal(check.code, 0, check.stdout + check.stderr);
});

test('a number that was taken gets its receipt, whatever became of the order',
    async () => {
        const late = await receipted();
        await shop.sql(`UPDATE receipts SET sha256 = NULL
            WHERE order_id = '${late.order_id}'`);
        await waitUntil(async () => await shop.sql(`SELECT status FROM
            executions WHERE order_id = '${late.order_id}'`) === 'SUCCEEDED',
        5000, 'the end');
        await shop.sql(`INSERT INTO work (kind, subject, order_id, host,
            due_work_ms, token) SELECT 'receipt', file, order_id, '', 0, 1
            FROM receipts WHERE sha256 IS NULL`);
        await shop.waitForReceipt(late.order_id);
        assert.match(String(await download(late)), /^%PDF/);
    });

const inFolder = (name) => join(shop.home, 'receipts', name);
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

test('one that is lost is drawn again and put back', async () => {
    const file = `${order.order_id}.pdf`;
    const bytes = await download(order);
    await rm(inFolder(file));
    const answers = await Promise.all(Array.from({ length: 8 }, () =>
        download(order)));
    for (const again of answers)
        assert.deepEqual(again, bytes);
    assert.deepEqual(await readFile(inFolder(file)), bytes);
    assert.equal((await stat(inFolder(file))).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(join(shop.home, 'receipts')))
        .filter((name) => !name.endsWith('.pdf')), []);
    await shop.verify();
});

test('what is drawn with other bytes is a copy beside it', async () => {
    const file = `${other.order_id}.pdf`;
    const copy = `${other.order_id}-copy.pdf`;
    const bytes = await download(other);
    await shop.sql('UPDATE receipts SET sha256 = \'another library\'' +
        ` WHERE file = '${file}'`);
    await rm(inFolder(file));
    for (let i = 0; i < 3; i++) {
        const answer = await get(parts(other));
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-disposition'),
            new RegExp(`"receipt-${other.number}-copy\\.pdf"`));
    }
    assert.match((await read(other)).text, /COPY.*\n.*Receipt no/s);
    assert.deepEqual(await download(other), await readFile(inFolder(copy)));
    await assert.rejects(stat(inFolder(file)), { code: 'ENOENT' });
    assert.equal(await shop.sql('SELECT COUNT(*) FROM alarms' +
        ` WHERE kind = 'paper_copy' AND order_id = '${other.order_id}'` +
        ' AND closed_at_ms IS NULL'), '1');
    assert.equal(await shop.sql(`SELECT sha256 FROM receipts
        WHERE file = '${file}'`), 'another library');
    const lost = await shop.run('verify', '--redraw');
    assert.equal(lost.code, 1);
    assert.match(lost.stdout, new RegExp(`COPY +${file}.*${copy}`));

    await shop.sql(`UPDATE receipts SET sha256 = '${hash(bytes)}'
        WHERE file = '${file}'`);
    const found = await shop.run('verify', '--redraw');
    assert.equal(found.code, 0, found.stdout);
    assert.match(found.stdout, new RegExp(`drawn +${file}`));
    assert.deepEqual(await download(other), bytes);
    await assert.rejects(stat(inFolder(copy)), { code: 'ENOENT' });
    assert.equal(await shop.sql('SELECT COUNT(*) FROM alarms' +
        ' WHERE kind = \'paper_copy\' AND closed_at_ms IS NULL'), '0');
});

test('the books hold, until a file is changed', async () => {
    await shop.verify();
    const file = join(shop.home, 'receipts', `${other.order_id}.pdf`);
    const bytes = await readFile(file);
    await writeFile(file, Buffer.concat([bytes, Buffer.from(' ')]));
    const bad = await shop.run('verify');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, new RegExp(`BROKEN.*receipt.*${other.number}`));
});
