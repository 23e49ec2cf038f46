/* The history of executions: see history.h. Packing and thinning it stand in
 * history_pack.c. */
#include "lib/shop/execution/history.h"

#include <assert.h>
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/shop/execution/history_row.h"

void history_append(struct db *db, const char *order_id, int64_t first_event,
                    const char *events)
{
    assert(first_event >= 1);
    struct db_statement *s =
        db_sql(db, "INSERT INTO execution_events (order_id, first_event,"
                   " events) VALUES ($1, $2, '[' || CAST($3 AS TEXT) || ']')");
    db_put_text(s, order_id);
    db_put_int(s, first_event);
    db_put_text(s, events);
    db_run(s);
}

const struct json *history_row(struct arena *arena, const char *order_id,
                               const char *events)
{
    struct json_fault fault;
    const struct json *list =
        json_read(arena, events, strlen(events), HISTORY_ROW_DEPTH, &fault);
    if (list == NULL)
        log_error("order %s: its history cannot be read: %s", order_id,
                  fault.detail);
    return list;
}

bool history_is_data(const char *name)
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
        if (history_is_data(json_name(e)) && json_first(e) != NULL)
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
    /* clang-format off */
    struct db_statement *s = db_sql(db,
        "WITH history AS ("
        " SELECT first_event, events, NULL AS packed FROM execution_events"
        "  WHERE order_id = $1"
        " UNION ALL"
        " SELECT first_event, NULL, packed FROM packed_events"
        "  WHERE order_id = $1)"
        " SELECT events, packed FROM history WHERE first_event >= COALESCE("
        "  (SELECT MAX(first_event) FROM history WHERE first_event <= $2), 0)"
        " ORDER BY first_event");
    /* clang-format on */
    db_put_text(s, order_id);
    db_put_int(s, after < INT64_MAX ? after + 1 : after);
    while (!*more && db_row(s)) {
        const char *text = db_text(s, 0, arena);
        if (text == NULL)
            text = history_unpack(s, 1, order_id, NULL, arena);
        if (text == NULL)
            continue;
        bytes += strlen(text);
        *more = count > 0 && bytes > max_bytes;
        if (*more)
            break;
        const struct json *last = NULL;
        for (const struct json *e =
                 json_first(history_row(arena, order_id, text));
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
