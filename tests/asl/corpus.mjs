// The corpus of state machines with expected results: every *.json beside this
// file. Read by tests/http/asl-corpus.test.mjs and by tests/peers/.
//
// A machine: {name, clause (the section of the specification that decides it),
// definition, input, tasks?, expect: {status, output?, error?, cause?, states
// or states_unordered}, peer?}. A mistake (mistakes.json): {name, clause,
// definition, pointers}. generated.json is written by generate.mjs, all the
// others by hand.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('.', import.meta.url);
const read = (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

// {theme: [machine, ...]}
export const machines = Object.fromEntries(readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'mistakes.json' &&
        !file.endsWith('.asl.json'))
    .map((file) => [file.replace('.json', ''), read(file)]));
export const mistakes = read('mistakes.json');
export const sampleOrder = read('sample-order.asl.json');
// The shop's own.
export const orderWorkflow = read('../../db/order-workflow.asl.json');

const isObject = (value) => typeof value === 'object' && value !== null;

// The machines within a definition: {names: its states, repeated: whether it
// may run more than once at a time}.
function machinesIn(machine, repeated = false) {
    const found = [{ names: new Set(Object.keys(machine.States)), repeated }];
    for (const state of Object.values(machine.States)) {
        for (const branch of state.Branches ?? [])
            found.push(...machinesIn(branch, repeated));
        const each = state.ItemProcessor ?? state.Iterator;
        if (isObject(each))
            found.push(...machinesIn(each, true));
    }
    return found;
}

// The states entered are the expected ones. States of branches that run beside
// one another may mix, but each branch keeps its own order.
export function assertStates({ definition, expect }, entered) {
    if (expect.states) {
        assert.deepEqual(entered, expect.states, 'states entered');
        return;
    }
    const wanted = expect.states_unordered;
    assert.deepEqual([...entered].sort(), [...wanted].sort(), 'states entered');
    for (const { names, repeated } of machinesIn(definition)) {
        if (repeated)
            continue;
        const own = (list) => list.filter((name) => names.has(name));
        assert.deepEqual(own(entered), own(wanted), 'states of one branch');
    }
}

// How a run ended against what is expected; a cause only where one is.
export function assertEnd({ expect }, { status, output, error, cause }) {
    const end = { status };
    const wanted = { status: expect.status };
    if (status === 'SUCCEEDED')
        end.output = output;
    else
        end.error = error ?? null;
    if (expect.status === 'SUCCEEDED')
        wanted.output = expect.output;
    else
        wanted.error = expect.error;
    if (expect.cause !== undefined) {
        end.cause = cause;
        wanted.cause = expect.cause;
    }
    assert.deepEqual(end, wanted);
}
