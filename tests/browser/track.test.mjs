// The order's page at its track_url: it follows the order without a reload,
// hands out the receipt, and says in plain words what went wrong. With it the
// pages nginx shows when it refuses.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { root, startShop } from '../http/shop.mjs';
import { assertGoodPage, atOrder, fillForm, goToForm, openPage, pill,
    placeOrder } from './chromium.mjs';

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

const open = (t, options) => openPage(t, shop.base, options);

const place = (more) =>
    shop.place({ items: [{ sku: 'keyboard', quantity: 1 }], ...more });

test('the page turns CONFIRMED without a reload and offers the receipt',
    async (t) => {
        const page = await open(t);
        await shop.withReaperStopped(async () => {
            const order = await place();
            await page.goto(order.track_url);
            await pill(page, 'PENDING');
            await page.evaluate(() => { window.sameDocument = true; });
            await assertGoodPage(page, 'a new order');
        });
        await pill(page, 'CONFIRMED');
        await page.locator('.step[data-state="done"]').nth(3).waitFor();
        const receipt = page.getByRole('link', { name: 'Download receipt' });
        const [download] = await Promise.all([
            page.waitForEvent('download'), receipt.click()]);
        const bytes = await readFile(await download.path());
        assert.equal(bytes.subarray(0, 4).toString(), '%PDF');
        assert.match(download.suggestedFilename(), /\.pdf$/);
        assert.match(await page.title(), /Confirmed/);
        assert.match(await page.locator('#announcement').textContent(),
            /Confirmed/);
        assert.ok(await page.evaluate(() => window.sameDocument),
            'it was never loaded again');
        await assertGoodPage(page, 'a confirmed order');
    });

test('a refund under way is shown until it is made, without a reload',
    async (t) => {
        const page = await open(t);
        const order = await place();
        await shop.waitForReceipt(order.order_id);
        await shop.withReaperStopped(async () => {
            await shop.cancel(order.order_id, 'Damaged.');
            await page.goto(order.track_url);
            await pill(page, 'CANCELLED');
            assert.match(await page.locator('#details').innerText(),
                /Refund under way/);
        });
        await page.getByText('Refunded', { exact: true }).waitFor();
        await page.getByText(/^Credit note no/).waitFor();
    });

test('without JavaScript a reload shows what became of the order',
    async (t) => {
        const page = await open(t, { javaScriptEnabled: false });
        const order = await shop.withReaperStopped(async () => {
            const placed = await place();
            await page.goto(placed.track_url);
            await pill(page, 'PENDING');
            await page.locator('noscript p').waitFor();
            return placed;
        });
        await shop.waitForReceipt(order.order_id);
        await page.reload();
        await pill(page, 'CONFIRMED');
        const [download] = await Promise.all([
            page.waitForEvent('download'), page.locator('#receipt').click()]);
        const bytes = await readFile(await download.path());
        assert.equal(bytes.subarray(0, 4).toString(), '%PDF');
    });

test('a declined order says so', async (t) => {
    const page = await open(t);
    await goToForm(page);
    await fillForm(page, 'mary@example.com',
        { name: 'Mary O’Neill', way: 'Test card that is declined' });
    await placeOrder(page);
    await atOrder(page);
    await pill(page, 'FAILED');
    assert.equal(await page.locator('#reason').textContent(),
        'Your card was declined. Nothing was charged.');
    assert.match(await page.locator('#details').textContent(), /not charged/);
    assert.equal(await page.locator('#receipt').count(), 0);
    await assertGoodPage(page, 'a declined order');
});

test('an order for what is out of stock says so and charges nothing',
    async (t) => {
        const page = await open(t);
        const items = [{ sku: 'mouse',
            quantity: await shop.available('mouse') }];
        const urls = await shop.withReaperStopped(async () => [
            (await place({ items, customer: { name: 'First' } })).track_url,
            (await place({ items, customer: { name: 'Second' } })).track_url]);
        await page.goto(urls[1]);
        await pill(page, 'FAILED');
        assert.match(await page.locator('#reason').textContent(),
            /sold out.*Nothing was charged/);
        assert.match(await page.locator('#details').textContent(),
            /Not charged/);
        await page.goto(urls[0]);
        await pill(page, 'CONFIRMED');

        // The form offers no more of it.
        await page.goto('/');
        await page.getByText('Sold out').waitFor();
        assert.ok(await page.getByLabel('Quantity of Mouse').isDisabled());
        await assertGoodPage(page, 'the form with a sold-out product');
    });

test('long names, foreign names and 200 lines fit', async (t) => {
    const page = await open(t);
    const rows = Array.from({ length: 200 }, (_, i) =>
        `bolt-${i},"Stainless hexagon bolt, partly threaded, ${i} mm",,1,9`);
    await shop.addProducts(...rows);
    const name = 'Wolfeschlegelsteinhausenbergerdorff Ελένη Παπαδοπούλου';
    const order = await place({
        items: rows.map((_, i) => ({ sku: `bolt-${i}`, quantity: 1 })),
        customer: { name, email: `${'x'.repeat(60)}@mail.example.com` } });
    await page.goto(order.track_url);
    await pill(page, 'CONFIRMED');
    assert.equal(await page.locator('#lines tbody tr').count(), 200);
    await page.getByText(name).waitFor();
    await assertGoodPage(page, 'an order of 200 lines');
});

test('a token with one character changed gets the page of an unknown one',
    async (t) => {
        const page = await open(t, { expected: [/status of 404/] });
        const { track_url: right } = await place();
        const changed = right.replace(/.(?=.{8}$)/, (one) =>
            one === 'A' ? 'B' : 'A');
        const pages = [];
        for (const url of [changed, '/track/AAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
            const answer = await page.goto(url);
            assert.equal(answer.status(), 404);
            await page.getByRole('heading', { name: 'Page not found' })
                .waitFor();
            pages.push(await page.content());
        }
        assert.equal(pages[0], pages[1]);
        await assertGoodPage(page, 'the page of an unknown token');
        await page.getByRole('link', { name: 'Go to the shop' }).click();
        await page.getByRole('heading', { name: 'Place an order' }).waitFor();
    });

test('a receipt link that is not right gets a page that helps', async (t) => {
    const page = await open(t, { expected: [/status of 403/] });
    const { order_id: id } = await place();
    const { receipt_url: receipt } = await shop.waitForReceipt(id);
    const answer = await page.goto(receipt.replace(/expires=\d+/, 'expires=1'));
    assert.equal(answer.status(), 403);
    await page.getByText('The link may have expired').waitFor();
    await assertGoodPage(page, 'the page of an expired link');
});

test('the other error pages are as good', async (t) => {
    const page = await open(t, { expected: [/status of (413|429|500|503)/] });
    for (const status of [413, 429, 500, 503]) {
        const file = await readFile(`${root}/www/errors/${status}.html`, 'utf8');
        const body = file.replaceAll(/<!--#echo .*?-->/g, 'The Shop');
        await page.route(`**/error-${status}`, (route) =>
            route.fulfill({ status, contentType: 'text/html', body }));
        await page.goto(`/error-${status}`);
        await page.getByRole('link', { name: 'Go to the shop' }).waitFor();
        await assertGoodPage(page, `the page for ${status}`);
    }
});
