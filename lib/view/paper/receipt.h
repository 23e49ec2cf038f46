/* The receipt: one order laid out on A4 pages; paper.c gathers what it says. */
#ifndef VIEW_PAPER_RECEIPT_H
#define VIEW_PAPER_RECEIPT_H

#include "lib/view/paper/sheet.h"

/* The layout that new receipts are drawn by; those of a database as far as
 * version 4 have layout 1. */
enum { RECEIPT_LAYOUT = 2 };

/* Everything comes from the order as it was placed and paid, nothing from now:
 * so the same order gives the same bytes. */
struct receipt {
    struct sheet_manner manner;
    struct sheet_order order;
    int64_t number; /* the receipt's; 0: from before they had one */
    int64_t placed_wall_ms;
    int64_t paid_wall_ms;
    const struct sheet_line *lines;
    size_t line_count;
    int64_t subtotal_minor;
    int64_t total_minor;
    const char *payment_method;    /* "Card" */
    const char *payment_reference; /* "pi_123"; may be "" */
};

/* Draws the receipt with pdf, which may have drawn others before and gives
 * the same bytes all the same. Titles, names and other free text take two lines
 * at most and end in an ellipsis beyond. False when libharu failed; out->error
 * is then its code. */
bool receipt_draw(struct arena *arena, struct pdf *pdf,
                  const struct receipt *receipt, struct sheet_pdf *out);

#endif
