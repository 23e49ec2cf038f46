/* GenerateReceipt: gathers the order inside the transaction, draws the PDF and
 * puts it in place outside, records its SHA-256 in the next one. */
#include "lib/adapter/crypto.h"
#include "lib/base/log.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/view/paper/receipt.h"
#include "reaper/document.h"
#include "reaper/task.h"

struct receipt_job {
    struct receipt receipt;
    const char *charge_id;
    char sha256[CRYPTO_SHA256_HEX];
};

static void make_file(struct job *job)
{
    struct receipt_job *own = job->own;
    struct receipt_pdf pdf;
    bool drawn =
        receipt_pdf_make(&job->arena, job->reaper->pdf, &own->receipt, &pdf);
    document_finish(job, drawn, &pdf, own->sha256);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct receipt_job *own = job->own;
    if (job->failure != NULL) {
        log_error("receipt of order %s: %s", job->order.order_id, job->failure);
        task_settle(job, task_failed("Receipt.WriteFailed", job->failure),
                    now_ms);
        return;
    }
    receipt_store(job->reaper->db, job->order.order_id, own->charge_id,
                  own->sha256);
    struct json *output = json_make_object(&job->arena);
    json_add(&job->arena, output, "sha256",
             json_make_string(&job->arena, own->sha256));
    task_settle(job,
                (struct task_result){.verdict = TASK_DONE, .output = output},
                now_ms);
}

static void gather(struct job *job, struct receipt_begun begun)
{
    struct reaper *reaper = job->reaper;
    struct arena *arena = &job->arena;
    struct order *order = &job->order;
    struct receipt_job *own = arena_alloc(arena, sizeof *own);
    job->own = own;
    own->charge_id = begun.charge_id;
    order_load_lines(reaper->db, order, arena);
    own->receipt = (struct receipt){
        .order = document_order(reaper, order, arena),
        .number = begun.number,
        .placed_wall_ms = order->created_at_ms,
        .paid_wall_ms = begun.charged_at_ms > 0 ? begun.charged_at_ms
                                                : order->confirmed_at_ms,
        .lines = document_lines(order->lines, order->line_count, arena),
        .line_count = order->line_count,
        .subtotal_minor = order->total_minor,
        .total_minor = order->total_minor,
        .currency = reaper->settings->currency,
        .payment_method = document_method(reaper, begun.charge_id),
        .payment_reference = document_reference(begun.charge_id)};
    job->folder = reaper->settings->receipts;
    job->file = arena_printf(arena, "%s/%s", job->folder, begun.file);
}

static const struct job_kind kind = {.make_file = make_file, .settle = settle};

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
    struct job *job = task_job(step, &kind, &reaper->receipts);
    /* Its number is taken in the step's transaction; a retry finds it. */
    gather(job, receipt_begin(reaper->db, step->order.order_id, step->now_ms,
                              &job->arena));
    return (struct task_result){.verdict = TASK_WAITING};
}

void draw_left_receipts(struct reaper *reaper)
{
    struct arena *arena = &reaper->step_arena;
    struct receipt_begun begun;
    const char *order_id = "";
    while (reaper_may_begin(reaper) && reaper->free_count > 0 &&
           (order_id = receipt_left(reaper->db, order_id, &begun, arena)) !=
               NULL) {
        if (job_of_order(reaper, order_id) != NULL)
            continue;
        struct job *job = job_begin(reaper, &kind, &reaper->receipts);
        order_find(reaper->db, order_id, &job->order, &job->arena);
        begun.charge_id = arena_string(&job->arena, begun.charge_id);
        gather(job, begun);
    }
}
