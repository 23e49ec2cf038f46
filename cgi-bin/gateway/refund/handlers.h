/* The handlers of /v1/refunds and /v1/refunds/{}; see web.h for what a
 * handler's halves are. */
#ifndef CGI_BIN_GATEWAY_REFUND_HANDLERS_H
#define CGI_BIN_GATEWAY_REFUND_HANDLERS_H

#include "lib/web/web.h"

int refund_create_read(struct web *web, struct request *request,
                       struct reply *reply);
int refund_create_write(struct web *web, struct request *request,
                        struct reply *reply);
int refund_show(struct web *web, struct request *request, struct reply *reply);
int refund_list(struct web *web, struct request *request, struct reply *reply);

#endif
