// Webhooks as the local gateway sends them: what a customer does on its page
// reaches the order by them alone, long before anybody asks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from './shop.mjs';
import { attemptOf } from './webhook.mjs';
import { booksHold } from './workflow.mjs';

let shop;
before(async () => {
    shop = await startShop();
});
after(() => shop?.stop());

// An order whose customer is at the gateway's page.
async function atPage() {
    const { json, status, text } = await shop.order({ items:
        [{ sku: 'mouse', quantity: 1 }], payment_method: 'hosted' });
    assert.equal(status, 201, text);
    const { payment_url: page } = await waitUntil(async () => {
        const attempt = await attemptOf(shop, json.order_id);
        return attempt?.payment_url && attempt;
    }, 5000, 'a page to pay on');
    return { id: json.order_id, total: json.total_minor, page,
        press: (scenario) => fetch(page, { method: 'POST',
            redirect: 'manual', body: new URLSearchParams({ scenario }) }) };
}

const inbox = (id) => shop.rows('SELECT type, status, message FROM' +
    ` webhook_events WHERE order_id = '${id}'`);
const entries = async (id) => (await shop.rows('SELECT kind FROM' +
    ` payment_entries WHERE order_id = '${id}' ORDER BY entry_id`))
    .map(({ kind }) => kind);

for (const scenario of ['pay', 'lost', 'thrice', 'early'])
    test(`${scenario}: confirmed by a webhook, once`, async () => {
        const order = await atPage();
        await order.press(scenario);
        await shop.waitForOrder(order.id, ['CONFIRMED'], 5000);
        await waitUntil(async () => (await inbox(order.id)).length === 2,
            5000, 'both events');
        const messages = (await inbox(order.id)).map((event) => {
            assert.equal(event.status, 'applied');
            return event.message;
        });
        assert.deepEqual(messages.sort(),
            ['Known already.', 'Paid: the order goes on.']);
        assert.deepEqual(await entries(order.id), ['charge']);
    });

test('twice: the second payment goes back', async () => {
    const order = await atPage();
    await order.press('twice');
    await shop.waitForOrder(order.id, ['CONFIRMED'], 5000);
    await waitUntil(async () => (await entries(order.id)).length === 3,
        10000, 'the second payment to go back');
    assert.deepEqual(await entries(order.id), ['charge', 'charge', 'refund']);
    await waitUntil(async () => (await inbox(order.id))
        .some(({ type }) => type === 'charge.refunded'), 5000,
    'the word of it');
    assert.deepEqual(await entries(order.id), ['charge', 'charge', 'refund']);
});

test('decline: noted, and the next try pays', async () => {
    const order = await atPage();
    await order.press('decline');
    await waitUntil(async () => (await inbox(order.id)).some(({ type }) =>
        type === 'payment_intent.payment_failed'), 5000, 'the decline');
    const [declined] = await inbox(order.id);
    assert.match(declined.message, /^Declined \(.*may try again/);
    assert.equal((await attemptOf(shop, order.id)).status, 'open');
    await order.press('pay');
    await shop.waitForOrder(order.id, ['CONFIRMED'], 5000);
    assert.deepEqual(await entries(order.id), ['charge']);
});

test('nothing is left over in the inbox, and the books hold', async () => {
    await booksHold(shop);
    await waitUntil(async () => (await shop.rows('SELECT 1 FROM' +
        " webhook_events WHERE status NOT IN ('applied', 'ignored')"))
        .length === 0, 5000, 'an inbox worked off');
});
