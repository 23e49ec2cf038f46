/* Confirming and cancelling an intent: see handlers.h. */
#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/replay.h"
#include "cgi-bin/gateway/intent/flow.h"
#include "cgi-bin/gateway/intent/form.h"
#include "cgi-bin/gateway/intent/handlers.h"
#include "lib/base/clock.h"

struct step {
    const struct test_card *card;
    const char *return_url;
    const char *reason;
    unsigned expand;
    struct replay replay;
};

int payment_intents_confirm_read(struct web *web, struct request *request,
                                 struct reply *reply)
{
    static const char *const known[] = {"expand[*]", "off_session",
                                        "payment_method", "return_url", NULL};
    struct step *step = arena_alloc(request->arena, sizeof *step);
    struct form form;
    bool off_session; /* changes nothing here */
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        intent_form_card(request->arena, &form, &step->card);
    if (error == NULL)
        error = parameter_url(request->arena, &form, "return_url",
                              &step->return_url);
    if (error == NULL)
        error =
            parameter_bool(request->arena, &form, "off_session", &off_session);
    if (error == NULL)
        error = parameter_expand(request->arena, &form, intent_form_expand,
                                 &step->expand);
    if (error == NULL)
        error = replay_read(request, &form, &step->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    request->state = step;
    return WEB_GO_ON;
}

int payment_intents_cancel_read(struct web *web, struct request *request,
                                struct reply *reply)
{
    static const char *const known[] = {"cancellation_reason", "expand[*]",
                                        NULL};
    static const char *const reasons[] = {
        "duplicate", "fraudulent", "requested_by_customer", "abandoned", NULL};
    struct step *step = arena_alloc(request->arena, sizeof *step);
    struct form form;
    int status = api_read(web, request, reply, known, &form);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = parameter_choice(
        request->arena, &form, "cancellation_reason", reasons,
        "duplicate, fraudulent, requested_by_customer, or abandoned",
        &step->reason);
    if (error == NULL)
        error = parameter_expand(request->arena, &form, intent_form_expand,
                                 &step->expand);
    if (error == NULL)
        error = replay_read(request, &form, &step->replay);
    if (error != NULL)
        return api_refuse(request, reply, error);
    request->state = step;
    return WEB_GO_ON;
}

/* The intent, when nothing stands against changing it; else a refusal. */
static int find(struct web *web, struct request *request, struct reply *reply,
                const char *verb, const char *finished, struct intent *out)
{
    struct arena *arena = request->arena;
    struct session session;
    if (!journal_intent(web->writer, arena, request->param, out))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    const char *message = NULL;
    if (strcmp(out->status, "succeeded") == 0 ||
        strcmp(out->status, "canceled") == 0)
        message = finished != NULL && strcmp(out->status, "succeeded") == 0
                      ? finished
                      : arena_printf(
                            arena,
                            "You cannot %s this PaymentIntent because it has a "
                            "status of %s. Only a PaymentIntent with one of "
                            "the following statuses may be %sed: "
                            "requires_payment_method, requires_capture, "
                            "requires_confirmation, requires_action, "
                            "processing.",
                            verb, out->status, verb);
    else if (journal_session_of_intent(web->writer, arena, out->id,
                                       clock_wall_ms(), &session))
        message = arena_printf(
            arena,
            "You cannot %s this PaymentIntent because it belongs to the "
            "Checkout Session %s. Expire the Checkout Session instead.",
            verb, session.id);
    if (message == NULL)
        return WEB_GO_ON;
    struct stripe_error *error = stripe_error_create(
        arena, "payment_intent_unexpected_state", NULL, message);
    error->intent = out;
    return api_refuse(request, reply, error);
}

int payment_intents_confirm_write(struct web *web, struct request *request,
                                  struct reply *reply)
{
    struct step *step = request->state;
    struct intent intent;
    int status = replay_recall(web, request, reply, &step->replay);
    if (status != WEB_GO_ON)
        return status;
    reply->keep_writes = true; /* a decline is an event as well */
    status = find(web, request, reply, "confirm",
                  "You cannot confirm this PaymentIntent because it has "
                  "already succeeded after being previously confirmed.",
                  &intent);
    if (status != WEB_GO_ON)
        return replay_save(web, request, &step->replay, status, reply);
    if (step->return_url != NULL)
        intent.return_url = step->return_url;
    if (step->card == NULL && intent.payment_method != NULL)
        step->card = test_card_find(intent.payment_method);
    const struct stripe_error *error =
        intent_form_check(request->arena, &intent, step->card);
    if (error != NULL) {
        status = api_refuse(request, reply, error);
        return replay_save(web, request, &step->replay, status, reply);
    }
    return payment_intents_charge(web, request, reply, &intent, step->card,
                                  step->expand, &step->replay);
}

int payment_intents_cancel_write(struct web *web, struct request *request,
                                 struct reply *reply)
{
    struct step *step = request->state;
    struct intent intent;
    int status = replay_recall(web, request, reply, &step->replay);
    if (status != WEB_GO_ON)
        return status;
    reply->keep_writes = true; /* a refusal is saved under its key as well */
    status = find(web, request, reply, "cancel", NULL, &intent);
    if (status == WEB_GO_ON) {
        intent_flow_cancel(web, request, &intent, step->reason, 0, 1);
        struct json_writer w = api_json(request, reply);
        stripe_put_intent(&w, &intent, step->expand);
        status = 200;
    }
    return replay_save(web, request, &step->replay, status, reply);
}
