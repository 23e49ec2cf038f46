/* Events and their deliveries: see event.h. */
#include "cgi-bin/gateway/event/event.h"

#include <assert.h>
#include <string.h>

#include "lib/base/time/clock.h"

/* pending is not stored. */
static void add_event(struct db *db, const struct event *event)
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

/* One delivery, due then, for each enabled endpoint that wants the type. */
static void deliver(struct db *db, const struct event *event, int64_t due_ms)
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

bool event_find(struct db *db, struct arena *arena, const char *id,
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

int event_find_page(struct db *db, struct arena *arena, const char *type,
                    const char *types, const struct listing_page *page,
                    struct event *out)
{
    struct db_statement *s = db_sql(
        db, "SELECT " EVENT_COLUMNS " FROM events "
            "WHERE created_ms >= $1 AND created_ms <= $2 "
            "AND (created_ms, sequence) < ($3, $4) AND type LIKE $5 "
            "AND (CAST($6 AS TEXT) = '' OR $6 LIKE '%,' || type || ',%') "
            "ORDER BY created_ms DESC, sequence DESC LIMIT $7");
    listing_put_range(s, page);
    db_put_text(s, type);
    db_put_text(s, types);
    db_put_int(s, page->limit);
    int count = 0;
    while (db_row(s))
        read_event(s, arena, &out[count++]);
    return count;
}

static const char *const delivery_statuses[] = {"due", "done", "failed"};
const struct names delivery_status_names =
    NAMES("delivery status", delivery_statuses);

int delivery_find_due(struct db *db, struct arena *arena,
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

void delivery_made(struct db *db, int64_t id, int http_status,
                   const char *fault, int64_t again_ms)
{
    assert(fault != NULL || (http_status >= 200 && again_ms == 0));
    enum delivery_status status = fault == NULL   ? DELIVERY_DONE
                                  : again_ms == 0 ? DELIVERY_FAILED
                                                  : DELIVERY_DUE;
    struct db_statement *s =
        db_sql(db, "UPDATE deliveries SET status = $1, calls = calls + 1, "
                   "due_ms = CASE $1 WHEN 'due' THEN $2 ELSE due_ms END, "
                   "last_status = $3, last_error = $4 "
                   "WHERE delivery_id = $5");
    db_put_name(s, &delivery_status_names, status);
    db_put_int(s, again_ms);
    if (http_status == 0)
        db_put_null(s);
    else
        db_put_int(s, http_status);
    db_put_text(s, fault);
    db_put_int(s, id);
    db_run(s);
}

void event_put(struct json_writer *w, const struct event *event)
{
    json_open(w, '{');
    json_string_member(w, "id", event->id);
    json_string_member(w, "object", "event");
    json_string_member(w, "api_version", STRIPE_OBJECT_VERSION);
    json_int_member(w, "created", event->created_ms / 1000);
    json_key(w, "data");
    json_open(w, '{');
    stripe_raw_member(w, "object", event->object);
    json_close(w, '}');
    stripe_raw_member(w, "livemode", "false");
    json_int_member(w, "pending_webhooks", event->pending);
    json_key(w, "request");
    json_open(w, '{');
    json_string_member(w, "id", event->request_id);
    json_string_member(w, "idempotency_key", event->idempotency_key);
    json_close(w, '}');
    json_string_member(w, "type", event->type);
    json_close(w, '}');
}

void event_emit(const struct cause *cause, const char *type,
                const char *object_json)
{
    const struct request *request = cause->request;
    struct db *db = cause->web->writer;
    struct arena *arena = request->arena;
    assert(db_in_transaction(db) && cause->copies >= 0 && cause->delay_ms >= 0);
    const char *key = request_variable(request, "HTTP_IDEMPOTENCY_KEY");
    if (key != NULL && !text_is_utf8(key, strlen(key)))
        key = NULL; /* a page's: the API has refused it */
    struct event event = {
        .id = stripe_id(arena, "evt_"),
        .type = type,
        .object = object_json,
        .request_id = request->id[0] == '\0'
                          ? NULL
                          : arena_printf(arena, "req_%.14s", request->id),
        .idempotency_key = key,
        .created_ms = clock_wall_ms()};
    add_event(db, &event);
    for (int i = 0; i < cause->copies; i++)
        deliver(db, &event, event.created_ms + cause->delay_ms);
    cause->web->wake = true;
}
