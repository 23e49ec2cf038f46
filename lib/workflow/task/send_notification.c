/* SendNotification: queues the confirmation in the step's own transaction;
 * reaper/kind/mail.c sends it. */
#include "lib/shop/mail/outbox.h"
#include "lib/workflow/task/task.h"

struct task_result send_notification(struct step *step)
{
    /* An order that was undone is told so by whoever undid it. */
    if (step->order.status == ORDER_FAILED ||
        step->order.status == ORDER_CANCELLED)
        return task_done();
    outbox_queue(step->driver->db, step->order.order_id, "confirmation",
                 step->now_ms);
    return task_done();
}
