// The network between the reaper and the gateway, as bad as a test says: an
// https proxy in front of a shop's local gateway.
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../http/shop.mjs';

const DRIP_MS = 50;
const HUGE = 100 * 1024 * 1024;

const problem = (status, type) => ({ status, headers:
    { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(
    { error: { type, message: 'The proxy says so.' } })) });

// What becomes of a call. `asks`: the gateway gets it. `answer` gives what the
// caller gets for it: null is nothing, ever.
export const faults = {
    'refused': { down: true },
    'TLS for another host': { otherHost: true },
    'timeout before the gateway': { asks: false, answer: () => null },
    'timeout after the gateway': { asks: true, answer: () => null },
    '429 without effect': { asks: false,
        answer: () => problem(429, 'invalid_request_error') },
    '429 with effect': { asks: true,
        answer: () => problem(429, 'invalid_request_error') },
    '500 without effect': { asks: false,
        answer: () => problem(500, 'api_error') },
    '500 with effect': { asks: true,
        answer: () => problem(500, 'api_error') },
    'cut in mid-answer': { asks: true, cut: true, answer: (given) => given },
    'slow drip': { asks: true, drip: true, answer: (given) => given },
    'garbage': { asks: true, answer: (given) => ({ ...given, status: 200,
        body: Buffer.from('\0\xff{"id":', 'latin1') }) },
    '100 MB': { asks: true, huge: true, answer: (given) => given },
};

function forward(target, request, body) {
    return new Promise((resolve, reject) => {
        const { host, ...headers } = request.headers;
        const out = httpRequest(target + request.url, { headers,
            method: request.method }, (answer) => {
            const chunks = [];
            answer.on('data', (chunk) => chunks.push(chunk));
            answer.on('end', () => resolve({ status: answer.statusCode,
                headers: answer.headers, body: Buffer.concat(chunks) }));
        });
        out.on('error', reject);
        out.end(body);
    });
}

async function send(response, fault, { status, headers, body }) {
    const { 'transfer-encoding': _, connection, ...kept } = headers;
    const length = fault?.huge ? HUGE : body.length;
    response.writeHead(status, { ...kept, 'content-length': length });
    if (fault?.cut) {
        response.write(body.subarray(0, body.length / 2),
            () => response.destroy());
    } else if (fault?.drip) {
        for (const byte of body) {
            if (response.destroyed)
                return;
            response.write(Buffer.from([byte]));
            await sleep(DRIP_MS);
        }
        response.end();
    } else if (fault?.huge) {
        const spaces = Buffer.alloc(1024 * 1024, ' ');
        for (let sent = 0; sent < HUGE && !response.destroyed;
            sent += spaces.length)
            if (!response.write(spaces))
                await Promise.race([sleep(1000), new Promise((resolve) =>
                    response.once('drain', resolve))]);
        response.end();
    } else {
        response.end(body);
    }
}

// certificates: { good, bad }, as workflow-service.mjs's authority makes them.
// While a fault is set (name, times, path, and before(), after(): awaited
// around the gateway's part) the calls to that path suffer it.
export async function startProxy(target, certificates) {
    const sockets = new Set();
    const proxy = { calls: [] };
    let set = null;
    const server = createServer(certificates.good,
        async (request, response) => {
            const chunks = [];
            for await (const chunk of request)
                chunks.push(chunk);
            proxy.calls.push(`${request.method} ${request.url}`);
            const hit = set !== null && set.left > 0 &&
                request.method === 'POST' && request.url === set.path;
            const fault = hit ? faults[set.name] : undefined;
            const { before, after } = hit ? set : {};
            if (hit)
                set.left--;
            try {
                await before?.();
                const given = fault?.asks === false ? undefined
                    : await forward(target, request, Buffer.concat(chunks));
                await after?.();
                const answer = fault?.answer ? fault.answer(given) : given;
                if (answer !== null)
                    await send(response, fault, answer);
            } catch {
                response.destroy();
            }
        });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => {});
    });
    server.on('tlsClientError', () => {});
    const hangUp = () => sockets.forEach((socket) => socket.destroy());
    const listen = (port) => new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    const close = () => new Promise((resolve) => {
        server.close(resolve);
        hangUp();
    });
    const [port] = await freePorts(1);
    await listen(port);
    return Object.assign(proxy, {
        url: `https://127.0.0.1:${port}`,
        async begin(name, path, { times = 2, before, after } = {}) {
            set = { name, path, left: times, before, after };
            if (faults[name].down)
                await close();
            if (faults[name].otherHost) {
                server.setSecureContext(certificates.bad);
                hangUp();
            }
        },
        async end() {
            const { down, otherHost } = faults[set.name];
            set = null;
            if (down)
                await listen(port);
            if (otherHost) {
                server.setSecureContext(certificates.good);
                hangUp();
            }
        },
        close: () => server.listening ? close() : undefined,
    });
}
