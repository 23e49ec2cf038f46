/* The handlers of /v1/events and /v1/events/{}; see web.h for what a handler's
 * halves are. */
#ifndef CGI_BIN_GATEWAY_EVENT_HANDLERS_H
#define CGI_BIN_GATEWAY_EVENT_HANDLERS_H

#include "lib/web/web.h"

int event_show(struct web *web, struct request *request, struct reply *reply);
int event_list(struct web *web, struct request *request, struct reply *reply);

#endif
