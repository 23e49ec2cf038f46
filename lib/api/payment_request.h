/* Marking an order paid: the API's request. Handlers (web.h) of
 * POST /orders/{}/payments. */
#ifndef API_PAYMENT_REQUEST_H
#define API_PAYMENT_REQUEST_H

#include "lib/shop/order/order.h"
#include "lib/web/web.h"

int payment_request_read(struct web *web, struct request *request,
                         struct reply *reply);
int payment_request_write(struct web *web, struct request *request,
                          struct reply *reply);

/* Staff have the money: notes it in the order's history and wakes the reaper.
 * note may be NULL. */
enum payment_request_outcome {
    PAYMENT_REQUEST_PAID,     /* the order goes on */
    PAYMENT_REQUEST_REOPENED, /* its window had closed; it is taken up again */
    PAYMENT_REQUEST_OWED,     /* likewise, but its goods are gone: the money is
                                 to be paid back, and an alarm says so */
    PAYMENT_REQUEST_REFUSED   /* no payment by hand is awaited */
};
enum payment_request_outcome
payment_request_mark(struct web *web, const struct order *order,
                     const char *note, const char *by, struct arena *arena);

#endif
