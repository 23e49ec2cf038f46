/* The built-in tasks of a workflow. A task begins inside the transaction that
 * moves its execution; what needs the outside it puts down as work (work.h),
 * whose end wakes the execution: the task then begins again and finds in the
 * rows what came of it. So beginning again what was begun is harmless. */
#ifndef WORKFLOW_EXECUTION_TASK_H
#define WORKFLOW_EXECUTION_TASK_H

#include "lib/workflow/execution/step.h"

struct task_result task_failed(const char *error, const char *cause);

/* Begins the built-in task in hand. */
struct task_result task_begin(struct step *step);

/* What those that wait for a payment are told when it failed. */
struct task_result payment_declined(const char *code, const char *message);
#endif
