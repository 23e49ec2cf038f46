/* Taking up an execution that ended without success. Called by
 * steer.c. */
#ifndef WORKFLOW_EXECUTION_REDRIVE_H
#define WORKFLOW_EXECUTION_REDRIVE_H

#include "lib/asl/asl.h"
#include "lib/shop/execution/execution.h"
#include "lib/workflow/execution/steer.h"

/* As execution_steer. execution was read by execution_read; the arena has
 * EXECUTION_ARENA. */
const char *execution_redrive(struct db *db, const struct order *order,
                              struct execution *execution,
                              const struct execution_steer *change,
                              int64_t now_ms, struct arena *arena);

/* The name of the state from which it would go on under its own definition;
 * NULL: it cannot. */
const char *execution_redrive_from(struct db *db, const struct order *order,
                                   const struct execution *execution,
                                   struct arena *arena);

#endif
