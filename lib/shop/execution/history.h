/* The history of executions, which has every event. While an execution runs,
 * each transaction adds a row; soon after its end the rows are packed together,
 * with those texts of the execution that are kept for reading only. An event is
 * stored as {"id","type","at" (ms),"state"?,"detail"?,"same"?}. Types and
 * details are the engine's (lib/asl/asl.h); the detail of what people did is
 * {"by","reason"}. "same" names a member that the detail leaves out (input,
 * output or parameters) because the same value stands before it in the row: the
 * last input, output or parameters there that is an object or array with
 * something in it. Most often one state's output is the next one's input.
 * history_read puts the member back. */
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

/* Reads the events that follow the one numbered `after` (0: from the first), in
 * order; gives how many. At most HISTORY_PAGE of them, and about max_bytes of
 * their text, but at least one row, which may be 2 MiB. Takes 60 bytes of arena
 * for each byte. *more: there are further ones. */
size_t history_read(struct db *db, const char *order_id, int64_t after,
                    size_t max_bytes, struct history_event **events, bool *more,
                    struct arena *arena);

/* Writes events (a JSON array's inside: objects parted by commas). */
void history_append(struct db *db, const char *order_id, int64_t first_event,
                    const char *events);

/* Packs the history, input, image and output of one execution: the one that
 * ended the longest ago, and before before_ms. What comes later (a note, a
 * redrive) stands in rows of its own again. False: all such are packed. */
bool history_pack(struct db *db, int64_t before_ms, struct arena *arena);

/* What was packed with the execution's end. */
struct execution_data history_data(struct db *db, const char *order_id,
                                   struct arena *arena);

/* Thins the packed histories of at most limit executions that ended before
 * before_ms; gives how many. Only their summary stays: every event loses its
 * input, output and parameters, the execution its input, output and image; who
 * did what is kept. */
size_t history_thin(struct db *db, int64_t before_ms, int64_t limit,
                    struct arena *arena);

#endif
