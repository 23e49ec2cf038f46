/* Checkout Sessions over the API: see handlers.h. The page itself is
 * page/checkout.c's. */
#include "cgi-bin/gateway/session/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/listing.h"
#include "cgi-bin/gateway/base/replay.h"
#include "cgi-bin/gateway/session/flow.h"
#include "cgi-bin/gateway/session/form.h"
#include "lib/base/clock.h"

struct session_call {
    struct session session;
    unsigned expand;
    struct replay replay;
};

static const struct parameter_expand expandable[] = {
    {"line_items", STRIPE_EXPAND_ITEMS},
    {"payment_intent", STRIPE_EXPAND_INTENT},
    {"payment_intent.latest_charge",
     STRIPE_EXPAND_INTENT | STRIPE_EXPAND_CHARGE},
    {NULL, 0}};

static void put(struct json_writer *w, struct db *db, struct arena *arena,
                const struct session *session, unsigned expand)
{
    struct intent intent = {0};
    if (session->intent_id != NULL && (expand & STRIPE_EXPAND_INTENT) != 0 &&
        !journal_intent(db, arena, session->intent_id, &intent))
        expand = 0;
    stripe_put_session(w, session, &intent, expand);
}

int checkout_sessions_create_read(struct web *web, struct request *request,
                                  struct reply *reply)
{
    struct session_call *call = arena_alloc(request->arena, sizeof *call);
    struct form form;
    int status = api_read(web, request, reply, session_form_known, &form);
    if (status != WEB_GO_ON)
        return status;
    struct session *session = &call->session;
    const struct stripe_error *error =
        session_form_read(request->arena, &form, clock_wall_ms(), session);
    if (error == NULL)
        error =
            parameter_expand(request->arena, &form, expandable, &call->expand);
    if (error == NULL)
        error = replay_read(request, &form, &call->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    session->id = stripe_id(request->arena, "cs_test_");
    session->url = arena_printf(request->arena, "http://%s/c/pay/%s",
                                web->settings->gateway_listen, session->id);
    request->state = call;
    return WEB_GO_ON;
}

int checkout_sessions_create_write(struct web *web, struct request *request,
                                   struct reply *reply)
{
    struct session_call *call = request->state;
    int status = replay_recall(web, request, reply, &call->replay);
    if (status != WEB_GO_ON)
        return status;
    journal_add_session(web->writer, &call->session);
    struct json_writer w = api_json(request, reply);
    put(&w, web->writer, request->arena, &call->session, call->expand);
    return replay_save(web, request, &call->replay, 200, reply);
}

int checkout_sessions_show(struct web *web, struct request *request,
                           struct reply *reply)
{
    unsigned expand;
    struct session session;
    int status = api_read_plain(web, request, reply, expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!journal_session(web->reader, request->arena, request->param,
                         clock_wall_ms(), &session))
        return api_no_such(request, reply, "checkout.session", "session",
                           request->param);
    struct json_writer w = api_json(request, reply);
    put(&w, web->reader, request->arena, &session, expand);
    return 200;
}

int checkout_sessions_list(struct web *web, struct request *request,
                           struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, "payment_intent",
                                        "status", NULL};
    static const char *const statuses[] = {"open", "complete", "expired", NULL};
    static const struct parameter_expand list_expandable[] = {
        {"data.line_items", STRIPE_EXPAND_ITEMS},
        {"data.payment_intent", STRIPE_EXPAND_INTENT},
        {NULL, 0}};
    struct form form;
    struct listing listing;
    unsigned expand;
    const char *of_status = NULL;
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    struct arena *arena = request->arena;
    const struct stripe_error *error = listing_read(arena, &form, &listing);
    if (error == NULL)
        error = parameter_choice(arena, &form, "status", statuses,
                                 "open, complete, or expired", &of_status);
    if (error == NULL)
        error = parameter_expand(arena, &form, list_expandable, &expand);
    if (error != NULL)
        return api_refuse(request, reply, error);
    if (listing.after != NULL &&
        !journal_session_place(web->reader, listing.after, &listing.page))
        return api_no_such(request, reply, "checkout.session", "starting_after",
                           listing.after);
    struct session sessions[LISTING_MOST + 1];
    int count = journal_sessions(web->reader, arena,
                                 form_value(&form, "payment_intent"), of_status,
                                 &listing.page, clock_wall_ms(), sessions);
    struct json_writer w = api_json(request, reply);
    stripe_open_list(&w);
    for (int i = 0; i < count && i < listing.limit; i++)
        put(&w, web->reader, arena, &sessions[i], expand);
    stripe_close_list(&w, "/v1/checkout/sessions", count > listing.limit);
    return 200;
}

int checkout_sessions_expire_read(struct web *web, struct request *request,
                                  struct reply *reply)
{
    static const char *const known[] = {"expand[*]", NULL};
    struct session_call *call = arena_alloc(request->arena, sizeof *call);
    struct form form;
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        parameter_expand(request->arena, &form, expandable, &call->expand);
    if (error == NULL)
        error = replay_read(request, &form, &call->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    request->state = call;
    return WEB_GO_ON;
}

static int expire(struct web *web, struct request *request, struct reply *reply)
{
    struct session_call *call = request->state;
    struct arena *arena = request->arena;
    struct session *session = &call->session;
    if (!journal_session(web->writer, arena, request->param, clock_wall_ms(),
                         session))
        return api_no_such(request, reply, "checkout.session", "session",
                           request->param);
    if (strcmp(session->status, "open") != 0)
        return api_refuse(
            request, reply,
            stripe_error_create(
                arena, NULL, NULL,
                arena_printf(arena,
                             "Only Checkout Sessions with a status in "
                             "[\"open\"] can be expired. This Checkout Session "
                             "has a status of `%s`.",
                             session->status)));
    session_flow_expire(web, request, session);
    struct json_writer w = api_json(request, reply);
    put(&w, web->writer, arena, session, call->expand);
    return 200;
}

int checkout_sessions_expire_write(struct web *web, struct request *request,
                                   struct reply *reply)
{
    struct session_call *call = request->state;
    return replay_once(web, request, reply, &call->replay, expire);
}
