/* RefundPayment, ReleaseStock, FailOrder: what a definition undoes by itself.
 * An execution that ends without success is undone by the reaper anyway; doing
 * it here first changes only when it happens. */
#include "lib/workflow/order/undo.h"
#include "lib/workflow/task/task.h"

enum { UNDO_LOOK_MS = 1000 };

struct task_result refund_payment(struct step *step)
{
    int64_t amount_minor =
        undo_refund(step->driver->db, step->order.order_id,
                    "refunded by the workflow", step->now_ms);
    struct json *own = json_make_object(step->arena);
    json_add(step->arena, own, "refunded_minor",
             json_make_integer(step->arena, amount_minor));
    return (struct task_result){.verdict = TASK_DONE, .output = own};
}

struct task_result release_stock(struct step *step)
{
    undo_release(step->driver->db, step->order.order_id, step->now_ms);
    return task_done();
}

/* The reason is what led here: the Cause that a catcher put into the input, or
 * the input's own reason. */
static const char *reason_of(const struct step *step)
{
    static const char *const names[] = {"reason", "cause", "Cause"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = json_string(json_member(step->task.input, names[i]));
        if (text != NULL && order_reason_fault(text) == NULL)
            return text;
    }
    return "The order could not be carried out.";
}

struct task_result fail_order(struct step *step)
{
    if (!undo_fail_order(step->driver->db, &step->order, reason_of(step),
                         step->now_ms))
        return (struct task_result){.verdict = TASK_LATER,
                                    .delay_ms = UNDO_LOOK_MS};
    return task_done();
}
