/* The staff sign-in's page: shows its form, and knows it again. */
#ifndef VIEW_STAFF_SIGN_IN_H
#define VIEW_STAFF_SIGN_IN_H

#include "lib/web/form.h"
#include "lib/web/web.h"

/* Shows the form and returns status. Its token stays the same while the browser
 * is open, so that the form works in two tabs. email, next and message may be
 * NULL; message says why an attempt was refused. */
int sign_in_form(const struct web *web, const struct request *request,
                 struct reply *reply, int status, const char *email,
                 const char *next, const char *message);

/* True when the posted form is one that sign_in_form showed this browser. */
bool sign_in_form_ok(const struct web *web, const struct request *request,
                     const struct form *form);

/* Where a sign-in leads: next when it is a path of the staff pages, else the
 * list of orders. */
const char *sign_in_next(const char *next);

#endif
