/* Marking an order paid: the API's request. Handlers (web.h) of
 * POST /orders/{}/payments. */
#ifndef PAYMENT_REQUEST_H
#define PAYMENT_REQUEST_H

#include "lib/web/web.h"

int payment_request_read(struct web *web, struct request *request,
                         struct reply *reply);
int payment_request_write(struct web *web, struct request *request,
                          struct reply *reply);

/* Staff have the money: notes it in the order's history and wakes the reaper.
 * note may be NULL. False: no payment by hand is awaited. */
bool payment_request_mark(struct web *web, const char *order_id,
                          const char *note, const char *by,
                          struct arena *arena);

#endif
