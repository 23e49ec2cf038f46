/* The receipt: one order laid out on A4 pages. The reaper's GenerateReceipt
 * step gathers the order and writes the bytes aside. */
#ifndef RECEIPT_PDF_H
#define RECEIPT_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/pdf.h"
#include "lib/base/arena.h"

struct receipt_line {
    const char *sku;
    const char *title;
    int64_t quantity;
    int64_t unit_price_minor;
    int64_t total_minor;
};

/* Strings are valid UTF-8. Everything comes from the order as it was placed
 * and paid, nothing from now: so the same order gives the same bytes. */
struct receipt {
    const char *shop_name;
    const char *shop_address; /* lines parted by "\n"; may be "" */
    const char *shop_tax_id;  /* may be "" */
    const char *order_number; /* ASCII, as the order_id */
    const char *order_id;
    int64_t placed_wall_ms;
    int64_t paid_wall_ms;
    const char *customer_name;  /* NULL: none given */
    const char *customer_email; /* NULL: none given */
    const struct receipt_line *lines;
    size_t line_count;
    int64_t subtotal_minor;
    int64_t total_minor;
    const char *currency;          /* ISO 4217 */
    const char *payment_method;    /* "Card" */
    const char *payment_reference; /* "pi_123"; may be "" */
    const char *track_url;         /* ASCII */
};

struct receipt_pdf {
    const char *bytes; /* in the arena */
    size_t length;
    int pages;
    int replaced; /* code points no font has, shown as U+FFFD: worth a log */
    unsigned long error;
};

/* Draws the receipt with pdf, which may have drawn others before and gives
 * the same bytes all the same. Dates are in the zone TZ names. Titles, names
 * and other free text take two lines at most and end in an ellipsis beyond.
 * False when libharu failed; out->error is then its code. */
bool receipt_pdf_make(struct arena *arena, struct pdf *pdf,
                      const struct receipt *receipt, struct receipt_pdf *out);

#endif
