/* Takes executions on: asks the engine what comes next, begins the tasks it
 * names, and tells it their answers. Inside the write transaction. Called by
 * the reaper for what is due and for calls that ended. */
#ifndef WORKFLOW_EXECUTION_ADVANCE_H
#define WORKFLOW_EXECUTION_ADVANCE_H

#include "lib/workflow/execution/step.h"

/* Takes an execution that is due on, until it waits for something. One that is
 * not running is left alone. */
void advance_execution(const struct driver *driver, const char *order_id,
                       int64_t now_ms);

/* Moves the execution on by the result of this task's call, if it still waits
 * for it. */
void advance_answered(const struct driver *driver, const char *order_id,
                      int64_t task_id, const struct task_result *result,
                      int64_t now_ms);

#endif
