/* Mail messages: RFC 5322 headers, RFC 2045 bodies, RFC 2046 multiparts and
 * RFC 2047 encoded words; and the check of a mailbox's address that the order
 * form shares. Nothing here sends: see lib/adapter/transfer/transfer.h. */
#ifndef BASE_TEXT_MIME_H
#define BASE_TEXT_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text/text.h"

struct mime_message {
    const char *from_name; /* UTF-8; NULL or empty: none */
    const char *from_address;
    const char *to_name; /* UTF-8; NULL or empty: none */
    const char *to_address;
    const char *subject;    /* UTF-8 */
    const char *message_id; /* dot-atom@dot-atom, without "<" and ">" */
    int64_t date_wall_ms;
    const char *text; /* UTF-8, lines ended by LF or CRLF */
    const char *html;
    const char *pdf; /* NULL: no attachment */
    size_t pdf_length;
    const char *pdf_name; /* 1-60 letters, digits, ".", "-" and "_" */
};

/* Adds the whole message. Its lines end in CRLF and have at most 76 characters,
 * but for what cannot be folded (an address, a Message-ID). The same message
 * always gives the same bytes. False, with nothing added, when a header cannot
 * be written: an address that mime_address_ok refuses, a name or subject with a
 * control character or ill-formed UTF-8, a Message-ID or pdf_name with other
 * characters than it may have. */
bool mime_compose(const struct mime_message *message, struct text *out);

/* True for an address that mail can be sent to in practice (RFC 5321 section
 * 4.1.2). It is ASCII of at most 254 characters. Its local part is a dot-string
 * of at most 64. Its domain has labels of letters, digits and hyphens, each of
 * at most 63, the last not all digits. "localhost" is a domain; quoted local
 * parts and IP addresses are not accepted. */
bool mime_address_ok(const char *address);

#endif
