// Shops that run a test's own workflow, and what tests ask of executions.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startShop, waitUntil } from './shop.mjs';
import { waitForAnswer } from './wait.mjs';

// A state that runs a task of the house.
export const task = (name, more = {}) =>
    ({ Type: 'Task', Resource: `task:${name}`, ...more });

export const wait = (Seconds) => ({ Type: 'Wait', Seconds });

// A state that hands out a token and waits for what it brings. The token
// stands in the history, among the task's parameters.
export const ask = (more = {}) => task('SaveOrder.waitForTaskToken',
    { Parameters: { 'token.$': '$$.Task.Token' }, ResultPath: '$.answer',
        ...more });

// States one after the other; those that say themselves where they lead to
// (catchers' ways, Fail) stand in more.
export function machine(chain, more = {}) {
    const names = Object.keys(chain);
    const States = { ...more };
    names.forEach((name, i) => {
        const state = chain[name];
        const ends = ['Choice', 'Succeed', 'Fail'].includes(state.Type);
        States[name] = ends ? state : { ...state, ...(i + 1 < names.length
            ? { Next: names[i + 1] } : { End: true }) };
    });
    return { StartAt: names[0], States };
}

export const [validate, pay, sell, receipt, notify] = ['ValidateOrder',
    'ProcessPayment', 'UpdateInventory', 'GenerateReceipt',
    'SendNotification'].map((name) => task(name));

// home is that of a shop stopped before.
export async function startWorkflow(definition,
    { env = {}, home, ...rest } = {}) {
    home ??= await mkdtemp(join(tmpdir(), 'om-'));
    const file = join(home, 'workflow.json');
    const write = (what) => writeFile(file,
        typeof what === 'string' ? what : JSON.stringify(what));
    await write(definition);
    const shop = await startShop({ home, env:
        { ORDERMILL_WORKFLOW: file, ...env }, ...rest });
    return Object.assign(shop, {
        file,
        write,

        // New orders run this one from now on.
        async load(what) {
            await write(what);
            const done = await shop.run('workflow', 'load');
            assert.equal(done.code, 0, done.stderr);
        },

        // Places an order for so many of a product; gives its id.
        async buy(sku = 'mouse', quantity = 1, method = 'pm_card_visa') {
            const order = await shop.place({ items: [{ sku, quantity }],
                payment_method: method,
                customer: { email: 'ada@example.com' } });
            return order.order_id;
        },

        // The same by this definition, as new orders are from now on.
        async buyUnder(definition, ...order) {
            await shop.load(definition);
            return shop.buy(...order);
        },

        execution: (id, query = '') =>
            shop.asStaff('GET', `/orders/${id}/execution${query}`),

        // action, and reason and definition where they matter.
        steer: (id, action, more = {}) =>
            shop.asStaff('POST', `/orders/${id}/execution`,
                { body: { action, reason: 'A test.', ...more } }),

        // The execution once check is true of it.
        until: (id, check, what, timeoutMs = 10000) => waitForAnswer(() =>
            shop.execution(id), check, timeoutMs, what),

        ends: (id, status) => shop.until(id, (e) => e.status === status,
            `the execution to be ${status}`),

        // A token that no earlier call gave, of the task that waits for it.
        async tokenOf(id, known = []) {
            const { events } = await shop.until(id, (e) =>
                tokensIn(e).some((token) => !known.includes(token)) &&
                e.events.at(-1).type === 'TaskSubmitted', 'a token');
            return tokensIn({ events }).at(-1);
        },

        bring: (token, body, headers) =>
            shop.request('POST', `/task-tokens/${token}`, { body, headers }),
    });
}

const tokensIn = ({ events }) => events
    .map((event) => event.detail?.parameters?.token)
    .filter((token) => token !== undefined);

export const typesIn = ({ events }) => events.map(({ type }) => type);

// How often each state was entered.
export function entriesIn({ events }) {
    const counts = {};
    for (const { type, state } of events)
        if (type.endsWith('StateEntered'))
            counts[state] = (counts[state] ?? 0) + 1;
    return counts;
}

// `ordermill verify` once what is queued has been done.
export async function booksHold(shop) {
    let last;
    await waitUntil(async () => {
        last = await shop.run('verify');
        return last.code === 0;
    }, 15000, 'books that hold').catch((error) => {
        error.message += `: ${last.stdout}${last.stderr}`;
        throw error;
    });
}
