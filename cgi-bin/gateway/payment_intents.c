/* Charging, showing and listing intents: see payment_intents.h. */
#include "cgi-bin/gateway/payment_intents.h"

#include "cgi-bin/gateway/api.h"
#include "cgi-bin/gateway/intent_form.h"
#include "cgi-bin/gateway/replay.h"
#include "lib/base/clock.h"

enum {
    HOLD_MS = 60 * 1000, /* longer than any client waits */
    LIST_MOST = 100,
    LIST_DEFAULT = 10
};

struct creation {
    struct intent_form form;
    struct replay replay;
};

static int show(const struct request *request, struct reply *reply,
                const struct intent *intent)
{
    struct json_writer w = api_json(request, reply);
    stripe_put_intent(&w, intent);
    return 200;
}

int payment_intents_create_read(struct web *web, struct request *request,
                                struct reply *reply)
{
    (void)web;
    int status = api_begin(request, reply);
    if (status != WEB_GO_ON)
        return status;
    struct creation *creation = arena_alloc(request->arena, sizeof *creation);
    struct form form;
    const struct stripe_error *error =
        parameter_read(request, intent_form_known, &form);
    if (error == NULL)
        error = intent_form_read(request->arena, &form, &creation->form);
    if (error == NULL)
        error = replay_read(request, &form, &creation->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    request->state = creation;
    return WEB_GO_ON;
}

static int decline(struct web *web, struct request *request,
                   struct reply *reply, const struct test_card *card,
                   struct intent *intent)
{
    intent->status = "requires_payment_method";
    intent->payment_method = NULL;
    intent->failed_method = card->id;
    intent->charge_id = stripe_id(request->arena, "ch_");
    journal_add_intent(web->writer, intent);
    struct stripe_error error = {.status = 402,
                                 .type = "card_error",
                                 .code = card->code,
                                 .decline_code = card->decline_code,
                                 .message = card->message,
                                 .intent = intent};
    return api_refuse(request, reply, &error);
}

static int pay(struct web *web, struct request *request, struct reply *reply,
               struct intent *intent)
{
    intent->status = "succeeded";
    intent->charge_id = stripe_id(request->arena, "ch_");
    journal_add_intent(web->writer, intent);
    return show(request, reply, intent);
}

static int refuse_500(const struct request *request, struct reply *reply,
                      const char *message)
{
    struct stripe_error error = {
        .status = 500, .type = "api_error", .message = message};
    return api_refuse(request, reply, &error);
}

/* Nothing is charged; the next request with the key is. */
static int time_out(struct web *web, struct request *request,
                    struct reply *reply, const struct creation *creation)
{
    replay_note(web, request, &creation->replay);
    reply->hold_ms = HOLD_MS;
    return refuse_500(request, reply,
                      "The gateway timed out before it charged anything.");
}

static int confirm(struct web *web, struct request *request,
                   struct reply *reply, struct creation *creation)
{
    const struct test_card *card = creation->form.card;
    struct intent *intent = &creation->form.intent;
    switch (card->outcome) {
    case TEST_CARD_DECLINED:
        return decline(web, request, reply, card, intent);
    case TEST_CARD_ERROR_500:
        return refuse_500(request, reply, "An unknown error occurred");
    case TEST_CARD_TIMEOUT_AFTER_CHARGE:
        reply->hold_ms = HOLD_MS;
        break;
    case TEST_CARD_TIMEOUT_BEFORE_CHARGE:
    case TEST_CARD_PAYS:
        break;
    }
    return pay(web, request, reply, intent);
}

int payment_intents_create_write(struct web *web, struct request *request,
                                 struct reply *reply)
{
    struct creation *creation = request->state;
    struct replay *replay = &creation->replay;
    int status = replay_recall(web, request, reply, replay);
    if (status != WEB_GO_ON)
        return status;
    reply->keep_writes = true; /* a decline is an event as well */

    struct intent_form *form = &creation->form;
    struct intent *intent = &form->intent;
    intent->id = stripe_id(request->arena, "pi_");
    intent->client_secret = stripe_id(
        request->arena, arena_printf(request->arena, "%s_secret_", intent->id));
    intent->created_ms = clock_wall_ms();
    if (form->confirm &&
        form->card->outcome == TEST_CARD_TIMEOUT_BEFORE_CHARGE && !replay->seen)
        return time_out(web, request, reply, creation);
    if (form->confirm) {
        status = confirm(web, request, reply, creation);
    } else {
        intent->status = form->card == NULL ? "requires_payment_method"
                                            : "requires_confirmation";
        journal_add_intent(web->writer, intent);
        status = show(request, reply, intent);
    }
    return replay_save(web, request, replay, status, reply);
}

int payment_intents_show(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const known[] = {NULL};
    int status = api_begin(request, reply);
    if (status != WEB_GO_ON)
        return status;
    struct form form;
    const struct stripe_error *error = parameter_read(request, known, &form);
    if (error != NULL)
        return api_refuse(request, reply, error);
    struct intent intent;
    if (!journal_intent(web->reader, request->arena, request->param, &intent))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    return show(request, reply, &intent);
}

static int show_list(const struct request *request, struct reply *reply,
                     const struct intent *intents, int count, int limit)
{
    struct json_writer w = api_json(request, reply);
    json_open(&w, '{');
    json_string_member(&w, "object", "list");
    json_key(&w, "data");
    json_open(&w, '[');
    for (int i = 0; i < count && i < limit; i++)
        stripe_put_intent(&w, &intents[i]);
    json_close(&w, ']');
    json_key(&w, "has_more");
    json_put_bool(&w, count > limit);
    json_string_member(&w, "url", "/v1/payment_intents");
    json_close(&w, '}');
    return 200;
}

int payment_intents_list(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const known[] = {"created[gte]", "limit",
                                        "starting_after", NULL};
    int status = api_begin(request, reply);
    if (status != WEB_GO_ON)
        return status;
    struct form form;
    int64_t limit = LIST_DEFAULT;
    int64_t since = 0;
    const struct stripe_error *error = parameter_read(request, known, &form);
    if (error == NULL)
        error = parameter_integer(request->arena, &form, "limit", 1, LIST_MOST,
                                  &limit);
    if (error == NULL)
        error = parameter_integer(request->arena, &form, "created[gte]", 0,
                                  INT64_MAX / 1000, &since);
    if (error != NULL)
        return api_refuse(request, reply, error);
    const char *after = form_value(&form, "starting_after");
    struct intent intents[LIST_MOST + 1];
    if (after != NULL &&
        !journal_intent(web->reader, request->arena, after, &intents[0]))
        return api_no_such(request, reply, "payment_intent", "starting_after",
                           after);
    int count = journal_intents(web->reader, request->arena, since * 1000,
                                after, (int)limit + 1, intents);
    return show_list(request, reply, intents, count, (int)limit);
}
