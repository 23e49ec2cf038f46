// The order form at "/", used as a customer would: by mouse, by keyboard
// alone, with mistakes, twice at once, offline.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop, waitUntil } from '../http/shop.mjs';
import { assertGoodPage, atOrder, fillForm, goToForm, openPage, placeOrder,
    press, tabTo } from './chromium.mjs';

const REFUSED = /Failed to load resource.*\/orders\)/;
const byCard = { way: 'Test card that pays' };

let shop;
before(async () => { shop = await startShop(); });
after(() => shop?.stop());

const openForm = async (t, options) => {
    const page = await openPage(t, shop.base, options);
    await goToForm(page);
    return page;
};

function countPosts(page) {
    const posts = [];
    page.on('request', (request) => {
        if (request.method() === 'POST')
            posts.push(request.headers()['idempotency-key']);
    });
    return posts;
}

const focusIsOn = (locator) => waitUntil(() => locator.evaluate((element) =>
    element === document.activeElement), 5000, `the focus on ${locator}`);

test('an order is placed by mouse', async (t) => {
    const page = await openForm(t);
    await page.getByRole('button', { name: 'One Headphones more' }).dblclick();
    await press(page, 'One Mouse more');
    await press(page, 'One Mouse less');
    await press(page, 'One Keyboard more');
    const lines = page.locator('#summary-lines li');
    assert.deepEqual(await lines.allTextContents(),
        ['2 × Headphones €398.00', '1 × Keyboard €89.00']);
    assert.equal(await page.getByLabel('Total').textContent(), '€487.00');
    await page.getByLabel('Name').fill('Ana Souza');
    await page.getByLabel('E-mail').fill('mouse@example.com');
    await page.getByText('Test card that pays').click();
    await placeOrder(page);
    await atOrder(page);
    assert.equal(await page.locator('#order-total').textContent(), '€487.00');
    const [order] = await shop.ordersOf('mouse@example.com');
    assert.deepEqual(order.lines.map(({ sku, quantity }) => [sku, quantity]),
        [['headphones', 2], ['keyboard', 1]]);
    assert.equal(order.customer.name, 'Ana Souza');
});

test('an order is placed by keyboard alone, after mending a mistake',
    async (t) => {
        const page = await openForm(t);
        const { keyboard } = page;
        await tabTo(page, page.getByLabel('Quantity of Laptop'));
        await keyboard.type('2');
        await tabTo(page, page.getByLabel('Name'));
        await keyboard.type('Ben Okri');
        await tabTo(page, page.getByRole('radio').first());
        for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp'])
            await keyboard.press(key);
        await tabTo(page, page.locator('#place-order'));
        await keyboard.press('Enter');
        await focusIsOn(page.locator('#error-summary'));
        await keyboard.press('Tab');
        await keyboard.press('Enter');
        await focusIsOn(page.getByLabel('E-mail'));
        await keyboard.type('keyboard@example.com');
        await keyboard.press('Enter');
        await atOrder(page);
        const [order] = await shop.ordersOf('keyboard@example.com');
        assert.equal(order.total_minor, 2 * 129900);
        await shop.waitForOrder(order.order_id, ['CONFIRMED']);
    });

test('mistakes stand at their fields and in the summary, which has the focus',
    async (t) => {
        const page = await openForm(t);
        const posts = countPosts(page);
        await placeOrder(page);
        const summary = page.locator('#error-summary');
        await focusIsOn(summary);
        assert.deepEqual(await summary.getByRole('link').allTextContents(),
            ['Choose at least one product.', 'Enter your name.',
                'Enter your e-mail address.']);
        for (const field of ['products', 'customer-name', 'customer-email'])
            assert.ok(await page.locator(`#${field}-error`).isVisible(), field);
        await assertGoodPage(page, 'the form with mistakes');

        const quantity = page.getByLabel('Quantity of Mouse');
        const most = Number(await quantity.getAttribute('max'));
        await quantity.fill(String(most + 1));
        await page.getByLabel('Name').fill('Ana');
        assert.ok(await page.locator('#customer-name-error').isHidden());
        await page.getByLabel('E-mail').fill('ana at example');
        await placeOrder(page);
        assert.deepEqual(await summary.getByRole('link').allTextContents(),
            [`Mouse: You can order ${most} at most.`,
                'Enter an e-mail address like name@example.com.']);
        assert.equal(await quantity.getAttribute('aria-invalid'), 'true');
        await summary.getByRole('link').first().click();
        await focusIsOn(quantity);

        await quantity.fill('1.5');
        await placeOrder(page);
        assert.equal(await page.locator('#qty-mouse-error').textContent(),
            'Enter a whole number.');
        assert.deepEqual(posts, []);
    });

test('what the server refuses stands at its fields', async (t) => {
    const page = await openForm(t, { expected: [REFUSED] });
    await fillForm(page, 'card@example.com', byCard);
    await page.getByLabel('Name').fill('4242 4242 4242 4242');
    await placeOrder(page);
    await focusIsOn(page.locator('#error-summary'));
    const message = page.locator('#customer-name-error');
    assert.match(await message.textContent(), /card number/i);
    assert.equal(await page.getByLabel('Name').getAttribute('aria-invalid'),
        'true');
    assert.deepEqual(await shop.ordersOf('card@example.com'), []);

    // Each field a problem document can point at.
    const pointers = { '/items/0/quantity': 'qty-mouse', '/items': 'products',
        '/customer/email': 'customer-email', '/payment_method': 'payment' };
    const errors = Object.keys(pointers).map((pointer) =>
        ({ pointer, detail: `Wrong: ${pointer}` }));
    await page.route('**/orders', (route) => route.fulfill({ status: 422,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Unprocessable Content', errors }) }));
    await placeOrder(page);
    for (const [pointer, field] of Object.entries(pointers))
        await page.locator(`#${field}-error`)
            .getByText(`Wrong: ${pointer}`, { exact: true }).waitFor();
    await assertGoodPage(page, 'the form the server refused');
});

test('a refusal of the whole order is said in plain words', async (t) => {
    const page = await openForm(t, { expected: [REFUSED] });
    await fillForm(page, 'busy@example.com', byCard);
    const refusals = [
        [409, {}, /was not placed.*total differs/s],
        [413, {}, /too big/],
        [429, { 'Retry-After': '30' }, /was not placed.*total differs.*in 30 seconds/s],
        [503, { 'Retry-After': '1' }, /busy.*in a moment/s],
        [500, {}, /Internal Server Error.*total differs/s]];
    for (const [status, headers, words] of refusals) {
        await page.route('**/orders', (route) => route.fulfill({ status,
            headers, contentType: 'application/problem+json',
            body: JSON.stringify({ title: 'Internal Server Error',
                detail: 'The total differs.' }) }), { times: 1 });
        await placeOrder(page);
        const summary = page.locator('#error-summary');
        await waitUntil(async () => words.test(await summary.innerText()),
            5000, `${words} after ${status}`);
        assert.equal(await page.locator('#place-order').textContent(),
            'Place order');
    }
    await placeOrder(page);
    await atOrder(page);
    assert.equal((await shop.ordersOf('busy@example.com')).length, 1);
});

test('a double click sends one order', async (t) => {
    const page = await openForm(t);
    const posts = countPosts(page);
    await fillForm(page, 'double@example.com', byCard);
    await page.getByRole('button', { name: 'Place order' }).dblclick();
    await atOrder(page);
    assert.equal(posts.length, 1);
    assert.equal((await shop.ordersOf('double@example.com')).length, 1);
});

test('sent offline and tried again gives one order', async (t) => {
    const page = await openForm(t, { expected: [REFUSED] });
    await fillForm(page, 'offline@example.com', byCard);
    await page.context().setOffline(true);
    await placeOrder(page);
    await page.getByText('The shop could not be reached').waitFor();
    await page.context().setOffline(false);
    await placeOrder(page);
    await atOrder(page);
    assert.equal((await shop.ordersOf('offline@example.com')).length, 1);
});

test('an answer that was lost and asked for again gives one order',
    async (t) => {
        const page = await openForm(t, { expected: [REFUSED] });
        const posts = countPosts(page);
        await page.route('**/orders', async (route) => {
            await route.fetch();
            await route.abort();
        }, { times: 1 });
        await fillForm(page, 'lost@example.com', byCard);
        await placeOrder(page);
        await page.getByText('The shop could not be reached').waitFor();
        assert.equal((await shop.ordersOf('lost@example.com')).length, 1);
        await placeOrder(page);
        await atOrder(page);
        assert.equal((await shop.ordersOf('lost@example.com')).length, 1);
        assert.equal(posts.length, 2);
        assert.equal(posts[0], posts[1], 'the key stays');
    });

test('a lost answer and other contents: the customer learns of the first order',
    async (t) => {
        const page = await openForm(t, { expected: [REFUSED] });
        await page.route('**/orders', async (route) => {
            await route.fetch();
            await route.abort();
        }, { times: 1 });
        await fillForm(page, 'second@example.com', byCard);
        await placeOrder(page);
        await page.getByText('The shop could not be reached').waitFor();
        await page.getByLabel('Quantity of Mouse').fill('2');
        await placeOrder(page);
        await page.getByText('Your first order did arrive').waitFor();
        assert.equal((await shop.ordersOf('second@example.com')).length, 1);
        await placeOrder(page);
        await atOrder(page);
        assert.equal((await shop.ordersOf('second@example.com')).length, 2);
    });

test('the key changes with what is ordered', async (t) => {
    const page = await openForm(t, { expected: [REFUSED] });
    const posts = countPosts(page);
    await fillForm(page, 'key@example.com', byCard);
    await page.getByLabel('Name').fill('4242424242424242');
    await placeOrder(page);
    await page.locator('#customer-name-error').waitFor();
    await page.getByLabel('Name').fill('Ana Souza');
    await placeOrder(page);
    await atOrder(page);
    await page.goBack();
    await page.locator('.product').first().waitFor();
    await fillForm(page, 'key@example.com', byCard);
    await placeOrder(page);
    await atOrder(page);
    assert.equal(new Set(posts).size, 3);
    assert.equal((await shop.ordersOf('key@example.com')).length, 2);
});

test('a catalogue that does not load can be asked for again', async (t) => {
    const page = await openPage(t, shop.base,
        { expected: [/Failed to load resource.*\/products/] });
    await page.route('**/products?**', (route) => route.abort(), { times: 1 });
    await page.goto('/');
    await press(page, 'Try again');
    await page.locator('.product').first().waitFor();
    await assertGoodPage(page, 'the form');
});

test('ways to pay that do not load can be asked for again', async (t) => {
    const page = await openPage(t, shop.base,
        { expected: [/Failed to load resource.*\/payment-methods/] });
    await page.route('**/payment-methods', (route) => route.abort(),
        { times: 1 });
    await page.goto('/');
    await page.locator('#payment-retry').getByRole('button').waitFor();
    await placeOrder(page);
    await page.locator('#payment-error').getByText('Choose how to pay.')
        .waitFor();
    await assertGoodPage(page, 'the form without ways to pay');
    await press(page, 'Try again');
    await page.getByLabel('Card', { exact: false }).first().waitFor();
    assert.ok(await page.locator('#payment-retry').isHidden());
});

test('a way to pay that is closed meanwhile is said at its field',
    async (t) => {
        const page = await openForm(t, { expected: [REFUSED] });
        await fillForm(page, 'breaker@example.com', byCard);
        await page.route('**/payment-methods', (route) => route.fulfill({
            json: { form_token: null, payment_methods: [
                { id: 'hosted', title: 'Card', kind: 'hosted' }] } }));
        await page.route('**/orders', (route) => route.fulfill({ status: 422,
            contentType: 'application/problem+json',
            body: JSON.stringify({ errors: [{ pointer: '/payment_method',
                detail: 'Only the payment page.' }] }) }), { times: 1 });
        await placeOrder(page);
        await page.locator('#payment-error').getByText('Only the payment page.')
            .waitFor();
        await page.locator('.test-cards').waitFor({ state: 'detached' });
        assert.ok(await page.getByRole('radio').isChecked());
    });

test('a form that is out of date gets a new token', async (t) => {
    const page = await openPage(t, shop.base, { expected: [REFUSED] });
    await page.route('**/payment-methods', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response,
            json: { ...await response.json(), form_token: 'old' } });
    }, { times: 1 });
    await goToForm(page);
    await fillForm(page, 'old@example.com', byCard);
    const again = page.waitForResponse('**/payment-methods');
    await placeOrder(page);
    await page.getByText('The form is out of date').waitFor();
    await again;
    await placeOrder(page);
    await atOrder(page);
    assert.equal((await shop.ordersOf('old@example.com')).length, 1);
});

test('without JavaScript the form says what it needs', async (t) => {
    const page = await openPage(t, shop.base,
        { javaScriptEnabled: false });
    await page.goto('/');
    await page.locator('noscript .notice').waitFor();
    assert.ok(await page.locator('#order-form').isHidden());
});
