/* The inbox: see webhook_event.h. */
#include "lib/shop/payment/webhook_event.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/packed.h"
#include "lib/shop/queue/work.h"

static const char *const statuses[] = {"due", "applied", "early", "ignored",
                                       "failed"};
const struct names webhook_status_names = NAMES("webhook status", statuses);

/* So that those of one ms are in the order they came. */
static void queue(struct db *db, int64_t sequence)
{
    char subject[WORK_SUBJECT_SIZE];
    snprintf(subject, sizeof subject, "%012lld", (long long)sequence);
    work_queue(db, &(struct work_order){.kind = WORK_EVENT,
                                        .subject = subject,
                                        .due_work_ms = db_clock_ms(db)});
}

bool webhook_event_store(struct db *db, const char *event_id, const char *type,
                         const char *body, int64_t created_at_ms,
                         int64_t now_ms, struct arena *arena)
{
    struct deflated packed = packed_text(arena, body);
    struct db_statement *s =
        db_sql(db, "INSERT INTO webhook_events (event_id, type, body,"
                   " created_at_ms, received_at_ms) VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (event_id) DO NOTHING RETURNING sequence");
    db_put_text(s, event_id);
    db_put_text(s, type);
    db_put_bytes(s, packed.bytes, packed.length);
    db_put_int(s, created_at_ms);
    db_put_int(s, now_ms);
    int64_t sequence = db_found_int(s, 0);
    if (sequence != 0)
        queue(db, sequence);
    return sequence != 0;
}

#define EVENT_COLUMNS                                                          \
    " sequence, event_id, type, status, message, order_id,"                    \
    " created_at_ms, received_at_ms, COALESCE(applied_at_ms, 0)"

enum { EVENT_BODY = 9 /* its column, behind those */ };

static struct webhook_event read_event(struct db_statement *s,
                                       struct arena *arena)
{
    return (struct webhook_event){
        .sequence = db_int(s, 0),
        .event_id = db_text(s, 1, arena),
        .type = db_text(s, 2, arena),
        .status = (enum webhook_status)db_value(s, 3, &webhook_status_names),
        .message = db_text(s, 4, arena),
        .order_id = db_text(s, 5, arena),
        .created_at_ms = db_int(s, 6),
        .received_at_ms = db_int(s, 7),
        .applied_at_ms = db_int(s, 8)};
}

/* The one row there is, with its body; "" where that cannot be unpacked. */
static bool read_whole(struct db_statement *s, struct webhook_event *out,
                       struct arena *arena)
{
    if (!db_row(s))
        return false;
    *out = read_event(s, arena);
    struct deflated packed;
    packed.bytes = db_bytes(s, EVENT_BODY, arena, &packed.length);
    db_done(s);
    out->body = packed_read(arena, packed, out->event_id);
    if (out->body == NULL)
        out->body = "";
    return true;
}

static size_t read_events(struct db_statement *s, struct webhook_event *list,
                          struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_event(s, arena);
    return count;
}

bool webhook_event_waiting(struct db *db, const char *subject,
                           struct webhook_event *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" EVENT_COLUMNS ", body FROM webhook_events"
                   " WHERE sequence = $1 AND status IN ('due', 'early')");
    db_put_int(s, strtoll(subject, NULL, 10));
    return read_whole(s, out, arena);
}

static void end(struct db *db, int64_t sequence, enum webhook_status status,
                const char *order_id, const char *message, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = $1,"
                   " order_id = COALESCE($2, order_id), message = $3,"
                   " applied_at_ms = $4 WHERE sequence = $5");
    db_put_name(s, &webhook_status_names, status);
    db_put_text(s, order_id);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_int(s, sequence);
    db_run(s);
}

void webhook_event_applied(struct db *db, int64_t sequence,
                           const char *order_id, const char *message,
                           int64_t now_ms)
{
    end(db, sequence, WEBHOOK_APPLIED, order_id, message, now_ms);
}

void webhook_event_ignored(struct db *db, int64_t sequence, const char *message,
                           int64_t now_ms)
{
    end(db, sequence, WEBHOOK_IGNORED, NULL, message, now_ms);
}

void webhook_event_early(struct db *db, int64_t sequence, const char *message)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = 'early', message = $1"
                   " WHERE sequence = $2");
    db_put_text(s, message);
    db_put_int(s, sequence);
    db_run(s);
}

void webhook_event_failed(struct db *db, const char *subject,
                          const char *message, int64_t now_ms)
{
    char event_id[256];
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = 'failed', message = $1"
                   " WHERE sequence = $2 RETURNING event_id");
    db_put_text(s, message);
    db_put_int(s, strtoll(subject, NULL, 10));
    bool failed = db_found_copy(s, event_id, sizeof event_id);
    if (failed)
        alarm_raise_about(db, ALARM_WEBHOOK_FAILED, NULL, event_id, message,
                          now_ms);
}

bool webhook_event_again(struct db *db, const char *event_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = 'due'"
                   " WHERE event_id = $1 RETURNING sequence");
    db_put_text(s, event_id);
    int64_t sequence = db_found_int(s, 0);
    if (sequence == 0)
        return false;
    queue(db, sequence);
    alarm_settle_about(db, ALARM_WEBHOOK_FAILED, event_id, now_ms);
    return true;
}

size_t webhook_event_list(struct db *db, enum webhook_status status,
                          int64_t before, int64_t limit,
                          struct webhook_event *list, struct arena *arena)
{
    struct db_statement *s;
    if (status == WEBHOOK_ANY) {
        s = db_sql(db, "SELECT" EVENT_COLUMNS " FROM webhook_events"
                       " WHERE sequence < $1"
                       " ORDER BY sequence DESC LIMIT $2");
    } else {
        s = db_sql(db, "SELECT" EVENT_COLUMNS " FROM webhook_events"
                       " WHERE status = $1 AND sequence < $2"
                       " ORDER BY sequence DESC LIMIT $3");
        db_put_name(s, &webhook_status_names, status);
    }
    db_put_int(s, before);
    db_put_int(s, limit);
    return read_events(s, list, arena);
}

bool webhook_event_find(struct db *db, const char *event_id,
                        struct webhook_event *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT" EVENT_COLUMNS ", body FROM webhook_events"
                   " WHERE event_id = $1");
    db_put_text(s, event_id);
    return read_whole(s, out, arena);
}

/* What is due still is never forgotten, however old. */
int64_t webhook_event_thin(struct db *db, int64_t before_ms, int64_t limit)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM webhook_events WHERE sequence IN"
                   " (SELECT sequence FROM webhook_events"
                   "  WHERE received_at_ms < $1 AND status <> 'due'"
                   "  ORDER BY received_at_ms LIMIT $2)");
    db_put_int(s, before_ms);
    db_put_int(s, limit);
    return db_run(s);
}

void webhook_event_pack_all(struct db *db, struct arena *arena)
{
    size_t used = arena->used;
    int64_t sequence = 0;
    do {
        arena->used = used;
        struct db_statement *s =
            db_sql(db, "SELECT sequence, body FROM webhook_events"
                       " WHERE sequence > $1 ORDER BY sequence LIMIT 1");
        db_put_int(s, sequence);
        size_t length;
        sequence = db_row(s) ? db_int(s, 0) : 0;
        const char *body =
            sequence == 0 ? NULL : db_bytes(s, 1, arena, &length);
        db_done(s);
        if (body == NULL)
            continue;
        struct deflated packed = packed_text(arena, body);
        s = db_sql(db, "UPDATE webhook_events SET body = $1"
                       " WHERE sequence = $2");
        db_put_bytes(s, packed.bytes, packed.length);
        db_put_int(s, sequence);
        db_run(s);
    } while (sequence != 0);
    arena->used = used;
}
