// A web service such as a shop's own tasks call: https on loopback, its
// certificate by a CA that openssl makes for the test. What it answers, a test
// says path by path.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './shop.mjs';
import { machine, pay, sell, startWorkflow, validate } from './workflow.mjs';

async function openssl(...args) {
    const done = await runCommand('openssl', ['req', '-x509', '-newkey', 'ec',
        '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        ...args], process.env);
    assert.equal(done.code, 0, done.stderr);
}

// { file, certify(name), remove }: file is for ORDERMILL_CA_FILE, name a
// subjectAltName such as IP:127.0.0.1.
export async function makeAuthority() {
    const folder = await mkdtemp(join(tmpdir(), 'om-ca-'));
    const at = (name) => join(folder, name);
    await openssl('-subj', '/CN=The CA of a test', '-keyout', at('ca.key'),
        '-out', at('ca.pem'));
    let made = 0;
    return {
        file: at('ca.pem'),
        async certify(name) {
            const [key, cert] = [at(`${++made}.key`), at(`${made}.pem`)];
            await openssl('-subj', '/CN=A test', '-keyout', key, '-out', cert,
                '-CA', at('ca.pem'), '-CAkey', at('ca.key'),
                '-addext', `subjectAltName=${name}`,
                '-addext', 'basicConstraints=critical,CA:FALSE');
            return { key: await readFile(key), cert: await readFile(cert) };
        },
        remove: () => rm(folder, { recursive: true, force: true }),
    };
}

// Every call is noted in calls: { path, method, headers, body, json }. on says
// what a path answers: [status, body, headers], body an object or a string, or
// a function of the call that gives it; null: nothing, ever; 'cut': no more
// than a part.
async function startService(authority, name = 'IP:127.0.0.1') {
    const answers = new Map();
    const open = new Set();
    const service = { calls: [], inFlight: 0, most: 0 };
    const server = createServer(await authority.certify(name),
        async (request, response) => {
            const path = request.url;
            service.inFlight++;
            service.most = Math.max(service.most, service.inFlight);
            response.on('close', () => service.inFlight--);
            const chunks = [];
            for await (const chunk of request)
                chunks.push(chunk);
            const body = Buffer.concat(chunks).toString();
            const call = { path, method: request.method, body,
                headers: request.headers, json: JSON.parse(body) };
            service.calls.push(call);
            const said = answers.has(path) ? answers.get(path) : [404];
            const answer = typeof said === 'function' ? await said(call)
                : said;
            if (answer === null)
                return;
            if (answer === 'cut') {
                response.writeHead(200, { 'content-length': 100 });
                response.write('{"part":', () => request.socket.destroy());
                return;
            }
            const [status, what = '', headers = {}] = answer;
            response.writeHead(status, headers);
            response.end(typeof what === 'string' ? what
                : JSON.stringify(what));
        });
    server.on('secureConnection', (socket) => {
        open.add(socket);
        socket.on('close', () => open.delete(socket));
        socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return Object.assign(service, {
        url: (path) => `https://127.0.0.1:${server.address().port}${path}`,
        on: (path, said) => { answers.set(path, said); },
        at: (path) => service.calls.filter((call) => call.path === path),
        close: () => new Promise((resolve) => {
            server.close(resolve);
            for (const socket of open)
                socket.destroy();
        }),
    });
}

// A shop whose workflows may call services of the test's own: { shop,
// authority, service, another, stop }. another() starts one more service, whose
// calls are not in the first one's way. definitionFor(service) gives the
// workflow.
export async function startWithService(definitionFor, env = {}) {
    const authority = await makeAuthority();
    const services = [];
    const served = { authority,
        async another(by = authority, name) {
            services.push(await startService(by, name));
            return services.at(-1);
        },
        async stop() {
            await served.shop?.stop();
            await Promise.all(services.map((one) => one.close()));
            await authority.remove();
        } };
    try {
        served.service = await served.another();
        served.shop = await startWorkflow(definitionFor(served.service), {
            env: { ORDERMILL_CA_FILE: authority.file,
                ORDERMILL_TASK_PRIVATE: '1', ...env } });
        return served;
    } catch (error) {
        await served.stop();
        throw error;
    }
}

// Of a state whose result is thrown away.
export const beside = { ResultPath: null };

// A task that is a web service.
export const web = (Resource, more = {}) =>
    ({ Type: 'Task', Resource, ResultPath: '$.web', ...more });

// An order whose web service is called before it is paid.
export const withWeb = (url, more = {}) => machine({ Check: validate,
    Web: web(url, more), Pay: { ...pay, ...beside },
    Sell: { ...sell, ...beside } });

// An execution that ended well, its order CONFIRMED.
export async function runWell(shop, definition) {
    const id = await shop.buyUnder(definition);
    const e = await shop.ends(id, 'SUCCEEDED');
    assert.equal((await shop.show(id)).status, 'CONFIRMED');
    return { id, e, output: e.output };
}

// Standard Webhooks 1.0.0, "Verifying signatures": HMAC-SHA256 over
// id.timestamp.body by the secret's bytes.
export function assertSigned({ headers, body }, secret) {
    const [prefix, key] = /^(whsec_)(.+)$/.exec(secret).slice(1);
    assert.equal(prefix, 'whsec_');
    const id = headers['webhook-id'];
    const at = headers['webhook-timestamp'];
    assert.match(id, /^[\w-]{1,255}$/);
    assert.match(at, /^\d+$/);
    assert.ok(Math.abs(Number(at) - Date.now() / 1000) < 300);
    const mac = createHmac('sha256', Buffer.from(key, 'base64'))
        .update(`${id}.${at}.${body}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${mac}`);
    assert.equal(headers['idempotency-key'], id);
    assert.match(headers['content-type'], /^application\/json\b/);
}
