// The books and the alarms as staff use them: asking for a run, reading what
// it found, closing the alarm about it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from '../http/database.mjs';
import { startShop } from '../http/shop.mjs';
import { assertGoodPage, openAsStaff, press } from './chromium.mjs';

let shop;

before(async () => { shop = await startShop(); });
after(() => shop?.stop());

async function reconcile(page) {
    await press(page, 'Reconcile now');
    const runs = await page.locator('#runs tbody tr').count();
    for (;;) {
        await page.getByRole('link', { name: 'Look again' }).click();
        if (await page.locator('#runs .pill', { hasText: 'Done' }).count() >=
            runs)
            return;
        await page.goto('/admin/books?done=asked');
    }
}

test('books that agree, and a finding until its alarm is closed', async (t) => {
    const { order_id: id } = await shop.placeAndWait();
    const page = await openAsStaff(t, shop);
    await page.getByRole('link', { name: 'Books' }).click();
    await page.getByRole('heading', { name: 'Books' }).waitFor();
    await assertGoodPage(page, 'the empty books');
    await reconcile(page);
    assert.equal(await page.locator('#no-findings').count(), 1);

    await sql(join(shop.home, 'gateway.db'),
        'UPDATE intents SET amount_minor = amount_minor + 5');
    await reconcile(page);
    const finding = page.locator('#findings tbody tr');
    assert.match(await finding.innerText(), /Other amount[^]*€39\.05/);
    await assertGoodPage(page, 'the books');

    await page.goto(await finding.getByRole('link').getAttribute('href'));
    assert.ok(page.url().endsWith(`/admin/orders/${id}`));
    const close = page.getByRole('button', { name: /^Close the alarm/ });
    assert.equal(await close.count(), 1);
    await page.goto('/admin/alarms');
    await assertGoodPage(page, 'the alarms');
    await page.goto('/admin/orders');
    await assertGoodPage(page, 'the orders with an alarm');
    await close.click();
    await page.waitForURL('/admin/orders');
    assert.equal(await close.count(), 0);
    await page.goto('/admin/alarms');
    assert.equal(await page.locator('#no-alarms').count(), 1);
    await assertGoodPage(page, 'no alarms');
});
