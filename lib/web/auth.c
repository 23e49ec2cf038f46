/* Who asks: see auth.h. */
#include "lib/web/auth.h"

#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/shop/idempotency.h"
#include "lib/web/problem.h"

/* NULL: none that is known here. */
static const char *staff_token(const struct web *web,
                               const struct request *request)
{
    const char *header = request_header(request, "HTTP_AUTHORIZATION");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    const char *token = header + 7;
    while (*token == ' ')
        token++;
    return api_token_ok(web->reader, token) ? token : NULL;
}

bool auth_is_staff(const struct web *web, const struct request *request)
{
    return staff_token(web, request) != NULL;
}

const char *auth_key_space(const struct web *web, const struct request *request)
{
    char id[CRYPTO_SHA256_HEX];
    const char *token = staff_token(web, request);
    if (token == NULL)
        return IDEMPOTENCY_GUEST;
    crypto_sha256_hex(token, strlen(token), id);
    return arena_printf(request->arena, "token:%s", id);
}

const char *auth_staff_key_space(const struct staff_session *session,
                                 struct arena *arena)
{
    return arena_printf(arena, "staff:%lld", (long long)session->staff_id);
}

int auth_refuse(const struct request *request, struct reply *reply)
{
    reply_header(reply, "WWW-Authenticate", "Bearer realm=\"ordermill\"");
    return problem(request, reply, 401,
                   "This needs a staff token: Authorization: Bearer TOKEN.");
}

/* `__Host-` binds a cookie to its origin (RFC 6265bis section 4.1.3.2), but
 * browsers take it over TLS only. */
static const char *cookie_name(const struct web *web)
{
    return strncmp(web->settings->base_url, "https://", 8) == 0
               ? "__Host-ordermill"
               : "ordermill";
}

const char *auth_cookie(const struct web *web, const struct request *request)
{
    const char *at = request_header(request, "HTTP_COOKIE");
    const char *name = cookie_name(web);
    size_t length = strlen(name);
    while (at != NULL && *at != '\0') {
        while (*at == ' ' || *at == ';')
            at++;
        const char *end = at + strcspn(at, ";");
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return arena_copy(request->arena, at + length + 1,
                              (size_t)(end - at) - length - 1);
        at = end;
    }
    return NULL;
}

bool auth_session(const struct web *web, const struct request *request,
                  struct staff_session *out)
{
    const char *secret = auth_cookie(web, request);
    return secret != NULL &&
           staff_session_find(web->reader, secret, clock_wall_ms(), out,
                              request->arena);
}

void auth_set_cookie(const struct web *web, const struct request *request,
                     struct reply *reply, const char *secret)
{
    const char *name = cookie_name(web);
    const char *secure = name[0] == '_' ? "; Secure" : "";
    reply_header(reply, "Set-Cookie",
                 arena_printf(request->arena,
                              "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name,
                              secret == NULL ? "" : secret, secure,
                              secret == NULL ? "; Max-Age=0" : ""));
}

bool auth_csrf_ok(const struct staff_session *session, const struct form *form)
{
    const char *given = form_value(form, "csrf");
    return given != NULL && crypto_equal(session->csrf_token, given);
}
