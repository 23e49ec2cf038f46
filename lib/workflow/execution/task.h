/* The built-in tasks of a workflow. A task begins inside the transaction that
 * moves its execution. What needs the outside it queues as work (work.h), and
 * the end of that wakes the execution: the task then begins again, and finds in
 * the rows what came of it. So it is harmless to begin a task again. */
#ifndef WORKFLOW_EXECUTION_TASK_H
#define WORKFLOW_EXECUTION_TASK_H

#include "lib/workflow/execution/step.h"

struct task_result task_failed(const char *error, const char *cause);

/* Begins the built-in task in hand. */
struct task_result task_begin(struct step *step);

/* The result of a task that waits for a payment, when that failed. */
struct task_result payment_declined(const char *code, const char *message);
#endif
