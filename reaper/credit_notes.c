/* Draws the credit notes that are due and puts them in the receipts' folder;
 * each is mailed once it is there. */
#include "lib/base/log.h"
#include "lib/shop/paper/credit_note.h"
#include "reaper/document.h"
#include "reaper/kinds.h"

enum { CREDIT_AGAIN_MS = 1000, CREDIT_AGAIN_MAX_MS = 3600 * 1000 };

static void settle(struct job *job, int64_t now_ms)
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
    work_again(
        db, &job->work,
        work_backoff_ms(CREDIT_AGAIN_MS, CREDIT_AGAIN_MAX_MS, job->work.tries),
        WORK_TRIED);
}

void credit_note_begin(struct reaper *reaper, const struct work *work,
                       int64_t now_ms)
{
    static const struct job_kind kind = {.make_file = document_make,
                                         .settle = settle};
    struct credit_note note;
    (void)now_ms;
    arena_reset(&reaper->step_arena);
    if (!credit_note_find(reaper->db, work->subject, &note,
                          &reaper->step_arena) ||
        note.on_disk) {
        work_done(reaper->db, work);
        return;
    }
    document_begin(job_begin_work(reaper, &kind, work), note.file);
}
