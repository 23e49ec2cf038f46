/* GenerateReceipt: takes the receipt's number and has its PDF drawn, which is
 * work of its own (reaper/kind/paper.c); its row tells what came of it. */
#include "lib/shop/paper/receipt.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/queue/work.h"
#include "lib/workflow/task/task.h"

static struct task_result made(const char *sha256, struct arena *arena)
{
    struct json *output = json_make_object(arena);
    json_add(arena, output, "sha256", json_make_string(arena, sha256));
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

struct task_result generate_receipt(struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->order.order_id;
    if (step->order.total_minor > 0 && !payment_is_paid(db, order_id) &&
        !stock_is_sold(db, order_id))
        return task_failed("Order.NotPaid",
                           "There is no receipt for what is not paid.");
    /* Its number is taken in the step's transaction; a retry finds it. */
    struct receipt_begun begun =
        receipt_begin(db, order_id, step->now_ms, step->arena);
    if (begun.sha256 != NULL) /* now, or before a redrive: it stays as it is */
        return made(begun.sha256, step->arena);
    if (begun.failure != NULL) {
        receipt_heard(db, begun.file);
        return task_failed("Receipt.WriteFailed", begun.failure);
    }
    work_queue(db, &(struct work_order){.kind = WORK_RECEIPT,
                                        .subject = begun.file,
                                        .order_id = order_id,
                                        .due_work_ms = db_clock_ms(db)});
    return (struct task_result){.verdict = TASK_WAITING};
}
