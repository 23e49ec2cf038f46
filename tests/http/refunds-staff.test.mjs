// Refunds on the staff page, and refunds that the gateway itself tells of.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripeOf } from './gateway.mjs';
import { startShop, waitUntil } from './shop.mjs';
import { browser, hiddenOf, newStaff, signIn } from './staff-browser.mjs';
import { booksHold } from './workflow.mjs';

let shop;
let staff;

before(async () => {
    shop = await startShop();
    staff = await signIn(shop);
});
after(() => shop?.stop());

const page = async (id, as = staff) =>
    (await as.get(`/admin/orders/${id}`)).text;

const place = (more, statuses) => shop.placeAndWait(
    { items: [{ sku: 'mouse', quantity: 3 }], ...more }, statuses);

// The page's form, filled in; sends it as often as it is called.
async function form(id, what, fields) {
    const html = await page(id);
    const known = { csrf: hiddenOf(html, what, 'csrf') };
    if (what === 'refund')
        known.key = hiddenOf(html, what, 'key');
    return (more = {}) => staff.post(`/admin/orders/${id}/${{ refund: 'refund',
        'mark-paid': 'paid' }[what]}`, { ...known, ...fields, ...more });
}

test('two clicks refund once', async () => {
    const { order_id: id } = await place();
    const click = await form(id, 'refund', { amount: '12.50',
        reason: 'Late & wet' });
    const answers = await Promise.all([click(), click(), click()]);
    for (const { status, headers, text } of answers) {
        assert.equal(status, 303, text);
        assert.equal(headers.get('location'),
            `/admin/orders/${id}?done=refunded`);
    }
    const other = await click({ amount: '1.00' });
    assert.equal(other.status, 409);
    assert.match(other.text, /sent before/);
    await shop.waitForPayment(id, 'partially_refunded');
    await waitUntil(async () => /Credit note no\. \d+/.test(await page(id)),
        10000, 'the credit note');
    const html = await page(id);
    assert.equal(html.match(/Refund: Booked/g).length, 1);
    assert.match(html, /id="refund-left">€104\.50</);
});

test('a form sent again after a new sign-in is the same act', async () => {
    const { order_id: id } = await place();
    const html = await page(id);
    const fields = { key: hiddenOf(html, 'refund', 'key'), amount: '12.50',
        reason: 'dent' };
    const sendAs = async (who) => who.post(`/admin/orders/${id}/refund`,
        { ...fields, csrf: hiddenOf(await page(id, who), 'refund', 'csrf') });
    const refunds = async () => Number((await page(id))
        .match(/Refund: (Booked|Under way|[^<]*)/g)?.length ?? 0);
    for (const who of [staff, await signIn(shop)]) {
        const answer = await sendAs(who);
        assert.equal(answer.status, 303, answer.text);
        await shop.waitForPayment(id, 'partially_refunded');
        assert.equal(await refunds(), 1);
    }
    // What another member of staff sends is his own.
    const other = await sendAs(await signIn(shop,
        await newStaff(shop, 'bo@shop.example')));
    assert.equal(other.status, 303, other.text);
    await waitUntil(async () => await refunds() === 2, 10000, 'his refund');
});

test('by line, with the goods', async () => {
    const { order_id: id } = await place();
    const before = await shop.available('mouse');
    const click = await form(id, 'refund', { amount: '',
        'quantity mouse': '2', restock: '1', reason: 'dent' });
    assert.equal((await click()).status, 303);
    assert.equal(await shop.available('mouse'), before + 2);
    assert.match(await page(id), /at most 1</);
});

test('what is wrong stands beside its field, and nothing is lost', async () => {
    const { order_id: id } = await place();
    for (const [fields, status, field] of [
        [{ amount: '12,50' }, 422, 'amount'], [{ amount: '0' }, 422, 'amount'],
        [{ amount: '-1' }, 422, 'amount'], [{ amount: '1.005' }, 422, 'amount'],
        [{ amount: '117.01' }, 409, 'amount'],
        [{ 'quantity mouse': 'x' }, 422, 'lines'],
        [{ 'quantity mouse': '4' }, 409, 'lines'],
        [{ 'quantity phone': '1' }, 422, 'lines'],
        [{ amount: '1', 'quantity mouse': '1' }, 422, 'lines'],
        [{}, 422, 'lines'], [{ amount: '1', reason: ' ' }, 422, 'reason'],
        [{ amount: '1', reason: '4242 4242 4242 4242' }, 422, 'reason']]) {
        const answer = await (await form(id, 'refund',
            { reason: 'dent', ...fields }))();
        assert.equal(answer.status, status, JSON.stringify(fields));
        assert.match(answer.text, new RegExp(`id="refund-${field}-fault"`));
        if (fields.amount)
            assert.ok(answer.text.includes(`value="${fields.amount}"`));
    }
    const click = await form(id, 'refund', { amount: '1', reason: 'dent' });
    assert.equal((await click({ csrf: 'x' })).status, 403);
    assert.equal((await click({ key: '' })).status, 400);
    assert.equal((await browser(shop).post(`/admin/orders/${id}/refund`, {}))
        .status, 303);
    assert.doesNotMatch(await page(id), /Refund: /);
});

test('a manual order is marked paid once', async () => {
    const { order_id: id } = await place({ payment_method: 'manual' },
        ['PROCESSING']);
    await waitUntil(async () => /id="mark-paid"/.test(await page(id)), 5000,
        'the form');
    const click = await form(id, 'mark-paid', { note: 'cash, 20 Nov' });
    assert.equal((await click({ note: '4242 4242 4242 4242' })).status, 422);
    const answers = await Promise.all([click(), click()]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409]);
    await shop.waitForOrder(id, ['CONFIRMED']);
    const html = await page(id);
    assert.doesNotMatch(html, /id="mark-paid"/);
    assert.match(html, /By hand: [^<]*Reason: cash, 20 Nov/);
});

test('what was refunded at the gateway is booked here', async () => {
    const { order_id: id } = await place();
    const [, intent] = /(pi_\w+)/.exec(await page(id));
    await stripeOf(shop).refunds.create(
        { payment_intent: intent, amount: 700 });
    await shop.waitForPayment(id, 'partially_refunded');
    await waitUntil(async () => /Credit note no/.test(await page(id)), 10000,
        'the credit note');
    assert.match(await page(id), /id="refund-left">€110\.00</);
});

test('a refund that fails at the bank is the shop\'s again', async () => {
    const { order_id: id } = await place(
        { payment_method: 'pm_card_refundFail' });
    assert.equal((await (await form(id, 'refund', { amount: '5.00',
        reason: 'dent' }))()).status, 303);
    await shop.waitForPayment(id, 'partially_refunded');
    await shop.waitForPayment(id, 'paid');
    const html = await page(id);
    assert.match(html, /Refund that came back: Booked/);
    assert.match(html, /Alarm:/);
    assert.match(html, /id="refund-left">€117\.00</);
});

test('the books hold', () => booksHold(shop));
