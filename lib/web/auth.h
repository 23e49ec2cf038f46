/* Who asks. The application says (web_app's `who`); it is asked once a request.
 */
#ifndef WEB_AUTH_H
#define WEB_AUTH_H

#include "lib/web/form.h"
#include "lib/web/web.h"

enum asker_kind {
    ASKER_GUEST,
    ASKER_TOKEN,  /* a bearer token (RFC 6750), which counts before a cookie */
    ASKER_SESSION /* signed in by cookie, which says who asks but permits
                     nothing beyond forms with its csrf_token: another site's
                     page could have sent it along */
};

/* A sign-in that a browser holds. */
struct web_session {
    int64_t account_id;
    const char *name;       /* whose it is, as histories tell it */
    const char *csrf_token; /* what each form of its pages carries */
    const char *secret;     /* the cookie's value */
};

struct asker {
    enum asker_kind kind;
    /* Whose acts are one person's or machine's, for as long as the application
     * stands, never a session's: "token:7", "staff:1". Guests share one. */
    const char *id;
    const char *name; /* as histories tell it */
    bool may_change;  /* false for guests and tokens that only read */
    const struct web_session *session; /* NULL: none; also beside a token */
};

const struct asker *auth_who(struct web *web, struct request *request);

/* The session of the request's cookie; NULL: there is none. */
const struct web_session *auth_session(struct web *web,
                                       struct request *request);

/* Reads a form of the session's own pages: WEB_GO_ON, or the refusal (400,
 * 403). */
int auth_form_read(const struct request *request, struct reply *reply,
                   const struct web_session *session, struct form *out);

#endif
