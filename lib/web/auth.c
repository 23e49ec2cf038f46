/* Who asks: see auth.h. */
#include "lib/web/auth.h"

#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/shop/idempotency.h"
#include "lib/shop/staff/api_token.h"
#include "lib/web/cookie.h"
#include "lib/web/problem.h"

/* The token's last use is written by the reaper, now and then: reading programs
 * write nothing. */
static bool find_token(struct web *web, const struct request *request,
                       struct asker *who)
{
    const char *header = request_header(request, "HTTP_AUTHORIZATION");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    int64_t now_ms = clock_wall_ms();
    struct api_token token;
    if (!api_token_find(web->reader, header + 7 + strspn(header + 7, " "),
                        now_ms, &token, request->arena))
        return false;
    if (now_ms - token.last_used_at_ms >= API_TOKEN_USED_MS)
        web_tell(web, arena_printf(request->arena, "token %lld",
                                   (long long)token.token_id));
    *who = (struct asker){
        .kind = ASKER_TOKEN,
        .id = arena_printf(request->arena, "token:%lld",
                           (long long)token.token_id),
        .name = arena_printf(request->arena, "token %s", token.name),
        .may_change = token.role == API_ROLE_STAFF};
    return true;
}

const struct asker *auth_who(struct web *web, struct request *request)
{
    struct staff_session session;
    if (request->asker != NULL)
        return request->asker;
    struct asker *who = arena_alloc(request->arena, sizeof *who);
    *who = (struct asker){
        .kind = ASKER_GUEST, .id = IDEMPOTENCY_GUEST, .name = "a guest"};
    if (!find_token(web, request, who) && auth_session(web, request, &session))
        *who = (struct asker){.kind = ASKER_STAFF,
                              .id = arena_printf(request->arena, "staff:%lld",
                                                 (long long)session.staff_id),
                              .name = session.email,
                              .may_change = true};
    request->asker = who;
    return who;
}

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

const char *auth_secret(const struct web *web, const struct request *request)
{
    return cookie_value(web, request, "staff");
}

bool auth_session(const struct web *web, const struct request *request,
                  struct staff_session *out)
{
    const char *secret = auth_secret(web, request);
    return secret != NULL &&
           staff_session_find(web->reader, secret, clock_wall_ms(), out,
                              request->arena);
}

void auth_set_secret(const struct web *web, const struct request *request,
                     struct reply *reply, const char *secret)
{
    cookie_set(web, request, reply,
               &(struct cookie){.what = "staff", .value = secret});
}

int auth_form_read(const struct request *request, struct reply *reply,
                   const struct staff_session *session, struct form *out)
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
