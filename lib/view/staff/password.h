/* /admin/password, where a member of staff changes his own password: handlers
 * (web.h) of sign-in.c. */
#ifndef VIEW_STAFF_PASSWORD_H
#define VIEW_STAFF_PASSWORD_H

#include "lib/web/web.h"

int password_form_get(struct web *web, struct request *request,
                      struct reply *reply);

/* Fields old and new; slow: it checks one password and hashes another. */
int password_form_check(struct web *web, struct request *request,
                        struct reply *reply);
int password_form_change(struct web *web, struct request *request,
                         struct reply *reply);

#endif
