// Runs a machine of the corpus in aws-local-stepfunctions and gives what
// `ordermill workflow run --events` would say of it.
import { setTimeout as sleep } from 'node:timers/promises';
import './with-resolvers.mjs';

const { StateMachine } = await import('aws-local-stepfunctions');

// A second of a definition takes 20 ms: the order of what waits stays. (The
// peer's own overrides of waits and retry intervals would lose it.)
const scale = 0.02;
const scaled = new Set(['Seconds', 'IntervalSeconds', 'MaxDelaySeconds',
    'TimeoutSeconds']);

function faster(value, name) {
    if (Array.isArray(value))
        return value.map((element) => faster(element));
    if (typeof value !== 'object' || value === null)
        return scaled.has(name) && typeof value === 'number' ?
            value * scale : value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, member]) =>
        [key, key === 'Result' ? member : faster(member, key)]));
    if (Array.isArray(copy.ErrorEquals) && !('Next' in copy))
        copy.IntervalSeconds ??= scale;
    return copy;
}

const innerMachines = (state) => state.Branches ??
    [state.ItemProcessor ?? state.Iterator].filter(Boolean);

// How deep Parallels and Maps stand within one another.
export const forksWithin = (machine) => Math.max(0,
    ...Object.values(machine.States).map(innerMachines)
        .filter((inner) => inner.length > 0)
        .map((inner) => 1 + Math.max(...inner.map(forksWithin))));

function* tasksIn(machine) {
    for (const [name, state] of Object.entries(machine.States)) {
        if (state.Type === 'Task')
            yield [name, state.Resource];
        for (const inner of innerMachines(state))
            yield* tasksIn(inner);
    }
}

// The form of --tasks as functions, one a state.
function handlers(definition, tasks = {}) {
    const calls = {};
    const answer = async (resource, input) => {
        if (!(resource in tasks))
            return input;
        const list = [tasks[resource]].flat();
        const call = calls[resource] = (calls[resource] ?? -1) + 1;
        const { result = input, error, cause, delay_ms: delay } =
            list[Math.min(call, list.length - 1)];
        if (delay)
            await sleep(delay * scale, undefined, { ref: false });
        if (error !== undefined)
            throw Object.assign(Error(cause), { name: error });
        return result;
    };
    return Object.fromEntries([...tasksIn(definition)].map(([name, resource]) =>
        [name, (input) => answer(resource, input)]));
}

export async function runPeer({ definition, input, tasks }) {
    const machine = new StateMachine(faster(definition),
        { validationOptions: { noValidate: true } });
    const taskResourceLocalHandlers = handlers(definition, tasks);
    const { result, eventLogs } = machine.run(structuredClone(input),
        { overrides: { taskResourceLocalHandlers } });
    const end = result.then(
        (output) => ({ status: 'SUCCEEDED', output }),
        (error) => error.name === 'ExecutionTimeoutError' ?
            { status: 'TIMED_OUT', error: 'States.Timeout' } :
            { status: 'FAILED', error: error.cause?.name ?? error.name,
                cause: error.cause?.message });
    const states = [];
    for await (const event of eventLogs)
        if (event.type === 'StateEntered')
            states.push(event.state.name);
    return { ...await end, states };
}
