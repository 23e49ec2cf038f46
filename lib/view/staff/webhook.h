/* The staff pages of the inbox: its list, one event with its body, and having
 * an event applied again. Called by admin.c. */
#ifndef VIEW_STAFF_WEBHOOK_H
#define VIEW_STAFF_WEBHOOK_H

#include "lib/web/auth.h"

/* Handlers (web.h): GET /admin/webhooks and GET /admin/webhooks/{}. */
int webhook_page_list(struct web *web, struct request *request,
                      struct reply *reply);
int webhook_page_event(struct web *web, struct request *request,
                       struct reply *reply);

/* The write half of POST /admin/webhooks/{}/apply, after admin_action_read:
 * back to the event's page. */
int webhook_page_apply(struct web *web, struct request *request,
                       struct reply *reply);

#endif
