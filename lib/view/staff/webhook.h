/* The staff pages of the inbox: its list, one event with its body, and having
 * it applied again. Called by admin.c. */
#ifndef VIEW_STAFF_WEBHOOK_H
#define VIEW_STAFF_WEBHOOK_H

#include "lib/web/auth.h"

/* Both fill the reply and return its status. form is the query; done: it was
 * just put down to be applied again. */
int webhook_page_list(struct web *web, struct request *request,
                      struct reply *reply, const struct web_session *session,
                      const struct form *form);
int webhook_page_event(struct web *web, struct request *request,
                       struct reply *reply, const struct web_session *session,
                       bool done);

/* A handler (web.h), after admin_action_read: back to the event's page. */
int webhook_page_apply(struct web *web, struct request *request,
                       struct reply *reply);

#endif
