/* Who may use the API: see auth.h. */
#include "lib/api/auth.h"

#include <string.h>

#include "lib/web/problem.h"

static bool only_looks(const struct request *request)
{
    return strcmp(request->method, "GET") == 0 ||
           strcmp(request->method, "HEAD") == 0;
}

bool auth_is_staff(struct web *web, struct request *request)
{
    const struct asker *who = auth_who(web, request);
    return who->kind == ASKER_TOKEN && (who->may_change || only_looks(request));
}

int auth_refuse(const struct request *request, struct reply *reply)
{
    if (request->asker != NULL && request->asker->kind == ASKER_TOKEN)
        return problem(request, reply, 403,
                       "This token may only read. Changes need one of role "
                       "staff.");
    reply_header(reply, "WWW-Authenticate", "Bearer realm=\"ordermill\"");
    return problem(request, reply, 401,
                   "This needs a staff token: Authorization: Bearer TOKEN.");
}
