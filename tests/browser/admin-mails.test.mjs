// The staff's pages of mails that could not be sent, as a browser shows them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inClear, refusal, startMailServer } from '../http/mail-server.mjs';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, openAsStaff, press } from './chromium.mjs';

let server;
let shop;

before(async () => {
    server = await startMailServer(inClear);
    server.rcptTo = (to) => to.startsWith('none')
        ? refusal(550, 'no such mailbox') : undefined;
    shop = await startShop({ env:
        { ORDERMILL_SMTP_URL: `smtp://${server.at}` } });
});
after(async () => {
    await shop?.stop();
    await server?.stop();
});

test('staff correct an address and send the mail again', async (t) => {
    const order = await shop.place({ customer: { name: 'Ada Lovelace',
        email: 'none@shop.example' } });
    const page = await openAsStaff(t, shop, `/admin/orders/${order.order_id}`,
        { expected: [/422/] });
    const panel = page.getByRole('region',
        { name: 'Mails that could not be sent' });
    await waitUntil(async () => {
        await page.goto(`/admin/orders/${order.order_id}`);
        return await panel.count() > 0;
    }, 10000, 'the failed mail');
    await assertGoodPage(page, 'an order whose mail failed');

    await panel.getByLabel('E-mail').evaluate((field) => { field.type = 'text'; });
    await panel.getByLabel('E-mail').fill('nobody');
    await press(panel, 'Send again');
    await panel.getByText('This is not an e-mail address.').waitFor();
    await assertGoodPage(page, 'an order with a wrong address');

    await page.goto('/admin/alarms');
    await page.getByRole('heading', { name: 'One mail could not be sent' })
        .waitFor();
    await assertGoodPage(page, 'alarms with a failed mail');

    await page.goto(`/admin/orders/${order.order_id}`);
    await panel.getByLabel('E-mail').fill('ada@shop.example');
    await press(panel, 'Send again');
    await page.getByText('The mail is sent again.').waitFor();
    assert.equal(await panel.count(), 0);
    await page.getByText('ada@shop.example', { exact: true }).waitFor();
});
