/* The handlers of /v1/checkout/sessions and what stands below it; see web.h
 * for what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_SESSION_HANDLERS_H
#define CGI_BIN_GATEWAY_SESSION_HANDLERS_H

#include "lib/web/web.h"

int session_create_read(struct web *web, struct request *request,
                        struct reply *reply);
int session_create_write(struct web *web, struct request *request,
                         struct reply *reply);
int session_show(struct web *web, struct request *request, struct reply *reply);
int session_list(struct web *web, struct request *request, struct reply *reply);
int session_expire_read(struct web *web, struct request *request,
                        struct reply *reply);
int session_expire_write(struct web *web, struct request *request,
                         struct reply *reply);

#endif
