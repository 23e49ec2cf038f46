/* GenerateReceipt: takes the receipt's number inside the transaction and has
 * its PDF drawn, which is work of its own: its end wakes the execution, whose
 * task then finds in the receipt's row what came of it. */
#include "lib/base/log.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "reaper/document.h"
#include "reaper/kinds.h"
#include "reaper/task.h"

enum { RECEIPT_AGAIN_MS = 60000, RECEIPT_AGAIN_MAX_MS = 3600 * 1000 };

static struct task_result made(const char *sha256, struct arena *arena)
{
    struct json *output = json_make_object(arena);
    json_add(arena, output, "sha256", json_make_string(arena, sha256));
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

/* A task that waits for it decides itself when it is tried again; where none
 * does any more, it comes again by itself. */
static void settle(struct job *job, int64_t now_ms)
{
    const struct document *own = job->own;
    struct db *db = job->reaper->db;
    (void)now_ms;
    if (job->failure == NULL) {
        receipt_store(db, own->paper.file, own->drawn.sha256,
                      own->drawn.layout);
        work_done(db, &job->work);
    } else {
        log_error("receipt of order %s: %s", job->order.order_id, job->failure);
        receipt_failed(db, own->paper.file, job->failure);
        work_again(db, &job->work,
                   work_backoff_ms(RECEIPT_AGAIN_MS, RECEIPT_AGAIN_MAX_MS,
                                   job->work.tries),
                   WORK_TRIED);
    }
    execution_wake(db, job->order.order_id);
}

static const struct job_kind kind = {.make_file = document_make,
                                     .settle = settle};

void receipt_begin_job(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    struct paper paper;
    (void)now_ms;
    arena_reset(&reaper->step_arena);
    if (!paper_find(reaper->db, work->subject, &paper, &reaper->step_arena) ||
        paper.sha256 != NULL) {
        work_done(reaper->db, work);
        return;
    }
    document_begin(job_begin_work(reaper, &kind, work), work->subject);
}

struct task_result generate_receipt(struct step *step)
{
    struct reaper *reaper = step->reaper;
    struct db *db = reaper->db;
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
