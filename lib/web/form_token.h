/* Form tokens: whoever loads a form is given one, and a request that carries it
 * comes from that form. They are signed and good for a day; nothing is stored.
 */
#ifndef WEB_FORM_TOKEN_H
#define WEB_FORM_TOKEN_H

#include <stdint.h>

#include "lib/adapter/crypto.h"

enum { FORM_TOKEN_MS = 24 * 60 * 60 * 1000 };

char *form_token_make(const unsigned char key[CRYPTO_KEY_SIZE], int64_t now_ms,
                      struct arena *arena);

/* The token's id; NULL: the token is not ours, or too old. */
const char *form_token_id(const unsigned char key[CRYPTO_KEY_SIZE],
                          const char *token, int64_t now_ms,
                          struct arena *arena);

#endif
