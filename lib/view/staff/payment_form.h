/* The staff page's forms about money: write halves (web.h), after
 * admin_form_read. A refusal (422, 409) is told on the order's page, beside its
 * field. */
#ifndef VIEW_STAFF_PAYMENT_FORM_H
#define VIEW_STAFF_PAYMENT_FORM_H

#include "lib/web/web.h"

/* Fields key, amount (in major units) or "quantity SKU" for each line, reason,
 * restock. The key is the page's, as it was shown: a form that is sent twice
 * refunds once. */
int payment_form_refund(struct web *web, struct request *request,
                        struct reply *reply);

/* Fields action: "extend" by so many days, or "no-end". */
int payment_form_window(struct web *web, struct request *request,
                        struct reply *reply);

/* Field note. */
int payment_form_paid(struct web *web, struct request *request,
                      struct reply *reply);

#endif
