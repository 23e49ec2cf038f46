/* Signatures by which a shop's web service knows that a call comes from
 * Ordermill: Standard Webhooks 1.0.0 (standardwebhooks.com), symmetric. A
 * secret is "whsec_" and 24 to 64 bytes in padded base64. Called by the
 * reaper, which calls web services. */
#ifndef SHOP_SIGNATURE_H
#define SHOP_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

enum { SIGNATURE_LINES = 3 };

/* A new secret of 32 random bytes. */
char *signature_secret(struct arena *arena);

/* The header lines webhook-id, webhook-timestamp (unix seconds) and
 * webhook-signature ("v1," and base64 of the HMAC-SHA256 of
 * "id.timestamp.body"). The id is 1 to 255 letters, digits, '-' and '_'. It
 * names what is asked, not the single call, so that the service does it once;
 * the timestamp is the call's. False: the secret or the id is not of this form.
 */
bool signature_make(struct arena *arena, const char *secret, const char *id,
                    int64_t unix_s, const void *body, size_t length,
                    const char *lines[SIGNATURE_LINES]);

#endif
