/* Papers drawn, and drawn again: see paper.h. */
#include "lib/view/paper/paper.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/shop/order/link.h"
#include "lib/shop/order/request.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"
#include "lib/shop/setting.h"
#include "lib/view/paper/credit_note.h"
#include "lib/view/paper/receipt.h"

/* What a drawing is made from. */
struct subject {
    const struct paper *paper;
    struct receipt receipt;
    struct credit_note_page note;
};

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

static void gather(struct db *db, const struct paper *paper,
                   struct subject *out, struct arena *arena)
{
    struct order order;
    if (!order_find(db, paper->order_id, &order, arena))
        die("paper %s: no such order", paper->file);
    out->paper = paper;
    if (paper->kind == PAPER_RECEIPT)
        gather_receipt(db, paper, &order, &out->receipt, arena);
    else
        gather_note(db, paper, &order, &out->note, arena);
}

static bool draw(struct pdf *pdf, struct subject *subject,
                 const struct sheet_manner *manner, struct arena *arena,
                 struct paper_drawn *out)
{
    bool drawn = false;
    switch (subject->paper->kind) {
    case PAPER_RECEIPT:
        subject->receipt.manner = *manner;
        drawn = receipt_draw(arena, pdf, &subject->receipt, &out->pdf);
        break;
    case PAPER_CREDIT_NOTE:
        subject->note.manner = *manner;
        drawn = credit_note_draw(arena, pdf, &subject->note, &out->pdf);
        break;
    }
    out->layout = manner->layout;
    if (drawn)
        crypto_sha256_hex(out->pdf.bytes, out->pdf.length, out->sha256);
    return drawn;
}

static void begin(struct db *db, const struct paper *paper,
                  struct subject *subject, struct sheet_manner *manner,
                  struct arena *arena)
{
    *manner = (struct sheet_manner){
        .layout =
            paper->kind == PAPER_RECEIPT ? RECEIPT_LAYOUT : CREDIT_NOTE_LAYOUT,
        .currency = setting_get(db, "currency", arena),
        .zone = paper->settings.zone};
    if (paper->layout > manner->layout)
        die("paper %s: no such layout: %lld", paper->file,
            (long long)paper->layout);
    gather(db, paper, subject, arena);
}

bool paper_draw(struct db *db, struct pdf *pdf, const struct paper *paper,
                struct arena *arena, struct paper_drawn *out)
{
    struct subject subject;
    struct sheet_manner manner;
    begin(db, paper, &subject, &manner, arena);
    return draw(pdf, &subject, &manner, arena, out);
}

/* Under the layout it was drawn by or, where that is not known, under each,
 * the newest first. False: none gives the bytes that were recorded. */
static bool draw_as_recorded(struct pdf *pdf, struct subject *subject,
                             struct sheet_manner manner, struct arena *arena,
                             struct paper_drawn *out)
{
    const struct paper *paper = subject->paper;
    int64_t last = 1;
    if (paper->layout > 0)
        manner.layout = last = paper->layout;
    for (; manner.layout >= last; manner.layout--)
        if (draw(pdf, subject, &manner, arena, out) &&
            strcmp(out->sha256, paper->sha256) == 0)
            return true;
    return false;
}

static const char *copy_of(const struct paper *paper, struct arena *arena)
{
    return arena_printf(arena, "%.*s-copy.pdf",
                        (int)(strlen(paper->file) - strlen(".pdf")),
                        paper->file);
}

static const char *path_of(const struct settings *settings, const char *file,
                           struct arena *arena)
{
    return arena_printf(arena, "%s/%s", settings->receipts, file);
}

static struct paper_again put(const struct settings *settings,
                              const struct paper_drawn *drawn,
                              enum paper_outcome outcome, const char *file,
                              struct arena *arena)
{
    const char *path = path_of(settings, file, arena);
    if (!file_replace(settings->receipts, path, drawn->pdf.bytes,
                      drawn->pdf.length))
        return (struct paper_again){.outcome = PAPER_LOST,
                                    .why = strerror(errno)};
    return (struct paper_again){
        .outcome = outcome, .file = file, .untold = outcome == PAPER_COPIED};
}

static struct paper_again draw_lost(struct db *db,
                                    const struct settings *settings,
                                    struct pdf *pdf, const struct paper *paper,
                                    struct arena *arena)
{
    struct subject subject;
    struct sheet_manner manner;
    struct paper_drawn drawn;
    struct paper_again again;
    const char *copy = copy_of(paper, arena);
    begin(db, paper, &subject, &manner, arena);
    if (draw_as_recorded(pdf, &subject, manner, arena, &drawn)) {
        again = put(settings, &drawn, PAPER_RESTORED, paper->file, arena);
        if (again.outcome == PAPER_RESTORED)
            unlink(path_of(settings, copy, arena));
        return again;
    }
    manner.copy = true;
    if (!draw(pdf, &subject, &manner, arena, &drawn))
        return (struct paper_again){
            .outcome = PAPER_LOST,
            .why = arena_printf(arena, "PDF error %lu", drawn.pdf.error)};
    return put(settings, &drawn, PAPER_COPIED, copy, arena);
}

struct paper_again paper_draw_again(struct db *db,
                                    const struct settings *settings,
                                    struct pdf *pdf, const struct paper *paper,
                                    struct arena *arena)
{
    assert(paper->sha256 != NULL);
    struct pdf *own = NULL;
    if (pdf == NULL)
        pdf = own = paper_open_pdf(settings, arena);
    struct paper_again again = {.outcome = PAPER_LOST,
                                .why = "the fonts cannot be read"};
    if (pdf != NULL)
        again = draw_lost(db, settings, pdf, paper, arena);
    pdf_close(own);
    switch (again.outcome) {
    case PAPER_THERE:
        break;
    case PAPER_RESTORED:
        log_warning("%s was lost and is drawn again", paper->file);
        break;
    case PAPER_COPIED:
        log_error("%s was lost; drawn again it has other bytes", paper->file);
        break;
    case PAPER_LOST:
        log_error("%s is lost and cannot be drawn again: %s", paper->file,
                  again.why);
        break;
    }
    return again;
}

struct pdf *paper_open_pdf(const struct settings *settings, struct arena *arena)
{
    return pdf_open(
        arena_printf(arena, "%s/lib/adapter/fonts", settings->root));
}

struct paper_again paper_get(struct db *db, const struct settings *settings,
                             struct pdf *pdf, const struct paper *paper,
                             struct arena *arena)
{
    const char *copy = copy_of(paper, arena);
    if (access(path_of(settings, paper->file, arena), F_OK) == 0)
        return (struct paper_again){.outcome = PAPER_THERE,
                                    .file = paper->file};
    if (access(path_of(settings, copy, arena), F_OK) == 0)
        return (struct paper_again){.outcome = PAPER_COPIED,
                                    .file = copy,
                                    .untold = !paper_copy_is_told(db, paper)};
    return paper_draw_again(db, settings, pdf, paper, arena);
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
