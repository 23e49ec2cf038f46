/* The history of executions: see history.h. */
#include "lib/shop/execution/history.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/shop/execution/task_token.h"

enum { ROW_DEPTH = 1000 };

void history_append(struct db *db, const char *order_id, int64_t first_event,
                    const char *events)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO execution_events (order_id, first_event,"
                   " events) VALUES ($1, $2, '[' || CAST($3 AS TEXT) || ']')");
    db_put_text(s, order_id);
    db_put_int(s, first_event);
    db_put_text(s, events);
    db_run(s);
}

/* NULL, and said in the log, when it cannot be read: that must stop neither
 * the reaper nor a page. */
static const struct json *read_row(struct arena *arena, const char *order_id,
                                   const char *events)
{
    struct json_fault fault;
    const struct json *list =
        json_read(arena, events, strlen(events), ROW_DEPTH, &fault);
    if (list == NULL)
        log_error("order %s: its history cannot be read: %s", order_id,
                  fault.detail);
    return list;
}

/* The members of a detail that hold the data of the workflow. */
static bool is_data(const char *name)
{
    return strcmp(name, "input") == 0 || strcmp(name, "output") == 0 ||
           strcmp(name, "parameters") == 0;
}

/* The detail with what "same" stands for; *last is that value, moved on. */
static const struct json *whole_detail(const struct json *event,
                                       const struct json **last,
                                       struct arena *arena)
{
    const struct json *detail = json_member(event, "detail");
    const char *same = json_string(json_member(event, "same"));
    struct json *whole = NULL;
    if (same != NULL && *last != NULL) {
        whole = detail == NULL ? json_make_object(arena)
                               : json_clone(arena, detail);
        json_put(arena, whole, same, *last);
    }
    for (const struct json *e = json_first(detail); e != NULL; e = json_next(e))
        if (is_data(json_name(e)) && json_first(e) != NULL)
            *last = e;
    return whole != NULL ? whole : detail;
}

static struct history_event read_event(const struct json *value,
                                       const struct json **last,
                                       struct arena *arena)
{
    struct history_event event = {
        .type = json_string(json_member(value, "type")),
        .state = json_string(json_member(value, "state")),
        .detail = whole_detail(value, last, arena)};
    json_integer(json_member(value, "id"), &event.id);
    json_integer(json_member(value, "at"), &event.at_ms);
    return event;
}

size_t history_read(struct db *db, const char *order_id, int64_t after,
                    size_t max_bytes, struct history_event **events, bool *more,
                    struct arena *arena)
{
    size_t count = 0;
    size_t bytes = 0;
    *more = false;
    *events = arena_alloc(arena, HISTORY_PAGE * sizeof **events);
    /* From the row that holds the event after that one. */
    struct db_statement *s =
        db_sql(db, "SELECT events FROM execution_events WHERE order_id = $1"
                   " AND first_event >= COALESCE((SELECT MAX(first_event)"
                   "  FROM execution_events WHERE order_id = $1"
                   "  AND first_event <= $2), 0) ORDER BY first_event");
    db_put_text(s, order_id);
    db_put_int(s, after < INT64_MAX ? after + 1 : after);
    while (!*more && db_row(s)) {
        const char *text = db_text(s, 0, arena);
        bytes += strlen(text);
        *more = count > 0 && bytes > max_bytes;
        if (*more)
            break;
        const struct json *last = NULL;
        for (const struct json *e = json_first(read_row(arena, order_id, text));
             e != NULL && !*more; e = json_next(e)) {
            struct history_event event = read_event(e, &last, arena);
            if (event.id <= after)
                continue;
            *more = count == HISTORY_PAGE;
            if (!*more)
                (*events)[count++] = event;
        }
    }
    db_done(s);
    return count;
}

static const struct json *thin_detail(struct arena *arena,
                                      const struct json *detail)
{
    struct json *thin = json_make_object(arena);
    for (const struct json *e = json_first(detail); e != NULL; e = json_next(e))
        if (!is_data(json_name(e)))
            json_add(arena, thin, json_name(e), e);
    return thin;
}

/* A detail of which nothing is left goes as well. */
static const struct json *thin_events(struct arena *arena,
                                      const struct json *events)
{
    struct json *list = json_make_array(arena);
    for (const struct json *e = json_first(events); e != NULL;
         e = json_next(e)) {
        struct json *event = json_make_object(arena);
        for (const struct json *m = json_first(e); m != NULL;
             m = json_next(m)) {
            if (strcmp(json_name(m), "same") == 0)
                continue;
            bool detail = strcmp(json_name(m), "detail") == 0;
            const struct json *value = detail ? thin_detail(arena, m) : m;
            if (!detail || json_first(value) != NULL)
                json_add(arena, event, json_name(m), value);
        }
        json_append(arena, list, event);
    }
    return list;
}

/* Rewrites the next row after that event; gives its number, 0: there is none.
 */
static int64_t thin_row(struct db *db, const char *order_id, int64_t after,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT first_event, events FROM execution_events"
                   " WHERE order_id = $1 AND first_event > $2"
                   " ORDER BY first_event LIMIT 1");
    db_put_text(s, order_id);
    db_put_int(s, after);
    if (!db_row(s))
        return 0;
    int64_t first_event = db_int(s, 0);
    const char *text = db_text(s, 1, arena);
    db_done(s);
    const struct json *events = read_row(arena, order_id, text);
    if (events == NULL)
        return first_event;
    s = db_sql(db, "UPDATE execution_events SET events = $1"
                   " WHERE order_id = $2 AND first_event = $3");
    db_put_text(s, json_print(arena, thin_events(arena, events)));
    db_put_text(s, order_id);
    db_put_int(s, first_event);
    db_run(s);
    return first_event;
}

static void thin_execution(struct db *db, const char *order_id,
                           struct arena *arena)
{
    size_t used = arena->used;
    int64_t at = 0;
    do {
        /* The rows together may be more than the arena holds, one is not. */
        arena->used = used;
        at = thin_row(db, order_id, at, arena);
    } while (at > 0);
    arena->used = used;
    task_token_forget(db, order_id);
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET input = NULL, output = NULL,"
                   " image = NULL, thinned = 1 WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}

size_t history_thin(struct db *db, int64_t before_ms, int64_t limit,
                    struct arena *arena)
{
    size_t count = 0;
    while ((int64_t)count < limit) {
        struct db_statement *s =
            db_sql(db, "SELECT order_id FROM executions"
                       " WHERE ended_at_ms IS NOT NULL AND thinned = 0"
                       " AND ended_at_ms < $1 ORDER BY ended_at_ms LIMIT 1");
        db_put_int(s, before_ms);
        if (!db_row(s))
            break;
        const char *order_id = db_text(s, 0, arena);
        db_done(s);
        thin_execution(db, order_id, arena);
        count++;
    }
    return db_refused(db) ? 0 : count;
}
