/* The execution in JSON: see execution_json.h. What is stored as JSON text is
 * put in as it stands. */
#include "lib/api/execution_json.h"

#include "lib/base/text/json_writer.h"
#include "lib/shop/execution/history.h"
#include "lib/shop/execution/workflow.h"
#include "lib/workflow/execution/load.h"

enum { EVENTS_BYTES = 512 * 1024 }; /* of a page */

static void put_value(struct json_writer *w, const char *name, const char *json)
{
    json_key(w, name);
    if (json == NULL)
        json_put_null(w);
    else
        json_put_raw(w, json);
}

static void put_time(struct json_writer *w, const char *name, int64_t at_ms)
{
    json_key(w, name);
    if (at_ms == 0)
        json_put_null(w);
    else
        json_put_time(w, at_ms);
}

static void put_event(struct json_writer *w, const struct history_event *event,
                      struct arena *arena)
{
    json_open(w, '{');
    json_int_member(w, "id", event->id);
    json_string_member(w, "type", event->type);
    put_time(w, "timestamp", event->at_ms);
    json_string_member(w, "state", event->state);
    put_value(w, "detail",
              event->detail == NULL ? NULL : json_print(arena, event->detail));
    json_close(w, '}');
}

static void put_events(struct json_writer *w, struct db *db,
                       const char *order_id, int64_t after, struct arena *arena)
{
    struct history_event *events;
    bool more;
    size_t count =
        history_read(db, order_id, after, EVENTS_BYTES, &events, &more, arena);
    json_key(w, "events");
    json_open(w, '[');
    size_t began = w->out->length, put = 0;
    /* One row of the history may be more than a page. */
    while (put < count && w->out->length - began <= EVENTS_BYTES)
        put_event(w, &events[put++], arena);
    json_close(w, ']');
    json_key(w, "next");
    if (put > 0 && (more || put < count))
        json_put_int(w, events[put - 1].id);
    else
        json_put_null(w);
}

bool execution_json(struct db *db, const char *order_id, int64_t after,
                    struct text *out)
{
    struct execution execution;
    struct arena own = arena_create(EXECUTION_ARENA);
    bool found = execution_read(db, order_id, &execution, &own);
    if (found) {
        struct json_writer w = json_writer(out);
        json_open(&w, '{');
        json_string_member(&w, "status",
                           names_of(&execution_status_names, execution.status));
        json_string_member(&w, "state", execution.state);
        json_string_member(&w, "definition_hash", execution.definition_hash);
        put_value(&w, "definition",
                  workflow_find(db, execution.definition_hash, &own));
        put_value(&w, "input", execution.input);
        put_value(&w, "output", execution.output);
        json_string_member(&w, "error", execution.error);
        json_string_member(&w, "cause", execution.cause);
        json_int_member(&w, "redrive_count", execution.redrives);
        put_time(&w, "started_at", execution.started_at_ms);
        put_time(&w, "ended_at", execution.ended_at_ms);
        json_key(&w, "thinned");
        json_put_bool(&w, execution.thinned);
        put_events(&w, db, order_id, after, &own);
        json_close(&w, '}');
        text_putc(out, '\n');
    }
    arena_destroy(&own);
    return found;
}
