/* What staff may do to an order's status: complete and cancel it. The API and
 * the forms of the staff page share it. Inside the write transaction. The
 * caller wakes the reaper, since a refund and a mail may be due. */
#ifndef WORKFLOW_ORDER_CHANGE_H
#define WORKFLOW_ORDER_CHANGE_H

#include "lib/shop/order/order.h"

enum order_change {
    ORDER_CHANGED,
    ORDER_CHANGE_RECORDED, /* a charge's outcome is awaited */
    ORDER_CHANGE_REFUSED   /* not from this status */
};

struct order_wish {
    enum order_status to;
    const char *reason; /* NULL: none given */
    const char *by;     /* who: an e-mail or "token NAME" */
};

/* Every move but to COMPLETED and CANCELLED is the workflow's own. */
enum order_change order_change(struct db *db, const struct order *order,
                               const struct order_wish *wish, int64_t now_ms,
                               struct arena *arena);

#endif
