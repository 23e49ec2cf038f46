/* Refunds over the API. Handlers (web.h) of POST /orders/{}/refunds. */
#ifndef API_REFUND_REQUEST_H
#define API_REFUND_REQUEST_H

#include "lib/web/web.h"

int refund_request_read(struct web *web, struct request *request,
                        struct reply *reply);
int refund_request_write(struct web *web, struct request *request,
                         struct reply *reply);

#endif
