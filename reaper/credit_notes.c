/* Draws the credit notes that are due and puts them in the receipts' folder;
 * each is mailed once it is there. */
#include "lib/base/log.h"
#include "lib/shop/paper/credit_note.h"
#include "reaper/document.h"

enum {
    CREDIT_CLAIM_MS = 60000,
    CREDIT_AGAIN_MS = 1000,
    CREDIT_AGAIN_MAX_MS = 3600 * 1000,
    CREDIT_AT_ONCE = 16
};

static void settle(struct job *job, int64_t now_ms)
{
    const struct document *own = job->own;
    struct db *db = job->reaper->db;
    int64_t number = own->paper.number;
    struct credit_note note;
    if (job->failure == NULL) {
        credit_note_store(db, number, own->drawn.sha256, own->drawn.layout,
                          now_ms);
        return;
    }
    log_error("credit note %lld: %s", (long long)number, job->failure);
    if (credit_note_find(db, own->paper.subject, &note, &job->arena))
        credit_note_retry(
            db, &note,
            job_backoff_ms(CREDIT_AGAIN_MS, CREDIT_AGAIN_MAX_MS, note.calls),
            arena_printf(&job->arena, "Credit note %lld cannot be written: %s.",
                         (long long)number, job->failure),
            now_ms);
}

void draw_due_credit_notes(struct reaper *reaper)
{
    static const struct job_kind kind = {.make_file = document_make,
                                         .settle = settle};
    struct credit_note due[CREDIT_AT_ONCE];
    int limit = reaper->free_count < CREDIT_AT_ONCE ? reaper->free_count
                                                    : CREDIT_AT_ONCE;
    if (limit <= 0)
        return;
    arena_reset(&reaper->step_arena);
    size_t count = credit_note_claim(reaper->db, CREDIT_CLAIM_MS, limit, due,
                                     &reaper->step_arena);
    for (size_t i = 0; i < count; i++)
        document_begin(job_begin(reaper, &kind, &reaper->receipts),
                       due[i].file);
}
