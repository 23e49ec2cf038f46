// A shop as an earlier version left it: its database and files in HOME, in
// place of this version's. Used by the upgrade tests.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile }
    from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sql } from './database.mjs';
import { root } from './shop.mjs';

export const receipt = '%PDF-1.4 as an earlier version wrote it';

async function restore(home, name, script, facts) {
    for (const file of await readdir(home))
        if (file.startsWith(name))
            await rm(join(home, file));
    const text = await readFile(join(root, 'tests/http', script), 'utf8');
    const database = join(home, name);
    await sql(database,
        '\n' + text.replace(/@(\w+)@/g, (_, fact) => facts[fact]));
    assert.equal(await sql(database, 'PRAGMA journal_mode = WAL'), 'wal');
}

// script: the database's, in this folder; gateway: that of the local gateway's,
// where it matters; facts: what stands between their at signs; receiptsOf: the
// orders that have a receipt.
export async function goBack(home, script, receiptsOf,
    { gateway, ...facts } = {}) {
    const all = { NOW: Date.now() - 60000, ...facts,
        SHA256: createHash('sha256').update(receipt).digest('hex') };
    await restore(home, 'ordermill.db', script, all);
    if (gateway !== undefined)
        await restore(home, 'gateway.db', gateway, all);
    await mkdir(join(home, 'receipts'), { recursive: true });
    for (const order of receiptsOf)
        await writeFile(join(home, 'receipts', `${order}.pdf`), receipt);
}

// The database is of this version, sound, and has the tables, columns and
// indexes of a new one.
export async function assertIsCurrent({ home, sql: ask }) {
    assert.equal(await ask(
        'SELECT value FROM settings WHERE name = \'version\''), '5');
    assert.equal(await ask(
        'PRAGMA foreign_key_check; PRAGMA integrity_check'), 'ok');
    const told = 'SELECT name, type FROM sqlite_schema ORDER BY 1';
    const columns = 'SELECT s.name, c.name, c.type, c."notnull", c.pk' +
        ' FROM sqlite_schema s, pragma_table_info(s.name) c' +
        ' WHERE s.type = \'table\' ORDER BY 1, 2';
    const fresh = join(home, 'fresh.db');
    await sql(fresh,
        '\n' + await readFile(join(root, 'db/schema.sql'), 'utf8'));
    for (const text of [told, columns])
        assert.equal(await sql(join(home, 'ordermill.db'), text),
            await sql(fresh, text));
    await rm(fresh);
}

// A copy of what it was before is kept, with so many orders.
export async function assertCopyIsKept(home, version, orders) {
    const copy = join(home, `ordermill-version-${version}.db`);
    assert.equal((await stat(copy)).mode & 0o777, 0o600);
    assert.equal(await sql(copy, 'PRAGMA integrity_check;' +
        ' SELECT value FROM settings WHERE name = \'version\';' +
        ' SELECT count(*) FROM orders'), `ok\n${version}\n${orders}`);
}
