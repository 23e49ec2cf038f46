/* The forms of the staff pages: completing and cancelling an order, steering
 * its execution. Handlers (web.h) of admin.c; each wants the session's own
 * form. */
#ifndef VIEW_STAFF_ACTION_H
#define VIEW_STAFF_ACTION_H

#include "lib/web/auth.h"

/* A form that a signed-in member of staff sent. A handler: the request's state
 * becomes a struct admin_form. */
struct admin_form {
    const struct web_session *session;
    struct form fields;
};
int admin_form_read(struct web *web, struct request *request,
                    struct reply *reply);

/* The order's page again, with the sentence that says why the form is refused,
 * beside its field ("": none of them) and with the fields as they were sent;
 * field NULL: without them. After admin_form_read and admin_steering_read.
 * Returns status. */
int admin_form_refuse(struct web *web, struct request *request,
                      struct reply *reply, int status, const char *field,
                      const char *detail);

/* 303, to the sign-in page that leads back. */
int admin_to_sign_in(const struct request *request, struct reply *reply);

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
