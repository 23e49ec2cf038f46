/* Draws receipts: work that GenerateReceipt puts down. Its end wakes the
 * execution, whose task finds in the receipt's row what came of it. */
#include "lib/base/log.h"
#include "lib/shop/paper/receipt.h"
#include "reaper/document.h"
#include "reaper/kinds.h"

enum { RECEIPT_AGAIN_MS = 60000, RECEIPT_AGAIN_MAX_MS = 3600 * 1000 };

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
