/* Kept answers: a request that was carried out binds its idempotency key, for
 * 24 hours, to its body and to the answer's bytes. lib/web/idempotent.h reads
 * the keys. */
#ifndef SHOP_IDEMPOTENCY_H
#define SHOP_IDEMPOTENCY_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

enum { IDEMPOTENCY_KEPT_MS = 24 * 60 * 60 * 1000 };

struct idempotency_answer {
    int status;
    const char *location;
    const char *body;
};

/* A key and whose it is. Guests share one space, since a guest's retry may come
 * from another network. Each of the others has a space by an id that outlives
 * his sessions: "token:..." or "staff:...". Nobody takes or reads another's
 * key. Nobody knows whose the keys of version 3 are: they have a space of their
 * own, in which all find them until they lapse, and nobody binds one. */
#define IDEMPOTENCY_GUEST "guest"
#define IDEMPOTENCY_OF_VERSION_3 "3"

struct idempotency_key {
    const char *space;
    const char *key;
    const char *body_hash;
};

enum idempotency_outcome {
    IDEMPOTENCY_NEW,       /* not bound: carry the request out */
    IDEMPOTENCY_REPLAY,    /* answered before: give *answer again */
    IDEMPOTENCY_OTHER_BODY /* bound to another body */
};

/* When both the asker's own key and one of version 3 are there, the newer
 * counts. */
enum idempotency_outcome idempotency_find(struct db *db,
                                          const struct idempotency_key *key,
                                          int64_t now_ms,
                                          struct idempotency_answer *answer,
                                          struct arena *arena);
void idempotency_bind(struct db *db, const struct idempotency_key *key,
                      const struct idempotency_answer *answer, int64_t now_ms);

/* Forgets up to limit keys past their time. */
void idempotency_expire(struct db *db, int64_t now_ms, int64_t limit);

#endif
