/* What the API wants of staff and machines: a bearer token. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "lib/web/auth.h"

/* True when the request carries a token that may do this: one of role read
 * only GETs. */
bool auth_is_staff(struct web *web, struct request *request);

/* 401 with WWW-Authenticate, or 403 for a token that only reads; for `return
 * auth_refuse(...)`. */
int auth_refuse(const struct request *request, struct reply *reply);

#endif
