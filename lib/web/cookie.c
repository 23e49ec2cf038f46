/* Cookies: see cookie.h. */
#include "lib/web/cookie.h"

#include <string.h>

const char *cookie_name(const struct settings *settings, const char *what,
                        struct arena *arena)
{
    const char *port = strrchr(settings->listen, ':') + 1;
    return arena_printf(arena, "%s%s_%s",
                        settings_is_https(settings) ? "__Host-" : "", what,
                        port);
}

const char *cookie_value(const struct web *web, const struct request *request,
                         const char *what)
{
    const char *at = request_header(request, "HTTP_COOKIE");
    const char *name = cookie_name(web->settings, what, request->arena);
    size_t length = strlen(name);
    while (at != NULL && *at != '\0') {
        at += strspn(at, " \t;");
        size_t end = strcspn(at, ";");
        while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\t'))
            end--;
        if (end > length && at[length] == '=' && strncmp(at, name, length) == 0)
            return arena_copy(request->arena, at + length + 1,
                              end - length - 1);
        at += strcspn(at, ";");
    }
    return NULL;
}

void cookie_set(const struct web *web, const struct request *request,
                struct reply *reply, const struct cookie *cookie)
{
    struct arena *arena = request->arena;
    const char *age = "";
    if (cookie->value == NULL)
        age = "; Max-Age=0";
    else if (cookie->max_age_s > 0)
        age =
            arena_printf(arena, "; Max-Age=%lld", (long long)cookie->max_age_s);
    reply_header(
        reply, "Set-Cookie",
        arena_printf(arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                     cookie_name(web->settings, cookie->what, arena),
                     cookie->value == NULL ? "" : cookie->value,
                     settings_is_https(web->settings) ? "; Secure" : "", age));
}
