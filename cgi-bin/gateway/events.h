/* The handlers of /v1/events and /v1/events/{}; see web.h for what a handler's
 * halves are. */
#ifndef EVENTS_H
#define EVENTS_H

#include "lib/web/web.h"

int events_show(struct web *web, struct request *request, struct reply *reply);
int events_list(struct web *web, struct request *request, struct reply *reply);

#endif
