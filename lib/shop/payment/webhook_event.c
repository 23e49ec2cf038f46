/* The inbox: see webhook_event.h. */
#include "lib/shop/payment/webhook_event.h"

#include "lib/base/clock.h"
#include "lib/shop/health/alarm.h"

/* Due since ever: what comes in stands before what is tried again, in the
 * order it came. */
bool webhook_event_store(struct db *db, const char *event_id, const char *type,
                         const char *body, int64_t created_at_ms,
                         int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO webhook_events (event_id, type, body,"
                   " created_at_ms, received_at_ms) VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (event_id) DO NOTHING");
    db_put_text(s, event_id);
    db_put_text(s, type);
    db_put_text(s, body);
    db_put_int(s, created_at_ms);
    db_put_int(s, now_ms);
    return db_run(s) == 1;
}

#define EVENT_COLUMNS                                                          \
    " sequence, event_id, type, status, message, order_id, calls,"             \
    " created_at_ms, received_at_ms, COALESCE(applied_at_ms, 0)"

enum { EVENT_BODY = 10 /* its column, behind those */ };

static struct webhook_event read_event(struct db_statement *s,
                                       struct arena *arena)
{
    return (struct webhook_event){.sequence = db_int(s, 0),
                                  .event_id = db_text(s, 1, arena),
                                  .type = db_text(s, 2, arena),
                                  .status = db_text(s, 3, arena),
                                  .message = db_text(s, 4, arena),
                                  .order_id = db_text(s, 5, arena),
                                  .calls = db_int(s, 6),
                                  .created_at_ms = db_int(s, 7),
                                  .received_at_ms = db_int(s, 8),
                                  .applied_at_ms = db_int(s, 9)};
}

static size_t read_events(struct db_statement *s, struct webhook_event *list,
                          struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_event(s, arena);
    return count;
}

/* RETURNING keeps to no order: with one at a time there is none to keep. */
bool webhook_event_claim(struct db *db, int64_t claim_ms,
                         struct webhook_event *out, struct arena *arena)
{
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET calls = calls + 1,"
                   " due_work_ms = $1 WHERE sequence IN (SELECT sequence"
                   "  FROM webhook_events WHERE status IN ('due', 'parked')"
                   "  AND due_work_ms <= $2 ORDER BY due_work_ms, sequence"
                   "  LIMIT 1) RETURNING" EVENT_COLUMNS ", body");
    db_put_int(s, now_work_ms + claim_ms);
    db_put_int(s, now_work_ms);
    bool found = db_row(s);
    if (found) {
        *out = read_event(s, arena);
        out->body = db_text(s, EVENT_BODY, arena);
    }
    db_done(s);
    return found;
}

int64_t webhook_event_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_work_ms FROM webhook_events"
                   " WHERE status IN ('due', 'parked')"
                   " ORDER BY due_work_ms, sequence LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : INT64_MAX;
    db_done(s);
    return due;
}

/* One that may have killed the reaper lets the others go first, and the reaper
 * live for a while. */
void webhook_event_take_over(struct db *db)
{
    struct db_statement *s = db_sql(
        db,
        "UPDATE webhook_events SET due_work_ms = CASE"
        "  WHEN crashes = 0 THEN 0"
        "  ELSE CAST($1 AS BIGINT) + 1000 * (1 << CAST(crashes AS INTEGER)) END"
        " WHERE status IN ('due', 'parked')"
        " AND (due_work_ms > 0 OR crashes > 0)");
    db_put_int(s, db_clock_ms(db));
    db_run(s);
}

static void end(struct db *db, int64_t sequence, const char *status,
                const char *order_id, const char *message, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = $1,"
                   " order_id = COALESCE($2, order_id), message = $3,"
                   " applied_at_ms = $4 WHERE sequence = $5");
    db_put_text(s, status);
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
    end(db, sequence, "applied", order_id, message, now_ms);
}

void webhook_event_ignored(struct db *db, int64_t sequence, const char *message,
                           int64_t now_ms)
{
    end(db, sequence, "ignored", NULL, message, now_ms);
}

void webhook_event_parked(struct db *db, int64_t sequence, int64_t delay_ms,
                          const char *message)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = 'parked', message = $1,"
                   " due_work_ms = $2 WHERE sequence = $3");
    db_put_text(s, message);
    db_put_int(s, db_clock_ms(db) + delay_ms);
    db_put_int(s, sequence);
    db_run(s);
}

void webhook_event_blame(struct db *db, int64_t sequence, int64_t crashes,
                         int64_t now_ms)
{
    static const char why[] = "The reaper died over this event again and "
                              "again.";
    char event_id[256];
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET crashes = crashes + 1,"
                   " status = CASE WHEN crashes + 1 < $1 THEN status"
                   "  ELSE 'failed' END,"
                   " message = CASE WHEN crashes + 1 < $1 THEN message"
                   "  ELSE CAST($2 AS TEXT) END"
                   " WHERE sequence = $3 AND status IN ('due', 'parked')"
                   " RETURNING event_id,"
                   " CASE WHEN status = 'failed' THEN 1 ELSE 0 END");
    db_put_int(s, crashes);
    db_put_text(s, why);
    db_put_int(s, sequence);
    bool failed = db_row(s) && db_int(s, 1) == 1;
    if (failed)
        db_copy(s, 0, event_id, sizeof event_id);
    db_done(s);
    if (failed)
        alarm_raise_about(db, ALARM_WEBHOOK_FAILED, NULL, event_id, why,
                          now_ms);
}

bool webhook_event_again(struct db *db, const char *event_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE webhook_events SET status = 'due', calls = 0,"
                   " crashes = 0, due_work_ms = 0 WHERE event_id = $1");
    db_put_text(s, event_id);
    if (db_run(s) == 0)
        return false;
    alarm_settle_about(db, ALARM_WEBHOOK_FAILED, event_id, now_ms);
    return true;
}

size_t webhook_event_list(struct db *db, const char *status, int64_t before,
                          int64_t limit, struct webhook_event *list,
                          struct arena *arena)
{
    struct db_statement *s;
    if (status == NULL) {
        s = db_sql(db, "SELECT" EVENT_COLUMNS " FROM webhook_events"
                       " WHERE sequence < $1"
                       " ORDER BY sequence DESC LIMIT $2");
    } else {
        s = db_sql(db, "SELECT" EVENT_COLUMNS " FROM webhook_events"
                       " WHERE status = $1 AND sequence < $2"
                       " ORDER BY sequence DESC LIMIT $3");
        db_put_text(s, status);
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
    bool found = db_row(s);
    if (found) {
        *out = read_event(s, arena);
        out->body = db_text(s, EVENT_BODY, arena);
    }
    db_done(s);
    return found;
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
