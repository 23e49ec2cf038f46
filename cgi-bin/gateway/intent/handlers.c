/* Creating, showing and listing intents: see handlers.h. */
#include "cgi-bin/gateway/intent/handlers.h"

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/listing.h"
#include "cgi-bin/gateway/base/replay.h"
#include "cgi-bin/gateway/intent/flow.h"
#include "cgi-bin/gateway/intent/form.h"

enum { HOLD_MS = 60 * 1000 /* longer than any client waits */ };

struct creation {
    struct intent_form form;
    struct replay replay;
};

int payment_intents_create_read(struct web *web, struct request *request,
                                struct reply *reply)
{
    struct creation *creation = arena_alloc(request->arena, sizeof *creation);
    struct form form;
    int status = api_read(web, request, reply, intent_form_known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        intent_form_read(request->arena, &form, &creation->form);
    if (error == NULL)
        error = replay_read(request, &form, &creation->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    request->state = creation;
    return WEB_GO_ON;
}

static int answer(const struct request *request, struct reply *reply,
                  const struct intent *intent, unsigned expand)
{
    if (intent->failed_method != NULL) {
        const struct test_card *card = test_card_find(intent->failed_method);
        struct stripe_error error = {.status = 402,
                                     .type = "card_error",
                                     .code = card->code,
                                     .decline_code = card->decline_code,
                                     .message = card->message,
                                     .intent = intent};
        return api_refuse(request, reply, &error);
    }
    struct json_writer w = api_json(request, reply);
    stripe_put_intent(&w, intent, expand);
    return 200;
}

static int refuse_500(const struct request *request, struct reply *reply,
                      const char *message)
{
    struct stripe_error error = {
        .status = 500, .type = "api_error", .message = message};
    return api_refuse(request, reply, &error);
}

int payment_intents_charge(struct web *web, struct request *request,
                           struct reply *reply, struct intent *intent,
                           const struct test_card *card, unsigned expand,
                           const struct replay *replay)
{
    if (card->outcome == TEST_CARD_TIMEOUT_BEFORE_CHARGE && !replay->seen) {
        /* Nothing is charged; the next request with the key is. */
        replay_note(web, request, replay);
        reply->hold_ms = HOLD_MS;
        return refuse_500(request, reply,
                          "The gateway timed out before it charged anything.");
    }
    if (card->outcome == TEST_CARD_TIMEOUT_AFTER_CHARGE)
        reply->hold_ms = HOLD_MS;
    int status;
    if (card->outcome == TEST_CARD_ERROR_500) {
        status = refuse_500(request, reply, "An unknown error occurred");
    } else {
        if (intent->id == NULL)
            intent_flow_begin(web, request, intent, 0, 1);
        intent_flow_try(web, request, intent, card, 0, 1);
        status = answer(request, reply, intent, expand);
    }
    return replay_save(web, request, replay, status, reply);
}

int payment_intents_create_write(struct web *web, struct request *request,
                                 struct reply *reply)
{
    struct creation *creation = request->state;
    struct intent_form *form = &creation->form;
    int status = replay_recall(web, request, reply, &creation->replay);
    if (status != WEB_GO_ON)
        return status;
    reply->keep_writes = true; /* a decline is an event as well */
    if (form->confirm)
        return payment_intents_charge(web, request, reply, &form->intent,
                                      form->card, form->expand,
                                      &creation->replay);
    intent_flow_begin(web, request, &form->intent, 0, 1);
    status = answer(request, reply, &form->intent, form->expand);
    return replay_save(web, request, &creation->replay, status, reply);
}

int payment_intents_show(struct web *web, struct request *request,
                         struct reply *reply)
{
    unsigned expand;
    struct intent intent;
    int status =
        api_read_plain(web, request, reply, intent_form_expand, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!journal_intent(web->reader, request->arena, request->param, &intent))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    struct json_writer w = api_json(request, reply);
    stripe_put_intent(&w, &intent, expand);
    return 200;
}

int payment_intents_list(struct web *web, struct request *request,
                         struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, NULL};
    static const struct parameter_expand expandable[] = {
        {"data.latest_charge", STRIPE_EXPAND_CHARGE}, {NULL, 0}};
    struct form form;
    struct listing listing;
    unsigned expand;
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        listing_read(request->arena, &form, &listing);
    if (error == NULL)
        error = parameter_expand(request->arena, &form, expandable, &expand);
    if (error != NULL)
        return api_refuse(request, reply, error);
    if (listing.after != NULL &&
        !journal_intent_place(web->reader, listing.after, &listing.page))
        return api_no_such(request, reply, "payment_intent", "starting_after",
                           listing.after);
    struct intent intents[LISTING_MOST + 1];
    int count =
        journal_intents(web->reader, request->arena, &listing.page, intents);
    struct json_writer w = api_json(request, reply);
    stripe_open_list(&w);
    for (int i = 0; i < count && i < listing.limit; i++)
        stripe_put_intent(&w, &intents[i], expand);
    stripe_close_list(&w, "/v1/payment_intents", count > listing.limit);
    return 200;
}
