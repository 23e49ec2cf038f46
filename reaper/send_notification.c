/* SendNotification: queues the confirmation in the step's own transaction;
 * deliver.c sends it. */
#include "lib/shop/outbox.h"
#include "reaper/task.h"

struct task_result send_notification(struct step *step)
{
    outbox_queue(step->reaper->db, step->order.order_id, "confirmation",
                 step->now_ms);
    return task_done();
}
