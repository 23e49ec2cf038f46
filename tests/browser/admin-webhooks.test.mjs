// The staff's inbox of webhooks, as they see it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { environment, eventOf, eventRow, intentEvent, send, waitingOrder }
    from '../http/webhook.mjs';
import { assertGoodPage, openAsStaff, press } from './chromium.mjs';

let shop;
let paid;

before(async () => {
    shop = await startShop({ env: environment });
    const order = await waitingOrder(shop);
    paid = intentEvent('succeeded', order);
    for (const event of [eventOf('customer.subscription.trial_will_end', {}),
        intentEvent('succeeded', { id: 'nobody', intent: 'pi_1', total: 1 }),
        paid])
        assert.equal((await send(shop, event)).status, 200);
    await waitUntil(async () =>
        (await eventRow(shop, paid.id)).status === 'applied', 5000,
    'it to be applied');
});
after(() => shop?.stop());

test('staff find an event, read it and have it applied again', async (t) => {
    const page = await openAsStaff(t, shop);
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await assertGoodPage(page, 'the inbox');
    const inbox = page.getByRole('table');
    assert.equal(await inbox.getByRole('row').count(), 4);
    await page.getByLabel('Status').selectOption({ label: 'Applied' });
    await press(page, 'Show');
    await inbox.getByRole('link', { name: paid.type }).click();
    await assertGoodPage(page, 'an event');
    assert.equal(await page.locator('pre').innerText(), JSON.stringify(paid));
    await press(page, 'Apply again');
    await page.getByRole('status').waitFor();
    await waitUntil(async () => {
        await page.reload();
        return await page.locator('#event-message').innerText() ===
            'Known already.';
    }, 5000, 'it to be applied again');
    await page.getByRole('link', { name: /^Order \d/ }).click();
    await page.getByRole('heading', { name: /^Order \d/ }).waitFor();
});
