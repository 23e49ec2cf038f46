// A payment gateway for tests that does what it is told: Stripe's shapes for
// the few calls of the reaper, kept in memory, and a script that may answer in
// its place.
import { createServer } from 'node:http';

const field = (form, name) => form.get(name) ?? undefined;

function intentOf(id, form) {
    return { id, object: 'payment_intent', status: 'succeeded',
        amount: Number(field(form, 'amount')), currency: field(form, 'currency'),
        amount_received: Number(field(form, 'amount')),
        created: Math.floor(Date.now() / 1000), last_payment_error: null,
        next_action: null, metadata: {
            order_id: field(form, 'metadata[order_id]'),
            attempt: field(form, 'metadata[attempt]') } };
}

// script(call) sees every call ({ method, path, query, form, key }) and gives
// undefined (it is carried out), { status, body } or 'drop' (no answer) instead,
// or { hidden: one of these }: it is carried out, and that is answered.
export async function startGateway() {
    const intents = [];
    const sessions = [];
    const refunds = [];
    const saved = new Map();
    const gateway = { intents, sessions, refunds, calls: [], script: null,
        // The customer pays on the page.
        pay(session, more = {}) {
            const form = new URLSearchParams(session.form);
            form.set('amount', session.amount_total);
            form.set('currency', session.currency);
            const intent = { ...intentOf(`pi_${intents.length + 1}`, form),
                ...more };
            intents.push(intent);
            Object.assign(session, { status: 'complete',
                payment_status: 'paid', payment_intent: intent.id, url: null });
            return intent;
        },
        // The newest of this order, or undefined.
        sessionOf: (id) => [...sessions].reverse()
            .find(({ metadata }) => metadata.order_id === id),
        callsTo: (pattern) => gateway.calls.filter(({ method, path }) =>
            pattern.test(`${method} ${path}`)),
    };
    const refused = (message, code) => ({ status: 400, body: { error:
        { type: 'invalid_request_error', code, message } } });
    const found = (list, id, then) => {
        const one = list.find((item) => item.id === id);
        return one ? then(one) : { status: 404, body: { error: { code:
            'resource_missing', type: 'invalid_request_error',
        message: `No such object: ${id}` } } };
    };
    const ok = (body) => ({ status: 200, body });
    const routes = [
        [/^POST \/v1\/payment_intents$/, ({ form }) => {
            const intent = intentOf(`pi_${intents.length + 1}`, form);
            if (field(form, 'payment_method') === 'pm_bank')
                Object.assign(intent, { status: 'requires_action',
                    amount_received: 0, next_action: { type: 'redirect_to_url',
                        redirect_to_url: { url: 'https://bank.example/1' } } });
            intents.push(intent);
            return ok(intent);
        }],
        [/^GET \/v1\/payment_intents$/, ({ query }) => {
            const newest = [...intents].reverse();
            const after = query.get('starting_after');
            const at = after === null ? 0
                : newest.findIndex(({ id }) => id === after) + 1;
            const size = gateway.pageSize ?? 100;
            return ok({ object: 'list', data: newest.slice(at, at + size),
                has_more: at + size < newest.length });
        }],
        [/^GET \/v1\/payment_intents\/(\w+)$/, ({ id }) =>
            found(intents, id, ok)],
        [/^POST \/v1\/payment_intents\/(\w+)\/cancel$/, ({ id }) =>
            found(intents, id, (one) => !one.status.startsWith('requires_')
                ? refused('It cannot be cancelled.',
                    'payment_intent_unexpected_state')
                : ok(Object.assign(one, { status: 'canceled' })))],
        [/^POST \/v1\/checkout\/sessions$/, ({ form }) => {
            const id = `cs_${sessions.length + 1}`;
            const session = { id, object: 'checkout.session', status: 'open',
                payment_status: 'unpaid', payment_intent: null,
                url: `https://pay.example/${id}`,
                amount_total: Number(field(form,
                    'line_items[0][price_data][unit_amount]')),
                currency: field(form, 'line_items[0][price_data][currency]'),
                metadata: { order_id: field(form, 'metadata[order_id]'),
                    attempt: field(form, 'metadata[attempt]') } };
            Object.defineProperty(session, 'form', { value: form });
            sessions.push(session);
            return ok(session);
        }],
        [/^GET \/v1\/checkout\/sessions\/(\w+)$/, ({ id }) =>
            found(sessions, id, ok)],
        [/^POST \/v1\/checkout\/sessions\/(\w+)\/expire$/, ({ id }) =>
            found(sessions, id, (one) => one.status !== 'open'
                ? refused('Only open sessions can be expired.')
                : ok(Object.assign(one, { status: 'expired', url: null })))],
        [/^GET \/v1\/refunds$/, ({ query }) => ok({ object: 'list',
            has_more: false, data: refunds.filter((one) =>
                one.payment_intent === query.get('payment_intent')) })],
        [/^POST \/v1\/refunds$/, ({ form }) => {
            const refund = { id: `re_${refunds.length + 1}`, object: 'refund',
                amount: Number(field(form, 'amount')), status: 'succeeded',
                payment_intent: field(form, 'payment_intent'),
                metadata: { order_id: field(form, 'metadata[order_id]'),
                    refund: field(form, 'metadata[refund]') } };
            refunds.push(refund);
            return ok(refund);
        }],
    ];

    function carryOut(call) {
        for (const [pattern, answer] of routes) {
            const match = pattern.exec(`${call.method} ${call.path}`);
            if (match)
                return answer({ ...call, id: match[1] });
        }
        return { status: 404, body: { error:
            { type: 'invalid_request_error', message: 'No such URL.' } } };
    }

    function reply(call) {
        const told = gateway.script?.(call);
        if (told === 'drop')
            return told;
        if (call.key !== undefined && saved.has(call.key))
            return { ...saved.get(call.key), replayed: true };
        const done = told === undefined || told.hidden ? carryOut(call) : told;
        const answer = told?.hidden ?? done;
        if (call.key !== undefined && answer.status !== 429)
            saved.set(call.key, answer === 'drop' ? done : answer);
        return answer;
    }

    const server = createServer(async (request, response) => {
        let body = '';
        for await (const part of request)
            body += part;
        const url = new URL(request.url, 'http://gateway');
        const call = { method: request.method, path: url.pathname,
            query: url.searchParams, form: new URLSearchParams(body),
            key: request.headers['idempotency-key'] };
        gateway.calls.push(call);
        const answer = reply(call);
        if (answer === 'drop') {
            request.socket.destroy();
            return;
        }
        response.writeHead(answer.status, { 'content-type': 'application/json',
            ...(answer.replayed ? { 'idempotent-replayed': 'true' } : {}) });
        response.end(JSON.stringify(answer.body));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    gateway.env = { ORDERMILL_STRIPE_KEY: 'sk_test_scripted',
        ORDERMILL_STRIPE_URL: `http://127.0.0.1:${server.address().port}` };
    gateway.stop = () => {
        server.closeAllConnections?.();
        return new Promise((resolve) => server.close(resolve));
    };
    return gateway;
}

export const serverError = { status: 500, body: { error:
    { type: 'api_error', message: 'Something went wrong on our end.' } } };
