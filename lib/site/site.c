/* The shop as an application of lib/web: see site.h. */
#include "lib/site/site.h"

#include <string.h>
#include <strings.h>

#include "lib/base/time/clock.h"
#include "lib/shop/idempotency.h"
#include "lib/shop/setting.h"
#include "lib/shop/staff/api_token.h"
#include "lib/shop/staff/staff.h"
#include "lib/web/auth.h"
#include "lib/web/cookie.h"
#include "lib/web/idempotent.h"

static const char STAFF_COOKIE[] = "staff";

static const char *database(const struct settings *settings)
{
    return settings->database;
}

/* The token's last use is written by the reaper, now and then: reading programs
 * write nothing. */
static bool find_token(struct web *web, const struct request *request,
                       struct asker *out)
{
    const char *header = request_header(request, "HTTP_AUTHORIZATION");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    int64_t now_ms = clock_wall_ms();
    struct arena *arena = request->arena;
    struct api_token token;
    if (!api_token_find(web->reader, header + 7 + strspn(header + 7, " "),
                        now_ms, &token, arena))
        return false;
    if (now_ms - token.last_used_at_ms >= API_TOKEN_USED_MS)
        web_tell(web,
                 arena_printf(arena, "token %lld", (long long)token.token_id));
    out->kind = ASKER_TOKEN;
    out->id = arena_printf(arena, "token:%lld", (long long)token.token_id);
    out->name = arena_printf(arena, "token %s", token.name);
    out->may_change = token.role == API_ROLE_STAFF;
    return true;
}

static const struct web_session *find_session(struct web *web,
                                              const struct request *request)
{
    const char *secret = cookie_value(web, request, STAFF_COOKIE);
    struct staff_session found;
    if (secret == NULL ||
        !staff_session_find(web->reader, secret, clock_wall_ms(), &found,
                            request->arena))
        return NULL;
    struct web_session *session = arena_alloc(request->arena, sizeof *session);
    *session = (struct web_session){.account_id = found.staff_id,
                                    .name = found.email,
                                    .csrf_token = found.csrf_token,
                                    .secret = secret};
    return session;
}

static void who(struct web *web, const struct request *request,
                struct asker *out)
{
    out->session = find_session(web, request);
    if (find_token(web, request, out))
        return;
    if (out->session == NULL) {
        out->id = IDEMPOTENCY_GUEST;
        out->name = "a guest";
        return;
    }
    out->kind = ASKER_SESSION;
    out->id = arena_printf(request->arena, "staff:%lld",
                           (long long)out->session->account_id);
    out->name = out->session->name;
    out->may_change = true;
}

void site_set_session(const struct web *web, const struct request *request,
                      struct reply *reply, const char *secret)
{
    cookie_set(web, request, reply,
               &(struct cookie){.what = STAFF_COOKIE, .value = secret});
}

static struct idempotency_key key_of(const struct idempotent *asked)
{
    return (struct idempotency_key){.space = asked->space,
                                    .key = asked->key,
                                    .body_hash = asked->body_hash};
}

static enum idempotent_outcome
find_answer(struct db *db, const struct idempotent *asked, int64_t now_ms,
            struct idempotent_answer *out, struct arena *arena)
{
    const struct idempotency_key key = key_of(asked);
    struct idempotency_answer kept;
    switch (idempotency_find(db, &key, now_ms, &kept, arena)) {
    case IDEMPOTENCY_NEW:
        return IDEMPOTENT_NEW;
    case IDEMPOTENCY_OTHER_BODY:
        return IDEMPOTENT_OTHER_BODY;
    case IDEMPOTENCY_REPLAY:
        break;
    }
    *out = (struct idempotent_answer){
        .status = kept.status, .location = kept.location, .body = kept.body};
    return IDEMPOTENT_REPLAY;
}

static void bind_answer(struct db *db, const struct idempotent *asked,
                        const struct idempotent_answer *answer, int64_t now_ms)
{
    const struct idempotency_key key = key_of(asked);
    idempotency_bind(db, &key,
                     &(struct idempotency_answer){.status = answer->status,
                                                  .location = answer->location,
                                                  .body = answer->body},
                     now_ms);
}

static const struct idempotent_store answers = {.find = find_answer,
                                                .bind = bind_answer};

const struct web_app site_app = {.database = database,
                                 .wakes = "reaper",
                                 .signing_key = setting_signing_key,
                                 .who = who,
                                 .answers = &answers,
                                 .busy = "The shop cannot store anything at "
                                         "the moment. Nothing was changed; "
                                         "please try again."};

int site_main(const struct web_program *program)
{
    return web_main(&site_app, program);
}
