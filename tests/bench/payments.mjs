// `make bench`: a thousand orders paid on the hosted page at once in a storm of
// webhooks.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startShop } from '../http/shop.mjs';
import { storm } from '../http/storm.mjs';

const ORDERS = 1000;
const show = (name, value) => console.log(`${name.padEnd(44)}${value}`);

const shop = await startShop();
try {
    const file = join(shop.home, 'stock.csv');
    await writeFile(file,
        'sku,name,description,price,stock\nmouse,Mouse,Small,25,100000\n');
    await shop.run('import', 'products', file, '--recount');
    const { placedMs, paidMs, confirmedMs, webhooks, orders } =
        await storm(shop, ORDERS);
    const seen = await Promise.all(orders.map(async ({ order_id: id }) =>
        (await shop.asStaff('GET', `/orders/${id}`)).json.status));
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
