/* The history of executions: every event, a row a transaction while the
 * execution runs; soon after its end the rows are packed together, with the
 * texts of the execution that are kept for reading only. An event is
 * stored as {"id","type","at" (ms),"state"?,"detail"?,"same"?}; types and
 * details are the engine's (lib/asl/asl.h) and, for what people did, {"by",
 * "reason"}. "same" names the one of the detail's input, output and parameters
 * that is left out: it equals the last of these in the row's events before it
 * that is an object or array with something in it. Most often one state's
 * output is the next one's input. history_read puts it back. */
#ifndef SHOP_EXECUTION_HISTORY_H
#define SHOP_EXECUTION_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/adapter/json/json.h"
#include "lib/shop/execution/execution.h"

enum {
    HISTORY_MAX_EVENTS = 25000, /* of one execution; AWS's own limit */
    HISTORY_MAX_BYTES = 64 * 1024 * 1024,
    HISTORY_PAGE = 1000
};

struct history_event {
    int64_t id; /* from 1 on */
    const char *type;
    const char *state;         /* or NULL */
    const struct json *detail; /* an object, or NULL */
    int64_t at_ms;
};

/* Events after the one numbered after (0: from the first), in order, at most
 * HISTORY_PAGE and about max_bytes of their text, but one row at least, which
 * may be 2 MiB: reading takes 60 bytes of arena for each byte. *more: there
 * are further ones. Gives their number. */
size_t history_read(struct db *db, const char *order_id, int64_t after,
                    size_t max_bytes, struct history_event **events, bool *more,
                    struct arena *arena);

/* Writes events (a JSON array's inside: objects parted by commas). */
void history_append(struct db *db, const char *order_id, int64_t first_event,
                    const char *events);

/* Packs the history, input, image and output of the one that ended the longest
 * ago, before before_ms; what comes later (a note, a redrive) stands in rows of
 * its own again. False: all such are packed. */
bool history_pack(struct db *db, int64_t before_ms, struct arena *arena);

/* What was packed with the execution's end. */
struct execution_data history_data(struct db *db, const char *order_id,
                                   struct arena *arena);

/* Thins the packed histories of at most limit executions that ended before
 * before_ms to their summary: input, output and parameters leave every event,
 * the execution its input, output and image; who did what stays. Gives how many
 * it thinned. */
size_t history_thin(struct db *db, int64_t before_ms, int64_t limit,
                    struct arena *arena);

#endif
