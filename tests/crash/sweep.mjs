// One thing after the other is set going while the reaper is struck at the
// first, second, third ... call that bounds an effect of it.
import assert from 'node:assert/strict';
import { waitUntil } from '../http/shop.mjs';
import { startFusedShop } from './crash.mjs';

// Each call that bounds an effect strikes somewhere in a sweep.
export const CALLS = ['fdatasync', 'flock', 'fsync', 'recv', 'rename', 'send',
    'syncfs'];

// begin(shop, arm) sets it going and calls arm, from where on effects count;
// struck(shop) mends what is needed once the fuse has fired; done(shop, id,
// count) says that all of it is over; then comes the next. It runs in several
// shops side by side, as most of the time is waited away, each of which takes
// every so manyth effect. check(shop, ids) looks at each in the end.
// calls: what must have fired.
export async function sweep({ shops, least, options, signal = 'SIGKILL',
    calls = CALLS, begin, struck = () => {}, done, check }) {
    const fired = new Set();
    let strikes = 0;
    const pass = async ({ shop, fuse }, ids, n, only) => {
        await waitUntil(() => shop.processOf('reaper'), 5000, 'reaper');
        let began;
        ids.push(await begin(shop, async () => {
            began = await fuse.calls();
            await fuse.arm(n, only);
        }));
        if (n > 0) {
            await waitUntil(async () => await fuse.left() === 0, 15000,
                `the reaper to be struck at its effect ${n}`);
            fired.add(await fuse.fired());
            strikes++;
            await struck(shop);
        }
        await waitUntil(() => done(shop, ids.at(-1), ids.length), 20000,
            `${ids.at(-1)} to be over, struck at ${n}`);
        // Its last effect is that the last of it is booked.
        await waitUntil(async () => await shop.sql(`SELECT COUNT(*) FROM work
            WHERE kind <> 'reconciliation'`) === '0', 10000,
        `the work of ${ids.at(-1)} to be done, struck at ${n}`);
        return await fuse.calls() - began;
    };
    const sweepOne = async (fused, first) => {
        const { shop, fuse } = fused;
        const ids = [];
        await fuse.signal(signal);
        await shop.token(); // stored like an order
        const last = await pass(fused, ids, 0);
        assert.ok(last > least, `${last} effects are too few to be all`);
        for (let n = first; n <= last; n += shops)
            await pass(fused, ids, n);
        // How many there are varies a little: none is left out by chance.
        for (let i = first - 1; i < calls.length; i += shops)
            await pass(fused, ids, 1, calls[i]);
        await check(shop, ids);
    };
    const starts = await Promise.allSettled(Array.from({ length: shops }, () =>
        startFusedShop(options)));
    const started = starts.flatMap(({ value }) => value ?? []);
    try {
        assert.deepEqual(starts.flatMap(({ reason }) => reason ?? []), []);
        await Promise.all(started.map((one, i) => sweepOne(one, i + 1)));
    } finally {
        await Promise.all(started.map((one) => one.stop()));
    }
    assert.ok(strikes > least, `${strikes} strikes`);
    assert.deepEqual(calls.filter((name) => !fired.has(name)), []);
}
