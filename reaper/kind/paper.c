/* Draws papers: receipts, which GenerateReceipt puts down as work, and credit
 * notes, which a refund that succeeded does. A receipt's end wakes the
 * execution, whose task finds in the receipt's row what came of it. A credit
 * note is mailed once it is in its folder. */
#include "lib/view/paper/paper.h"

#include "lib/base/log/log.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "reaper/kinds.h"

enum {
    PAPER_RECEIPT_AGAIN_MS = 60000,
    PAPER_CREDIT_AGAIN_MS = 1000,
    PAPER_AGAIN_MAX_MS = 3600 * 1000
};

/* The job's own. */
struct document {
    struct paper paper;
    struct paper_drawn drawn; /* unless the job has a failure */
};

/* The paper of that file is what the job draws. */
static void begin(struct job *job, const char *file)
{
    struct reaper *reaper = job->reaper;
    struct arena *arena = &job->arena;
    struct document *own = arena_alloc(arena, sizeof *own);
    job->own = own;
    if (!paper_find(reaper->db, file, &own->paper, arena))
        die("no paper has the file %s", file);
    order_find(reaper->db, own->paper.order_id, &job->order, arena);
    job->folder = reaper->settings->receipts;
    job->file = arena_printf(arena, "%s/%s", job->folder, own->paper.file);
}

static void make_file(struct job *job)
{
    struct document *own = job->own;
    struct sheet_pdf *pdf = &own->drawn.pdf;
    struct paper_way way = {.layout = paper_newest_layout(own->paper.kind)};
    if (!paper_draw(job->reaper->db, job->reaper->pdf, &own->paper, &way,
                    &job->arena, &own->drawn)) {
        job->failure = arena_printf(&job->arena, "PDF error %lu", pdf->error);
        return;
    }
    if (pdf->replaced > 0)
        log_warning("%s: %d characters no font has", job->file, pdf->replaced);
    job->bytes = pdf->bytes;
    job->length = pdf->length;
}

/* A task that waits for it decides itself when it is tried again; where none
 * does any more, it comes again by itself. */
static void settle_receipt(struct job *job, int64_t now_ms)
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
                   work_backoff_ms(PAPER_RECEIPT_AGAIN_MS, PAPER_AGAIN_MAX_MS,
                                   job->work.tries),
                   WORK_TRIED);
    }
    execution_wake(db, job->order.order_id);
}

void receipt_begin_job(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    static const struct job_kind kind = {.make_file = make_file,
                                         .settle = settle_receipt};
    struct paper paper;
    (void)now_ms;
    arena_reset(&reaper->step_arena);
    if (!paper_find(reaper->db, work->subject, &paper, &reaper->step_arena) ||
        paper.sha256 != NULL) {
        work_done(reaper->db, work);
        return;
    }
    begin(job_begin_work(reaper, &kind, work), work->subject);
}

static void settle_credit_note(struct job *job, int64_t now_ms)
{
    const struct document *own = job->own;
    struct db *db = job->reaper->db;
    int64_t number = own->paper.number;
    struct credit_note note;
    if (job->failure == NULL) {
        credit_note_store(db, number, own->drawn.sha256, own->drawn.layout,
                          now_ms);
        work_done(db, &job->work);
        return;
    }
    log_error("credit note %lld: %s", (long long)number, job->failure);
    if (credit_note_find(db, own->paper.subject, &note, &job->arena))
        credit_note_failed(
            db, &note,
            arena_printf(&job->arena, "Credit note %lld cannot be written: %s.",
                         (long long)number, job->failure),
            now_ms);
    work_again(db, &job->work,
               work_backoff_ms(PAPER_CREDIT_AGAIN_MS, PAPER_AGAIN_MAX_MS,
                               job->work.tries),
               WORK_TRIED);
}

void credit_note_begin(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    static const struct job_kind kind = {.make_file = make_file,
                                         .settle = settle_credit_note};
    struct credit_note note;
    (void)now_ms;
    arena_reset(&reaper->step_arena);
    if (!credit_note_find(reaper->db, work->subject, &note,
                          &reaper->step_arena) ||
        note.on_disk) {
        work_done(reaper->db, work);
        return;
    }
    begin(job_begin_work(reaper, &kind, work), note.file);
}
