/* What the staff's pages begin with, and their forms: completing and cancelling
 * an order, steering its execution. Handlers (web.h) of admin.c; each form must
 * be the session's own. */
#ifndef VIEW_STAFF_ACTION_H
#define VIEW_STAFF_ACTION_H

#include "lib/web/auth.h"

/* Begins a page of the staff's: reads the query. 0, or a status with the reply
 * filled in, as when the asker is not signed in: he is sent to sign in. */
int admin_query_read(struct web *web, struct request *request,
                     struct reply *reply, struct form *query);

/* A form that a signed-in member of staff sent. admin_form_read is a handler:
 * the request's state becomes a struct admin_form. */
struct admin_form {
    const struct web_session *session;
    struct form fields;
};
int admin_form_read(struct web *web, struct request *request,
                    struct reply *reply);

/* Shows the order's page again, with a sentence on why the form is refused;
 * returns status. The sentence stands beside the field ("": beside none), and
 * the fields are as they were sent; field NULL: they are left out. After
 * admin_form_read and admin_steering_read. */
int admin_form_refuse(struct web *web, struct request *request,
                      struct reply *reply, int status, const char *field,
                      const char *detail);

/* Reads the form of the two that follow. */
int admin_action_read(struct web *web, struct request *request,
                      struct reply *reply);
int admin_action_complete(struct web *web, struct request *request,
                          struct reply *reply);
int admin_action_cancel(struct web *web, struct request *request,
                        struct reply *reply);

/* Fields action, definition and reason; what is refused (422, 409) is told on
 * the order's page. */
int admin_steering_read(struct web *web, struct request *request,
                        struct reply *reply);
int admin_steering_write(struct web *web, struct request *request,
                         struct reply *reply);

#endif
