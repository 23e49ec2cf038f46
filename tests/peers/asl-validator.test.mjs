// Every definition of tests/asl in asl-validator and in `ordermill workflow
// check`: both accept it or both refuse it. Where they do not agree,
// validator-disagreements.json names the clause that decides; an entry without
// a disagreement fails.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import validate from 'asl-validator';
import { machines, mistakes, orderWorkflow, sampleOrder }
    from '../asl/corpus.mjs';

const ordermill = fileURLToPath(new URL('../../build/ordermill',
    import.meta.url));
// {name of the machine or mistake: {validator: "accepts" or "refuses", clause,
// why}}
const disagreements = JSON.parse(readFileSync(
    new URL('validator-disagreements.json', import.meta.url), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'ordermill-asl-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
const check = (definition) => new Promise((resolve, reject) => {
    const file = join(folder, `${files++}.json`);
    writeFileSync(file, JSON.stringify(definition));
    execFile(ordermill, ['workflow', 'check', file], (error, stdout) => {
        if (error && error.code !== 1)
            reject(error);
        else
            resolve(error ? 'refuses' : 'accepts');
    });
});

// The validator writes into what it reads; it throws on some of what is wrong.
function peer(definition) {
    try {
        const { isValid } = validate(structuredClone(definition),
            { checkPaths: true, checkArn: false });
        return isValid ? 'accepts' : 'refuses';
    } catch {
        return 'refuses';
    }
}

async function compare({ name, definition }, ours) {
    assert.equal(await check(definition), ours, 'workflow check');
    const known = disagreements[name];
    if (known === undefined) {
        assert.equal(peer(definition), ours, 'asl-validator');
        return;
    }
    assert.notEqual(known.validator, ours, 'this is no disagreement');
    assert.equal(peer(definition), known.validator, 'asl-validator');
    assert.ok(known.clause.length > 0 && known.why.length > 0);
}

const few = { concurrency: 4 };
const right = [...Object.values(machines).flat(),
    { name: 'the sample of an order', definition: sampleOrder },
    { name: 'the shop\'s own workflow', definition: orderWorkflow }];

describe('right', few, () => {
    for (const machine of right)
        it(machine.name, () => compare(machine, 'accepts'));
});

describe('wrong', few, () => {
    for (const mistake of mistakes)
        it(mistake.name, () => compare(mistake, 'refuses'));
});

it('every disagreement is one of a definition there is', () => {
    const names = new Set([...right, ...mistakes].map(({ name }) => name));
    assert.deepEqual(Object.keys(disagreements)
        .filter((name) => !names.has(name)), []);
});
