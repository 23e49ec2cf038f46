// The FastCGI programs: what the route table names is built, has a socket and
// an upstream; nothing else is wanted for a new one but its test.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, startShop } from './shop.mjs';

const names = (text, pattern) =>
    [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();

describe('the list of programs', () => {
    let shop, sources;
    before(async () => {
        shop = await startShop();
        sources = (await readdir(join(root, 'cgi-bin'),
            { withFileTypes: true }))
            .filter((one) => one.isDirectory() || one.name.endsWith('.c'))
            .map((one) => one.name.replace(/\.c$/, '')).sort();
    });
    after(() => shop?.stop());

    test('is the route table', async () => {
        const table = await readFile(join(root, 'nginx/ordermill.conf'),
            'utf8');
        assert.deepEqual(names(table, /^ *fastcgi_pass (.*);$/mg), sources);
        assert.ok(sources.length > 12);
    });

    test('all of it is built, served and connected to', async () => {
        const filled = await readFile(join(shop.home, 'run/nginx.conf'),
            'utf8');
        assert.deepEqual(names(filled, /^ *upstream (.*) \{$/mg), sources);
        assert.deepEqual(
            names(filled, /^ *server unix:run\/(.*)\.sock;$/mg), sources);
        for (const name of sources) {
            assert.ok((await stat(join(shop.home, `run/${name}.sock`)))
                .isSocket(), name);
            assert.ok((await stat(join(root, 'build/cgi-bin', name))).mode
                & 0o100, name);
        }
    });

    test('each has its test', async () => {
        const tests = await readdir(join(root, 'tests/http'));
        for (const name of sources)
            assert.ok(tests.includes(`${name}.test.mjs`), name);
    });
});
