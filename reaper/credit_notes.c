/* Draws the credit notes that are due and puts them in the receipts' folder;
 * each is mailed once it is there. */
#include "lib/base/log.h"
#include "lib/shop/order/request.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/refund/refund.h"
#include "lib/view/paper/credit_note.h"
#include "reaper/document.h"

enum {
    CREDIT_CLAIM_MS = 60000,
    CREDIT_AGAIN_MS = 1000,
    CREDIT_AGAIN_MAX_MS = 3600 * 1000,
    CREDIT_AT_ONCE = 16
};

struct credit_job {
    struct credit_note note;
    struct credit_note_page page;
    char sha256[CRYPTO_SHA256_HEX];
};

static void make_file(struct job *job)
{
    struct credit_job *own = job->own;
    struct receipt_pdf pdf;
    bool drawn =
        credit_note_pdf_make(&job->arena, job->reaper->pdf, &own->page, &pdf);
    document_finish(job, drawn, &pdf, own->sha256);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct credit_job *own = job->own;
    if (job->failure == NULL) {
        credit_note_store(job->reaper->db, own->note.number, own->sha256,
                          now_ms);
        return;
    }
    log_error("credit note %lld: %s", (long long)own->note.number,
              job->failure);
    credit_note_retry(
        job->reaper->db, &own->note,
        job_backoff_ms(CREDIT_AGAIN_MS, CREDIT_AGAIN_MAX_MS, own->note.calls),
        arena_printf(&job->arena, "Credit note %lld cannot be written: %s.",
                     (long long)own->note.number, job->failure),
        now_ms);
}

/* By line, when the lines are what this refund gave back; else one line that
 * says why. */
static void put_lines(struct reaper *reaper, struct credit_job *own,
                      struct arena *arena)
{
    struct credit_note_page *page = &own->page;
    struct order_line *lines =
        arena_alloc(arena, ORDER_MAX_LINES * sizeof *lines);
    size_t count = refund_lines(reaper->db, own->note.refund_id, lines, arena);
    int64_t total_minor = 0;
    for (size_t i = 0; i < count; i++)
        total_minor += lines[i].total_minor;
    if (count > 0 && total_minor == own->note.amount_minor) {
        page->lines = document_lines(lines, count, arena);
        page->line_count = count;
        page->reason = own->note.reason;
        return;
    }
    lines[0] = (struct order_line){.sku = "",
                                   .title = own->note.reason,
                                   .total_minor = own->note.amount_minor};
    page->lines = document_lines(lines, 1, arena);
    page->line_count = 1;
}

static void begin(struct reaper *reaper, const char *refund_id, int64_t calls)
{
    static const struct job_kind kind = {.make_file = make_file,
                                         .settle = settle};
    struct job *job = job_begin(reaper, &kind, &reaper->receipts);
    struct arena *arena = &job->arena;
    struct credit_job *own = arena_alloc(arena, sizeof *own);
    job->own = own;
    credit_note_find(reaper->db, refund_id, &own->note, arena);
    own->note.calls = calls;
    order_find(reaper->db, own->note.order_id, &job->order, arena);
    own->page = (struct credit_note_page){
        .order = document_order(reaper, &job->order, arena),
        .number = own->note.number,
        .receipt_number =
            receipt_number(reaper->db, own->note.order_id, own->note.intent_id),
        .issued_wall_ms = own->note.created_at_ms,
        .total_minor = own->note.amount_minor,
        .currency = reaper->settings->currency,
        .payment_method = document_method(reaper, own->note.intent_id),
        .payment_reference = document_reference(own->note.intent_id)};
    put_lines(reaper, own, arena);
    job->folder = reaper->settings->receipts;
    job->file = arena_printf(arena, "%s/%s", job->folder, own->note.file);
}

void draw_due_credit_notes(struct reaper *reaper)
{
    struct credit_note due[CREDIT_AT_ONCE];
    int limit = reaper->free_count < CREDIT_AT_ONCE ? reaper->free_count
                                                    : CREDIT_AT_ONCE;
    if (limit <= 0)
        return;
    arena_reset(&reaper->step_arena);
    size_t count = credit_note_claim(reaper->db, CREDIT_CLAIM_MS, limit, due,
                                     &reaper->step_arena);
    for (size_t i = 0; i < count; i++)
        begin(reaper, due[i].refund_id, due[i].calls);
}
