/* What staff do with an order's money: refund it, mark it paid. The API's
 * requests and the forms of the staff page share the rules here. */
#ifndef API_REFUND_REQUEST_H
#define API_REFUND_REQUEST_H

#include "lib/base/fault.h"
#include "lib/shop/order/order.h"
#include "lib/shop/refund/refund.h"
#include "lib/web/web.h"

/* POST /orders/{}/refunds: handlers (web.h). */
int refund_request_read(struct web *web, struct request *request,
                        struct reply *reply);
int refund_request_write(struct web *web, struct request *request,
                         struct reply *reply);

/* Why a refund was not made, and the field it is about. */
struct refusal {
    int status; /* 409 or 422 */
    const char *pointer;
    const char *detail;
};
struct refusal refund_refusal(enum refund_outcome outcome,
                              const struct refund_request *request,
                              size_t fault, struct arena *arena);

/* Makes it, notes it in the order's history and wakes the reaper. */
enum refund_outcome refund_request_make(struct web *web, const char *order_id,
                                        const struct refund_request *request,
                                        struct refund *out, size_t *fault,
                                        struct arena *arena);

#endif
