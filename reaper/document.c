/* What receipts and credit notes share: see document.h. */
#include "reaper/document.h"

#include "lib/base/log.h"
#include "lib/shop/order/link.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/setting.h"

struct sheet_order document_order(struct reaper *reaper,
                                  const struct order *order,
                                  struct arena *arena)
{
    struct shop_profile profile =
        shop_profile_find(reaper->db, order->profile_id, arena);
    return (struct sheet_order){
        .number = arena_printf(arena, "%lld", (long long)order->number),
        .order_id = order->order_id,
        .track_url = link_track(reaper->settings, arena, order),
        .shop_name = profile.name,
        .shop_address = profile.address,
        .shop_tax_id = profile.tax_id,
        .customer_name = order->customer_name,
        .customer_email = order->customer_email};
}

struct receipt_line *document_lines(const struct order_line *lines,
                                    size_t count, struct arena *arena)
{
    struct receipt_line *out = arena_alloc(arena, count * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] =
            (struct receipt_line){.sku = lines[i].sku,
                                  .title = lines[i].title,
                                  .quantity = lines[i].quantity,
                                  .unit_price_minor = lines[i].unit_price_minor,
                                  .total_minor = lines[i].total_minor};
    return out;
}

const char *document_method(const struct reaper *reaper, const char *charge_id)
{
    return payment_is_manual(charge_id) ? reaper->settings->manual_title
                                        : "Card";
}

const char *document_reference(const char *charge_id)
{
    return payment_is_manual(charge_id) ? "" : charge_id;
}

void document_finish(struct job *job, bool drawn, const struct receipt_pdf *pdf,
                     char sha256[CRYPTO_SHA256_HEX])
{
    if (!drawn) {
        job->failure = arena_printf(&job->arena, "PDF error %lu", pdf->error);
        return;
    }
    if (pdf->replaced > 0)
        log_warning("%s: %d characters no font has", job->file, pdf->replaced);
    crypto_sha256_hex(pdf->bytes, pdf->length, sha256);
    job->bytes = pdf->bytes;
    job->length = pdf->length;
}
