/* Kept answers: a request that was carried out binds its idempotency key for 24
 * hours to its body and to the answer's bytes. Reading keys is
 * lib/web/idempotent.h's. */
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

/* One key space for guests, whose retry may come from another network, and one
 * for each of the others by an id that outlives their sessions: "token:..." and
 * "staff:...". Nobody takes or reads another's key. Those of version 3 have a
 * space of their own, since it is not known whose they are: each finds them
 * there until they lapse, and nobody binds one. */
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

/* Of the asker's own key and one of version 3 the newer counts. */
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
