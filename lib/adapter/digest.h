/* Hash functions by name, from libmd (libmd(7)). MD5 and SHA-1 are here because
 * States.Hash of the States Language offers them; for our own use see crypto.h.
 * Called by lib/asl. */
#ifndef ADAPTER_DIGEST_H
#define ADAPTER_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_HEX = 129 };

/* The names are MD5, SHA-1, SHA-256, SHA-384, SHA-512; false for any other. out
 * is lower-case hexadecimal. */
bool digest_hex(const char *name, const void *bytes, size_t length,
                char out[DIGEST_HEX]);

#endif
