// What the benchmarks share: how figures are shown, and the HOMEs of shops.
import { rm } from 'node:fs/promises';

export const show = (name, value) =>
    console.log(`${name.padEnd(44)}${value}`);
export const median = (list) =>
    [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// ext4 is slow to make files for seconds after thousands were removed, so every
// HOME stays until the end.
const homes = [];
export function keep(shop) {
    homes.push(shop.home);
    return shop;
}
export async function removeKept() {
    for (const home of homes)
        await rm(home, { recursive: true });
}

export const stock = (shop) =>
    shop.addProducts('mouse,Mouse,Small,25,100000000');
