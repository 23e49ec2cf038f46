/* Placing an order over HTTP: what POST /orders and POST /place-order share.
 * Both halves of one handler; see web.h. */
#ifndef API_ORDERING_H
#define API_ORDERING_H

#include "lib/base/text/json_writer.h"
#include "lib/shop/order/placement.h"
#include "lib/web/web.h"

int ordering_read(struct web *web, struct request *request,
                  struct reply *reply);

/* Answers 201; extra adds members of the endpoint's own, or is NULL. */
int ordering_write(struct web *web, struct request *request,
                   struct reply *reply, const char *message,
                   void (*extra)(struct json_writer *w, struct arena *arena,
                                 const struct order *order));

#endif
