/* The handlers of /v1/disputes and what stands below it; see web.h for what a
 * handler's halves are. A dispute opens by a payment with
 * pm_card_createDispute; evidence with the text winning_evidence wins it. */
#ifndef CGI_BIN_GATEWAY_DISPUTE_HANDLERS_H
#define CGI_BIN_GATEWAY_DISPUTE_HANDLERS_H

#include "lib/web/web.h"

int dispute_show(struct web *web, struct request *request, struct reply *reply);
int dispute_list(struct web *web, struct request *request, struct reply *reply);
int dispute_update_read(struct web *web, struct request *request,
                        struct reply *reply);
int dispute_update_write(struct web *web, struct request *request,
                         struct reply *reply);
int dispute_close_read(struct web *web, struct request *request,
                       struct reply *reply);

#endif
