/* Taking up an execution that ended without success. Called by
 * execution_change.c. */
#ifndef EXECUTION_REDRIVE_H
#define EXECUTION_REDRIVE_H

#include "lib/asl/asl.h"
#include "lib/shop/execution.h"
#include "lib/web/execution_change.h"

/* As execution_change; execution is read, the arena has EXECUTION_ARENA. */
const char *execution_redrive(struct db *db, const struct order *order,
                              struct execution *execution,
                              const struct execution_change *change,
                              int64_t now_ms, struct arena *arena);

/* The name of the state it would go on from under its own definition; NULL:
 * it cannot. */
const char *execution_redrive_from(struct db *db, const struct order *order,
                                   const struct execution *execution,
                                   struct arena *arena);

#endif
