/* GET /orders: the staff's list of orders over the API, a page at a time. */
#ifndef API_ORDER_LIST_H
#define API_ORDER_LIST_H

#include "lib/web/web.h"

/* A handler's read half. */
int order_list_read(struct web *web, struct request *request,
                    struct reply *reply);

#endif
