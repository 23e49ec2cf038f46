/* The forms of the staff pages: completing and cancelling an order, steering
 * its execution. Handlers (web.h) of admin.c; each wants the session's own
 * form. */
#ifndef VIEW_STAFF_ACTION_H
#define VIEW_STAFF_ACTION_H

#include "lib/web/auth.h"

/* A form that a signed-in member of staff sent; WEB_GO_ON, or a status with the
 * reply filled in. */
struct admin_form {
    const struct web_session *session;
    struct form fields;
};
int admin_form_read(struct web *web, struct request *request,
                    struct reply *reply, struct admin_form *out);

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
