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

void idempotency_expire(struct db *db, int64_t now_ms, int64_t limit)
{
    struct db_statement *s = db_sql(
        db, "DELETE FROM idempotency_keys WHERE (space, key) IN"
            " (SELECT space, key FROM idempotency_keys WHERE created_at_ms < $1"
            " ORDER BY created_at_ms LIMIT $2)");
    db_put_int(s, now_ms - IDEMPOTENCY_KEPT_MS);
    db_put_int(s, limit);
    db_run(s);
}
