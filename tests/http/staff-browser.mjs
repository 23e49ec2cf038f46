// A member of staff's browser, for tests of what needs a sign-in.
import { cookiesOf, waitUntil } from './shop.mjs';

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
        // Once more when nginx has had enough of this address for now.
        async signIn(fields, query = '') {
            const page = await me.get(`/admin/sign-in${query}`);
            const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
            const next = /name="next" value="([^"]+)"/.exec(page.text)?.[1];
            return waitUntil(async () => {
                const answer = await me.ask('POST', '/admin/sign-in',
                    new URLSearchParams({ csrf, ...(next && { next }),
                        ...fields }));
                return (answer.status !== 429 ||
                    !/moment/.test(answer.text)) && answer;
            }, 10000, 'an answer of the program');
        },
    };
    return me;
}

export const messageOf = (answer) =>
    /id="sign-in-error"[^>]*>([^<]+)</.exec(answer.text)?.[1];
export const cookieOf = (answer, name) => cookiesOf(answer)
    .find((one) => one.startsWith(`${name}=`));
