/* What the API wants of staff and machines: a bearer token. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "lib/web/auth.h"

/* True when the request carries a token that may do this. A token of role read
 * may only GET. */
bool auth_is_staff(struct web *web, struct request *request);

/* Refuses with 401 and WWW-Authenticate, or with 403 for a token that only
 * reads; returns the status. */
int auth_refuse(const struct request *request, struct reply *reply);

#endif
