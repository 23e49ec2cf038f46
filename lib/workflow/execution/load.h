/* Brings an execution into memory, to be looked at or steered: where it is, and
 * what its history has. */
#ifndef WORKFLOW_EXECUTION_LOAD_H
#define WORKFLOW_EXECUTION_LOAD_H

#include "lib/asl/asl.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/history.h"

/* Address space for the largest execution in memory: an image of
 * ASL_IMAGE_BYTES, a definition of 1 MiB, or two rows of its history, each of
 * which takes up to 60 times its text. That is too much for a request's arena.
 */
enum { EXECUTION_ARENA = 512 * 1024 * 1024 };

struct execution_loaded {
    const struct asl_definition *definition;
    struct asl_run *run; /* about to begin where there was no image yet */
    const char *fault;   /* why run is NULL */
};

/* Loads it under the definition with that hash. */
struct execution_loaded execution_load(struct db *db,
                                       const struct execution *execution,
                                       const char *hash, struct arena *arena);

/* Likewise, under a definition that was read already, and with this input. */
struct execution_loaded
execution_load_under(const struct execution *execution,
                     const struct asl_definition *definition,
                     const struct json *input, struct arena *arena);

/* The stored input, or {} where there is none yet; NULL: it cannot be read. */
const struct json *execution_input(const struct execution *execution,
                                   struct arena *arena);

/* For steering: tells the engine the time. Steering has it ask for nothing
 * else. */
struct asl_env execution_env(const struct execution *execution, int64_t now_ms);

enum execution_events {
    EXECUTION_EVENTS_PAGE, /* as many as a page may take to read */
    EXECUTION_EVENTS_ALL
};

/* Hands the events of the history to `each`, in order; an event lives until
 * `each` returns. work has EXECUTION_ARENA bytes, and is afterwards as it was.
 * False: the end was left out. */
bool execution_events_each(struct db *db, const char *order_id,
                           enum execution_events extent, struct arena *work,
                           void (*each)(void *context,
                                        const struct history_event *event),
                           void *context);

#endif
