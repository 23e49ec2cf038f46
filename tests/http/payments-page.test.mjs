// Orders through the local gateway's own page, whatever button is pressed and
// whoever tells first: the webhook, the look, or nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { press } from './gateway.mjs';
import { waitUntil } from './shop.mjs';
import { booksHold, machine, pay, sell, startWorkflow, validate }
    from './workflow.mjs';

let shop;
before(async () => {
    shop = await startWorkflow(machine({ validate, pay, sell }));
});
after(() => shop?.stop());

async function page() {
    const id = await shop.buy('mouse', 1, 'hosted');
    return { id, url: await shop.paymentPage(id) };
}

for (const scenario of ['pay', 'lost', 'thrice', 'early', 'twice'])
    test(`"${scenario}" confirms the order once`, async () => {
        const { id, url } = await page();
        const { status } = await press(url, scenario);
        assert.ok(status < 400, `${status}`);
        const order = await shop.waitForOrder(id, ['CONFIRMED']);
        assert.equal(order.payment_status, 'paid');
        const twice = scenario === 'twice';
        await waitUntil(async () => (await shop.rows(`SELECT 1 FROM
            payment_entries WHERE order_id = '${id}' AND kind = 'refund'`))
            .length === (twice ? 1 : 0), 10000, 'the books');
        assert.equal((await shop.charges(id)).length, twice ? 2 : 1);
        assert.equal((await shop.show(id)).payment_status, 'paid');
    });

test('"decline", then "pay"', async () => {
    const { id, url } = await page();
    await press(url, 'decline');
    assert.equal((await shop.show(id)).payment_status, 'pending');
    await press(url, 'pay');
    await shop.waitForOrder(id, ['CONFIRMED']);
});

test('"leave", and the window closes: the page takes nothing any more',
    async () => {
        const { id, url } = await page();
        await press(url, 'leave');
        await shop.closeWindow(id);
        await shop.waitForOrder(id, ['CANCELLED']);
        await press(url, 'pay');
        assert.deepEqual(await shop.charges(id), []);
    });

test('one click or two at once pay once', async () => {
    const { id, url } = await page();
    await Promise.all([press(url, 'pay'), press(url, 'pay')]);
    await shop.waitForOrder(id, ['CONFIRMED']);
    assert.equal((await shop.charges(id)).length, 1);
});

test('the books hold', () => booksHold(shop));
