// Every statement of the shop is one that SQLite and PostgreSQL 15 both take,
// so that the second engine stays possible; and the two schemas say the same.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root, runCommand } from '../http/shop.mjs';
import { collectCalls } from './literals.mjs';
import { startPostgresql } from './postgresql.mjs';

const read = (file) => readFile(join(root, file), 'utf8');
const schemas = { sqlite: await read('db/schema.sql'),
    postgresql: await read('db/schema-postgresql.sql') };

let postgresql;
let calls;

before(async () => {
    calls = await collectCalls();
    postgresql = await startPostgresql();
    const { refused } = await postgresql.psql(schemas.postgresql);
    assert.deepEqual(refused, []);
});
after(() => postgresql?.stop());

const rowsOf = (text) => text.trim().split('\n');

// Each statement on a line of its own.
const oneLine = (sql) => sql.replace(/\s+/g, ' ').replace(/;\s*$/, '');

const shell = (script) => runCommand('sqlite3', ['-batch', ':memory:'],
    process.env, script);

// The first fault of each statement that SQLite does not take, with a message.
async function refusedBySqlite(list) {
    const head = '.dbconfig dqs_dml off\n.dbconfig dqs_ddl off\n' +
        `.output /dev/null\n${schemas.sqlite}\n`;
    const { stderr } = await shell(head + list.map(({ sql }) =>
        `EXPLAIN ${oneLine(sql)};\n`).join('') + '.output stdout\n');
    const first = head.split('\n').length;
    return [...stderr.matchAll(/line (\d+): (.*)/g)].map(
        ([, line, message]) => ({ ...list[line - first], message }));
}

// What PostgreSQL says of a statement: it is prepared, planned while nothing is
// known of its parameters, and described. A line each.
function tryOut({ sql }, i) {
    const line = oneLine(sql);
    const count = Math.max(0, ...[...line.matchAll(/\$(\d+)/g)]
        .map(([, n]) => Number(n)));
    const nulls = count === 0 ? '' : `(${Array(count).fill('NULL')})`;
    return [`PREPARE s${i} AS ${line};`, `EXPLAIN EXECUTE s${i} ${nulls};`,
        `\\echo @${i}`, `${line} \\gdesc`, '\\echo @'];
}

// Parameters are texts, bytes or 64 bits wide; results are these or small or
// summed up, but never truth values, which each engine spells in its own way.
const wide = ['text', 'bytea', 'bigint'];
const plain = [...wide, 'integer', 'numeric'];

async function refusedByPostgresql(list) {
    const script = ['SET plan_cache_mode = force_generic_plan;',
        ...list.flatMap(tryOut), '\\echo @parameters',
        'SELECT substr(name, 2), unnest(parameter_types)' +
            ' FROM pg_prepared_statements;', '\\echo @', 'DEALLOCATE ALL;'];
    const { stdout, refused } = await postgresql.psql(script.join('\n') + '\n');
    const faults = new Map();
    const fault = (i, message) =>
        faults.has(i) || faults.set(i, { ...list[i], message });
    const linesEach = tryOut({ sql: '' }, 0).length;
    for (const { line, message } of refused)
        fault(Math.floor((line - 2) / linesEach), message);
    for (const [, about, rows] of stdout.matchAll(/^@(\w+)\n([^]*?)^@$/gm))
        for (const [, name, type] of rows.matchAll(/^(.*)\|(.*)$/gm)) {
            if (about === 'parameters' && !wide.includes(type))
                fault(Number(name), `a parameter is ${type}`);
            if (about !== 'parameters' && !plain.includes(type))
                fault(Number(about), `the column ${name} is ${type}`);
        }
    return [...faults.values()];
}

function assertNone(refused) {
    const told = refused.map(({ file, line, message, sql }) =>
        `${file}:${line}: ${message}\n    ${sql}`);
    assert.equal(told.length, 0, `${told.length} refused:\n${told.join('\n')}`);
}

test('every call of db_sql is handed a literal', () => {
    assert.ok(calls.length > 300, `${calls.length} found`);
    assertNone(calls.filter(({ sql }) => sql === null)
        .map((call) => ({ ...call, message: 'no literal' })));
});

// The local gateway's journal is SQLite's with either engine, and has its
// schema in its program.
const ours = () => calls.filter(({ sql, of }) => sql !== null &&
    of !== 'journal');

test('SQLite takes every statement', async () => {
    assertNone(await refusedBySqlite(ours()));
});

test('PostgreSQL takes every statement', async () => {
    assertNone(await refusedByPostgresql(ours()));
});

test('what one of the two refuses is found', async () => {
    const good = 'SELECT status FROM orders WHERE number = $1';
    const bad = {
        sqlite: ['SELECT nothing FROM orders',
            'SELECT "word" FROM orders',
            'INSERT INTO disputes (dispute_id, status, told_at_ms)' +
                ' VALUES ($1, $2, $3) ON CONFLICT (status) DO NOTHING'],
        postgresql: ['SELECT 1 FROM orders WHERE $1 IS NULL',
            'SELECT rowid FROM orders',
            'SELECT SUM(status = $1) FROM orders',
            'SELECT status, COUNT(*) FROM orders GROUP BY hidden',
            'SELECT 1 FROM orders WHERE number > 10 - $1',
            'SELECT hidden = 1 FROM orders',
            'INSERT OR REPLACE INTO settings (name, value) VALUES ($1, $2)',
            'INSERT INTO disputes (dispute_id, status, told_at_ms)' +
                ' VALUES ($1, $2, $3) ON CONFLICT (status) DO NOTHING'],
    };
    for (const [refused, list] of [[refusedBySqlite, bad.sqlite],
        [refusedByPostgresql, bad.postgresql]]) {
        const tried = [good, ...list, good].map((sql) => ({ sql }));
        assert.deepEqual((await refused(tried)).map(({ sql }) => sql).sort(),
            [...list].sort());
    }
});

// A row id that SQLite gives by itself, PostgreSQL gives where it is an identity.
test('every INSERT names what has no value by itself', async () => {
    const { stdout } = await postgresql.psql('SELECT table_name, column_name' +
        ' FROM information_schema.columns WHERE table_schema = \'public\'' +
        ' AND is_nullable = \'NO\' AND column_default IS NULL' +
        ' AND is_identity = \'NO\';\n');
    const wanted = rowsOf(stdout).map((row) => row.split('|'));
    let inserts = 0;
    for (const { file, line, sql } of ours())
        for (const [, table, list] of
            sql.matchAll(/INSERT INTO\s+(\w+)\s+\(([^)]*)\)/g)) {
            const named = list.split(',').map((name) => name.trim());
            const left = wanted.filter(([of, column]) =>
                of === table && !named.includes(column));
            assert.deepEqual(left, [], `${file}:${line}: ${sql}`);
            inserts++;
        }
    assert.ok(inserts > 30, `${inserts} found`);
});

const typeOf = { INTEGER: 'bigint', TEXT: 'text', BLOB: 'bytea' };

test('the two schemas have the same tables, columns and indexes', async () => {
    const ask = async (forSqlite, forPostgresql) => {
        const { stdout } = await shell(`${schemas.sqlite}\n${forSqlite};\n`);
        const answer = await postgresql.psql(`${forPostgresql};\n`);
        assert.deepEqual(answer.refused, []);
        return [rowsOf(stdout), rowsOf(answer.stdout)];
    };
    const [columns, theirs] = await ask(
        'SELECT t.type, t.name, c.name, c.type,' +
            ' CASE WHEN c."notnull" + c.pk > 0 THEN \'NO\' ELSE \'YES\' END' +
            ' FROM sqlite_schema t, pragma_table_info(t.name) c' +
            ' WHERE t.type IN (\'table\', \'view\') ORDER BY t.name, c.cid',
        'SELECT CASE t.table_type WHEN \'VIEW\' THEN \'view\' ELSE \'table\'' +
            ' END, t.table_name, c.column_name, c.data_type, c.is_nullable' +
            ' FROM information_schema.tables t' +
            ' JOIN information_schema.columns c USING (table_schema, table_name)' +
            ' WHERE table_schema = \'public\'' +
            ' ORDER BY t.table_name COLLATE "C", c.ordinal_position');
    assert.ok(columns.length > 200);
    // A view's columns have no types of their own in SQLite.
    const same = (row) => row.startsWith('view')
        ? row.split('|').slice(0, 3).join('|')
        : row.replace(/\|([A-Z]+)\|/, (_, type) => `|${typeOf[type]}|`);
    assert.deepEqual(theirs.map(same), columns.map(same));

    const [indexes, their] = await ask(
        'SELECT name, tbl_name FROM sqlite_schema' +
            ' WHERE type IN (\'index\', \'trigger\') AND sql IS NOT NULL' +
            ' ORDER BY name',
        'SELECT i.relname, t.relname FROM pg_index x' +
            ' JOIN pg_class i ON i.oid = x.indexrelid' +
            ' JOIN pg_class t ON t.oid = x.indrelid' +
            ' WHERE t.relnamespace = \'public\'::regnamespace AND NOT EXISTS' +
            '  (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid' +
            '   AND c.contype IN (\'p\', \'u\'))' +
            ' UNION ALL SELECT g.tgname, t.relname FROM pg_trigger g' +
            ' JOIN pg_class t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal' +
            ' ORDER BY 1');
    assert.ok(indexes.length > 30);
    assert.deepEqual(their, indexes);
});

// What stands in both word for word, white space aside: what a column may hold
// (its CHECKs, references and defaults), and what an index holds.
test('the two schemas refuse the same', () => {
    const rules = (text) => text.replace(/--.*$/gm, '')
        .match(/CREATE (TABLE|(UNIQUE )?INDEX|VIEW)[^;]*;/g)
        .map((sql) => sql.replace(/\s+/g, ' ')
            .replace(/\) STRICT(, WITHOUT ROWID)?;/, ');')
            .replace(/\bINTEGER\b/g, 'BIGINT').replace(/\bBLOB\b/g, 'BYTEA')
            .replace(/ GENERATED BY DEFAULT AS IDENTITY/, '')).sort();
    assert.deepEqual(rules(schemas.postgresql), rules(schemas.sqlite));
});

test('the ledgers are append-only in PostgreSQL as well', async () => {
    const { refused } = await postgresql.psql('BEGIN;\n' +
        'INSERT INTO shop_profiles (name, address, tax_id)' +
        ' VALUES (\'n\', \'a\', \'t\');\n' +
        'INSERT INTO orders (number, order_id, track_token, payment_method,' +
        ' total_minor, profile_id, created_at_ms, updated_at_ms)' +
        ' VALUES (1, \'o\', \'t\', \'manual\', 5, 1, 1, 1);\n' +
        'INSERT INTO payment_entries (order_id, kind, amount_minor, gateway_id,' +
        ' intent_id, created_at_ms) VALUES (\'o\', \'charge\', 5, \'pi\',' +
        ' \'pi\', 1);\nSAVEPOINT s;\n' +
        'UPDATE payment_entries SET amount_minor = 6;\nROLLBACK TO s;\n' +
        'DELETE FROM payment_entries;\nROLLBACK;\n');
    assert.deepEqual(refused.map(({ message }) => message),
        Array(2).fill('the payment ledger is append-only'));
});
