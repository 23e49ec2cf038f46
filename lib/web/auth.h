/* Who asks: machines by bearer token (RFC 6750), staff by session cookie. */
#ifndef AUTH_H
#define AUTH_H

#include "lib/shop/staff.h"
#include "lib/web/form.h"
#include "lib/web/web.h"

/* True when the request carries a staff token. */
bool auth_is_staff(const struct web *web, const struct request *request);

/* Whose idempotency keys the request's are (idempotency.h): the API token's,
 * or a guest's. In the request's arena. */
const char *auth_key_space(const struct web *web,
                           const struct request *request);

/* Likewise of a member of staff, whichever session he has. */
const char *auth_staff_key_space(const struct staff_session *session,
                                 struct arena *arena);

/* 401 with WWW-Authenticate; for `return auth_refuse(...)`. */
int auth_refuse(const struct request *request, struct reply *reply);

/* The staff session of the request's cookie; false when there is none. */
bool auth_session(const struct web *web, const struct request *request,
                  struct staff_session *out);

/* The secret in the session cookie; NULL when there is none. */
const char *auth_cookie(const struct web *web, const struct request *request);

/* Sets the session cookie; secret NULL takes it away. */
void auth_set_cookie(const struct web *web, const struct request *request,
                     struct reply *reply, const char *secret);

/* The token every form of this session carries. */
bool auth_csrf_ok(const struct staff_session *session, const struct form *form);

#endif
