/* The receipt's layouts: see receipt.h. */
#include "lib/view/paper/receipt.h"

#include <assert.h>

/* Layout 1 knows no order without anything to pay: such a one was "paid" as
 * well. */
static bool is_free(const struct receipt *receipt)
{
    return receipt->manner.layout > 1 && receipt->total_minor == 0;
}

static void put_opening(struct sheet *sheet, const struct receipt *receipt,
                        const struct sheet_order *order)
{
    sheet_heading(sheet,
                  receipt->number == 0
                      ? "Receipt"
                      : arena_printf(sheet->arena, "Receipt no. %lld",
                                     (long long)receipt->number),
                  order);
    sheet_fact(sheet, "Order number", order->number);
    sheet_fact(sheet, "Ordered", sheet_time(sheet, receipt->placed_wall_ms));
    sheet_fact(sheet, is_free(receipt) ? "Confirmed" : "Paid",
               sheet_time(sheet, receipt->paid_wall_ms));
    sheet_parties(sheet, order);
    sheet_statement(
        sheet, is_free(receipt)
                   ? "Nothing to pay"
                   : arena_printf(sheet->arena, "%s paid on %s",
                                  sheet_money(sheet, receipt->total_minor),
                                  sheet_day(sheet, receipt->paid_wall_ms)));
}

static void draw(struct sheet *sheet, const void *page)
{
    const struct receipt *receipt = page;
    struct sheet_order order = sheet_order(sheet, &receipt->order);
    put_opening(sheet, receipt, &order);
    sheet_table(sheet, receipt->lines, receipt->line_count);
    double top = sheet->y + 16;
    sheet_total(sheet, &receipt->subtotal_minor, "Total", receipt->total_minor);
    if (!is_free(receipt))
        sheet_payment(sheet, "Paid with",
                      sheet_printable(sheet, receipt->payment_method),
                      sheet_printable(sheet, receipt->payment_reference));
    sheet_close(sheet, top, &order);
}

bool receipt_draw(struct arena *arena, struct pdf *pdf,
                  const struct receipt *receipt, struct sheet_pdf *out)
{
    int64_t layout = receipt->manner.layout;
    assert(layout >= 1 && layout <= RECEIPT_LAYOUT);
    return sheet_make(
        arena, pdf,
        &(struct sheet_document){
            .manner = &receipt->manner,
            .title = arena_printf(arena, "Receipt %s", receipt->order.number),
            .dated_at_ms = receipt->paid_wall_ms,
            .draw = draw,
            .page = receipt},
        out);
}
