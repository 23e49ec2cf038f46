/* The credit note: what of an order's money went back, laid out as receipts
 * are; paper.c gathers what it says. */
#ifndef VIEW_PAPER_CREDIT_NOTE_H
#define VIEW_PAPER_CREDIT_NOTE_H

#include "lib/view/paper/sheet.h"

/* The only layout so far. */
enum { CREDIT_NOTE_LAYOUT = 1 };

/* Everything comes from the refund as it was booked, so that it always gives
 * the same bytes. */
struct credit_note_page {
    struct sheet_manner manner;
    struct sheet_order order;
    int64_t number;
    int64_t receipt_number; /* it refers to; 0: none */
    int64_t issued_wall_ms;
    const struct sheet_line *lines; /* what is credited; one at least */
    size_t line_count;
    int64_t total_minor;
    const char *reason;            /* NULL: the one line says it */
    const char *payment_method;    /* "Card" */
    const char *payment_reference; /* the payment's; may be "" */
};

/* As receipt_draw. */
bool credit_note_draw(struct arena *arena, struct pdf *pdf,
                      const struct credit_note_page *page,
                      struct sheet_pdf *out);

#endif
