// An order's execution on its staff page: the picture of the workflow, the
// table of events and the forms that steer it; without JavaScript, too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { machine, pay, sell, startWorkflow, validate, wait }
    from '../http/workflow.mjs';
import { assertGoodPage, openAsStaff, press } from './chromium.mjs';

const PAGE = 250; // events
const CONFLICT = /status of 409/;

// Nobody listens on port 9 of this machine.
const closed = (more) => ({ Type: 'Task',
    Resource: 'https://127.0.0.1:9/', ...more });
const longName = 'A name that is much too long for the box it stands in';

const shapes = machine({
    Check: validate,
    Both: { Type: 'Parallel', Branches: [
        machine({ Pay: pay, Sell: sell }),
        machine({ [longName]: { Type: 'Pass' } })] },
    Sorted: { Type: 'Pass', Result: ['<img src=nowhere>'] },
    Call: closed({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1,
        IntervalSeconds: 1 }], Catch: [{ ErrorEquals: ['States.ALL'],
        Next: 'Hold' }] }),
    Hold: wait(3600),
}, {
    Weigh: { Type: 'Choice', Choices: [{ Variable: '$[0]', IsPresent: false,
        Next: 'Never' }], Default: 'Call' },
    Never: { Type: 'Fail', Error: 'Never' },
});
shapes.States.Sorted.Next = 'Weigh';

let shop;

before(async () => { shop = await startWorkflow(shapes); });
after(() => shop?.stop());

async function openOrder(t, id, options) {
    const page = await openAsStaff(t, shop, `/admin/orders/${id}`, options);
    await page.getByRole('heading', { name: 'Execution' }).waitFor();
    return page;
}

async function placeUnder(definition, state) {
    const id = await shop.buyUnder(definition);
    await shop.until(id, (e) => e.state === state, state);
    return id;
}

// { name: [condition, its words] } of every box.
const boxes = (page) => page.locator('.box').evaluateAll((all) =>
    Object.fromEntries(all.map((box) => [
        box.querySelector('title').textContent,
        [box.dataset.condition, box.querySelector('.box-state').textContent],
    ])));

const facts = (page) => page.locator('#execution-facts').innerText();

test('the picture says what became of every state', async (t) => {
    const id = await placeUnder(shapes, 'Hold');
    const page = await openOrder(t, id);
    assert.deepEqual(await boxes(page), {
        Check: ['succeeded', '✓ Succeeded'],
        Both: ['succeeded', '✓ Succeeded'],
        Pay: ['succeeded', '✓ Succeeded'],
        Sell: ['succeeded', '✓ Succeeded'],
        [longName]: ['succeeded', '✓ Succeeded'],
        Weigh: ['succeeded', '✓ Succeeded'],
        Sorted: ['succeeded', '✓ Succeeded'],
        Call: ['caught', '↷ Failed, caught, 1 retry'],
        Never: ['not-reached', '○ Not reached'],
        Hold: ['running', '▶ Running'],
    });
    const taken = await page.locator('.edge[data-taken="yes"] title')
        .allTextContents();
    assert.deepEqual(taken.sort(), ['Both → Sorted: Next, taken',
        'Call → Hold: Catch 1, taken', 'Check → Both: Next, taken',
        'Pay → Sell: Next, taken', 'Sorted → Weigh: Next, taken',
        'Weigh → Call: Default, taken']);
    const short = await page.locator('.box-name').allTextContents();
    assert.ok(short.some((name) => /^A name that.*…$/.test(name)), short);
    const text = await page.getByRole('img', { name: /workflow/ })
        .locator('desc').textContent();
    assert.match(text, /Call, Task: Failed, caught, 1 retry\. /);
    assert.match(text, /Hold, Wait: Running\./);
    await page.setViewportSize({ width: 320, height: 600 });
    await page.getByRole('link', { name: 'Show Hold' }).click();
    await page.waitForFunction(() => {
        const { left, right, top, bottom } = document
            .querySelector('#state-now').getBoundingClientRect();
        return left >= 0 && right <= 320 && top >= 0 && bottom <= 600;
    });
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.locator('#history > summary').click();
    await assertGoodPage(page, 'a running execution');
});

test('names stay within their boxes and boxes within the picture',
    async (t) => {
        const page = await openOrder(t, await placeUnder(shapes, 'Hold'));
        const wrong = await page.evaluate(() => {
            const found = [];
            const inside = (a, b) => a.left >= b.left && a.top >= b.top &&
                a.right <= b.right && a.bottom <= b.bottom;
            const svg = document.querySelector('.graph')
                .getBoundingClientRect();
            for (const box of document.querySelectorAll('.box')) {
                const border = box.querySelector('.border')
                    .getBoundingClientRect();
                if (!inside(border, svg))
                    found.push(box.textContent);
                for (const line of box.querySelectorAll('text'))
                    if (!inside(line.getBoundingClientRect(), border))
                        found.push(line.textContent);
            }
            return found;
        });
        assert.deepEqual(wrong, []);
    });

test('the table tells every event with its input, output and times',
    async (t) => {
        const id = await placeUnder(shapes, 'Hold');
        const page = await openOrder(t, id, { javaScriptEnabled: false });
        const { json } = await shop.asStaff('GET', `/orders/${id}/execution`);
        await page.locator('#history > summary').click();
        const rows = page.locator('#events tbody tr');
        assert.equal(await rows.count(), json.events.length);
        const failed = rows.filter({ hasText: 'TaskFailed' });
        assert.match(await failed.first().innerText(), /Tried again after/);
        assert.match(await failed.last().innerText(), /goes on at Hold/);
        assert.match(await rows.filter({ hasText: 'TaskScheduled' }).last()
            .innerText(), /Attempt 2/);
        assert.match(await rows.filter({ hasText: 'TaskStateExited' }).first()
            .innerText(), /took \d+/);
        const first = rows.nth(1);
        assert.equal(await first.locator('pre').first().isVisible(), false);
        await first.getByText('Input').click();
        assert.deepEqual(
            JSON.parse(await first.locator('pre').first().innerText()),
            json.events[1].detail.input);
        assert.match(await first.locator('pre').first().innerText(),
            /^{\n {2}"/);
        assert.match(await rows.filter({ hasText: 'ChoiceStateEntered' })
            .locator('pre').textContent(), /"<img src=nowhere>"/);
        assert.equal(await page.locator('#events img').count(), 0);
        assert.equal(await rows.first().locator('time')
            .getAttribute('datetime'), json.events[0].timestamp);
        await page.setViewportSize({ width: 320, height: 600 });
        assert.ok(await page.evaluate(() => document.querySelector('#events')
            .scrollWidth) <= 320);
    });

test('a long history comes page by page', async (t) => {
    const many = machine({
        Check: validate,
        Fill: { Type: 'Pass', Result: Array.from({ length: 100 }, () => 0) },
        Items: { Type: 'Map',
            ItemProcessor: machine({ Item: { Type: 'Pass' } }) },
        Hold: wait(3600),
    });
    const id = await placeUnder(many, 'Hold');
    const page = await openOrder(t, id);
    const numbers = () => page.locator('#events tbody td:first-child')
        .allTextContents();
    assert.equal((await numbers()).length, PAGE);
    await page.locator('#history > summary').click();
    await page.getByRole('link', { name: 'Newer events' }).click();
    await page.getByRole('link', { name: 'Older events' }).waitFor();
    const second = await numbers();
    assert.equal(second[0], String(PAGE + 1));
    assert.ok(await page.locator('#events').isVisible());
    assert.deepEqual((await boxes(page)).Item,
        ['succeeded', '✓ Succeeded ×100']);
    await assertGoodPage(page, 'a later page of events');
    await page.getByRole('link', { name: 'Older events' }).click();
    await page.getByRole('link', { name: 'Newer events' }).waitFor();
    assert.equal((await numbers())[0], '1');
});

test('staff stop an execution and redrive it, without JavaScript',
    async (t) => {
        const plain = machine({ Check: validate, Pay: pay, Hold: wait(3600) });
        const id = await placeUnder(plain, 'Hold');
        await shop.load(shapes);
        const page = await openOrder(t, id, { javaScriptEnabled: false });
        assert.match(await facts(page), /not the current one/);
        const stop = page.getByRole('button', { name: 'Stop execution' });
        await stop.click();
        assert.equal(await page.locator('#message').count(), 0,
            'a reason is needed');
        await page.getByLabel('Why stop it?').fill('Lost <goods>.');
        await stop.click();
        await page.getByText('The execution was stopped.').waitFor();
        assert.equal(await page.locator('#execution-status').textContent(),
            'Stopped');
        assert.deepEqual((await boxes(page)).Hold, ['aborted', '■ Aborted']);
        await page.locator('#history > summary').click();
        assert.equal(await page.locator('.by-hand').first().textContent(),
            `By hand: ${shop.email}. Reason: Lost <goods>.`);
        // axe needs JavaScript.
        await assertGoodPage(await openOrder(t, id), 'a stopped execution');
        assert.ok(await page.getByLabel('The current definition')
            .isVisible());
        await page.getByText('Goes on from Hold').waitFor();
        await page.getByLabel('Why redrive it?').fill('Found again.');
        await press(page, 'Redrive');
        await page.getByText('The execution goes on.').waitFor();
        assert.match(await facts(page), /Redrives\s+1/);
    });

test('what is no longer possible is refused with a reason', async (t) => {
    const id = await placeUnder(shapes, 'Hold');
    const page = await openOrder(t, id, { expected: [CONFLICT] });
    await shop.steer(id, 'stop', { reason: 'Meanwhile.' });
    await page.getByLabel('Why stop it?').fill('Too late.');
    await press(page, 'Stop execution');
    await page.getByRole('alert').waitFor();
    assert.equal(await page.locator('#message').textContent(),
        'The execution has ended already.');
    await assertGoodPage(page, 'a refused action');
});

test('a workflow too big to be drawn is left out', async (t) => {
    const states = { Check: validate };
    for (let i = 0; i < 301; i++)
        states[`State${i}`] = { Type: 'Pass' };
    const id = await placeUnder(machine({ ...states, Hold: wait(3600) }),
        'Hold');
    const page = await openOrder(t, id);
    await page.getByText('too many states').waitFor();
    assert.equal(await page.locator('.graph').count(), 0);
    await assertGoodPage(page, 'an execution without a picture');
});
