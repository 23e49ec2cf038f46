// A proxy in front of a shop, as an operator's would stand there: it forwards
// what it gets and says who asked, from whom it pretends to come, and over what.
import { createServer, request } from 'node:http';
import { startShop } from './shop.mjs';

// from: the visitor's address; proto: http or https; either may change.
export async function startProxy(target, { from = '198.51.100.1',
    proto = 'https' } = {}) {
    const proxy = { from, proto };
    const server = createServer((asked, answer) => {
        const before = asked.headers['x-forwarded-for'];
        const onward = request(target + asked.url, { method: asked.method,
            headers: { ...asked.headers,
                'x-forwarded-for': before ? `${before}, ${proxy.from}`
                    : proxy.from,
                'x-forwarded-proto': proxy.proto } }, (reply) => {
            answer.writeHead(reply.statusCode, reply.rawHeaders);
            reply.pipe(answer);
        });
        onward.on('error', () => answer.destroy());
        asked.pipe(onward);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy.base = `http://127.0.0.1:${server.address().port}`;
    proxy.stop = () => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    });
    return proxy;
}

// A shop that trusts it: { shop, proxy, seen, stop }, seen being the shop as a
// visitor sees it.
export async function startBehindProxy(env) {
    const shop = await startShop({ env });
    const proxy = await startProxy(shop.base);
    return { shop, proxy, seen: through(proxy, shop), async stop() {
        await proxy.stop();
        await shop.stop();
    } };
}

// The shop as one sees it through the proxy.
export const through = (proxy, shop) => ({ ...shop,
    request: (method, path, options) =>
        shop.requestAt(proxy.base, method, path, options) });
