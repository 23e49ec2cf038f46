// `make bench`: a thousand orders paid on the hosted page at once in a storm of
// webhooks.
import { startShop } from '../http/shop.mjs';
import { storm } from '../http/storm.mjs';
import { show, stock } from './figures.mjs';

const ORDERS = 1000;

const shop = await startShop();
try {
    await stock(shop);
    const { placedMs, paidMs, confirmedMs, webhooks, orders } =
        await storm(shop, ORDERS);
    const seen = await Promise.all(orders.map(async ({ order_id: id }) =>
        (await shop.show(id)).status));
    show(`${ORDERS} hosted orders: CONFIRMED`,
        seen.filter((status) => status === 'CONFIRMED').length);
    show('  placed, paid, paid to the last confirmed',
        `${placedMs}, ${paidMs}, ${confirmedMs} ms`);
    show('  webhooks beside the gateway\'s own', webhooks);
    const { stdout } = await shop.run('verify');
    console.log(stdout.replace(/^/gm, '  '));
} finally {
    await shop.stop();
}
