/* Idempotency keys: see idempotency.h. */
#include "lib/shop/idempotency.h"

#include <string.h>

enum idempotency_outcome idempotency_find(struct db *db,
                                          const struct idempotency_key *key,
                                          int64_t now_ms,
                                          struct idempotency_answer *answer,
                                          struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT body_hash, status, location, answer FROM idempotency_keys"
            " WHERE space IN ($1, '" IDEMPOTENCY_OF_VERSION_3 "') AND key = $2"
            " AND created_at_ms > $3 ORDER BY created_at_ms DESC LIMIT 1");
    db_put_text(s, key->space);
    db_put_text(s, key->key);
    db_put_int(s, now_ms - IDEMPOTENCY_KEPT_MS);
    if (!db_row(s))
        return IDEMPOTENCY_NEW;
    bool same = strcmp(db_text(s, 0, arena), key->body_hash) == 0;
    *answer = (struct idempotency_answer){.status = (int)db_int(s, 1),
                                          .location = db_text(s, 2, arena),
                                          .body = db_text(s, 3, arena)};
    db_done(s);
    return same ? IDEMPOTENCY_REPLAY : IDEMPOTENCY_OTHER_BODY;
}

void idempotency_bind(struct db *db, const struct idempotency_key *key,
                      const struct idempotency_answer *answer, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO idempotency_keys (space, key, body_hash, status,"
            " location, answer, created_at_ms)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (space, key) DO UPDATE SET body_hash = "
            "excluded.body_hash,"
            " status = excluded.status, location = excluded.location,"
            " answer = excluded.answer,"
            " created_at_ms = excluded.created_at_ms");
    db_put_text(s, key->space);
    db_put_text(s, key->key);
    db_put_text(s, key->body_hash);
    db_put_int(s, answer->status);
    db_put_text(s, answer->location);
    db_put_text(s, answer->body);
    db_put_int(s, now_ms);
    db_run(s);
}

/* The rows stand in the order they came; one that was bound anew long after
 * holds its place, and goes when its own time is up. */
void idempotency_expire(struct db *db, int64_t now_ms, int64_t limit)
{
    struct db_statement *s = db_sql(
        db, "DELETE FROM idempotency_keys WHERE row_id IN (SELECT row_id FROM"
            " (SELECT row_id, created_at_ms FROM idempotency_keys"
            "  WHERE row_id > 0 ORDER BY row_id LIMIT $1) oldest WHERE "
            "created_at_ms < $2)");
    db_put_int(s, limit);
    db_put_int(s, now_ms - IDEMPOTENCY_KEPT_MS);
    db_run(s);
}
