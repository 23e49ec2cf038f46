/* What tasks share: see task.h. */
#include "lib/workflow/task/task.h"

struct task_result task_done(void)
{
    return (struct task_result){.verdict = TASK_DONE};
}

struct task_result task_failed(const char *error, const char *cause)
{
    return (struct task_result){
        .verdict = TASK_FAILED, .error = error, .cause = cause};
}

/* An order that was failed or cancelled is not sold after all. */
static bool is_undone(const struct step *step)
{
    enum task_builtin builtin = step->name.builtin;
    return (step->order.status == ORDER_FAILED ||
            step->order.status == ORDER_CANCELLED) &&
           (builtin == TASK_VALIDATE_ORDER || builtin == TASK_PROCESS_PAYMENT ||
            builtin == TASK_UPDATE_INVENTORY);
}

struct task_result task_begin(struct step *step)
{
    if (is_undone(step))
        return task_failed("Order.Undone", "The order was undone before.");
    switch (step->name.builtin) {
    case TASK_VALIDATE_ORDER:
        return validate_order(step);
    case TASK_SAVE_ORDER: /* placing the order did it */
        return task_done();
    case TASK_PROCESS_PAYMENT:
        return process_payment(step);
    case TASK_UPDATE_INVENTORY:
        return update_inventory(step);
    case TASK_GENERATE_RECEIPT:
        return generate_receipt(step);
    case TASK_SEND_NOTIFICATION:
        return send_notification(step);
    case TASK_REFUND_PAYMENT:
        return refund_payment(step);
    case TASK_RELEASE_STOCK:
        return release_stock(step);
    case TASK_FAIL_ORDER:
        return fail_order(step);
    }
    return task_failed("States.Runtime", "There is no such task.");
}
