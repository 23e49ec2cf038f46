// Mails as their readers see them.
import assert from 'node:assert/strict';

function decode(raw, encoding) {
    if (encoding === 'base64')
        return Buffer.from(raw, 'base64');
    assert.equal(encoding, 'quoted-printable');
    return Buffer.from(raw.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g,
        (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

// A MIME entity, given a character a byte: { headers: Map, type, body: Buffer,
// parts }.
function parse(text) {
    const at = text.indexOf('\r\n\r\n');
    const headers = new Map();
    for (const line of text.slice(0, at).replace(/\r\n[ \t]/g, ' ')
        .split('\r\n')) {
        const [, name, value] = /^([!-9;-~]+): ?(.*)$/.exec(line);
        assert.ok(!headers.has(name.toLowerCase()), `${name} twice`);
        headers.set(name.toLowerCase(), value);
    }
    const type = headers.get('content-type');
    const raw = text.slice(at + 4);
    const boundary = /^multipart\/.*boundary="([^"]+)"/.exec(type)?.[1];
    if (boundary === undefined)
        return { headers, type, body: decode(raw,
            headers.get('content-transfer-encoding')), parts: [] };
    const pieces = `\r\n${raw}`.split(`\r\n--${boundary}`);
    assert.match(pieces.at(-1), /^--/, 'the last boundary');
    return { headers, type, parts: pieces.slice(1, -1).map((piece) =>
        parse(piece.replace(/^[ \t]*\r\n/, ''))) };
}

// Encoded words (RFC 2047) as the reader sees them.
export const words = (value) => value.replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g,
        (_, base64) => Buffer.from(base64, 'base64').toString());

// What the subject of a mail about an order says behind its number.
export const subjectOf = (mail) =>
    /^Subject: Order \d+ (.*)\r$/m.exec(mail)[1];

// A mail of the shop's, given a character a byte: { headers, text, html, pdf },
// pdf being an entity, or undefined.
export function readMail(mail) {
    const { headers, type, parts } = parse(mail);
    const isMixed = /^multipart\/mixed/.test(type);
    const alternative = isMixed ? parts[0] : { type, parts };
    assert.match(alternative.type, /^multipart\/alternative/);
    const [text, html, ...more] = alternative.parts;
    assert.deepEqual(more, []);
    assert.match(text.type, /^text\/plain; charset=utf-8$/i);
    assert.match(html.type, /^text\/html; charset=utf-8$/i);
    return { headers, text: text.body.toString(), html: html.body.toString(),
        pdf: isMixed ? parts[1] : undefined };
}
