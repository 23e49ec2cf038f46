/* The handlers of /v1/webhook_endpoints and what stands below it; see web.h
 * for what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_ENDPOINT_HANDLERS_H
#define CGI_BIN_GATEWAY_ENDPOINT_HANDLERS_H

#include "lib/web/web.h"

int webhook_endpoints_create_read(struct web *web, struct request *request,
                                  struct reply *reply);
int webhook_endpoints_create_write(struct web *web, struct request *request,
                                   struct reply *reply);
int webhook_endpoints_show(struct web *web, struct request *request,
                           struct reply *reply);
int webhook_endpoints_list(struct web *web, struct request *request,
                           struct reply *reply);
int webhook_endpoints_update_read(struct web *web, struct request *request,
                                  struct reply *reply);
int webhook_endpoints_update_write(struct web *web, struct request *request,
                                   struct reply *reply);
int webhook_endpoints_delete_read(struct web *web, struct request *request,
                                  struct reply *reply);
int webhook_endpoints_delete_write(struct web *web, struct request *request,
                                   struct reply *reply);

#endif
