/* The credit note's layout: see credit_note.h. */
#include "lib/view/paper/credit_note.h"

#include <assert.h>

static void put_opening(struct sheet *sheet,
                        const struct credit_note_page *page,
                        const struct sheet_order *order)
{
    sheet_heading(sheet,
                  arena_printf(sheet->arena, "Credit note no. %lld",
                               (long long)page->number),
                  order);
    sheet_fact(sheet, "Order number", order->number);
    if (page->receipt_number > 0)
        sheet_fact(sheet, "To receipt no.",
                   arena_printf(sheet->arena, "%lld",
                                (long long)page->receipt_number));
    sheet_fact(sheet, "Issued", sheet_time(sheet, page->issued_wall_ms));
    if (page->reason != NULL)
        sheet_fact(sheet, "Reason", sheet_printable(sheet, page->reason));
    sheet_parties(sheet, order);
    sheet_statement(sheet,
                    arena_printf(sheet->arena, "%s credited on %s",
                                 sheet_money(sheet, page->total_minor),
                                 sheet_day(sheet, page->issued_wall_ms)));
}

static void draw_1(struct sheet *sheet, const void *document)
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

bool credit_note_draw(struct arena *arena, struct pdf *pdf,
                      const struct credit_note_page *page,
                      struct sheet_pdf *out)
{
    assert(page->manner.layout == CREDIT_NOTE_LAYOUT && page->line_count > 0);
    return sheet_make(arena, pdf,
                      &(struct sheet_document){
                          .manner = &page->manner,
                          .title = arena_printf(arena, "Credit note %lld",
                                                (long long)page->number),
                          .dated_at_ms = page->issued_wall_ms,
                          .draw = draw_1,
                          .page = page},
                      out);
}
