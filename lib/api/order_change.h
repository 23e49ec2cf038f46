/* A change of an order's status as JSON. Called by orders.c. */
#ifndef API_ORDER_CHANGE_H
#define API_ORDER_CHANGE_H

#include "lib/web/web.h"
#include "lib/workflow/order/change.h"

/* Reads `{"status","reason"?}`; WEB_GO_ON, or a status with the reply filled
 * in. by is not set. */
int order_change_read(const struct request *request, struct reply *reply,
                      struct order_wish *out);

#endif
