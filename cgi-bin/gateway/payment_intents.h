/* The handlers of /v1/payment_intents and /v1/payment_intents/{}; see web.h
 * for what a handler's halves are. */
#ifndef PAYMENT_INTENTS_H
#define PAYMENT_INTENTS_H

#include "lib/web/web.h"

int payment_intents_create_read(struct web *web, struct request *request,
                                struct reply *reply);
int payment_intents_create_write(struct web *web, struct request *request,
                                 struct reply *reply);
int payment_intents_show(struct web *web, struct request *request,
                         struct reply *reply);
int payment_intents_list(struct web *web, struct request *request,
                         struct reply *reply);

#endif
