/* Executions: see execution.h. */
#include "lib/shop/execution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json_writer.h"

enum { HISTORY_MAX = 1000 };

/* Due times that no clock reaches. */
static const int64_t DUE_QUEUED = INT64_MAX - 1;
static const int64_t DUE_NEVER = INT64_MAX;

static void insert_event(struct db *db, const char *order_id, int64_t event_id,
                         const char *type, const char *state,
                         const char *detail, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO execution_events (order_id, event_id, type, state,"
            " detail, created_at_ms) VALUES ($1, $2, $3, $4, $5, $6)");
    db_put_text(s, order_id);
    db_put_int(s, event_id);
    db_put_text(s, type);
    db_put_text(s, state);
    db_put_text(s, detail);
    db_put_int(s, now_ms);
    db_run(s);
}

void execution_start(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO executions (order_id, definition_hash, due_at_ms,"
            " started_at_ms) VALUES ($1, (SELECT value FROM settings"
            "  WHERE name = 'workflow'), $2, $2)");
    db_put_text(s, order_id);
    db_put_int(s, now_ms);
    db_run(s);
}

#define EXECUTION_COLUMNS                                                      \
    "SELECT order_id, definition_hash, status, state, entered, retries, step," \
    " fence, last_event, started_at_ms FROM executions"

static struct execution read_execution(struct db_statement *s,
                                       struct arena *arena)
{
    struct execution e = {.order_id = db_text(s, 0, arena)};
    e.definition_hash = db_text(s, 1, arena);
    e.status = db_text(s, 2, arena);
    e.state = db_text(s, 3, arena);
    e.entered = db_int(s, 4) != 0;
    char *retries = db_text(s, 5, arena);
    for (int i = 0; i < EXECUTION_RETRIERS && *retries != '\0'; i++)
        e.retries[i] = (int)strtol(retries, &retries, 10);
    e.step = db_int(s, 6);
    e.fence = db_int(s, 7);
    e.last_event = db_int(s, 8);
    e.started_at_ms = db_int(s, 9);
    return e;
}

size_t execution_due(struct db *db, int64_t now_boot_ms, int64_t limit,
                     struct execution *list, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, EXECUTION_COLUMNS " WHERE status = 'RUNNING' AND due_boot_ms <= $1"
                              " ORDER BY due_boot_ms, order_id LIMIT $2");
    db_put_int(s, now_boot_ms);
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_execution(s, arena);
    return count;
}

int64_t execution_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_boot_ms FROM executions WHERE status = 'RUNNING'"
                   " ORDER BY due_boot_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : INT64_MAX;
    db_done(s);
    return due;
}

bool execution_find(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, EXECUTION_COLUMNS " WHERE order_id = $1");
    db_put_text(s, order_id);
    if (!db_row(s))
        return false;
    *out = read_execution(s, arena);
    db_done(s);
    return true;
}

/* "0 2": as many counts as are needed. */
static const char *print_retries(const struct execution *execution,
                                 char out[EXECUTION_RETRIERS * 12])
{
    int last = EXECUTION_RETRIERS;
    while (last > 0 && execution->retries[last - 1] == 0)
        last--;
    char *at = out;
    *at = '\0';
    for (int i = 0; i < last; i++)
        at += snprintf(at, 12, "%s%d", i > 0 ? " " : "", execution->retries[i]);
    return out;
}

bool execution_save(struct db *db, struct execution *execution,
                    int64_t delay_ms, int64_t fence)
{
    char retries[EXECUTION_RETRIERS * 12];
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET state = $1, entered = $2, retries = $3,"
            " step = step + 1, fence = $4,"
            " crashes = CASE WHEN $4 = 0 THEN 0 ELSE crashes END,"
            " due_boot_ms = $5,"
            " due_at_ms = $6, wait_ms = $7, last_event = $8"
            " WHERE order_id = $9 AND step = $10 AND status = 'RUNNING'");
    db_put_text(s, execution->state);
    db_put_int(s, execution->entered ? 1 : 0);
    db_put_text(s, print_retries(execution, retries));
    db_put_int(s, fence);
    db_put_int(s, delay_ms == EXECUTION_QUEUED ? DUE_QUEUED
                  : delay_ms > 0               ? clock_boot_ms() + delay_ms
                                               : 0);
    db_put_int(s, clock_wall_ms() + (delay_ms > 0 ? delay_ms : 0));
    db_put_int(s, delay_ms > 0 ? delay_ms : 0);
    db_put_int(s, execution->last_event);
    db_put_text(s, execution->order_id);
    db_put_int(s, execution->step);
    bool saved = db_run(s) == 1;
    execution->step++;
    execution->fence = fence;
    return saved;
}

void execution_renew(struct db *db, const struct execution *execution,
                     int64_t delay_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_boot_ms = $1, due_at_ms = $2"
                   " WHERE order_id = $3 AND step = $4");
    db_put_int(s, clock_boot_ms() + delay_ms);
    db_put_int(s, clock_wall_ms() + delay_ms);
    db_put_text(s, execution->order_id);
    db_put_int(s, execution->step);
    db_run(s);
}

bool execution_end(struct db *db, struct execution *execution,
                   const char *status, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET status = $1, step = step + 1, fence = 0,"
            " last_event = $2, ended_at_ms = $3"
            " WHERE order_id = $4 AND step = $5 AND status = 'RUNNING'");
    db_put_text(s, status);
    db_put_int(s, execution->last_event);
    db_put_int(s, now_ms);
    db_put_text(s, execution->order_id);
    db_put_int(s, execution->step);
    execution->status = status;
    return db_run(s) == 1;
}

void execution_event(struct db *db, struct execution *execution,
                     const char *type, const char *detail, int64_t now_ms)
{
    insert_event(db, execution->order_id, ++execution->last_event, type,
                 execution->state, detail, now_ms);
}

void execution_note(struct db *db, const char *order_id, const char *type,
                    const char *by, const char *reason, int64_t now_ms,
                    struct arena *arena)
{
    struct text detail = text_create(arena, 128);
    struct json_writer w = json_writer(&detail);
    json_open(&w, '{');
    json_string_member(&w, "by", by);
    if (reason != NULL)
        json_string_member(&w, "reason", reason);
    json_close(&w, '}');
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET last_event = last_event + 1"
                   " WHERE order_id = $1 RETURNING last_event");
    db_put_text(s, order_id);
    int64_t event_id = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    if (event_id > 0)
        insert_event(db, order_id, event_id, type, NULL, detail.bytes, now_ms);
}

void execution_abort(struct db *db, const char *order_id, int64_t now_ms,
                     struct arena *arena)
{
    struct execution execution;
    if (!execution_find(db, order_id, &execution, arena) ||
        strcmp(execution.status, "RUNNING") != 0)
        return;
    execution_event(db, &execution, "ExecutionAborted", NULL, now_ms);
    execution_end(db, &execution, "ABORTED", now_ms);
}

void execution_release_queued(struct db *db, int64_t limit)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_boot_ms = 0 WHERE order_id IN"
                   " (SELECT order_id FROM executions WHERE status = 'RUNNING'"
                   "  AND due_boot_ms = $1 ORDER BY order_id LIMIT $2)");
    db_put_int(s, DUE_QUEUED);
    db_put_int(s, limit);
    db_run(s);
}

void execution_take_over(struct db *db, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_boot_ms = 0, fence = 0"
                   " WHERE status = 'RUNNING' AND due_boot_ms < $1"
                   " AND fence <> 0 AND fence <> $2");
    db_put_int(s, DUE_QUEUED);
    db_put_int(s, fence);
    db_run(s);
    execution_release_queued(db, INT64_MAX);
}

void execution_rebase(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_boot_ms = $1 + CASE"
                   "  WHEN due_at_ms <= $2 THEN 0"
                   "  WHEN due_at_ms - $2 < wait_ms THEN due_at_ms - $2"
                   "  ELSE wait_ms END"
                   " WHERE status = 'RUNNING' AND due_boot_ms < $3");
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    db_put_int(s, DUE_QUEUED);
    db_run(s);
}

void execution_blame(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET crashes = crashes + 1 WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}

void execution_blame_held(struct db *db, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET crashes = crashes + 1"
                   " WHERE status = 'RUNNING' AND due_boot_ms < $1"
                   " AND fence <> 0 AND fence <> $2");
    db_put_int(s, DUE_QUEUED);
    db_put_int(s, fence);
    db_run(s);
}

bool execution_is_careful(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM executions WHERE crashes > 0"
                   " AND status = 'RUNNING'"
                   " AND (fence <> 0 OR due_boot_ms <= $1) LIMIT 1");
    db_put_int(s, clock_boot_ms());
    bool careful = db_row(s);
    db_done(s);
    return careful;
}

char *execution_hopeless(struct db *db, int64_t crashes, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE crashes > 0"
                   " AND crashes >= $1 LIMIT 1");
    db_put_int(s, crashes);
    char *order_id = db_row(s) ? db_text(s, 0, arena) : NULL;
    db_done(s);
    return order_id;
}

void execution_park(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_boot_ms = $1, fence = 0,"
                   " crashes = 0, step = step + 1 WHERE order_id = $2");
    db_put_int(s, DUE_NEVER);
    db_put_text(s, order_id);
    db_run(s);
}

size_t execution_history(struct db *db, const char *order_id,
                         struct execution_event **events, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT event_id, type, state, detail, created_at_ms"
                   " FROM execution_events WHERE order_id = $1"
                   " ORDER BY event_id LIMIT $2");
    db_put_text(s, order_id);
    db_put_int(s, HISTORY_MAX);
    struct execution_event *list =
        arena_alloc(arena, HISTORY_MAX * sizeof *list);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct execution_event){.event_id = db_int(s, 0),
                                                 .type = db_text(s, 1, arena),
                                                 .state = db_text(s, 2, arena),
                                                 .detail = db_text(s, 3, arena),
                                                 .created_at_ms = db_int(s, 4)};
    *events = list;
    return count;
}
