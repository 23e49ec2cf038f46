/* What staff may do to an order's status: complete and cancel it. PUT and
 * DELETE of the API and the forms of the staff page share these. */
#ifndef API_ORDER_CHANGE_H
#define API_ORDER_CHANGE_H

#include "lib/shop/order/order.h"
#include "lib/web/web.h"

enum { ORDER_MAX_REASON = 500 }; /* characters */

enum order_change {
    ORDER_CHANGED,
    ORDER_CHANGE_RECORDED, /* a charge's outcome is awaited: 202 */
    ORDER_CHANGE_REFUSED   /* not from this status: 409 */
};

/* Reads `{"status","reason"?}`; WEB_GO_ON, or a status with the reply filled
 * in. reason is NULL when none is given. */
int order_change_read(const struct request *request, struct reply *reply,
                      enum order_status *to, const char **reason);

/* On web->writer; reason may be NULL when completing. */
enum order_change order_change(struct web *web, const struct order *order,
                               enum order_status to, const char *reason,
                               const char *by, struct arena *arena);

/* What is wrong with a reason, or NULL; a sentence for its field. */
const char *order_reason_fault(const char *reason);

#endif
