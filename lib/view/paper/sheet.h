/* A document of A4 pages, as the shop's receipts and credit notes are: heading,
 * facts, who sold and who bought, a table of lines, sums, a footer. It is drawn
 * from top to bottom; receipt.c and credit_note.c say what stands on it.
 *
 * Every layout that was ever shipped stays as it is, to the byte, so that a
 * lost paper can be drawn again; the tests compare each with a golden file. A
 * paper that is to look otherwise needs a new layout beside them. Where sheet.c
 * has to change for it, the old layouts keep what they used. */
#ifndef VIEW_PAPER_SHEET_H
#define VIEW_PAPER_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/pdf.h"
#include "lib/base/memory/arena.h"

struct sheet_line {
    const char *sku; /* may be "" */
    const char *title;
    int64_t quantity; /* 0: neither it nor the unit price is shown */
    int64_t unit_price_minor;
    int64_t total_minor;
};

struct sheet_pdf {
    const char *bytes; /* in the arena */
    size_t length;
    int pages;
    int replaced; /* code points no font has, shown as U+FFFD: worth a log */
    unsigned long error;
};

/* How a document is drawn. */
struct sheet_manner {
    int64_t layout;
    bool copy;            /* marked as one on every page */
    const char *currency; /* ISO 4217 */
    const char *zone;     /* of its dates, as TZ takes it */
};

/* The order it is about. Strings are valid UTF-8. */
struct sheet_order {
    const char *number; /* ASCII, as order_id and track_url */
    const char *order_id;
    const char *track_url;
    const char *shop_name;
    const char *shop_address;   /* lines parted by "\n"; may be "" */
    const char *shop_tax_id;    /* may be "" */
    const char *customer_name;  /* NULL: none given */
    const char *customer_email; /* likewise */
};

/* One document in hand. */
struct sheet {
    struct arena *arena;
    struct pdf *pdf;
    const struct sheet_manner *manner;
    int pages; /* added so far */
    double y;  /* where the next thing goes */
    int replaced;
};

struct sheet_document {
    const struct sheet_manner *manner;
    const char *title;   /* ASCII */
    int64_t dated_at_ms; /* the file's two dates */
    void (*draw)(struct sheet *sheet, const void *page); /* maybe repeatedly */
    const void *page;
};

/* Draws a document with pdf, which may have drawn others before and gives the
 * same bytes all the same. False when libharu failed; out->error is then its
 * code. */
bool sheet_make(struct arena *arena, struct pdf *pdf,
                const struct sheet_document *document, struct sheet_pdf *out);

/* The string (NULL: none) as one line that the fonts can show. */
const char *sheet_printable(struct sheet *sheet, const char *string);

/* The order with all that people wrote made printable, as the functions below
 * want it. */
struct sheet_order sheet_order(struct sheet *sheet,
                               const struct sheet_order *order);

/* All that stands above the table on the first page, in this order. */
void sheet_heading(struct sheet *sheet, const char *title,
                   const struct sheet_order *order);
void sheet_fact(struct sheet *sheet, const char *label, const char *value);
void sheet_parties(struct sheet *sheet, const struct sheet_order *order);
void sheet_statement(struct sheet *sheet, const char *text);

/* The table; its last line shares a page with what follows it. Makes titles and
 * SKUs printable. */
void sheet_table(struct sheet *sheet, const struct sheet_line *lines,
                 size_t count);

/* subtotal NULL: none is shown. */
void sheet_total(struct sheet *sheet, const int64_t *subtotal_minor,
                 const char *label, int64_t total_minor);

/* How it was paid or given back; reference may be "". */
void sheet_payment(struct sheet *sheet, const char *label, const char *method,
                   const char *reference);

/* The last things drawn: the order's address as a QR code, below the table
 * that ended at top, and a footer on every page. */
void sheet_close(struct sheet *sheet, double top,
                 const struct sheet_order *order);

const char *sheet_money(struct sheet *sheet, int64_t minor);

/* A time as clock_local writes it, in the document's zone; a day is the part
 * before its comma. */
const char *sheet_time(struct sheet *sheet, int64_t wall_ms);
const char *sheet_day(struct sheet *sheet, int64_t wall_ms);

#endif
