// A member of staff's browser, for tests of what needs a sign-in.
import assert from 'node:assert/strict';
import { cookiesOf, waitUntil } from './shop.mjs';

export const csrfOf = (html) => /name="csrf" value="([^"]+)"/.exec(html)[1];
// A hidden field of one of a page's forms.
export const hiddenOf = (html, form, name) => new RegExp(`id="${form}"[^]*?` +
    `name="${name}" value="([^"]+)"`).exec(html)[1];

// What lets the first member of staff in, whom serve told of.
export const credentialsOf = ({ email, password }) => ({ email, password });

// The same of another one; of one there is, the password is new.
export async function newStaff(shop, email) {
    const { code, stdout, stderr } = await shop.run('admin', 'create', email);
    assert.equal(code, 0, stderr);
    const [, password] = stdout.trim().split(' ');
    return { email, password };
}

// Keeps cookies, fills in the form it was shown. headers go with each request.
export function browser(shop, headers = {}) {
    const cookies = new Map();
    const me = {
        cookies,
        async ask(method, path, body) {
            const cookie = [...cookies].map((pair) => pair.join('='))
                .join('; ');
            const answer = await shop.request(method, path, { body,
                headers: { accept: 'text/html', ...headers,
                    ...(cookie && { cookie }) } });
            for (const one of cookiesOf(answer)) {
                const [, name, value] = /^([^=]+)=([^;]*)/.exec(one);
                if (/Max-Age=0/i.test(one))
                    cookies.delete(name);
                else
                    cookies.set(name, value);
            }
            return answer;
        },
        get: (path) => me.ask('GET', path),
        post: (path, fields) =>
            me.ask('POST', path, new URLSearchParams(fields)),
        // Once more when nginx has had enough of this address for now.
        async signIn(fields = credentialsOf(shop), query = '') {
            const page = await me.get(`/admin/sign-in${query}`);
            const csrf = csrfOf(page.text);
            const next = /name="next" value="([^"]+)"/.exec(page.text)?.[1];
            return waitUntil(async () => {
                const answer = await me.post('/admin/sign-in', { csrf,
                    ...(next && { next }), ...fields });
                return (answer.status !== 429 ||
                    !/moment/.test(answer.text)) && answer;
            }, 10000, 'an answer of the program');
        },
    };
    return me;
}

// The browser of one who has signed in; csrf is for the forms it sends.
export async function signIn(shop, who) {
    const me = browser(shop);
    const answer = await me.signIn(who);
    assert.equal(answer.status, 303, answer.text);
    me.csrf = csrfOf((await me.get('/admin/orders')).text);
    return me;
}

export const messageOf = (answer) =>
    /id="sign-in-error"[^>]*>([^<]+)</.exec(answer.text)?.[1];
export const cookieOf = (answer, name) => cookiesOf(answer)
    .find((one) => one.startsWith(`${name}=`));
