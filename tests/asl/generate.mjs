// Writes generated.json: random machines that are valid, with what an
// interpreter of a small part of the language, written for this file alone,
// makes of them. `node tests/asl/generate.mjs` always writes the same file.
import { writeFileSync } from 'node:fs';

const COUNT = 150;
const PATH_FAILURE = 'States.ParameterPathFailure';

// ---- The interpreter: Pass, Task, Choice, Succeed, Parallel and Map; paths
// of members, indexes, slices and wildcards; no context object but the item.

class Failure extends Error {
    constructor(name, cause) {
        super(cause);
        this.name = name;
    }
}

function tokens(path) {
    return [...path.matchAll(/\.(\w+)|\[(-?\d+)\]|\[(\d+):(\d+)\]|(\[\*\])/g)]
        .map(([, name, index, from, to]) =>
            name !== undefined ? (v) => own(v, name) :
                index !== undefined ? (v) => own(v, Number(index)) :
                    from !== undefined ?
                        (v) => Array.isArray(v) ? v.slice(from, to) : [] :
                        (v) => Object.values(v));
}

const own = (v, key) => typeof v === 'object' && v !== null &&
    Array.isArray(v) === (typeof key === 'number') && Object.hasOwn(v, key) ?
    [v[key]] : [];

// Some path that may select several values has selected none: the peer fails
// there, which paths.json shows often enough.
let empty;
let pathFailed;

// undefined: nothing is there.
function select(path, data) {
    const found = tokens(path).reduce((list, step) => list.flatMap(step),
        [data]);
    const many = /[*:]/.test(path);
    empty ||= many && found.length === 0;
    return many ? found : found[0];
}

function selectOr(error, path, scope) {
    const value = path.startsWith('$$') ?
        select(path.slice(1), scope.context) : select(path, scope.data);
    if (value === undefined) {
        pathFailed ||= error === PATH_FAILURE;
        throw new Failure(error, path);
    }
    return value;
}

function fill(template, scope) {
    if (Array.isArray(template))
        return template.map((element) => fill(element, scope));
    if (typeof template !== 'object' || template === null)
        return template;
    return Object.fromEntries(Object.entries(template).map(([name, value]) =>
        name.endsWith('.$') ?
            [name.slice(0, -2), selectOr(PATH_FAILURE, value, scope)] :
            [name, fill(value, scope)]));
}

const through = (path, data) => path === null ? {} :
    path === undefined ? data : selectOr('States.Runtime', path, { data });

// The generator makes only ResultPaths of members.
function put(path, raw, result) {
    if (path === undefined)
        return result;
    if (path === null)
        return raw;
    const copy = structuredClone(raw);
    const names = path.slice(2).split('.');
    const last = names.pop();
    let at = copy;
    for (const name of names) {
        at = at[name] ??= {};
        if (!isObject(at))
            throw new Failure('States.ResultPathMatchFailure', path);
    }
    at[last] = result;
    return copy;
}

const tests = {
    NumericEquals: (a, b) => a === b,
    NumericLessThan: (a, b) => a < b,
    NumericGreaterThanEquals: (a, b) => a >= b,
    StringEquals: (a, b) => a === b,
    StringGreaterThan: (a, b) => a > b,
    BooleanEquals: (a, b) => a === b,
};
const typeOf = { Num: 'number', Str: 'string', Boo: 'boolean' };
const isTests = { IsNumeric: 'number', IsString: 'string',
    IsBoolean: 'boolean' };

function holds(rule, data) {
    if (rule.And)
        return rule.And.every((inner) => holds(inner, data));
    if (rule.Or)
        return rule.Or.some((inner) => holds(inner, data));
    if (rule.Not)
        return !holds(rule.Not, data);
    const name = Object.keys(rule).find((key) =>
        key !== 'Variable' && key !== 'Next');
    if (name === 'IsPresent')
        return select(rule.Variable, data) !== undefined;
    const left = selectOr('States.Runtime', rule.Variable, { data });
    if (name in isTests)
        return typeof left === isTests[name];
    const right = name.endsWith('Path') ?
        selectOr('States.Runtime', rule[name], { data }) : rule[name];
    const type = typeOf[name.slice(0, 3)];
    return typeof left === type && typeof right === type &&
        tests[name.replace('Path', '')](left, right);
}

// One answer of a task; each Resource counts its calls.
function answer(resource, input, world) {
    const list = world.tasks[resource];
    if (list === undefined)
        return input;
    const call = world.calls[resource] = (world.calls[resource] ?? -1) + 1;
    const { result, error, cause } = list[Math.min(call, list.length - 1)];
    if (error !== undefined)
        throw new Failure(error, cause);
    return result;
}

function iterate(state, data, world) {
    const list = selectOr('States.Runtime', state.ItemsPath, { data });
    if (!Array.isArray(list))
        throw new Failure('States.Runtime', state.ItemsPath);
    return list.map((value, index) => execute(state.ItemProcessor,
        state.ItemSelector === undefined ? value : fill(state.ItemSelector,
            { data, context: { Map: { Item: { Index: index, Value: value } } },
            }), world));
}

function work(state, raw, world) {
    const data = through(state.InputPath, raw);
    const input = state.Parameters ? fill(state.Parameters, { data }) : data;
    switch (state.Type) {
    case 'Pass':
        return state.Result === undefined ? input : state.Result;
    case 'Task':
        return answer(state.Resource, input, world);
    case 'Parallel':
        return state.Branches.map((branch) => execute(branch, input, world));
    case 'Map':
        return iterate(state, input, world);
    default:
        return input;
    }
}

function attempt(state, raw, world) {
    const made = (state.Retry ?? []).map(() => 0);
    for (;;) {
        try {
            const result = work(state, raw, world);
            const chosen = state.ResultSelector ?
                fill(state.ResultSelector, { data: result }) : result;
            return [through(state.OutputPath,
                put(state.ResultPath, raw, chosen)), state.Next];
        } catch (error) {
            const matches = ({ ErrorEquals: [name] }) =>
                name === error.name || name === 'States.ALL' &&
                error.name !== 'States.Runtime';
            const retrier = (state.Retry ?? []).findIndex(matches);
            if (retrier >= 0 &&
                made[retrier]++ < state.Retry[retrier].MaxAttempts)
                continue;
            const catcher = (state.Catch ?? []).find(matches);
            if (catcher === undefined)
                throw error;
            return [put(catcher.ResultPath, raw,
                { Error: error.name, Cause: error.message }), catcher.Next];
        }
    }
}

function choose(state, raw) {
    const data = through(state.InputPath, raw);
    const rule = state.Choices.find((candidate) => holds(candidate, data));
    return [through(state.OutputPath, data), rule?.Next ?? state.Default];
}

function execute(machine, input, world) {
    let data = input;
    for (let name = machine.StartAt; name !== undefined;) {
        const state = machine.States[name];
        world.states.push(name);
        [data, name] = state.Type === 'Choice' ? choose(state, data) :
            attempt(state, data, world);
    }
    return data;
}

function expectation(definition, input, tasks) {
    const world = { tasks, calls: {}, states: [] };
    empty = pathFailed = false;
    try {
        const output = execute(definition, input, world);
        return { status: 'SUCCEEDED', output, states: world.states };
    } catch (error) {
        if (!(error instanceof Failure))
            throw error;
        return { status: 'FAILED', error: error.name, states: world.states };
    }
}

// ---- The generator. It follows the data that its machine will have, so that
// most paths select something.

let seed = 20160314;
function random() { // mulberry32
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (share) => random() < share;

const words = ['pen', 'ink', 'cup', 'Ж', 'a b'];
const keys = ['n', 's', 'b', 'list', 'o', 'p', 'q'];
const scalar = () => pick([() => below(20) - 5, () => below(9) + 0.5,
    () => pick(words), () => chance(0.5)])();
const object = (depth) => Object.fromEntries(
    [...keys].sort(() => random() - 0.5).slice(0, 2 + below(3)).map((key) =>
        [key, key === 'list' ? items() :
            depth > 0 && chance(0.4) ? object(depth - 1) : scalar()]));
const items = () => Array.from({ length: 1 + below(4) },
    (_, i) => ({ i, v: scalar(), n: below(9) }));
const document = () => ({ ...object(1), list: items(), o: object(1),
    n: below(30) - 9, s: pick(words), b: chance(0.5) });

// Every path into the value, as [path, what is there].
function* paths(value, at = '$') {
    yield [at, value];
    if (typeof value === 'object' && value !== null)
        for (const [key, inner] of Object.entries(value))
            yield* paths(inner, Array.isArray(value) ? `${at}[${key}]` :
                `${at}.${key}`);
}

const pathTo = (data, wanted = () => true) => {
    const found = [...paths(data)].filter(([, value]) => wanted(value));
    return found.length > 0 ? pick(found)[0] : undefined;
};
const isObject = (value) => typeof value === 'object' && value !== null &&
    !Array.isArray(value);
const isFull = (value) => Array.isArray(value) && value.length > 0 &&
    value.every(isObject);

function source(data) {
    if (chance(0.02))
        return '$.nowhere';
    const list = pathTo(data, isFull);
    if (list !== undefined && chance(0.25))
        return list + pick(['[*]', '[*].i', '[0:2]', '[0]']);
    return pathTo(data);
}

const template = (data, depth = 1) => Object.fromEntries(
    [...keys].slice(below(3), 4 + below(3)).map((key) =>
        chance(0.6) ? [`${key}.$`, source(data)] :
            [key, depth > 0 && chance(0.5) ?
                pick([[template(data, 0)], template(data, 0)]) : scalar()]));

const target = () =>
    pick(['$.r1', '$.r2', '$.r3', '$.more.x', '$.more.y', '$.deep.er.z']);

function rule(data, depth = 2) {
    if (depth > 0 && chance(0.4)) {
        const inner = () => rule(data, depth - 1);
        return pick([() => ({ And: [inner(), inner()] }),
            () => ({ Or: [inner(), inner()] }), () => ({ Not: inner() })])();
    }
    const [type, operators] = pick([
        ['number', ['NumericEquals', 'NumericLessThan',
            'NumericGreaterThanEquals']],
        ['string', ['StringEquals', 'StringGreaterThan']],
        ['boolean', ['BooleanEquals']]]);
    const Variable = pathTo(data, (value) => typeof value === type);
    if (Variable === undefined || chance(0.2))
        return { Variable: Variable ?? '$.nowhere', IsPresent: true };
    if (chance(0.2))
        return { Variable, [pick(Object.keys(isTests))]: true };
    const operator = pick(operators);
    return chance(0.4) ? { Variable, [`${operator}Path`]:
        pathTo(data, (value) => typeof value === type) } :
        { Variable, [operator]: type === 'number' ? below(20) :
            type === 'string' ? pick(words) : chance(0.5) };
}

class Maker {
    constructor() {
        this.count = 0;
        this.tasks = {};
    }

    name(type) {
        return `${type}${++this.count}`;
    }

    resource() {
        return 'arn:aws:lambda:us-east-1:123456789012:function:' +
            `f${++this.count}`;
    }

    task(data) {
        const state = { Type: 'Task', Resource: this.resource() };
        if (chance(0.5))
            state.Parameters = template(data);
        if (chance(0.6))
            state.ResultPath = chance(0.1) ? null : target();
        if (chance(0.5)) {
            const failures = below(4);
            this.tasks[state.Resource] = [...Array.from({ length: failures },
                () => ({ error: pick(['Low', 'High']), cause: 'why' })),
            { result: object(1) }];
            if (failures > 0)
                state.Retry = [{ ErrorEquals: ['Low'], MaxAttempts: below(4) },
                    { ErrorEquals: ['States.ALL'], MaxAttempts: below(3) }];
        } else if (state.Parameters && chance(0.3)) {
            const kept = pick(Object.keys(state.Parameters));
            state.ResultSelector =
                { 'kept.$': `$.${kept.replace('.$', '')}` };
        }
        return state;
    }

    pass(data) {
        const state = { Type: 'Pass' };
        if (chance(0.3))
            state.Result = object(1);
        else if (chance(0.7))
            state.Parameters = template(data);
        if (chance(0.6))
            state.ResultPath = target();
        if (chance(0.15))
            state.InputPath = chance(0.1) ? '$.nowhere' :
                pathTo(data, isObject);
        return state;
    }

    parallel(data, depth) {
        const state = { Type: 'Parallel', ResultPath: target() };
        const input = chance(0.3) ? template(data) : undefined;
        if (input)
            state.Parameters = input;
        state.Branches = Array.from({ length: 1 + below(3) }, () =>
            this.machine(input ? filled(input, data) : data, depth - 1));
        return state;
    }

    map(data, depth) {
        const state = { Type: 'Map', ItemsPath: pathTo(data, isFull),
            ResultPath: target() };
        if (chance(0.5))
            state.MaxConcurrency = below(3);
        if (chance(0.4))
            state.ItemSelector = { 'item.$': '$$.Map.Item.Value',
                'i.$': '$$.Map.Item.Index', 'more.$': pathTo(data) };
        const [item] = select(state.ItemsPath, data);
        state.ItemProcessor = this.machine(state.ItemSelector ?
            { item, i: 0, more: 0 } : item, depth - 1);
        return state;
    }

    // A chain of states; a Choice leads to one of two that meet again.
    machine(input, depth) {
        const States = {};
        let data = input;
        let open = []; // [object, field] that wait for the next state's name
        const add = (type, state) => {
            const name = this.name(type);
            for (const [holder, field] of open)
                holder[field] = name;
            States[name] = state;
            open = [[state, 'Next']];
            return name;
        };
        const top = {};
        open.push([top, 'StartAt']);
        for (let left = 1 + below(depth > 1 ? 5 : 3); left > 0; left--) {
            const kind = pick(['task', 'task', 'pass', 'pass', 'choice',
                ...depth > 0 ? ['parallel', 'map'] : []]);
            if (kind === 'choice') {
                this.choice(data, add, (list) => open = list);
            } else if (kind === 'map' && pathTo(data, isFull) === undefined) {
                continue;
            } else {
                const state = this[kind](data, depth);
                add(kind, state);
                if (state.Retry && chance(0.6)) {
                    state.Catch = [{ ErrorEquals: ['States.ALL'],
                        ResultPath: '$.error' }];
                    open.push([state.Catch[0], 'Next']);
                }
                data = after(state, data, this.tasks);
            }
            if (!isObject(data))
                break;
        }
        add('end', { Type: chance(0.5) ? 'Succeed' : 'Pass' });
        const [[end]] = open;
        if (end.Type === 'Pass')
            end.End = true;
        return { ...top, States };
    }

    choice(data, add, leave) {
        const state = { Type: 'Choice', Choices: [rule(data)] };
        add('choice', state);
        leave([[state.Choices[0], 'Next']]);
        const yes = this.pass(data);
        add('yes', yes);
        leave([[state, 'Default']]);
        const no = { Type: 'Pass' };
        add('no', no);
        leave([[yes, 'Next'], [no, 'Next']]);
    }
}

function filled(parameters, data) {
    try {
        return fill(parameters, { data });
    } catch {
        return data;
    }
}

// What the state makes of the data; undefined when it fails.
function after(state, data, tasks) {
    try {
        return attempt(state, structuredClone(data),
            { tasks, calls: {}, states: [] })[0];
    } catch (error) {
        if (error instanceof Failure)
            return undefined;
        throw error;
    }
}

const machines = [];
while (machines.length < COUNT) {
    const maker = new Maker();
    const input = document();
    const definition = maker.machine(input, pick([0, 1, 2, 2]));
    const text = JSON.stringify(definition);
    const forks = /"Parallel"|"Map"/.test(text);
    const { states, ...expect } = expectation(definition, input, maker.tasks);
    // Open are what others still do beside what fails, and the Cause of an
    // error of the language.
    if (empty || forks && expect.status === 'FAILED' ||
        pathFailed && expect.status === 'SUCCEEDED')
        continue;
    if (text.length > 6000 || states.length < 2)
        continue;
    expect[forks ? 'states_unordered' : 'states'] = states;
    machines.push({ name: `generated ${machines.length + 1}`,
        clause: 'Input and Output Processing with JSONPath', definition, input,
        ...Object.keys(maker.tasks).length > 0 && { tasks: maker.tasks },
        expect,
        ...pathFailed && { peer: { differs: 'reports ' +
            'States.Runtime; the clause is Payload Template' } } });
}
const lines = machines.map((machine) => JSON.stringify(machine));
writeFileSync(new URL('generated.json', import.meta.url),
    `[\n${lines.join(',\n')}\n]\n`);
