/* Telling what happened: an event as Stripe's (docs.stripe.com/api/events) and
 * its deliveries to the endpoints that want it. Called by whatever changes an
 * object, in a handler's write half or the deliverer's transaction. */
#ifndef CGI_BIN_GATEWAY_EVENT_EVENT_H
#define CGI_BIN_GATEWAY_EVENT_EVENT_H

#include "lib/web/web.h"

/* Stores the event in web->writer's transaction, object_json being what the
 * object is by now, and for each enabled endpoint that wants its type `copies`
 * deliveries, due after delay_ms; the deliverer is woken after the commit.
 * request needs only an arena, an id ("": no request caused it) and variables.
 */
void event_emit(struct web *web, struct request *request, const char *type,
                const char *object_json, int64_t delay_ms, int copies);

/* At start, inside a transaction: the endpoint that is always there, the
 * shop's own /webhooks/stripe, with the shop's first secret. */
void event_open(struct web *web);

#endif
