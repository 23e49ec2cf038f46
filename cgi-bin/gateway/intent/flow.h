/* What happens to an intent, with its charge and the events that tell it:
 * called by the API's handlers, the hosted page and the bank's page. All write
 * in web->writer's transaction, leave the intent as it is stored by then, and
 * plan their events' deliveries as event_emit does (delay_ms, copies). */
#ifndef CGI_BIN_GATEWAY_INTENT_FLOW_H
#define CGI_BIN_GATEWAY_INTENT_FLOW_H

#include "cgi-bin/gateway/base/journal.h"
#include "cgi-bin/gateway/base/test_card.h"
#include "lib/web/web.h"

/* A new one, still unpaid: its id, client_secret, status and created_ms are
 * filled in here. */
void intent_flow_begin(struct web *web, struct request *request,
                       struct intent *intent, int64_t delay_ms, int copies);

/* A try to charge an intent that is neither succeeded nor canceled to the
 * card. Its status is then succeeded, requires_payment_method (declined, see
 * failed_method) or requires_action. */
void intent_flow_try(struct web *web, struct request *request,
                     struct intent *intent, const struct test_card *card,
                     int64_t delay_ms, int copies);

/* The customer's answer at his bank to an intent that is requires_action: it
 * succeeds, or becomes requires_payment_method. */
void intent_flow_authenticate(struct web *web, struct request *request,
                              struct intent *intent, bool approved,
                              int64_t delay_ms, int copies);

/* An intent that is neither succeeded nor canceled; reason may be NULL. */
void intent_flow_cancel(struct web *web, struct request *request,
                        struct intent *intent, const char *reason,
                        int64_t delay_ms, int copies);

#endif
