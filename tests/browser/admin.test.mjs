// The staff pages as staff use them: signing in, finding an order, completing
// and cancelling it, signing out; with JavaScript switched off, too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startShop } from '../http/shop.mjs';
import { assertGoodPage, openAsStaff, openPage, press, signIn }
    from './chromium.mjs';

const MANY = 30; // more than one page of the list
const PAGE = 25;
const WRONG = /status of 422.*\/admin\/sign-in/;

let shop;
const orders = {};

async function place(name, body) {
    orders[name] = await shop.placeAndWait(
        { items: [{ sku: 'charger', quantity: 1 }], ...body }, ['CONFIRMED',
            'FAILED']);
}

before(async () => {
    shop = await startShop();
    for (let i = 1; i <= MANY; i++)
        await shop.place({ customer: { name: `Customer ${'x'.repeat(4 * i)}`,
            email: `${'y'.repeat(i)}@example.com` } });
    await place('ana', { customer: { name: 'Ana Souza',
        email: 'ana@example.com' } });
    await place('elena', { customer: { name: 'Ελένη Παπαδοπούλου',
        email: 'elena@example.com' } });
    await place('guest');
    await place('declined', { payment_method: 'pm_card_chargeDeclined',
        customer: { name: 'Mary O’Neill', email: 'mary@example.com' } });
});
after(() => shop?.stop());

const numbers = (page) => page.locator('.order-link').allTextContents();

async function show(page, search, status = '') {
    await page.getByLabel('Number, e-mail or name').fill(search);
    await page.getByLabel('Status').selectOption(status);
    await Promise.all([page.waitForURL(/[?&]q=/), press(page, 'Show')]);
    return numbers(page);
}

// Opens the page of one of `orders` from the list.
async function openOrder(page, name) {
    const number = String(orders[name].number);
    await show(page, number);
    await page.getByRole('link', { name: number, exact: true }).click();
    await page.getByRole('heading', { name: `Order ${number}` }).waitFor();
}

const status = (page) =>
    page.locator('#order-status').getAttribute('data-status');

test('a wrong password and an unknown e-mail are refused alike', async (t) => {
    const page = await openPage(t, shop.base, { expected: [WRONG] });
    await page.goto('/admin/');
    await assertGoodPage(page, 'the sign-in');
    const message = page.locator('#sign-in-error');
    for (const [email, password] of [[shop.email, 'wrong'],
        ['nobody@example.com', shop.password]]) {
        await signIn(page, { email, password });
        await message.waitFor();
        assert.equal(await message.textContent(),
            'E-mail or password is wrong.');
        assert.equal(await page.getByLabel('E-mail').inputValue(), email);
        assert.equal(await page.getByLabel('Password').inputValue(), '');
    }
    await assertGoodPage(page, 'the sign-in after a wrong password');
});

test('signing in leads to the page that was asked for', async (t) => {
    const path = `/admin/orders/${orders.ana.order_id}`;
    const page = await openAsStaff(t, shop, path);
    assert.equal(new URL(page.url()).pathname, path);
    const cookies = await page.context().cookies();
    for (const { name, httpOnly, sameSite } of cookies)
        assert.ok(httpOnly && sameSite !== 'None', name);
});

test('the list shows the newest first and goes on page by page', async (t) => {
    const page = await openAsStaff(t, shop);
    const first = await numbers(page);
    assert.equal(first.length, PAGE);
    assert.equal(first[0], String(orders.declined.number));
    assert.deepEqual(first, [...first].sort((a, b) => b - a));
    await assertGoodPage(page, 'the list');
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'Newer' }).waitFor();
    const second = await numbers(page);
    assert.equal(second.length, MANY + 4 - PAGE);
    assert.equal(new Set([...first, ...second]).size, MANY + 4);
    await page.getByRole('link', { name: 'Newer' }).click();
    await page.getByRole('link', { name: 'Older' }).waitFor();
    assert.deepEqual(await numbers(page), first);
});

test('an order is found by number, e-mail and name', async (t) => {
    const page = await openAsStaff(t, shop);
    const elena = [String(orders.elena.number)];
    assert.deepEqual(await show(page, elena[0]), elena);
    assert.deepEqual(await show(page, 'elena@example.com'), elena);
    assert.deepEqual(await show(page, 'Ελένη'), elena);
    assert.deepEqual(await show(page, 'souza'), [String(orders.ana.number)]);
    assert.deepEqual(await show(page, 'nobody at all'), []);
    await page.getByText('No orders here.').waitFor();
    await assertGoodPage(page, 'the empty list');
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.getByRole('link', { name: 'Older' }).waitFor();
});

test('the list is filtered by status, also together with a search',
    async (t) => {
        const page = await openAsStaff(t, shop);
        const declined = [String(orders.declined.number)];
        assert.deepEqual(await show(page, '', 'FAILED'), declined);
        assert.equal(await page.getByLabel('Status').inputValue(), 'FAILED');
        assert.deepEqual(await show(page, 'mary', 'FAILED'), declined);
        assert.deepEqual(await show(page, 'mary', 'CONFIRMED'), []);
        await show(page, 'customer', 'CONFIRMED');
        await page.getByRole('link', { name: 'Older' }).click();
        await page.getByRole('link', { name: 'Newer' }).waitFor();
        assert.equal((await numbers(page)).length, MANY - PAGE);
    });

test('an order page shows lines, customer, payment, steps and receipt',
    async (t) => {
        const page = await openAsStaff(t, shop);
        await openOrder(page, 'elena');
        const main = await page.locator('main').innerText();
        for (const text of ['Charger', '€35.00', 'Ελένη Παπαδοπούλου',
            'elena@example.com', 'Paid', '1 attempt',
            orders.elena.order_id])
            assert.ok(main.includes(text), text);
        assert.equal(await page.locator('.step[data-state="done"]').count(),
            5);
        await page.getByText('History').click();
        await page.getByText('ExecutionStarted').waitFor();
        await assertGoodPage(page, 'a confirmed order for staff');
        const receipt = await page.request.get(
            await page.locator('#receipt').getAttribute('href'));
        assert.equal((await receipt.body()).subarray(0, 4).toString(),
            '%PDF');
        await page.getByRole('link', { name: 'Customer\'s page' }).click();
        await page.waitForURL(/\/track\//);
    });

test('a declined order shows its reason and can be redriven', async (t) => {
    const page = await openAsStaff(t, shop);
    await openOrder(page, 'declined');
    assert.equal(await page.locator('#reason').textContent(),
        'Your card was declined.');
    await page.getByRole('button', { name: 'Redrive' }).waitFor();
    assert.equal(await page.getByRole('button').count(), 2);
    await assertGoodPage(page, 'a declined order for staff');
});

test('a guest\'s order is completed', async (t) => {
    const page = await openAsStaff(t, shop);
    await openOrder(page, 'guest');
    await page.getByText('Guest').waitFor();
    await press(page, 'Complete');
    await page.locator('#message').waitFor();
    assert.equal(await status(page), 'COMPLETED');
    assert.deepEqual(await page.getByRole('button').allTextContents(),
        ['Sign out', 'Refund']);
    await assertGoodPage(page, 'a completed order for staff');
    assert.equal((await shop.show(orders.guest.order_id)).status, 'COMPLETED');
});

test('without JavaScript an order is cancelled, for a reason all can see',
    async (t) => {
        const page = await openAsStaff(t, shop, '/admin/',
            { javaScriptEnabled: false });
        await openOrder(page, 'ana');
        const cancel = page.getByRole('button', { name: 'Cancel order' });
        await cancel.click();
        assert.equal(await status(page), 'CONFIRMED', 'a reason is needed');
        await page.getByLabel('Reason').fill('Damaged in our <warehouse>.');
        await cancel.click();
        await page.locator('#message').waitFor();
        assert.equal(await status(page), 'CANCELLED');
        assert.equal(await page.locator('#reason').textContent(),
            'Damaged in our <warehouse>.');
        const customer = await openPage(t, shop.base);
        await customer.goto(orders.ana.track_url);
        assert.equal(await customer.locator('#reason').textContent(),
            'Damaged in our <warehouse>.');
        await customer.getByText('Refunded').waitFor();
        await assertGoodPage(customer, 'a cancelled order');
        await page.reload(); // what the customer saw is booked
        await page.getByText('Refund: Booked').waitFor();
        await press(page, 'Sign out');
        await page.waitForURL(/\/admin\/sign-in$/);
    });

test('an order that has meanwhile ended can no longer be changed',
    async (t) => {
        const page = await openAsStaff(t, shop);
        await place('late');
        await openOrder(page, 'late');
        await shop.cancel(orders.late.order_id);
        await press(page, 'Complete');
        assert.match(await page.locator('#message').textContent(),
            /no longer allows this/);
        assert.equal(await status(page), 'CANCELLED');
        await assertGoodPage(page, 'a cancelled order for staff');
    });

test('signing out closes the staff pages', async (t) => {
    const page = await openAsStaff(t, shop);
    const [session] = (await page.context().cookies())
        .filter(({ name }) => name === shop.cookie('staff'));
    await press(page, 'Sign out');
    await page.waitForURL(/\/admin\/sign-in$/);
    await page.goto('/admin/orders');
    await page.waitForURL(/\/admin\/sign-in\?/);
    const answer = await shop.request('GET', '/admin/orders',
        { headers: { cookie: `${session.name}=${session.value}` } });
    assert.equal(answer.status, 303, 'the old cookie is worth nothing');
});

test('a staff page that does not exist says so', async (t) => {
    const page = await openAsStaff(t, shop, '/admin/',
        { expected: [/status of 404/] });
    const answer = await page.goto(
        '/admin/orders/00000000-0000-0000-0000-000000000000');
    assert.equal(answer.status(), 404);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
});

test('one changes one\'s own password', async (t) => {
    const page = await openAsStaff(t, shop, '/admin/',
        { expected: [/status of 422.*\/admin\/password/] });
    await page.getByRole('link', { name: 'Password' }).click();
    const change = async (old, fresh) => {
        await page.getByLabel('Password now').fill(old);
        await page.getByLabel('New password').fill(fresh);
        await press(page, 'Change password');
    };
    await assertGoodPage(page, 'the password page');
    await change('not this one', 'correct horse');
    await page.getByText('That is not your password now.').waitFor();
    await assertGoodPage(page, 'the password page after a mistake');
    await change(shop.password, 'correct horse');
    await page.getByText('Your password is changed.').waitFor();
    await assertGoodPage(page, 'the password page after a change');
    await press(page, 'Sign out');
    await signIn(page, { email: shop.email, password: 'correct horse' });
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
});
