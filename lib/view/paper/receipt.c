/* The receipt's layout: see receipt.h. The reaper calls it for the
 * GenerateReceipt step. */
#include "lib/view/paper/receipt.h"

#include <string.h>

#include "lib/base/clock.h"

static void put_opening(struct sheet *sheet, const struct receipt *receipt,
                        const struct sheet_order *order)
{
    char placed[CLOCK_LOCAL_SIZE], paid[CLOCK_LOCAL_SIZE];
    clock_local(receipt->placed_wall_ms, placed);
    clock_local(receipt->paid_wall_ms, paid);
    sheet_heading(sheet,
                  receipt->number == 0
                      ? "Receipt"
                      : arena_printf(sheet->arena, "Receipt no. %lld",
                                     (long long)receipt->number),
                  order);
    sheet_fact(sheet, "Order number", order->number);
    sheet_fact(sheet, "Ordered", placed);
    bool is_free = receipt->total_minor == 0;
    sheet_fact(sheet, is_free ? "Confirmed" : "Paid", paid);
    sheet_parties(sheet, order);
    paid[strcspn(paid, ",")] = '\0';
    sheet_statement(
        sheet,
        is_free ? "Nothing to pay"
                : arena_printf(sheet->arena, "%s paid on %s",
                               sheet_money(sheet, receipt->total_minor), paid));
}

static void draw(struct sheet *sheet, const void *document)
{
    const struct receipt *receipt = document;
    struct sheet_order order = sheet_order(sheet, &receipt->order);
    put_opening(sheet, receipt, &order);
    sheet_table(sheet, receipt->lines, receipt->line_count);
    double top = sheet->y + 16;
    sheet_total(sheet, &receipt->subtotal_minor, "Total", receipt->total_minor);
    if (receipt->total_minor > 0)
        sheet_payment(sheet, "Paid with",
                      sheet_printable(sheet, receipt->payment_method),
                      sheet_printable(sheet, receipt->payment_reference));
    sheet_close(sheet, top, &order);
}

bool receipt_pdf_make(struct arena *arena, struct pdf *pdf,
                      const struct receipt *receipt, struct receipt_pdf *out)
{
    return sheet_make(
        arena, pdf, arena_printf(arena, "Receipt %s", receipt->order.number),
        receipt->paid_wall_ms, receipt->currency, draw, receipt, out);
}
