// Another workflow for new orders while the shop runs: `workflow load`, and
// serve on SIGHUP. A wrong file changes nothing; orders under way keep theirs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesBelow } from './processes.mjs';
import { ordermill, startShop, waitUntil } from './shop.mjs';
import { ask, booksHold, machine, notify, pay, receipt, sell, startWorkflow,
    task, validate } from './workflow.mjs';

const first = machine({ Check: validate, Ask: ask(), Pay: pay, Sell: sell });
const second = machine({ Check: validate, Pay: pay, Sell: sell,
    Mail: notify });
const third = machine({ Check: validate, Pay: pay, Sell: sell,
    Receipt: receipt });
const wrong = [
    ['{"StartAt":"A"', /not JSON/],
    ['{"StartAt":"A","States":{}}', /\/States/],
    [machine({ Dance: task('Dance') }),
        /\/States\/Dance\/Resource: there is no such task/],
    [{ StartAt: 'Nowhere', States: second.States }, /\/StartAt/],
    [' '.repeat(1024 * 1024 + 1), /larger than 1 MiB/],
];
let shop;

before(async () => { shop = await startWorkflow(first); });
after(() => shop?.stop());

const hup = () => process.kill(shop.pid, 'SIGHUP');
const loads = () => shop.output().match(/^New orders run /mg)?.length ?? 0;
const pids = async () => (await shop.processes())
    .filter(({ name }) => name !== 'ordermill').map(({ pid }) => pid).sort();

async function reload(what) {
    const before = loads();
    await shop.write(what);
    hup();
    await waitUntil(() => loads() > before, 5000, 'the file to be loaded');
}

// What a new order runs.
async function current() {
    const id = await shop.buy();
    const { definition } = (await shop.execution(id)).json;
    return { id, definition };
}

test('load: new orders run it, the others keep theirs', async () => {
    const old = await current();
    assert.deepEqual(old.definition, first);
    const token = await shop.tokenOf(old.id);
    await shop.load(second);
    const { id, definition } = await current();
    assert.deepEqual(definition, second);
    await shop.ends(id, 'SUCCEEDED');
    assert.equal((await shop.bring(token, { output: 1 })).status, 204);
    assert.deepEqual((await shop.ends(old.id, 'SUCCEEDED')).definition,
        first);
});

test('load: a wrong file changes nothing', async () => {
    for (const [what, why] of wrong) {
        await shop.write(what);
        const { code, stderr } = await shop.run('workflow', 'load');
        assert.equal(code, 1, stderr);
        assert.match(stderr, why);
    }
    await rm(shop.file);
    assert.equal((await shop.run('workflow', 'load')).code, 1);
    assert.deepEqual((await current()).definition, second);
});

test('HUP: new orders run the file as it is, and nothing stops', async () => {
    const before = await pids();
    await reload(first);
    const old = await current();
    assert.deepEqual(old.definition, first);
    const token = await shop.tokenOf(old.id);
    await reload(third);
    assert.deepEqual((await current()).definition, third);
    await shop.bring(token, { output: 1 });
    await shop.ends(old.id, 'SUCCEEDED');
    assert.deepEqual(await pids(), before);
    assert.equal(shop.ended(), undefined);
});

test('HUP: a wrong file is named, the old one stays', async () => {
    const before = await pids();
    for (const [what, why] of wrong) {
        const said = shop.errors().length;
        await shop.write(what);
        hup();
        await waitUntil(() => /was not loaded; .*\n/.test(shop.errors()
            .slice(said)), 5000, 'the refusal');
        const text = shop.errors().slice(said);
        assert.match(text, why);
        assert.ok(text.includes(shop.file), text);
    }
    assert.deepEqual((await current()).definition, third);
    assert.deepEqual(await pids(), before);
});

test('HUP: many of them end with the file as it last was', async () => {
    for (let i = 0; i < 30; i++) {
        await shop.write(i % 2 ? first : { ...second, Comment: `${i}` });
        hup();
        if (i % 7 === 0)
            await sleep(20);
    }
    const last = { ...third, Comment: 'the last' };
    await reload(last);
    await waitUntil(async () => {
        const { definition } = await current();
        return definition.Comment === last.Comment;
    }, 10000, 'the last file');
    await sleep(200);
    assert.deepEqual((await current()).definition, last);
    await waitUntil(async () => !(await shop.processes())
        .some(({ name }) => name === 'ordermill'), 5000, 'no load left over');
});

test('HUP sent to the programs does them no harm', async () => {
    const before = await shop.wake();
    for (const { pid, name } of before)
        if (name !== 'nginx')
            process.kill(pid, 'SIGHUP');
    const id = await shop.buy();
    await shop.ends(id, 'SUCCEEDED');
    const now = new Set((await shop.processes()).map(({ pid }) => pid));
    for (const { pid, name } of before)
        assert.ok(name === 'nginx' || now.has(pid), name);
});

// script(1) gives serve a terminal of its own; when it is killed, that
// terminal is hung up.
test('the end of its terminal stops it', async (t) => {
    const other = await startShop({ t });
    await other.stop({ keep: true });
    const typescript = join(other.home, 'typescript');
    const terminal = spawn('script', ['-qfc', `${ordermill} serve`,
        typescript], { env: other.env, stdio: 'ignore' });
    await waitUntil(async () => /is ready at/.test(await readFile(typescript,
        'utf8').catch(() => '')), 20000, 'the ready line');
    const below = await processesBelow(terminal.pid);
    assert.ok(below.some(({ name }) => name === 'reaper'));
    terminal.kill('SIGKILL');
    await waitUntil(() => below.every(({ pid }) => !existsSync(
        `/proc/${pid}/exe`)), 8000, 'everything to end');
});

test('the books hold', () => booksHold(shop));
