/* The staff pages: filling the list of orders and the page of one order. */
#ifndef VIEW_STAFF_ORDER_H
#define VIEW_STAFF_ORDER_H

#include "lib/view/staff/payment.h"
#include "lib/web/auth.h"

/* Both fill the reply and return its status. form is the query. */
int admin_page_list(struct web *web, struct request *request,
                    struct reply *reply, const struct web_session *session,
                    const struct form *form);

/* done: what came of the last action ("done", "recorded", "refused",
 * "stopped", "redriven", "retried", "refunded", "paid", "mailed"), or NULL.
 * events_after: the table of events begins after that number; -1: not asked
 * for. notice: a sentence that says why an action was refused, or NULL; the
 * caller then answers 409 instead of 200. tried: the form about money or a mail
 * that was refused, shown again; or NULL. */
int admin_page_order(struct web *web, struct request *request,
                     struct reply *reply, const struct web_session *session,
                     const char *done, int64_t events_after, const char *notice,
                     const struct payment_form *tried);

#endif
