/* What happens to a Checkout Session, with its intent and the events that tell
 * it: called by the API's handlers, the hosted page and the deliverer. Like
 * intent/flow.h otherwise. */
#ifndef CGI_BIN_GATEWAY_SESSION_FLOW_H
#define CGI_BIN_GATEWAY_SESSION_FLOW_H

#include "cgi-bin/gateway/intent/flow.h"
#include "cgi-bin/gateway/session/session.h"

/* The customer's try to pay an open session with a card. The intent, made at
 * the first try, is in *out: succeeded, and the session is complete; else
 * declined, and the session stays open. */
void session_flow_pay(struct web *web, struct request *request,
                      struct session *session, const struct test_card *card,
                      int64_t delay_ms, int copies, struct intent *out);

/* Another charge with all of the same, behind a session's back: a double
 * payment. */
void session_flow_pay_again(struct web *web, struct request *request,
                            const struct session *session,
                            const struct test_card *card, int64_t delay_ms,
                            int copies, struct intent *out);

/* Closes an open session, or one shown as expired because its time is up; an
 * intent it has is canceled. */
void session_flow_expire(struct web *web, struct request *request,
                         struct session *session);

/* Expires up to 100 of the sessions whose time is up; returns how many. */
int session_flow_expire_due(struct web *web, struct request *request);

#endif
