/* GenerateReceipt: takes the receipt's number inside the transaction, draws the
 * PDF and puts it in place outside, records its SHA-256 in the next one. */
#include "lib/base/log.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "reaper/document.h"
#include "reaper/task.h"

static struct task_result made(const char *sha256, struct arena *arena)
{
    struct json *output = json_make_object(arena);
    json_add(arena, output, "sha256", json_make_string(arena, sha256));
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct document *own = job->own;
    if (job->failure != NULL) {
        log_error("receipt of order %s: %s", job->order.order_id, job->failure);
        task_settle(job, task_failed("Receipt.WriteFailed", job->failure),
                    now_ms);
        return;
    }
    receipt_store(job->reaper->db, own->paper.file, own->drawn.sha256,
                  own->drawn.layout);
    task_settle(job, made(own->drawn.sha256, &job->arena), now_ms);
}

static const struct job_kind kind = {.make_file = document_make,
                                     .settle = settle};

struct task_result generate_receipt(struct step *step)
{
    struct reaper *reaper = step->reaper;
    if (step->order.total_minor > 0 &&
        !payment_is_paid(reaper->db, step->order.order_id) &&
        !stock_is_sold(reaper->db, step->order.order_id))
        return task_failed("Order.NotPaid",
                           "There is no receipt for what is not paid.");
    if (reaper->free_count == 0)
        return (struct task_result){.verdict = TASK_QUEUED};
    /* Its number is taken in the step's transaction; a retry finds it. */
    struct receipt_begun begun = receipt_begin(reaper->db, step->order.order_id,
                                               step->now_ms, step->arena);
    if (begun.sha256 != NULL) /* before a redrive: it stays as it is */
        return made(begun.sha256, step->arena);
    document_begin(task_job(step, &kind, &reaper->receipts), begun.file);
    return (struct task_result){.verdict = TASK_WAITING};
}

void draw_left_receipts(struct reaper *reaper)
{
    struct arena *arena = &reaper->step_arena;
    struct receipt_begun begun;
    const char *order_id = "";
    while (reaper_may_begin(reaper) && reaper->free_count > 0 &&
           (order_id = receipt_left(reaper->db, order_id, &begun, arena)) !=
               NULL)
        if (job_of_order(reaper, order_id) == NULL)
            document_begin(job_begin(reaper, &kind, &reaper->receipts),
                           begun.file);
}
