// What SQL from outside the house finds in a database, or does to it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

async function sqlite3(options, file, text) {
    const { stdout } = await run('sqlite3', [...options, '-bail', '-cmd',
        '.timeout 5000', file, text], { maxBuffer: 1e8 });
    return stdout.trim();
}

// The text that sqlite3 prints: a row a line, | between columns. SQL that
// begins with a comment wants a line end before it, else it is an option.
export const sql = (file, text) => sqlite3([], file, text);

// The rows as objects.
export async function rows(file, text) {
    const found = await sqlite3(['-json'], file, text);
    return found === '' ? [] : JSON.parse(found);
}
