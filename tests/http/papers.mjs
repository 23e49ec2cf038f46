// Receipts and credit notes as their readers get them.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './shop.mjs';

// The PDF behind a link: { answer, bytes, file, text }, its text as pdftotext
// lays it out; the file stands in the shop's HOME until the next one.
export async function readPaper(shop, link) {
    const answer = await fetch(link);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/pdf');
    const bytes = Buffer.from(await answer.arrayBuffer());
    const file = join(shop.home, 'paper.pdf');
    await writeFile(file, bytes);
    const { code, stdout, stderr } = await runCommand('pdftotext',
        ['-layout', file, '-'], process.env);
    assert.equal(code, 0, stderr);
    return { answer, bytes, file, text: stdout };
}
