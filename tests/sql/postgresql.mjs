// A PostgreSQL 15 of a test's own: in a temporary folder, on a unix socket in
// it, gone with the test. It refuses to run as root: then it is nobody's.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const binaries = '/usr/lib/postgresql/15/bin';
const START_MS = 30000;

async function idOf(option, name) {
    return Number((await run('id', [option, name])).stdout);
}

export async function startPostgresql() {
    const folder = await mkdtemp(join(tmpdir(), 'ordermill-pg-'));
    // The server goes with the test, however that ends.
    const as = ['--pdeathsig', 'INT'];
    if (process.getuid() === 0) {
        as.push('--reuid=nobody', '--regid=nogroup', '--clear-groups');
        await chown(folder, await idOf('-u', 'nobody'),
            await idOf('-g', 'nobody'));
    }
    const data = join(folder, 'data');
    const options = { cwd: folder, env: { PATH: process.env.PATH } };
    await run('setpriv', [...as, `${binaries}/initdb`, '--pgdata', data,
        '--username', 'shop', '--auth', 'trust', '--locale', 'C', '--encoding',
        'UTF8', '--no-sync', '--no-instructions'], options);
    const server = spawn('setpriv', [...as, `${binaries}/postgres`, '-D', data,
        '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    server.stderr.setEncoding('utf8').on('data', (text) => {
        log += text;
    });
    const ended = once(server, 'exit');

    // A script's output, and what was refused: [{ line, message }]. It goes on
    // behind an error.
    async function psql(script) {
        const file = join(folder, 'script.sql');
        await writeFile(file, script);
        const { stdout, stderr } = await run(`${binaries}/psql`, ['--no-psqlrc', '--quiet',
            '--tuples-only', '--no-align', '--host', folder, '--username',
            'shop', '--file', file, 'postgres'],
        { ...options, maxBuffer: 1 << 26 });
        const refused = [...stderr.matchAll(/^psql:.*:(\d+): ERROR: +(.*)$/gm)]
            .map(([, line, message]) => ({ line: Number(line), message }));
        return { stdout, refused };
    }

    async function stop() {
        server.kill('SIGINT');
        await ended;
        await rm(folder, { recursive: true });
    }

    const until = Date.now() + START_MS;
    for (;;) {
        assert.ok(Date.now() < until && server.exitCode === null,
            `PostgreSQL does not start: ${log}`);
        try {
            await psql('SELECT 1;\n');
            return { psql, stop };
        } catch {
            await sleep(50);
        }
    }
}
