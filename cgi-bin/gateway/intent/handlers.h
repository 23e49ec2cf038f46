/* The handlers of /v1/payment_intents, what stands below it, and
 * /v1/charges/{}; see web.h for what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_INTENT_HANDLERS_H
#define CGI_BIN_GATEWAY_INTENT_HANDLERS_H

#include "lib/web/web.h"

int intent_create_read(struct web *web, struct request *request,
                       struct reply *reply);
int intent_create_write(struct web *web, struct request *request,
                        struct reply *reply);
int intent_show(struct web *web, struct request *request, struct reply *reply);
int intent_show_charge(struct web *web, struct request *request,
                       struct reply *reply);
int intent_list(struct web *web, struct request *request, struct reply *reply);
int intent_update_read(struct web *web, struct request *request,
                       struct reply *reply);
int intent_update_write(struct web *web, struct request *request,
                        struct reply *reply);
int intent_confirm_read(struct web *web, struct request *request,
                        struct reply *reply);
int intent_confirm_write(struct web *web, struct request *request,
                         struct reply *reply);
int intent_cancel_read(struct web *web, struct request *request,
                       struct reply *reply);
int intent_cancel_write(struct web *web, struct request *request,
                        struct reply *reply);

#endif
