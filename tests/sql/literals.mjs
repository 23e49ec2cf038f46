// The SQL of the shop: every literal that is handed to db_sql in lib/, macros
// put in by the compiler's own preprocessor. Used by statements.test.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../http/shop.mjs';

const run = promisify(execFile);
const compiler = (process.env.CC ?? 'gcc').split(' ');

// The adapter has statements of its engine, and declares the call.
const adapter = 'lib/adapter/db/';

async function sources(folder) {
    const found = [];
    for (const entry of await readdir(join(root, folder),
        { withFileTypes: true })) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory())
            found.push(...await sources(path));
        else if (/\.[ch]$/.test(path) && !path.startsWith(adapter))
            found.push(path);
    }
    return found.sort();
}

const withoutComments = (text) =>
    text.replace(/"(?:[^"\\\n]|\\.)*"|\/\*[^]*?\*\/|\/\/[^\n]*/g,
        (token) => token.startsWith('/') ? ' ' : token);

// The preprocessed text of the file's own lines: [{ line, text }].
async function preprocess(file) {
    const { stdout } = await run(compiler[0], [...compiler.slice(1), '-E',
        '-std=c17', '-I.', file], { cwd: root, maxBuffer: 1 << 26 });
    const lines = [];
    let at = { file: '', line: 0 };
    for (const text of stdout.split('\n')) {
        const marker = /^# (\d+) "([^"]*)"/.exec(text);
        if (marker !== null) {
            at = { file: marker[2], line: Number(marker[1]) };
            continue;
        }
        if (at.file === file)
            lines.push({ line: at.line, text });
        at.line++;
    }
    return lines;
}

// Strings, numbers and names, and all else character by character.
const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\d\w*|\S/g;

function tokens(lines) {
    return lines.flatMap(({ line, text }) =>
        [...text.matchAll(TOKEN)].map(([token]) => ({ line, token })));
}

// The arguments of the call whose name stands at list[at].
function callArguments(list, at) {
    const found = [[]];
    let depth = 0;
    for (let i = at + 1; i < list.length; i++) {
        const { token } = list[i];
        if ('([{'.includes(token) && depth++ === 0)
            continue;
        if (')]}'.includes(token) && --depth === 0)
            return found;
        if (token === ',' && depth === 1)
            found.push([]);
        else
            found.at(-1).push(token);
    }
    return found;
}

function literal(parts) {
    const whole = parts.length > 0 &&
        parts.every((part) => part.startsWith('"'));
    return whole ? parts.map((part) => JSON.parse(part)).join('') : null;
}

// [{ file, line, of, sql }]: of is the connection's name there; sql is null
// where the argument is no literal. Fails when a call that the source shows was
// not found.
export async function collectCalls() {
    const all = [];
    for (const file of await sources('lib')) {
        const source = withoutComments(
            await readFile(join(root, file), 'utf8'));
        const shown = [...source.matchAll(/\bdb_sql\b/g)].length;
        if (shown === 0)
            continue;
        const list = tokens(await preprocess(file));
        const calls = [];
        for (const [at, { token, line }] of list.entries())
            if (token === 'db_sql') {
                const [of, sql] = callArguments(list, at);
                calls.push({ file, line, of: of.join(''),
                    sql: literal(sql ?? []) });
            }
        assert.equal(calls.length, shown, `calls of db_sql in ${file}`);
        all.push(...calls);
    }
    return all;
}
