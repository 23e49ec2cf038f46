// An order whose total is 0 says so on every page, in its mails and on its
// receipt, and speaks of no payment, card, charge or refund.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMail } from './mime.mjs';
import { readPaper } from './papers.mjs';
import { startShop } from './shop.mjs';
import { signIn } from './staff-browser.mjs';

const MONEY = /\b(paid|pay now|payments?|cards?|charged?|refund(s|ed)?|test money)\b/i;
let shop;
let staff;

before(async () => {
    shop = await startShop();
    staff = await signIn(shop);
    await shop.addProducts('free,Sticker,,0,100');
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
    const order = await shop.place({ items: [{ sku: 'free', quantity: 2 }],
        email: 'ana@example.com', ...more });
    assert.equal(order.payment_url, null);
    return order;
}

async function adminPage(id) {
    const { status, text } = await staff.get(`/admin/orders/${id}`);
    assert.equal(status, 200);
    return shown(text);
}

// All that a mail says.
function wordsOf(mail) {
    const { headers, text, html } = readMail(mail);
    return shown(`${headers.get('subject')} ${text} ${html}`);
}

for (const method of ['pm_card_visa', 'hosted', 'manual'])
    test(`nothing to pay by ${method}`, async () => {
        const order = await place({ payment_method: method, total: 0 });
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
        const { receipt_url: receipt } =
            await shop.waitForReceipt(order.order_id);
        assertFree(shown((await shop.request('GET',
            new URL(order.track_url).pathname)).text), 'the order\'s page');
        assertFree(await adminPage(order.order_id), 'the staff\'s page');
        const pay = await shop.request('GET', new URL(order.track_url)
            .pathname.replace('/track/', '/pay/'));
        assert.equal(pay.headers.get('location'), order.track_url);
        assertFree((await readPaper(shop, receipt)).text, 'the receipt');
        const [mail] = await shop.waitForMails(order.order_id);
        assertFree(wordsOf(mail), 'the mail');
    });

test('nothing to pay when it is cancelled', async () => {
    const order = await place();
    await shop.waitForOrder(order.order_id, ['CONFIRMED']);
    await shop.waitForMails(order.order_id);
    const gone = await shop.cancel(order.order_id);
    assert.equal(gone.status, 200, gone.text);
    const mails = await shop.waitForMails(order.order_id, 2);
    const mail = mails.map(wordsOf).find((text) => /is cancelled/.test(text));
    assertFree(mail, 'the mail');
    assertFree(shown((await shop.request('GET',
        new URL(order.track_url).pathname)).text), 'the order\'s page');
    assertFree(await adminPage(order.order_id), 'the staff\'s page');
});

test('an order that costs something still says how it is paid', async () => {
    const order = await shop.placeAndWait({ email: 'ana@example.com' });
    const page = shown((await shop.request('GET',
        new URL(order.track_url).pathname)).text);
    assert.match(page, /Payment Paid/);
    assert.match(page, /Test money/);
    assert.match(await adminPage(order.order_id), /Payments .*Charge: Booked/);
    const mail = wordsOf((await shop.waitForMails(order.order_id))[0]);
    assert.match(mail, /paid and confirmed/);
    assert.doesNotMatch(mail, /nothing to pay/i);
});
