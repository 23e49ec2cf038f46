/* The handlers of /v1/payment_intents and what stands below it; see web.h for
 * what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_INTENT_HANDLERS_H
#define CGI_BIN_GATEWAY_INTENT_HANDLERS_H

#include "cgi-bin/gateway/base/journal.h"
#include "cgi-bin/gateway/base/replay.h"
#include "cgi-bin/gateway/base/test_card.h"
#include "lib/web/web.h"

int payment_intents_create_read(struct web *web, struct request *request,
                                struct reply *reply);
int payment_intents_create_write(struct web *web, struct request *request,
                                 struct reply *reply);
int payment_intents_show(struct web *web, struct request *request,
                         struct reply *reply);
int payment_intents_list(struct web *web, struct request *request,
                         struct reply *reply);

/* In steps.c: /v1/payment_intents/{}/confirm and .../cancel. */
int payment_intents_confirm_read(struct web *web, struct request *request,
                                 struct reply *reply);
int payment_intents_confirm_write(struct web *web, struct request *request,
                                  struct reply *reply);
int payment_intents_cancel_read(struct web *web, struct request *request,
                                struct reply *reply);
int payment_intents_cancel_write(struct web *web, struct request *request,
                                 struct reply *reply);

/* For both: charges an intent, new (without an id) or stored, to the card, and
 * answers as the card says. Keeps the answer under the request's key. */
int payment_intents_charge(struct web *web, struct request *request,
                           struct reply *reply, struct intent *intent,
                           const struct test_card *card, unsigned expand,
                           const struct replay *replay);

#endif
