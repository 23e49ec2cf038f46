// Every state machine of tests/asl through `ordermill workflow run`, and every
// mistaken definition through `ordermill workflow check`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { assertEnd, assertStates, machines, mistakes, orderWorkflow,
    sampleOrder } from '../asl/corpus.mjs';
import { ordermill } from './shop.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ordermill-asl-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(value) {
    const file = join(folder, `${files++}.json`);
    writeFileSync(file, JSON.stringify(value));
    return file;
}

// {code, stdout, stderr} of `ordermill workflow ARGS`.
const workflow = (...args) => new Promise((resolve) => {
    execFile(ordermill, ['workflow', ...args],
        { timeout: 30000, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
            resolve({ code: error?.code ?? (error ? error.signal : 0), stdout,
                stderr }));
});

const run = ({ definition, input, tasks }, ...options) => workflow('run',
    write(definition), '--input', write(input),
    ...(tasks ? ['--tasks', write(tasks)] : []), '--no-wait', ...options);

async function assertRun(machine) {
    const { code, stdout, stderr } = await run(machine, '--events');
    const succeeds = machine.expect.status === 'SUCCEEDED';
    assert.equal(code, succeeds ? 0 : 3, stderr || stdout);
    const result = JSON.parse(stdout);
    assertEnd(machine, result);
    assertStates(machine, result.events
        .filter(({ type }) => type.endsWith('StateEntered'))
        .map(({ state }) => state));
}

const few = { concurrency: 4 };

for (const [theme, list] of Object.entries(machines)) {
    describe(theme, few, () => {
        for (const machine of list)
            it(machine.name, () => assertRun(machine));
    });
}

describe('mistakes', few, () => {
    for (const { name, definition, pointers } of mistakes) {
        it(name, async () => {
            const { code, stdout, stderr } = await workflow('check',
                write(definition));
            assert.equal(code, 1, stdout + stderr);
            const found = (stdout + stderr).split('\n').filter(Boolean)
                .map((line) => /^((?:\/.*?)?): /.exec(line)?.[1] ?? line);
            assert.deepEqual(found.sort(), [...pointers].sort(),
                stdout + stderr);
        });
    }
});

describe('without --events', few, () => {
    const [good] = machines.dataflow;
    const bad = machines.errors.find(({ expect }) => expect.cause);
    it('prints the output', async () => {
        const { code, stdout } = await run(good);
        assert.equal(code, 0);
        assert.deepEqual(JSON.parse(stdout), good.expect.output);
    });
    it('prints the error and the cause', async () => {
        const { code, stdout } = await run(bad);
        assert.equal(code, 3);
        assert.deepEqual(JSON.parse(stdout),
            { error: bad.expect.error, cause: bad.expect.cause });
    });
});

describe('the sample of an order', few, () => {
    const input = { orderId: 'o-1', productId: 'p-1', quantity: 2,
        amount: 19.98, customerEmail: 'a@example.org' };
    const names = Object.keys(sampleOrder.States);
    for (const definition of [sampleOrder, orderWorkflow])
        it(`is right: ${definition.Comment}`, async () => {
            const { code, stdout, stderr } = await workflow('check',
                write(definition));
            assert.equal(code, 0, stdout + stderr);
        });
    it('goes through its six states', () => assertRun({
        definition: sampleOrder, input,
        expect: { status: 'SUCCEEDED', states: names, output: { ...input,
            validation: { orderId: 'o-1', productId: 'p-1', quantity: 2 },
            saved: { orderId: 'o-1', productId: 'p-1', quantity: 2,
                amount: 19.98 },
            payment: { orderId: 'o-1', amount: 19.98 },
            inventory: { productId: 'p-1', quantity: 2 },
            notification: { orderId: 'o-1',
                customerEmail: 'a@example.org' },
            receipt: { orderId: 'o-1', amount: 19.98,
                customerEmail: 'a@example.org' } } } }));
    it('tries a payment again, and fails with its error', () => assertRun({
        definition: sampleOrder, input,
        tasks: { [sampleOrder.States.ProcessPayment.Resource]:
            { error: 'CardDeclined', cause: 'no funds' } },
        expect: { status: 'FAILED', error: 'CardDeclined', cause: 'no funds',
            states: names.slice(0, 3) } }));
});
