/* Marking an order paid over the API. Handlers (web.h) of
 * POST /orders/{}/payments. */
#ifndef API_PAYMENT_REQUEST_H
#define API_PAYMENT_REQUEST_H

#include "lib/web/web.h"

int payment_request_read(struct web *web, struct request *request,
                         struct reply *reply);
int payment_request_write(struct web *web, struct request *request,
                          struct reply *reply);

#endif
