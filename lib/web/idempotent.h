/* The Idempotency-Key of a request, for endpoints that honour it: whoever asks
 * has one key space for all of them (idempotency.h). */
#ifndef WEB_IDEMPOTENT_H
#define WEB_IDEMPOTENT_H

#include "lib/shop/idempotency.h"
#include "lib/web/web.h"

struct idempotent {
    struct idempotency_key key; /* its key is NULL: there is none */
    char body_hash[CRYPTO_SHA256_HEX];
};

/* Reads the header; WEB_GO_ON, or a status with the reply filled in. scope is
 * what beside the body makes two requests the same: "" for ordering, which has
 * several paths, else the path. */
int idempotent_read(struct web *web, struct request *request,
                    struct reply *reply, const char *scope,
                    struct idempotent *out);

/* The answer of an earlier request with this key; 0: there is none, carry the
 * request out. Inside `write`. */
int idempotent_replay(struct web *web, const struct request *request,
                      struct reply *reply, const struct idempotent *own,
                      int64_t now_ms);

/* Keeps the reply's body; location may be "". */
void idempotent_bind(struct web *web, const struct reply *reply,
                     const struct idempotent *own, int status,
                     const char *location, int64_t now_ms);

#endif
