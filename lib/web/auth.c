/* Who asks: see auth.h. */
#include "lib/web/auth.h"

#include <assert.h>

#include "lib/web/problem.h"

const struct asker *auth_who(struct web *web, struct request *request)
{
    if (request->asker == NULL) {
        struct asker *who = arena_alloc(request->arena, sizeof *who);
        *who = (struct asker){.kind = ASKER_GUEST};
        web->app->who(web, request, who);
        assert(who->id != NULL && who->name != NULL);
        request->asker = who;
    }
    return request->asker;
}

const struct web_session *auth_session(struct web *web, struct request *request)
{
    return auth_who(web, request)->session;
}

int auth_form_read(const struct request *request, struct reply *reply,
                   const struct web_session *session, struct form *out)
{
    const char *fault;
    if (!form_read(request->arena, request->body, request->body_length, out,
                   &fault))
        return problem(request, reply, 400, fault);
    const char *given = form_value(out, "csrf");
    return given != NULL && crypto_equal(session->csrf_token, given)
               ? WEB_GO_ON
               : problem(request, reply, 403, NULL);
}
