/* Whether a password is right: see password_check.h. */
#include "lib/view/staff/password_check.h"

#include "lib/adapter/unicode.h"
#include "lib/base/system/network.h"
#include "lib/base/time/clock.h"

/* Made at the first check, whoever it is for. */
static const char *decoy(void)
{
    static char hash[CRYPTO_PASSWORD_HASH_SIZE];
    if (hash[0] == '\0')
        crypto_password_hash("nobody's password", hash);
    return hash;
}

static enum password_check wait(const struct request *request,
                                struct reply *reply, int64_t wait_ms)
{
    reply_header(reply, "Retry-After",
                 arena_printf(request->arena, "%lld",
                              (long long)(wait_ms + 999) / 1000));
    return PASSWORD_WAIT;
}

enum password_check password_check(struct web *web,
                                   const struct request *request,
                                   struct reply *reply,
                                   struct password_try *given)
{
    char network[NETWORK_SIZE];
    const struct sign_in_try try = {
        .account = unicode_fold(request->arena, given->email),
        .network = network_of(request->address, network),
        .device = given->device};
    int64_t now_ms = clock_wall_ms();
    int64_t wait_ms = sign_in_wait_ms(web->reader, &try, now_ms);
    if (wait_ms > 0)
        return wait(request, reply, wait_ms);
    if (!web_begin(web))
        return PASSWORD_BUSY;
    /* Others may have tried since: under the lock no two count as one. */
    wait_ms = sign_in_wait_ms(web->writer, &try, now_ms);
    if (wait_ms == 0)
        sign_in_begin(web->writer, &try, now_ms, given->failure_id,
                      &reply->hold_ms);
    if (!web_commit(web))
        return PASSWORD_BUSY;
    if (wait_ms > 0)
        return wait(request, reply, wait_ms);
    const char *nobodys = decoy();
    bool right = crypto_password_ok(given->hash != NULL ? given->hash : nobodys,
                                    given->password);
    return right && given->hash != NULL ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
