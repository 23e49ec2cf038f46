// Webhooks as the local gateway sends them: what a customer does on its page
// reaches the order by them alone, long before anybody asks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { press } from './gateway.mjs';
import { startShop, waitUntil } from './shop.mjs';
import { booksHold } from './workflow.mjs';

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

// An order whose customer is at the gateway's page.
async function atPage() {
    const { order_id: id, total_minor: total } =
        await shop.place({ payment_method: 'hosted' });
    const page = await shop.paymentPage(id);
    return { id, total, press: (scenario) => press(page, scenario) };
}

const inbox = (id) => shop.rows('SELECT type, status, message FROM' +
    ` webhook_events WHERE order_id = '${id}'`);

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
        assert.deepEqual(await shop.ledger(order.id),
            [`charge ${order.total}`]);
    });

test('twice: the second payment goes back', async () => {
    const order = await atPage();
    await order.press('twice');
    await shop.waitForOrder(order.id, ['CONFIRMED'], 5000);
    const twiceAndBack = ['charge', 'charge', 'refund']
        .map((kind) => `${kind} ${order.total}`);
    await waitUntil(async () => (await shop.ledger(order.id)).length === 3,
        10000, 'the second payment to go back');
    assert.deepEqual(await shop.ledger(order.id), twiceAndBack);
    await waitUntil(async () => (await inbox(order.id))
        .some(({ type }) => type === 'charge.refunded'), 5000,
    'the word of it');
    assert.deepEqual(await shop.ledger(order.id), twiceAndBack);
});

test('decline: noted, and the next try pays', async () => {
    const order = await atPage();
    await order.press('decline');
    await waitUntil(async () => (await inbox(order.id)).some(({ type }) =>
        type === 'payment_intent.payment_failed'), 5000, 'the decline');
    const [declined] = await inbox(order.id);
    assert.match(declined.message, /^Declined \(.*may try again/);
    assert.equal((await shop.attempt(order.id)).status, 'open');
    await order.press('pay');
    await shop.waitForOrder(order.id, ['CONFIRMED'], 5000);
    assert.deepEqual(await shop.ledger(order.id), [`charge ${order.total}`]);
});

test('nothing is left over in the inbox, and the books hold', async () => {
    await booksHold(shop);
    await waitUntil(async () => (await shop.rows('SELECT 1 FROM' +
        " webhook_events WHERE status NOT IN ('applied', 'ignored')"))
        .length === 0, 5000, 'an inbox worked off');
});
