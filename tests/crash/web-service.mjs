// The shop's own web service, as workflows call it: https on loopback with a
// certificate of its own, and a book of all calls.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../http/shop.mjs';

// Valid from ten days ago on: a test may set the clock back.
async function certificate(folder) {
    const [key, cert] = ['key.pem', 'cert.pem'].map((n) => join(folder, n));
    const made = await runCommand('faketime', ['-f', '-10d', 'openssl', 'req',
        '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
        '-nodes', '-days', '3650', '-subj', '/CN=localhost', '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out',
        cert], process.env);
    assert.equal(made.code, 0, made.stderr);
    return { key, cert };
}

// answer(call) says what a call { path, key, body, order, at } gets: { status,
// body }, a promise of it, or undefined: nothing, ever. `at` is this machine's
// own time in ms, whatever the shop believes it to be.
export async function startWebService(answer) {
    const folder = await mkdtemp(join(tmpdir(), 'om-'));
    const { key, cert } = await certificate(folder);
    const calls = [];
    const server = createServer({ key: await readFile(key),
        cert: await readFile(cert) }, (request, response) => {
        const at = performance.now();
        let text = '';
        request.setEncoding('utf8').on('data', (part) => { text += part; });
        request.on('end', async () => {
            const body = JSON.parse(text);
            const call = { path: request.url, at, body,
                key: request.headers['idempotency-key'],
                order: request.headers['idempotency-key'].slice(0, 36) };
            calls.push(call);
            const reply = await answer(call);
            if (reply === undefined)
                return;
            response.writeHead(reply.status,
                { 'content-type': 'application/json' });
            response.end(JSON.stringify(reply.body ?? {}));
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        url: `https://127.0.0.1:${server.address().port}`,
        env: { ORDERMILL_CA_FILE: cert, ORDERMILL_TASK_PRIVATE: '1' },
        calls,
        callsOf: (order, path) => calls.filter((call) =>
            call.order === order && call.path === path),
        async stop() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
            await rm(folder, { recursive: true });
        },
    };
}
