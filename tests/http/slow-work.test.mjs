// Nothing slow runs while others wait for the shop's lock: thirty wrong
// sign-ins at once, each worth 70 ms of CPU, and orders beside them. A hash
// made with the lock held would end its program, by an assertion.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askFrom, orderFrom } from './from.mjs';
import { startShop } from './shop.mjs';
import { csrfOf } from './staff-browser.mjs';

let shop;
before(async () => {
    shop = await startShop();
    await shop.stockUp('mouse', 100000);
});
after(() => shop.stop());

const order = { item: 'mouse', quantity: 1 };

async function wrongSignIn(address, email) {
    const page = await askFrom(address, shop.base, 'GET', '/admin/sign-in');
    const cookie = page.headers['set-cookie']
        .map((one) => one.slice(0, one.indexOf(';'))).join('; ');
    const csrf = csrfOf(page.text);
    return askFrom(address, shop.base, 'POST', '/admin/sign-in', {
        headers: { cookie,
            'content-type': 'application/x-www-form-urlencoded' },
        body: `${new URLSearchParams({ csrf, email, password: 'wrong' })}` });
}

const signInPids = async () => (await shop.processes())
    .filter((one) => one.name === 'sign-in').map((one) => one.pid);

test('wrong sign-ins hold up no order', async () => {
    await shop.wake('sign-in');
    const pids = await signInPids();
    let running = true;
    const placing = (async () => {
        const statuses = new Set();
        while (running)
            statuses.add((await orderFrom('127.0.0.1', shop.base, order))
                .status);
        return [...statuses];
    })();
    const tries = Array.from({ length: 30 }, (_, i) =>
        wrongSignIn(i % 2 ? '127.0.0.2' : '127.0.0.3', `m${i}@example.com`));
    try {
        for (const answer of await Promise.all(tries))
            assert.equal(answer.status, 422);
    } finally {
        running = false;
    }
    assert.deepEqual(await placing, [201]);
    assert.deepEqual(await signInPids(), pids, 'no program died');
});
