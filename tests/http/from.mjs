// Requests from an address of the caller's choice: on Linux all of 127.0.0.0/8
// is this machine's, so each address there is a visitor of its own.
import http from 'node:http';

// One request on a connection of its own; gives { status, headers, text }.
export function askFrom(localAddress, base, method, path,
    { headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
        const request = http.request(base + path, { method, localAddress,
            agent: false, headers: body === undefined ? headers : {
                ...headers, 'content-length': Buffer.byteLength(body) } });
        request.on('error', reject);
        request.on('response', (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (part) => { text += part; });
            answer.on('error', reject);
            answer.on('end', () => resolve({ status: answer.statusCode,
                headers: answer.headers, text }));
        });
        request.end(body);
    });
}

export const orderFrom = (localAddress, base, order) =>
    askFrom(localAddress, base, 'POST', '/orders', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order) });
