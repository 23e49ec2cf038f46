/* The staff pages: the list of orders and the page of one order. */
#ifndef VIEW_STAFF_ORDER_H
#define VIEW_STAFF_ORDER_H

#include "lib/view/staff/payment.h"
#include "lib/web/auth.h"

/* GET /admin/orders and GET /admin/orders/{}: handlers (web.h). */
int admin_page_list(struct web *web, struct request *request,
                    struct reply *reply);
int admin_page_show(struct web *web, struct request *request,
                    struct reply *reply);

enum { ADMIN_NO_EVENTS = -1 };

/* What an order's page tells beside the order. */
struct admin_order_shown {
    /* What came of the last action ("done", "recorded", "refused", "stopped",
     * "redriven", "retried", "refunded", "paid", "mailed"), or NULL. */
    const char *done;
    /* The table of events begins after that number; ADMIN_NO_EVENTS: it was
     * not asked for. */
    int64_t events_after;
    const char *refusal; /* why an action was refused: a sentence, or NULL */
    /* The form about money or a mail that was refused, shown again; or NULL. */
    const struct payment_form *tried;
};

/* Fills the reply and returns 200, or 404. */
int admin_page_order(struct web *web, struct request *request,
                     struct reply *reply,
                     const struct admin_order_shown *shown);

#endif
