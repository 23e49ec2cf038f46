/* The credit note's layout: see credit_note.h. */
#include "lib/view/paper/credit_note.h"

#include <string.h>

#include "lib/base/clock.h"

static void put_opening(struct sheet *sheet,
                        const struct credit_note_page *page,
                        const struct sheet_order *order)
{
    char issued[CLOCK_LOCAL_SIZE];
    clock_local(page->issued_wall_ms, issued);
    sheet_heading(sheet,
                  arena_printf(sheet->arena, "Credit note no. %lld",
                               (long long)page->number),
                  order);
    sheet_fact(sheet, "Order number", order->number);
    if (page->receipt_number > 0)
        sheet_fact(sheet, "To receipt no.",
                   arena_printf(sheet->arena, "%lld",
                                (long long)page->receipt_number));
    sheet_fact(sheet, "Issued", issued);
    if (page->reason != NULL)
        sheet_fact(sheet, "Reason", sheet_printable(sheet, page->reason));
    sheet_parties(sheet, order);
    issued[strcspn(issued, ",")] = '\0';
    sheet_statement(sheet, arena_printf(sheet->arena, "%s credited on %s",
                                        sheet_money(sheet, page->total_minor),
                                        issued));
}

static void draw(struct sheet *sheet, const void *document)
{
    const struct credit_note_page *page = document;
    struct sheet_order order = sheet_order(sheet, &page->order);
    put_opening(sheet, page, &order);
    sheet_table(sheet, page->lines, page->line_count);
    double top = sheet->y + 16;
    sheet_total(sheet, NULL, "Total credited", page->total_minor);
    sheet_payment(sheet, "Refunded to",
                  sheet_printable(sheet, page->payment_method),
                  sheet_printable(sheet, page->payment_reference));
    sheet_close(sheet, top, &order);
}

bool credit_note_pdf_make(struct arena *arena, struct pdf *pdf,
                          const struct credit_note_page *page,
                          struct receipt_pdf *out)
{
    return sheet_make(
        arena, pdf,
        arena_printf(arena, "Credit note %lld", (long long)page->number),
        page->issued_wall_ms, page->currency, draw, page, out);
}
