/* The handlers of /v1/webhook_endpoints and what stands below it; see web.h
 * for what a handler's halves are. */
#ifndef CGI_BIN_GATEWAY_ENDPOINT_HANDLERS_H
#define CGI_BIN_GATEWAY_ENDPOINT_HANDLERS_H

#include "lib/web/web.h"

int endpoint_create_read(struct web *web, struct request *request,
                         struct reply *reply);
int endpoint_create_write(struct web *web, struct request *request,
                          struct reply *reply);
int endpoint_show(struct web *web, struct request *request,
                  struct reply *reply);
int endpoint_list(struct web *web, struct request *request,
                  struct reply *reply);
int endpoint_update_read(struct web *web, struct request *request,
                         struct reply *reply);
int endpoint_update_write(struct web *web, struct request *request,
                          struct reply *reply);
int endpoint_delete_read(struct web *web, struct request *request,
                         struct reply *reply);
int endpoint_delete_write(struct web *web, struct request *request,
                          struct reply *reply);

#endif
