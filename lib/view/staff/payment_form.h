/* The staff page's forms about money. Handlers (web.h) of admin.c; each wants
 * the session's own form, and what is refused (422, 409) is told on the order's
 * page beside its field. */
#ifndef VIEW_STAFF_PAYMENT_FORM_H
#define VIEW_STAFF_PAYMENT_FORM_H

#include "lib/web/web.h"

int payment_form_read(struct web *web, struct request *request,
                      struct reply *reply);

/* The order's page again, with what is wrong beside its field. */
int payment_form_refuse(struct web *web, struct request *request,
                        struct reply *reply, int status, const char *field,
                        const char *detail);

/* Fields key (of the page as it was shown: the same sent twice refunds once),
 * amount (in major units) or "quantity SKU" for each line, reason, restock. */
int payment_form_refund(struct web *web, struct request *request,
                        struct reply *reply);

/* Field note. */
int payment_form_paid(struct web *web, struct request *request,
                      struct reply *reply);

#endif
