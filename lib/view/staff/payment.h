/* The money part of the staff's order page: what was paid and refunded, and the
 * forms Refund and Mark as paid. */
#ifndef VIEW_STAFF_PAYMENT_H
#define VIEW_STAFF_PAYMENT_H

#include "lib/adapter/page.h"
#include "lib/shop/order/order.h"
#include "lib/web/form.h"
#include "lib/web/web.h"

/* A form that was refused: its fields are shown again. */
struct payment_form {
    struct form fields;
    const char *field;  /* which one is wrong; "": none of them */
    const char *detail; /* and why */
};

void payment_page_fill(struct page *page, struct web *web,
                       const struct order *order,
                       const struct payment_form *tried, struct arena *arena);

/* Fills a section CREDIT_NOTE, with NOTE_NUMBER, NOTE_AMOUNT and NOTE_URL, for
 * each credit note of the order that is on disk; for the customer's page too.
 */
void payment_page_notes(struct page *page, struct web *web,
                        const struct order *order, struct arena *arena);

#endif
