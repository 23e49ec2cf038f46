/* Executions: see execution.h. Here: reading, moving and ending one. When it is
 * due stands in due.c, crashes of the reaper in crash.c. */
#include "lib/shop/execution/execution.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text/json_writer.h"
#include "lib/base/time/clock.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/private.h"
#include "lib/shop/execution/task_token.h"

static const char *const statuses[] = {"RUNNING", "SUCCEEDED", "FAILED",
                                       "TIMED_OUT", "ABORTED"};
const struct names execution_status_names = NAMES("execution status", statuses);

void execution_start(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO executions (order_id, definition_hash, zero_work_ms,"
            " due_work_ms, started_at_ms) VALUES ($1,"
            " (SELECT value FROM settings WHERE name = 'workflow'),"
            " $2, $2, $3)");
    db_put_text(s, order_id);
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, now_ms);
    db_run(s);
}

#define EXECUTION_COLUMNS                                                      \
    "SELECT order_id, definition_hash, status, state, error, cause, redrives," \
    " revision, reaper, zero_work_ms, last_event, started_at_ms, ended_at_ms," \
    " thinned, history_bytes, packed"

enum { COLUMN_PACKED = 15 };

static struct execution read_columns(struct db_statement *s,
                                     int64_t now_work_ms, struct arena *arena)
{
    struct execution e = {.order_id = db_text(s, 0, arena)};
    e.definition_hash = db_text(s, 1, arena);
    e.status = (enum execution_status)db_value(s, 2, &execution_status_names);
    e.state = db_text(s, 3, arena);
    e.error = db_text(s, 4, arena);
    e.cause = db_text(s, 5, arena);
    e.redrives = db_int(s, 6);
    e.revision = db_int(s, 7);
    e.reaper = db_int(s, 8);
    e.clock_ms = now_work_ms - db_int(s, 9);
    e.last_event = db_int(s, 10);
    e.started_at_ms = db_int(s, 11);
    e.ended_at_ms = db_int(s, 12);
    e.thinned = db_int(s, 13) != 0;
    e.history_bytes = db_int(s, 14);
    return e;
}

/* Without its data; *packed says where that stands. */
static bool find(struct db *db, const char *order_id, struct execution *out,
                 bool *packed, struct arena *arena)
{
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s =
        db_sql(db, EXECUTION_COLUMNS " FROM executions WHERE order_id = $1");
    db_put_text(s, order_id);
    if (!db_row(s))
        return false;
    *out = read_columns(s, now_work_ms, arena);
    *packed = db_int(s, COLUMN_PACKED) != 0;
    db_done(s);
    return true;
}

bool execution_find(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena)
{
    bool packed;
    return find(db, order_id, out, &packed, arena);
}

bool execution_read(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena)
{
    bool packed;
    if (!find(db, order_id, out, &packed, arena))
        return false;
    struct execution_data data = packed ? history_data(db, order_id, arena)
                                        : execution_data(db, order_id, arena);
    out->input = data.input;
    out->image = data.image;
    out->output = data.output;
    return true;
}

struct execution_data execution_data(struct db *db, const char *order_id,
                                     struct arena *arena)
{
    struct execution_data data = {0};
    struct db_statement *s = db_sql(db, "SELECT input, image, output"
                                        " FROM execution_data"
                                        " WHERE order_id = $1");
    db_put_text(s, order_id);
    if (db_row(s)) {
        data.input = db_text(s, 0, arena);
        data.image = db_text(s, 1, arena);
        data.output = db_text(s, 2, arena);
    }
    db_done(s);
    return data;
}

static void put_data(struct db *db, const struct execution *execution)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO execution_data (order_id, input, image, output)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (order_id) DO UPDATE"
                   " SET input = excluded.input, image = excluded.image,"
                   " output = excluded.output");
    db_put_text(s, execution->order_id);
    db_put_text(s, execution->input);
    db_put_text(s, execution->image);
    db_put_text(s, execution->output);
    db_run(s);
}

bool execution_is_running(const struct execution *execution)
{
    return execution->status == EXECUTION_RUNNING;
}

static void write_event(struct text *out, int64_t id, const char *type,
                        const char *state, const char *detail, const char *same,
                        int64_t now_ms)
{
    struct json_writer w = json_writer(out);
    json_open(&w, '{');
    json_int_member(&w, "id", id);
    json_string_member(&w, "type", type);
    json_int_member(&w, "at", now_ms);
    if (state != NULL)
        json_string_member(&w, "state", state);
    if (detail != NULL) {
        json_key(&w, "detail");
        json_put_raw(&w, detail);
    }
    if (same != NULL)
        json_string_member(&w, "same", same);
    json_close(&w, '}');
}

bool execution_begins_row(const struct execution *execution)
{
    const struct text *events = &execution->events;
    return events->length == 0 ||
           events->length - execution->row_at >= EXECUTION_ROW_BYTES;
}

void execution_event(struct execution *execution, struct arena *arena,
                     const char *type, const char *state, const char *detail,
                     int64_t now_ms)
{
    execution_event_same(execution, arena, type, state, detail, NULL, now_ms);
}

void execution_event_same(struct execution *execution, struct arena *arena,
                          const char *type, const char *state,
                          const char *detail, const char *same, int64_t now_ms)
{
    assert(detail == NULL ||
           (detail[0] == '{' && strchr(detail, '\n') == NULL));
    int64_t id = ++execution->last_event;
    struct text *events = &execution->events;
    if (events->length == 0) {
        *events = text_create(arena, 512);
        execution->first_event = id;
        execution->row_at = 0;
    } else if (!execution_begins_row(execution)) {
        text_putc(events, ',');
    } else { /* no JSON of ours holds a raw line feed: it parts the rows */
        text_putc(events, '\n');
        execution->row_at = events->length;
    }
    size_t before = events->length;
    write_event(events, id, type, state, detail, same, now_ms);
    execution->history_bytes += (int64_t)(events->length - before);
}

/* The number of the last event when the execution was read: a note written
 * since then took the number of the next, so it is another hand as well. */
static int64_t last_stored_event(const struct execution *execution)
{
    return execution->events.length > 0 ? execution->first_event - 1
                                        : execution->last_event;
}

static void store_events(struct db *db, struct execution *execution)
{
    int64_t id = execution->first_event;
    char *end,
        *row = execution->events.length > 0 ? execution->events.bytes : NULL;
    for (; row != NULL; row = end) {
        end = strchr(row, '\n');
        if (end != NULL)
            *end++ = '\0';
        history_append(db, execution->order_id, id, row);
        if (end != NULL) /* {"id":N,... */
            id = strtoll(end + sizeof "{\"id\":" - 1, NULL, 10);
    }
    execution->events = (struct text){0};
    execution->first_event = 0;
}

/* Runs the UPDATE, whose last parameters say which moment was read; all else is
 * stored only where it hits its row. False: another hand was first. */
static bool store(struct db *db, struct execution *execution,
                  struct db_statement *update)
{
    db_put_text(update, execution->order_id);
    db_put_int(update, execution->revision);
    db_put_int(update, last_stored_event(execution));
    if (db_run(update) != 1)
        return false;
    put_data(db, execution);
    store_events(db, execution);
    execution->revision++;
    return true;
}

/* Never later than EXECUTION_WHEN_WOKEN. */
static int64_t due_after(int64_t now_work_ms, int64_t delay_ms)
{
    if (delay_ms <= 0)
        return now_work_ms;
    return delay_ms < EXECUTION_WHEN_WOKEN - now_work_ms
               ? now_work_ms + delay_ms
               : EXECUTION_WHEN_WOKEN;
}

bool execution_save(struct db *db, struct execution *execution,
                    struct execution_wait wait)
{
    int64_t due_work_ms = due_after(db_clock_ms(db), wait.delay_ms);
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET state = $1, revision = revision + 1,"
                   " reaper = $2, crashes = CASE WHEN CAST($2 AS BIGINT) = 0"
                   "  THEN 0 ELSE crashes END,"
                   " due_work_ms ="
                   " CASE WHEN due_work_ms = $3 THEN due_work_ms ELSE $4 END,"
                   " last_event = $5, history_bytes = $6"
                   " WHERE order_id = $7 AND revision = $8"
                   " AND last_event = $9 AND status = 'RUNNING'");
    db_put_text(s, execution->state);
    db_put_int(s, wait.reaper);
    db_put_int(s, EXECUTION_PARKED); /* and it stays so */
    db_put_int(s, due_work_ms);
    db_put_int(s, execution->last_event);
    db_put_int(s, execution->history_bytes);
    if (!store(db, execution, s))
        return false;
    execution->reaper = wait.reaper;
    return true;
}

bool execution_end(struct db *db, struct execution *execution,
                   enum execution_status status, int64_t now_ms)
{
    assert(status != EXECUTION_RUNNING);
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET status = $1, state = $2, error = $3,"
            " cause = $4, revision = revision + 1, reaper = 0, crashes = 0,"
            " last_event = $5, ended_at_ms = $6, thinned = 0"
            " WHERE order_id = $7 AND revision = $8 AND last_event = $9"
            " AND status = 'RUNNING'");
    db_put_name(s, &execution_status_names, status);
    db_put_text(s, execution->state);
    db_put_text(s, execution->error);
    db_put_text(s, execution->cause);
    db_put_int(s, execution->last_event);
    db_put_int(s, now_ms);
    if (!store(db, execution, s))
        return false;
    execution->status = status;
    execution->reaper = 0;
    execution->ended_at_ms = now_ms;
    task_token_expire(db, execution->order_id, 0);
    return true;
}

bool execution_reopen(struct db *db, struct execution *execution)
{
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET definition_hash = $1, status = 'RUNNING',"
            " state = $2, error = NULL, cause = NULL, redrives = redrives + 1,"
            " revision = revision + 1, reaper = 0, crashes = 0,"
            " due_work_ms = $3, last_event = $4, ended_at_ms = NULL,"
            " packed = 0, thinned = 0 WHERE order_id = $5 AND revision = $6"
            " AND last_event = $7 AND status <> 'RUNNING'");
    db_put_text(s, execution->definition_hash);
    db_put_text(s, execution->state);
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, execution->last_event);
    execution->output = NULL;
    if (!store(db, execution, s))
        return false;
    execution->status = EXECUTION_RUNNING;
    execution->error = NULL;
    execution->cause = NULL;
    execution->redrives++;
    execution->reaper = 0;
    execution->ended_at_ms = 0;
    execution->thinned = false;
    return true;
}

void execution_note(struct db *db, const char *order_id, const char *type,
                    const char *by, const char *reason, int64_t now_ms,
                    struct arena *arena)
{
    assert(by != NULL);
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET last_event = last_event + 1"
                   " WHERE order_id = $1 RETURNING last_event");
    db_put_text(s, order_id);
    int64_t id = db_found_int(s, 0);
    if (id == 0)
        return;
    struct text detail = text_create(arena, 128);
    struct json_writer w = json_writer(&detail);
    json_open(&w, '{');
    json_string_member(&w, "by", by);
    if (reason != NULL)
        json_string_member(&w, "reason", reason);
    json_close(&w, '}');
    struct text event = text_create(arena, 256);
    write_event(&event, id, type, NULL, detail.bytes, NULL, now_ms);
    history_append(db, order_id, id, event.bytes);
}

/* The image and input are as large as the workflow makes them: they are kept
 * without being read. */
void execution_abort(struct db *db, const char *order_id, const char *cause,
                     int64_t now_ms, struct arena *arena)
{
    struct execution execution;
    if (!execution_find(db, order_id, &execution, arena) ||
        !execution_is_running(&execution))
        return;
    struct text detail = text_create(arena, 128);
    struct json_writer w = json_writer(&detail);
    json_open(&w, '{');
    json_string_member(&w, "cause", cause);
    json_close(&w, '}');
    execution_event(&execution, arena, "ExecutionAborted", NULL,
                    cause != NULL ? detail.bytes : NULL, now_ms);
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET status = 'ABORTED', error = NULL,"
            " cause = $1, revision = revision + 1, reaper = 0, crashes = 0,"
            " last_event = $2, ended_at_ms = $3, thinned = 0"
            " WHERE order_id = $4 AND status = 'RUNNING'");
    db_put_text(s, cause);
    db_put_int(s, execution.last_event);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    if (db_run(s) != 1)
        return;
    store_events(db, &execution);
    task_token_expire(db, order_id, 0);
}

size_t execution_due(struct db *db, int64_t reaper, size_t limit,
                     char (*order_ids)[CRYPTO_UUID_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE status = 'RUNNING'"
                   " AND due_work_ms <= $1 AND (reaper = 0 OR reaper = $2)"
                   " ORDER BY due_work_ms, order_id LIMIT $3");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, reaper);
    db_put_int(s, (int64_t)limit);
    size_t count = 0;
    while (db_row(s))
        db_copy(s, 0, order_ids[count++], CRYPTO_UUID_SIZE);
    return count;
}

int64_t execution_next_due(struct db *db, int64_t reaper)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_work_ms FROM executions WHERE status = 'RUNNING'"
                   " AND (reaper = 0 OR reaper = $1)"
                   " ORDER BY due_work_ms LIMIT 1");
    db_put_int(s, reaper);
    int64_t due = db_found_int(s, INT64_MAX);
    return due < EXECUTION_WHEN_WOKEN ? due : INT64_MAX;
}

/* Before all that has yet to begin: what is under way is finished first, or an
 * order would wait at every turn for each that came after it. */
void execution_wake(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = 0 WHERE order_id = $1"
                   " AND status = 'RUNNING' AND due_work_ms <> $2");
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    db_run(s);
}
