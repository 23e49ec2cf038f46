/* Events and webhook endpoints in the gateway's book: see journal.h. */
#include "cgi-bin/gateway/event/journal.h"

void journal_add_event(struct db *db, const struct event *event)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO events (sequence, event_id, type, object, "
                   "request_id, idempotency_key, created_ms) "
                   "VALUES ((SELECT coalesce(max(sequence), 0) + 1 "
                   "FROM events), $1, $2, $3, $4, $5, $6)");
    db_put_text(s, event->id);
    db_put_text(s, event->type);
    db_put_text(s, event->object);
    db_put_text(s, event->request_id);
    db_put_text(s, event->idempotency_key);
    db_put_int(s, event->created_ms);
    db_run(s);
}

void journal_deliver(struct db *db, const struct event *event, int64_t due_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO deliveries (event_id, endpoint_id, due_ms) "
            "SELECT $1, endpoint_id, $2 FROM webhook_endpoints "
            "WHERE status = 'enabled' AND (enabled_events LIKE '%\"*\"%' "
            "OR enabled_events LIKE '%\"' || $3 || '\"%')");
    db_put_text(s, event->id);
    db_put_int(s, due_ms);
    db_put_text(s, event->type);
    db_run(s);
}

/* In the order read_event reads them. */
#define EVENT_COLUMNS                                                          \
    "event_id, type, object, request_id, idempotency_key, created_ms, "        \
    "(SELECT count(*) FROM deliveries d WHERE d.event_id = events.event_id "   \
    "AND d.status = 'due')"

static void read_event(struct db_statement *s, struct arena *arena,
                       struct event *out)
{
    *out = (struct event){.id = db_text(s, 0, arena),
                          .type = db_text(s, 1, arena),
                          .object = db_text(s, 2, arena),
                          .request_id = db_text(s, 3, arena),
                          .idempotency_key = db_text(s, 4, arena),
                          .created_ms = db_int(s, 5),
                          .pending = db_int(s, 6)};
}

bool journal_event(struct db *db, struct arena *arena, const char *id,
                   struct event *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " EVENT_COLUMNS " FROM events WHERE event_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        read_event(s, arena, out);
    db_done(s);
    return found;
}

bool journal_event_place(struct db *db, const char *id,
                         struct journal_page *page)
{
    struct db_statement *s = db_sql(db, "SELECT created_ms, sequence "
                                        "FROM events WHERE event_id = $1");
    return journal_read_place(s, id, page);
}

int journal_events(struct db *db, struct arena *arena, const char *type,
                   const char *types, const struct journal_page *page,
                   struct event *out)
{
    struct db_statement *s = db_sql(
        db, "SELECT " EVENT_COLUMNS " FROM events "
            "WHERE created_ms >= $1 AND created_ms <= $2 "
            "AND (created_ms, sequence) < ($3, $4) AND type LIKE $5 "
            "AND (CAST($6 AS TEXT) = '' OR $6 LIKE '%,' || type || ',%') "
            "ORDER BY created_ms DESC, sequence DESC LIMIT $7");
    journal_put_range(s, page);
    db_put_text(s, type);
    db_put_text(s, types);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_event(s, arena, &out[count++]);
    return count;
}

void journal_put_endpoint(struct db *db, const struct endpoint *endpoint)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO webhook_endpoints (sequence, endpoint_id, url, "
            "enabled_events, secret, status, description, metadata, "
            "created_ms) VALUES ((SELECT coalesce(max(sequence), 0) + 1 "
            "FROM webhook_endpoints), $1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (endpoint_id) DO UPDATE SET url = excluded.url, "
            "secret = excluded.secret");
    db_put_text(s, endpoint->id);
    db_put_text(s, endpoint->url);
    db_put_text(s, endpoint->enabled_events);
    db_put_text(s, endpoint->secret);
    db_put_text(s, endpoint->status);
    db_put_text(s, endpoint->description);
    db_put_text(s, endpoint->metadata);
    db_put_int(s, endpoint->created_ms);
    db_run(s);
}

void journal_move_endpoint(struct db *db, const struct endpoint *endpoint)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_endpoints SET url = $1, "
                   "enabled_events = $2, status = $3, description = $4, "
                   "metadata = $5 WHERE endpoint_id = $6");
    db_put_text(s, endpoint->url);
    db_put_text(s, endpoint->enabled_events);
    db_put_text(s, endpoint->status);
    db_put_text(s, endpoint->description);
    db_put_text(s, endpoint->metadata);
    db_put_text(s, endpoint->id);
    db_run(s);
}

void journal_delete_endpoint(struct db *db, const char *id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM deliveries WHERE endpoint_id = $1");
    db_put_text(s, id);
    db_run(s);
    s = db_sql(db, "DELETE FROM webhook_endpoints WHERE endpoint_id = $1");
    db_put_text(s, id);
    db_run(s);
}

/* In the order read_endpoint reads them. */
#define ENDPOINT_COLUMNS                                                       \
    "endpoint_id, url, enabled_events, secret, status, description, "          \
    "metadata, created_ms"

static void read_endpoint(struct db_statement *s, struct arena *arena,
                          struct endpoint *out)
{
    *out = (struct endpoint){.id = db_text(s, 0, arena),
                             .url = db_text(s, 1, arena),
                             .enabled_events = db_text(s, 2, arena),
                             .secret = db_text(s, 3, arena),
                             .status = db_text(s, 4, arena),
                             .description = db_text(s, 5, arena),
                             .metadata = db_text(s, 6, arena),
                             .created_ms = db_int(s, 7)};
}

bool journal_endpoint(struct db *db, struct arena *arena, const char *id,
                      struct endpoint *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " ENDPOINT_COLUMNS
                   " FROM webhook_endpoints WHERE endpoint_id = $1");
    db_put_text(s, id);
    bool found = db_row(s);
    if (found)
        read_endpoint(s, arena, out);
    db_done(s);
    return found;
}

bool journal_endpoint_place(struct db *db, const char *id,
                            struct journal_page *page)
{
    struct db_statement *s =
        db_sql(db, "SELECT created_ms, sequence FROM webhook_endpoints "
                   "WHERE endpoint_id = $1");
    return journal_read_place(s, id, page);
}

int journal_endpoints(struct db *db, struct arena *arena,
                      const struct journal_page *page, struct endpoint *out)
{
    struct db_statement *s =
        db_sql(db, "SELECT " ENDPOINT_COLUMNS " FROM webhook_endpoints "
                   "WHERE created_ms >= $1 AND created_ms <= $2 "
                   "AND (created_ms, sequence) < ($3, $4) "
                   "ORDER BY created_ms DESC, sequence DESC LIMIT $5");
    journal_put_page(s, page);
    int count = 0;
    while (db_row(s))
        read_endpoint(s, arena, &out[count++]);
    return count;
}

int64_t journal_endpoint_count(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT count(*) FROM webhook_endpoints");
    int64_t count = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return count;
}
