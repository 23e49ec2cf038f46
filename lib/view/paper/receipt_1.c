/* The receipt's layout 1, of which papers are kept: see receipt.h. It knows no
 * order without anything to pay: such a one was "paid" as well. */
#include "lib/view/paper/receipt.h"

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
    sheet_fact(sheet, "Paid", sheet_time(sheet, receipt->paid_wall_ms));
    sheet_parties(sheet, order);
    sheet_statement(sheet,
                    arena_printf(sheet->arena, "%s paid on %s",
                                 sheet_money(sheet, receipt->total_minor),
                                 sheet_day(sheet, receipt->paid_wall_ms)));
}

void receipt_draw_1(struct sheet *sheet, const void *page)
{
    const struct receipt *receipt = page;
    struct sheet_order order = sheet_order(sheet, &receipt->order);
    put_opening(sheet, receipt, &order);
    sheet_table(sheet, receipt->lines, receipt->line_count);
    double top = sheet->y + 16;
    sheet_total(sheet, &receipt->subtotal_minor, "Total", receipt->total_minor);
    sheet_payment(sheet, "Paid with",
                  sheet_printable(sheet, receipt->payment_method),
                  sheet_printable(sheet, receipt->payment_reference));
    sheet_close(sheet, top, &order);
}
