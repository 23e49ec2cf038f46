// Orders through the local gateway's own page, whatever button is pressed and
// whoever tells first: the webhook, the look, or nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from './shop.mjs';
import { booksHold, machine, pay, sell, startWorkflow, validate }
    from './workflow.mjs';

let shop;
before(async () => {
    shop = await startWorkflow(machine({ validate, pay, sell }));
});
after(() => shop?.stop());

const attempt = (id, column) => shop.sql(`SELECT ${column}
    FROM payment_attempts WHERE order_id = '${id}'`);

async function page(method = 'hosted') {
    const id = await shop.place('mouse', 1, method);
    const url = await waitUntil(() => attempt(id, 'payment_url'), 5000,
        'the page');
    return { id, url };
}

const press = (url, scenario) => fetch(url, { method: 'POST',
    redirect: 'manual', body: new URLSearchParams({ scenario }) });

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
        await shop.rows(`UPDATE payment_attempts SET closes_work_ms = 1
            WHERE order_id = '${id}';
            UPDATE work SET due_work_ms = 0 WHERE order_id = '${id}'`);
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
