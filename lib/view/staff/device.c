/* Browsers that have signed in: see device.h. The cookie is
 * "NAME.SECONDS.SIGNATURE", SECONDS being when it ends; there is one an
 * account. */
#include "lib/view/staff/device.h"

#include <stdlib.h>
#include <string.h>

#include "lib/web/cookie.h"

static const char *what(const struct request *request, int64_t staff_id)
{
    return arena_printf(request->arena, "device%lld", (long long)staff_id);
}

/* The first word keeps it apart from what else the shop's key signs. */
static const char *sign(const struct web *web, const struct request *request,
                        int64_t staff_id, const char *head)
{
    return crypto_hmac(request->arena, web->signing_key,
                       arena_printf(request->arena, "device\n%lld\n%s",
                                    (long long)staff_id, head));
}

const char *device_of(const struct web *web, const struct request *request,
                      int64_t staff_id, int64_t now_ms)
{
    const char *cookie = cookie_value(web, request, what(request, staff_id));
    const char *signature = cookie == NULL ? NULL : strrchr(cookie, '.');
    if (signature == NULL)
        return "";
    const char *head =
        arena_copy(request->arena, cookie, (size_t)(signature - cookie));
    const char *seconds = strchr(head, '.');
    if (seconds == NULL ||
        !crypto_equal(sign(web, request, staff_id, head), signature + 1) ||
        strtoll(seconds + 1, NULL, 10) * 1000 < now_ms)
        return "";
    return arena_copy(request->arena, head, (size_t)(seconds - head));
}

void device_remember(const struct web *web, const struct request *request,
                     struct reply *reply, int64_t staff_id, int64_t now_ms)
{
    char fresh[CRYPTO_TOKEN_SIZE];
    const char *name = device_of(web, request, staff_id, now_ms);
    if (name[0] == '\0') {
        crypto_token(fresh);
        name = fresh;
    }
    const char *head = arena_printf(request->arena, "%s.%lld", name,
                                    (long long)(now_ms / 1000 + DEVICE_S));
    cookie_set(web, request, reply,
               &(struct cookie){
                   .what = what(request, staff_id),
                   .value = arena_printf(request->arena, "%s.%s", head,
                                         sign(web, request, staff_id, head)),
                   .max_age_s = DEVICE_S});
}
