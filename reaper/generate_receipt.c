/* GenerateReceipt: gathers the order inside the transaction, draws the PDF and
 * puts it in place outside, records its SHA-256 in the next one. */
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/log.h"
#include "lib/shop/payment.h"
#include "lib/shop/receipt.h"
#include "lib/shop/setting.h"
#include "lib/shop/stock.h"
#include "lib/web/link.h"
#include "reaper/receipt_pdf.h"
#include "reaper/task.h"

struct receipt_job {
    struct receipt receipt;
    char sha256[CRYPTO_SHA256_HEX];
};

static void make_file(struct job *job)
{
    struct receipt_job *own = job->own;
    struct receipt_pdf pdf;
    if (!receipt_pdf_make(&job->arena, job->reaper->pdf, &own->receipt, &pdf)) {
        job->failure = arena_printf(&job->arena, "PDF error %lu", pdf.error);
        return;
    }
    if (pdf.replaced > 0)
        log_warning("receipt of order %s: %d characters no font has",
                    job->order.order_id, pdf.replaced);
    crypto_sha256_hex(pdf.bytes, pdf.length, own->sha256);
    job->bytes = pdf.bytes;
    job->length = pdf.length;
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
    receipt_store(job->reaper->db, job->order.order_id,
                  strrchr(job->file, '/') + 1, own->sha256, now_ms);
    struct json *output = json_make_object(&job->arena);
    json_add(&job->arena, output, "sha256",
             json_make_string(&job->arena, own->sha256));
    task_settle(job,
                (struct task_result){.verdict = TASK_DONE, .output = output},
                now_ms);
}

static void gather(struct job *job)
{
    struct reaper *reaper = job->reaper;
    struct arena *arena = &job->arena;
    struct order *order = &job->order;
    struct receipt_job *own = arena_alloc(arena, sizeof *own);
    struct receipt *receipt = &own->receipt;
    job->own = own;
    order_load_lines(reaper->db, order, arena);
    struct receipt_line *lines =
        arena_alloc(arena, order->line_count * sizeof *lines);
    for (size_t i = 0; i < order->line_count; i++)
        lines[i] = (struct receipt_line){
            .sku = order->lines[i].sku,
            .title = order->lines[i].title,
            .quantity = order->lines[i].quantity,
            .unit_price_minor = order->lines[i].unit_price_minor,
            .total_minor = order->lines[i].total_minor};
    struct shop_profile profile =
        shop_profile_find(reaper->db, order->profile_id, arena);
    *receipt = (struct receipt){
        .shop_name = profile.name,
        .shop_address = profile.address,
        .shop_tax_id = profile.tax_id,
        .order_number = arena_printf(arena, "%lld", (long long)order->number),
        .order_id = order->order_id,
        .placed_wall_ms = order->created_at_ms,
        .paid_wall_ms = order->confirmed_at_ms,
        .customer_name = order->customer_name,
        .customer_email = order->customer_email,
        .lines = lines,
        .line_count = order->line_count,
        .subtotal_minor = order->total_minor,
        .total_minor = order->total_minor,
        .currency = reaper->settings->currency,
        .payment_method = "Card",
        .payment_reference = "",
        .track_url = link_track(reaper->settings, arena, order)};
    payment_charge(reaper->db, order->order_id, &receipt->payment_reference,
                   &receipt->paid_wall_ms, arena);
}

struct task_result generate_receipt(struct step *step)
{
    static const struct job_kind kind = {.make_file = make_file,
                                         .settle = settle};
    struct reaper *reaper = step->reaper;
    if (step->order.total_minor > 0 &&
        !payment_is_paid(reaper->db, step->order.order_id) &&
        !stock_is_sold(reaper->db, step->order.order_id))
        return task_failed("Order.NotPaid",
                           "There is no receipt for what is not paid.");
    if (reaper->free_count == 0)
        return (struct task_result){.verdict = TASK_QUEUED};
    struct job *job = task_job(step, &kind, &reaper->receipts);
    gather(job);
    job->folder = reaper->settings->receipts;
    job->file = arena_printf(&job->arena, "%s/%s.pdf", job->folder,
                             job->order.order_id);
    return (struct task_result){.verdict = TASK_WAITING};
}
