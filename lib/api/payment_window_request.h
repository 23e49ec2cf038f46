/* Until when an order that is paid by hand waits: staff set the end of its
 * window, or let it wait as long as it takes (cash on delivery, goods already
 * sent). Handlers (web.h) of PUT /orders/{}/payment-window. */
#ifndef API_PAYMENT_WINDOW_REQUEST_H
#define API_PAYMENT_WINDOW_REQUEST_H

#include "lib/web/web.h"

/* {"closes_at": RFC 3339, or null for no end}. */
int payment_window_read(struct web *web, struct request *request,
                        struct reply *reply);
int payment_window_write(struct web *web, struct request *request,
                         struct reply *reply);

#endif
