// How long tests wait for what must come.
import { setTimeout as sleep } from 'node:timers/promises';

// `make test-sanitized` runs these tests against programs that are slower and
// map terabytes: a test that bounds address space skips itself there, and says
// so.
export const build = process.env.ORDERMILL_TEST_BUILD ?? 'build';
export const sanitized = build !== 'build';
export const patience = sanitized ? 5 : 1;

export async function waitUntil(check, timeoutMs, what) {
    const end = Date.now() + timeoutMs * patience;
    for (;;) {
        const found = await check();
        if (found)
            return found;
        if (Date.now() > end)
            throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
        await sleep(20);
    }
}

// What ask() answers as JSON, once it is a 200 and check is true of it.
export async function waitForAnswer(ask, check, timeoutMs, what) {
    let last;
    return waitUntil(async () => {
        last = await ask();
        return last.status === 200 && await check(last.json) && last.json;
    }, timeoutMs, what).catch((error) => {
        error.message += `; it is ${last?.text}`;
        throw error;
    });
}
