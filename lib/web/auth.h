/* Who asks: machines by bearer token (RFC 6750), staff by session cookie. */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "lib/shop/staff/staff.h"
#include "lib/web/form.h"
#include "lib/web/web.h"

enum asker_kind { ASKER_GUEST, ASKER_TOKEN, ASKER_STAFF };

struct asker {
    enum asker_kind kind;
    /* Whose acts are one person's or machine's, for as long as the shop
     * stands, never a session's: "token:7", "staff:1", and IDEMPOTENCY_GUEST
     * for guests. */
    const char *id;
    const char *name; /* as histories tell it: "token NAME" or an e-mail */
    bool may_change;  /* false for guests and tokens that only read */
};

/* Looked up once a request. A token counts before a cookie. A cookie says who
 * asks, but permits nothing outside the staff pages: another site's page could
 * have sent it along. */
const struct asker *auth_who(struct web *web, struct request *request);

/* True when the request carries a token that may do this: one of role read
 * only GET. */
bool auth_is_staff(struct web *web, struct request *request);

/* 401 with WWW-Authenticate, or 403 for a token that only reads; for `return
 * auth_refuse(...)`. */
int auth_refuse(const struct request *request, struct reply *reply);

/* The staff session of the request's cookie; false when there is none. */
bool auth_session(const struct web *web, const struct request *request,
                  struct staff_session *out);

/* The secret in the session cookie; NULL when there is none. */
const char *auth_secret(const struct web *web, const struct request *request);

/* Sets the session cookie; secret NULL takes it away. */
void auth_set_secret(const struct web *web, const struct request *request,
                     struct reply *reply, const char *secret);

/* Reads a form of the session's own pages, each of which carries its token:
 * WEB_GO_ON, or the refusal (400, 403). */
int auth_form_read(const struct request *request, struct reply *reply,
                   const struct staff_session *session, struct form *out);

#endif
