// What the kernel says of processes: proc(5).
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

// The fields of a stat file behind the name: the first is the state.
const fieldsOf = (stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

export const statOf = async (pid) =>
    fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));

// Every process below pid, by name: [{ pid, ppid, name, argv }].
export async function processesBelow(pid) {
    const all = [];
    for (const entry of await readdir('/proc')) {
        if (!/^\d+$/.test(entry))
            continue;
        try {
            const [, ppid] = await statOf(entry);
            const argv = (await readFile(`/proc/${entry}/cmdline`, 'utf8'))
                .split('\0');
            all.push({ pid: Number(entry), ppid: Number(ppid), argv,
                name: basename(argv[0].replace(/: .*/, '')) });
        } catch {
            // It ended while we looked.
        }
    }
    const below = new Set([pid]);
    let grown = -1;
    while (grown !== below.size) {
        grown = below.size;
        for (const one of all)
            if (below.has(one.ppid))
                below.add(one.pid);
    }
    return all.filter((one) => one.pid !== pid && below.has(one.pid));
}

// A zombie is gone: its parent, not ours to judge, has yet to notice.
export function isAlive(pid) {
    try {
        return fieldsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'))[0] !== 'Z';
    } catch {
        return false;
    }
}

// Seconds of CPU a process has used.
export async function cpuSeconds(pid) {
    const fields = await statOf(pid);
    return (Number(fields[11]) + Number(fields[12])) / 100;
}

// What all of a shop's processes take together, what they share counted once.
export async function megabytes(shop) {
    let total = 0;
    for (const { pid } of [{ pid: shop.pid }, ...await shop.processes()]) {
        const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
            .catch(() => '');
        total += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    }
    return total / 1024;
}
