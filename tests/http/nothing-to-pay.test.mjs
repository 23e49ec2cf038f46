// An order whose total is 0 says so on every page, in its mails and on its
// receipt, and speaks of no payment, card, charge or refund.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand, startShop, waitUntil } from './shop.mjs';
import { signIn } from './staff-browser.mjs';

const MONEY = /\b(paid|pay now|payments?|cards?|charged?|refund(s|ed)?|test money)\b/i;
let shop;
let staff;

before(async () => {
    shop = await startShop();
    staff = await signIn(shop);
    const file = join(shop.home, 'free.csv');
    await writeFile(file, 'sku,name,description,price,stock\n' +
        'free,Sticker,,0,100\n');
    const { code, stderr } = await shop.run('import', 'products', file);
    assert.equal(code, 0, stderr);
});
after(() => shop?.stop());

// What a page says, without its tags.
const shown = (html) => html.replace(/<(style|script)[^]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

function assertFree(text, what) {
    assert.match(text, /nothing to pay/i, what);
    assert.doesNotMatch(text, MONEY, what);
}

async function place(more) {
    const placed = await shop.order({ item: 'free', quantity: 2,
        email: 'ana@example.com', ...more });
    assert.equal(placed.status, 201, placed.text);
    assert.equal(placed.json.payment_url, null);
    return placed.json;
}

async function adminPage(id) {
    const { status, text } = await staff.get(`/admin/orders/${id}`);
    assert.equal(status, 200);
    return shown(text);
}

// Both parts of the order's mails, in words.
async function mailsOf(number) {
    const folder = join(shop.home, 'mail');
    const texts = await Promise.all((await readdir(folder))
        .filter((name) => name.endsWith('.eml'))
        .map((name) => readFile(join(folder, name), 'latin1')));
    return texts.filter((text) =>
        text.includes(`\r\nSubject: Order ${number} `)).map((text) =>
        shown(text.slice(0, text.indexOf('application/pdf') >>> 0)
            .replace(/=\r\n/g, '').replaceAll('=3D', '=')));
}

for (const method of ['pm_card_visa', 'hosted', 'manual'])
    test(`nothing to pay by ${method}`, async () => {
        const order = await place({ payment_method: method, total: 0 });
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
        const { receipt_url: receipt } = await waitUntil(async () => {
            const { json } = await shop.asStaff('GET',
                `/orders/${order.order_id}`);
            return json.receipt_url !== null && json;
        }, 5000, 'the receipt');
        assertFree(shown((await shop.request('GET',
            new URL(order.track_url).pathname)).text), 'the order\'s page');
        assertFree(await adminPage(order.order_id), 'the staff\'s page');
        const pay = await shop.request('GET', new URL(order.track_url)
            .pathname.replace('/track/', '/pay/'));
        assert.equal(pay.headers.get('location'), order.track_url);
        const file = join(shop.home, 'receipt.pdf');
        await writeFile(file, Buffer.from(await (await fetch(receipt))
            .arrayBuffer()));
        const { stdout } = await runCommand('pdftotext', [file, '-'],
            process.env);
        assertFree(stdout, 'the receipt');
        const mail = await waitUntil(async () =>
            (await mailsOf(order.number))[0], 5000, 'the mail');
        assertFree(mail, 'the mail');
    });

test('nothing to pay when it is cancelled', async () => {
    const order = await place();
    await shop.waitForOrder(order.order_id, ['CONFIRMED']);
    await waitUntil(async () => (await mailsOf(order.number)).length === 1,
        5000, 'the confirmation');
    const gone = await shop.asStaff('PUT', `/orders/${order.order_id}`,
        { body: { status: 'CANCELLED' } });
    assert.equal(gone.status, 200, gone.text);
    const mail = await waitUntil(async () => (await mailsOf(order.number))
        .find((text) => /is cancelled/.test(text)), 5000, 'the mail');
    assertFree(mail, 'the mail');
    assertFree(shown((await shop.request('GET',
        new URL(order.track_url).pathname)).text), 'the order\'s page');
    assertFree(await adminPage(order.order_id), 'the staff\'s page');
});

test('an order that costs something still says how it is paid', async () => {
    const { json } = await shop.order({ item: 'mouse', quantity: 1,
        email: 'ana@example.com' });
    await shop.waitForOrder(json.order_id, ['CONFIRMED']);
    const page = shown((await shop.request('GET',
        new URL(json.track_url).pathname)).text);
    assert.match(page, /Payment Paid/);
    assert.match(page, /Test money/);
    assert.match(await adminPage(json.order_id), /Payments .*Charge: Booked/);
    const mail = await waitUntil(async () => (await mailsOf(json.number))[0],
        5000, 'the mail');
    assert.match(mail, /paid and confirmed/);
    assert.doesNotMatch(mail, /nothing to pay/i);
});
