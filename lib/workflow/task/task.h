/* The built-in tasks of a workflow. A task begins inside the transaction that
 * moves its execution; what needs the outside it puts down as work (work.h),
 * whose end wakes the execution: the task then begins again and finds in the
 * rows what came of it. So beginning again what was begun is harmless. */
#ifndef WORKFLOW_TASK_TASK_H
#define WORKFLOW_TASK_TASK_H

#include "lib/workflow/execution/step.h"

struct task_result task_done(void);
struct task_result task_failed(const char *error, const char *cause);

/* Begins the built-in task in hand. */
struct task_result task_begin(struct step *step);

struct task_result validate_order(struct step *step);
struct task_result process_payment(struct step *step);
/* What those that wait for a payment are told when it failed. */
struct task_result payment_declined(const char *code, const char *message);
struct task_result update_inventory(struct step *step);
struct task_result generate_receipt(struct step *step);
struct task_result send_notification(struct step *step);

/* undo_tasks.c: RefundPayment, ReleaseStock, FailOrder. */
struct task_result refund_payment(struct step *step);
struct task_result release_stock(struct step *step);
struct task_result fail_order(struct step *step);

#endif
