// The machines of tests/asl in another implementation: the same end and the
// same states, save where a machine says that and why the peer differs; there
// it must differ, so that no note outlives its reason.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertEnd, assertStates, machines } from '../asl/corpus.mjs';
import { forksWithin, runPeer } from './peer.mjs';

// Of a Parallel or Map within another, the peer loses the events that are
// still on their way up when the outermost one ends.
function assertAmong({ expect }, states) {
    const left = [...expect.states ?? expect.states_unordered];
    for (const name of states) {
        assert.ok(left.includes(name), `${name} was entered`);
        left.splice(left.indexOf(name), 1);
    }
}

function assertSame(machine, { states, ...end }) {
    assertEnd(machine, end);
    if (forksWithin(machine.definition) > 1)
        assertAmong(machine, states);
    else
        assertStates(machine, states);
}

async function check(machine) {
    const result = await runPeer(machine);
    if (machine.peer === undefined)
        assertSame(machine, result);
    else
        assert.throws(() => assertSame(machine, result),
            { code: 'ERR_ASSERTION' },
            `the peer agrees: ${machine.peer.differs}`);
}

for (const [theme, list] of Object.entries(machines)) {
    describe(theme, { concurrency: 4 }, () => {
        for (const machine of list) {
            // It really waits, 20 ms for a second: on a busy machine what
            // should end first may not.
            it(machine.name, { timeout: 60000 }, () => check(machine)
                .catch(() => check(machine)).catch(() => check(machine)));
        }
    });
}
