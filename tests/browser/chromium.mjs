// Headless Chromium for the browser tests: one browser a test file, one
// context (cookies, colours, size) a visitor, and what every page must hold:
// no accessibility violation, no sideways scrolling, a quiet console. With it
// what visitors do in many tests: staff sign in, customers order and pay.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

const WAIT_MS = 10000;
const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const NARROWEST_PX = 320;

const axeSource = await readFile(
    createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Its user data folder is new and empty, and gone after close().
const launch = () => chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
        '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync'],
});
let browser;
after(async () => (await browser)?.close());

// A page of a visitor of its own, closed when the test t ends. The test fails
// when the page's console shows an error none of `expected` (regular
// expressions) stands for; the browser reports CSP violations there, too.
export async function openPage(t, url, { expected = [], ...options } = {}) {
    browser ??= launch();
    const context = await (await browser).newContext({ baseURL: url,
        reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    const complaints = [];
    page.on('console', (message) => {
        const text = `${message.text()} (${message.location().url})`;
        if (message.type() === 'error' &&
            !expected.some((pattern) => pattern.test(text)))
            complaints.push(text);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    t.after(async () => {
        await context.close();
        assert.deepEqual(complaints, [], 'the console is quiet');
    });
    return page;
}

async function violations(page) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(async (tags) => {
        const result = await window.axe.run(document,
            { runOnly: tags, resultTypes: ['violations'] });
        return result.violations.map(({ id, help, nodes }) => ({ id, help,
            at: nodes.map(({ target, failureSummary }) =>
                `${target}: ${failureSummary}`) }));
    }, WCAG_22_AA);
    return found;
}

// Fails unless the page as it stands is accessible in light and dark and fits
// the narrowest screen.
export async function assertGoodPage(page, what) {
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await violations(page), [],
            `axe on ${what}, ${colorScheme}`);
    }
    const size = page.viewportSize();
    await page.setViewportSize({ width: NARROWEST_PX, height: size.height });
    const width = await page.evaluate(() =>
        document.documentElement.scrollWidth);
    assert.ok(width <= NARROWEST_PX,
        `${what} is ${width} px wide on a screen of ${NARROWEST_PX} px`);
    assert.deepEqual(await violations(page), [], `axe on ${what}, narrow`);
    await page.setViewportSize(size);
}

// Presses Tab until the element has the focus.
export async function tabTo(page, locator, mostPresses = 60) {
    for (let presses = 0; presses < mostPresses; presses++) {
        await page.keyboard.press('Tab');
        if (await locator.evaluate((element) =>
            element === document.activeElement))
            return;
    }
    throw new Error(`${locator} is not within ${mostPresses} tab stops`);
}

// page: or a part of one.
export const press = (page, name) => page.getByRole('button', { name }).click();

// Signs in by the form on the page.
export async function signIn(page, { email, password }) {
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await press(page, 'Sign in');
}

// A staff page as a visitor of his own reaches it: he must sign in first.
export async function openAsStaff(t, shop, path = '/admin/', options) {
    const page = await openPage(t, shop.base, options);
    await page.goto(path);
    await signIn(page, shop);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
}

// To the order form, until it can be filled in.
export async function goToForm(page) {
    await page.goto('/');
    await page.locator('.product').first().waitFor();
    await page.locator('#payment-ways input').first().waitFor();
}

// The form ready to be sent; way: the label of the way to pay, unless it stays
// the one that is offered first.
export async function fillForm(page, email,
    { product = 'Mouse', quantity = 1, name = 'Ana Souza', way } = {}) {
    await page.getByLabel(`Quantity of ${product}`).fill(String(quantity));
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('E-mail').fill(email);
    if (way !== undefined)
        await page.getByLabel(way).check();
}

export const placeOrder = (page) => press(page, 'Place order');

// Until the order's page is there.
export const atOrder = (page) => page.waitForURL(/\/track\//);
// Until it says that the order has this status.
export const pill = (page, status) =>
    page.locator(`.pill[data-status="${status}"]`).waitFor();
