/* Papers drawn from the database: see paper.h. */
#include "lib/view/paper/paper.h"

#include "lib/base/log/log.h"
#include "lib/shop/order/link.h"
#include "lib/shop/order/request.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"
#include "lib/shop/setting.h"
#include "lib/view/paper/credit_note.h"
#include "lib/view/paper/receipt.h"

static struct sheet_order sheet_order_of(struct db *db,
                                         const struct paper *paper,
                                         const struct order *order,
                                         struct arena *arena)
{
    struct shop_profile profile =
        shop_profile_find(db, order->profile_id, arena);
    return (struct sheet_order){
        .number = arena_printf(arena, "%lld", (long long)order->number),
        .order_id = order->order_id,
        .track_url = link_track_at(paper->settings.base_url, arena, order),
        .shop_name = profile.name,
        .shop_address = profile.address,
        .shop_tax_id = profile.tax_id,
        .customer_name = order->customer_name,
        .customer_email = paper->customer_email != NULL
                              ? paper->customer_email
                              : order->customer_email};
}

static struct sheet_line *sheet_lines(const struct order_line *lines,
                                      size_t count, struct arena *arena)
{
    struct sheet_line *out = arena_alloc(arena, count * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] =
            (struct sheet_line){.sku = lines[i].sku,
                                .title = lines[i].title,
                                .quantity = lines[i].quantity,
                                .unit_price_minor = lines[i].unit_price_minor,
                                .total_minor = lines[i].total_minor};
    return out;
}

/* How a charge was paid, and the gateway's reference to it. */
static const char *method_of(const struct paper *paper, const char *charge_id)
{
    return payment_is_manual(charge_id) ? paper->settings.manual_title : "Card";
}

static const char *reference_of(const char *charge_id)
{
    return payment_is_manual(charge_id) ? "" : charge_id;
}

static void gather_receipt(struct db *db, const struct paper *paper,
                           struct order *order, struct receipt *out,
                           struct arena *arena)
{
    order_load_lines(db, order, arena);
    *out = (struct receipt){
        .order = sheet_order_of(db, paper, order, arena),
        .number = paper->number,
        .placed_wall_ms = order->created_at_ms,
        .paid_wall_ms = paper->dated_at_ms,
        .lines = sheet_lines(order->lines, order->line_count, arena),
        .line_count = order->line_count,
        .subtotal_minor = order->total_minor,
        .total_minor = order->total_minor,
        .payment_method = method_of(paper, paper->subject),
        .payment_reference = reference_of(paper->subject)};
}

/* By line, when the lines are what this refund gave back; else one line that
 * says why. */
static void put_lines(struct db *db, const struct credit_note *note,
                      struct credit_note_page *page, struct arena *arena)
{
    struct order_line *lines =
        arena_alloc(arena, ORDER_MAX_LINES * sizeof *lines);
    size_t count = refund_lines(db, note->refund_id, lines, arena);
    int64_t total_minor = 0;
    for (size_t i = 0; i < count; i++)
        total_minor += lines[i].total_minor;
    if (count > 0 && total_minor == note->amount_minor) {
        page->lines = sheet_lines(lines, count, arena);
        page->line_count = count;
        page->reason = note->reason;
        return;
    }
    lines[0] = (struct order_line){
        .sku = "", .title = note->reason, .total_minor = note->amount_minor};
    page->lines = sheet_lines(lines, 1, arena);
    page->line_count = 1;
}

static void gather_note(struct db *db, const struct paper *paper,
                        const struct order *order, struct credit_note_page *out,
                        struct arena *arena)
{
    struct credit_note note;
    if (!credit_note_find(db, paper->subject, &note, arena))
        die("paper %s: no such credit note", paper->file);
    *out = (struct credit_note_page){
        .order = sheet_order_of(db, paper, order, arena),
        .number = paper->number,
        .receipt_number = paper->receipt_number,
        .issued_wall_ms = paper->dated_at_ms,
        .total_minor = note.amount_minor,
        .payment_method = method_of(paper, note.intent_id),
        .payment_reference = reference_of(note.intent_id)};
    put_lines(db, &note, out, arena);
}

int64_t paper_newest_layout(enum paper_kind kind)
{
    return kind == PAPER_RECEIPT ? RECEIPT_LAYOUT : CREDIT_NOTE_LAYOUT;
}

bool paper_draw(struct db *db, struct pdf *pdf, const struct paper *paper,
                const struct paper_way *way, struct arena *arena,
                struct paper_drawn *out)
{
    struct order order;
    struct receipt receipt;
    struct credit_note_page note;
    struct sheet_manner manner = {.layout = way->layout,
                                  .copy = way->copy,
                                  .currency =
                                      setting_get(db, "currency", arena),
                                  .zone = paper->settings.zone};
    bool drawn = false;
    if (!order_find(db, paper->order_id, &order, arena))
        die("paper %s: no such order", paper->file);
    switch (paper->kind) {
    case PAPER_RECEIPT:
        gather_receipt(db, paper, &order, &receipt, arena);
        receipt.manner = manner;
        drawn = receipt_draw(arena, pdf, &receipt, &out->pdf);
        break;
    case PAPER_CREDIT_NOTE:
        gather_note(db, paper, &order, &note, arena);
        note.manner = manner;
        drawn = credit_note_draw(arena, pdf, &note, &out->pdf);
        break;
    }
    out->layout = way->layout;
    if (drawn)
        crypto_sha256_hex(out->pdf.bytes, out->pdf.length, out->sha256);
    return drawn;
}

struct pdf *paper_open_pdf(const struct settings *settings, struct arena *arena)
{
    return pdf_open(
        arena_printf(arena, "%s/lib/adapter/fonts", settings->root));
}

const char *paper_title(const struct paper *paper, enum paper_outcome outcome,
                        struct arena *arena)
{
    bool receipt = paper->kind == PAPER_RECEIPT;
    return arena_printf(
        arena, "%s-%lld%s.pdf", receipt ? "receipt" : "credit-note",
        (long long)(receipt ? paper->order_number : paper->number),
        outcome == PAPER_COPIED ? "-copy" : "");
}
