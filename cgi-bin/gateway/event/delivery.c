/* The journal's deliveries: see delivery.h. */
#include "cgi-bin/gateway/event/delivery.h"

int journal_delivery_targets(struct db *db, struct arena *arena, int limit,
                             struct delivery_target *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT endpoint_id, url, secret FROM webhook_endpoints "
                   "WHERE status = 'enabled' ORDER BY endpoint_id LIMIT $1");
    int count = 0;
    db_put_int(s, limit);
    while (db_row(s))
        out[count++] =
            (struct delivery_target){.endpoint_id = db_text(s, 0, arena),
                                     .url = db_text(s, 1, arena),
                                     .secret = db_text(s, 2, arena)};
    return count;
}

int journal_deliveries(struct db *db, struct arena *arena,
                       const char *endpoint_id, int limit, struct delivery *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT d.delivery_id, d.event_id, d.due_ms, d.calls, "
                   "e.created_ms "
                   "FROM deliveries d JOIN events e ON e.event_id = d.event_id "
                   "WHERE d.endpoint_id = $1 AND d.status = 'due' "
                   "ORDER BY d.due_ms, d.delivery_id LIMIT $2");
    int count = 0;
    db_put_text(s, endpoint_id);
    db_put_int(s, limit);
    while (db_row(s))
        out[count++] = (struct delivery){.id = db_int(s, 0),
                                         .event_id = db_text(s, 1, arena),
                                         .due_ms = db_int(s, 2),
                                         .calls = (int)db_int(s, 3),
                                         .created_ms = db_int(s, 4)};
    return count;
}

void journal_delivery_made(struct db *db, int64_t id, int http_status,
                           const char *fault, int64_t again_ms)
{
    const char *status = fault == NULL   ? "done"
                         : again_ms == 0 ? "failed"
                                         : "due";
    struct db_statement *s =
        db_sql(db, "UPDATE deliveries SET status = $1, calls = calls + 1, "
                   "due_ms = CASE $1 WHEN 'due' THEN $2 ELSE due_ms END, "
                   "last_status = $3, last_error = $4 "
                   "WHERE delivery_id = $5");
    db_put_text(s, status);
    db_put_int(s, again_ms);
    if (http_status == 0)
        db_put_null(s);
    else
        db_put_int(s, http_status);
    db_put_text(s, fault);
    db_put_int(s, id);
    db_run(s);
}
