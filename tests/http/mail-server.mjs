// A mail server on loopback: what it takes and what it refuses, a test says.
import { SMTPServer } from 'smtp-server';
import { waitUntil } from './wait.mjs';

export const refusal = (code, text) => Object.assign(new Error(text),
    { responseCode: code });
export const inClear = { disabledCommands: ['AUTH', 'STARTTLS'] };

// mails: { to, from, bytes, secure, user } of each that was sent whole,
// whatever was answered. mailFrom(session), rcptTo(address) and
// content(address, bytes) give an error, or none, or a promise of it. options
// are smtp-server's.
export async function startMailServer(options = {}) {
    const own = { mails: [], mailFrom: () => undefined,
        rcptTo: () => undefined, content: () => undefined };
    const server = new SMTPServer({ authOptional: true, logger: false,
        onMailFrom: async (address, session, done) =>
            done(await own.mailFrom(session)),
        onRcptTo: async ({ address }, session, done) =>
            done(await own.rcptTo(address)),
        onData: (stream, session, done) => {
            const chunks = [];
            stream.on('data', (chunk) => chunks.push(chunk));
            stream.on('end', async () => {
                const to = session.envelope.rcptTo
                    .map(({ address }) => address);
                const bytes = Buffer.concat(chunks);
                own.mails.push({ to, bytes, secure: session.secure,
                    user: session.user,
                    from: session.envelope.mailFrom.address });
                done(await own.content(to[0], bytes));
            });
        },
        ...options });
    server.on('error', () => {});
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return Object.assign(own, {
        at: `127.0.0.1:${server.server.address().port}`,
        to: (email) => own.mails.filter(({ to }) => to.includes(email)),
        // All that came to an address, once they are so many.
        arrived: (email, count = 1) => waitUntil(() =>
            own.to(email).length >= count && own.to(email), 20000,
        `${count} mails to ${email}`),
        stop: () => new Promise((resolve) => server.close(resolve)),
    });
}
