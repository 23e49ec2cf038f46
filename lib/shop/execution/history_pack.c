/* Packing and thinning histories: see history.h. What is packed is a text of
 * lines, for no JSON of ours holds a raw line feed: the events as one JSON
 * array and, behind the last of them, input, image and output ("": none). */
#include <assert.h>
#include <string.h>

#include "lib/base/text/text.h"
#include "lib/shop/execution/history_row.h"
#include "lib/shop/execution/task_token.h"
#include "lib/shop/packed.h"

enum {
    PACK_BYTES = 64 * 1024 /* of events in one text, or one row's */
};

/* The line at *at, and *at moved on; NULL: it is empty, or there is none. */
static const char *take_line(char **at)
{
    char *line = *at;
    char *end = strchr(line, '\n');
    if (end != NULL)
        *end++ = '\0';
    *at = end != NULL ? end : line + strlen(line);
    return *line == '\0' ? NULL : line;
}

const char *history_unpack(struct db_statement *s, int column,
                           const char *order_id, struct execution_data *data,
                           struct arena *arena)
{
    struct deflated packed;
    packed.bytes = db_bytes(s, column, arena, &packed.length);
    char *text = packed_read(arena, packed, order_id);
    if (text == NULL)
        return NULL;
    const char *events = take_line(&text);
    if (data != NULL) {
        data->input = take_line(&text);
        data->image = take_line(&text);
        data->output = take_line(&text);
    }
    return events;
}

struct execution_data history_data(struct db *db, const char *order_id,
                                   struct arena *arena)
{
    struct execution_data data = {0};
    struct db_statement *s =
        db_sql(db, "SELECT packed FROM packed_events WHERE order_id = $1"
                   " ORDER BY first_event DESC LIMIT 1");
    db_put_text(s, order_id);
    if (db_row(s))
        history_unpack(s, 0, order_id, &data, arena);
    db_done(s);
    return data;
}

/* A chunk of the history: rows one after the other. */
struct chunk {
    struct text events;            /* a JSON array */
    int64_t first_event, last_row; /* the rows' numbers, first to last */
    bool more;                     /* there are further rows */
};

/* "[a,b]" and "[c]" are one array; not so a row that is damaged. */
static bool can_join(const struct text *events, const char *row)
{
    return events->length > 0 && events->bytes[events->length - 1] == ']' &&
           row[0] == '[' && events->length + strlen(row) <= PACK_BYTES;
}

/* The next rows, as many as are about PACK_BYTES, but one at least; an empty
 * array where there are none. */
static struct chunk read_chunk(struct db *db, const char *order_id,
                               struct arena *arena)
{
    struct chunk chunk = {.events = text_create(arena, PACK_BYTES / 8)};
    struct db_statement *s =
        db_sql(db, "SELECT first_event, events FROM execution_events"
                   " WHERE order_id = $1 ORDER BY first_event");
    db_put_text(s, order_id);
    while (db_row(s)) {
        const char *row = db_text(s, 1, arena);
        chunk.more = chunk.last_row > 0 && !can_join(&chunk.events, row);
        if (chunk.more)
            break;
        if (chunk.last_row == 0) {
            chunk.first_event = db_int(s, 0);
            text_puts(&chunk.events, row);
        } else {
            chunk.events.length--;
            text_putc(&chunk.events, ',');
            text_puts(&chunk.events, row + 1);
        }
        chunk.last_row = db_int(s, 0);
    }
    db_done(s);
    if (chunk.last_row == 0)
        text_puts(&chunk.events, "[]");
    return chunk;
}

static void put_line(struct text *text, const char *line)
{
    assert(line == NULL || strchr(line, '\n') == NULL);
    text_putc(text, '\n');
    if (line != NULL)
        text_puts(text, line);
}

/* The chunk's text in place of its rows. */
static void store_chunk(struct db *db, const char *order_id,
                        const struct chunk *chunk, struct arena *arena)
{
    struct deflated packed = packed_text(arena, chunk->events.bytes);
    struct db_statement *s =
        db_sql(db, "INSERT INTO packed_events (order_id, first_event, packed)"
                   " VALUES ($1, $2, $3)");
    db_put_text(s, order_id);
    db_put_int(s, chunk->first_event);
    db_put_bytes(s, packed.bytes, packed.length);
    db_run(s);
    s = db_sql(db, "DELETE FROM execution_events WHERE order_id = $1"
                   " AND first_event <= $2");
    db_put_text(s, order_id);
    db_put_int(s, chunk->last_row);
    db_run(s);
}

static void pack_execution(struct db *db, const char *order_id,
                           struct arena *arena)
{
    struct chunk chunk = {.more = true};
    size_t used = arena->used;
    while (chunk.more) {
        arena->used = used;
        chunk = read_chunk(db, order_id, arena);
        if (!chunk.more) {
            struct execution_data data = execution_data(db, order_id, arena);
            put_line(&chunk.events, data.input);
            put_line(&chunk.events, data.image);
            put_line(&chunk.events, data.output);
        }
        store_chunk(db, order_id, &chunk, arena);
    }
    arena->used = used;
    struct db_statement *s =
        db_sql(db, "DELETE FROM execution_data WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
    s = db_sql(db, "UPDATE executions SET packed = 1 WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}

bool history_pack(struct db *db, int64_t before_ms, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions"
                   " WHERE ended_at_ms IS NOT NULL AND packed = 0"
                   " AND ended_at_ms < $1 ORDER BY ended_at_ms LIMIT 1");
    db_put_int(s, before_ms);
    const char *order_id = db_found_text(s, arena);
    if (order_id != NULL)
        pack_execution(db, order_id, arena);
    return order_id != NULL && !db_refused(db);
}

static const struct json *thin_detail(struct arena *arena,
                                      const struct json *detail)
{
    struct json *thin = json_make_object(arena);
    for (const struct json *e = json_first(detail); e != NULL; e = json_next(e))
        if (!history_is_data(json_name(e)))
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

/* Rewrites the next packed row after that event, without what was kept; gives
 * its number, 0: there is none. */
static int64_t thin_row(struct db *db, const char *order_id, int64_t after,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT first_event, packed FROM packed_events"
                   " WHERE order_id = $1 AND first_event > $2"
                   " ORDER BY first_event LIMIT 1");
    db_put_text(s, order_id);
    db_put_int(s, after);
    if (!db_row(s))
        return 0;
    int64_t first_event = db_int(s, 0);
    const char *text = history_unpack(s, 1, order_id, NULL, arena);
    db_done(s);
    const struct json *events =
        text == NULL ? NULL : history_row(arena, order_id, text);
    if (events == NULL) /* it stays as it is: somebody may mend it */
        return first_event;
    struct deflated packed =
        packed_text(arena, json_print(arena, thin_events(arena, events)));
    s = db_sql(db, "UPDATE packed_events SET packed = $1"
                   " WHERE order_id = $2 AND first_event = $3");
    db_put_bytes(s, packed.bytes, packed.length);
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
        db_sql(db, "UPDATE executions SET thinned = 1 WHERE order_id = $1");
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
                       " AND packed = 1 AND ended_at_ms < $1"
                       " ORDER BY ended_at_ms LIMIT 1");
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
