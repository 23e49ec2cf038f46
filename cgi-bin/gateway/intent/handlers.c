/* PaymentIntents and charges over the API: see handlers.h
 * (docs.stripe.com/api/payment_intents). Of the parameters those that a card
 * payment needs are known; every other is refused as unknown. */
#include "cgi-bin/gateway/intent/handlers.h"

#include <string.h>

#include "cgi-bin/gateway/base/api.h"
#include "cgi-bin/gateway/base/command.h"
#include "cgi-bin/gateway/session/session.h"
#include "lib/base/time/clock.h"

enum {
    DESCRIPTION_LENGTH = 1000,
    SUFFIX_LENGTH = 22,
    HOLD_MS = 60 * 1000 /* longer than any client waits */
};

struct creation {
    struct command command;
    struct intent intent; /* as asked for; id, status and time are still 0 */
    const struct test_card *card; /* NULL: none named; never with confirm */
    bool confirm;
};

static const char *const create_known[] = {
    "amount",
    "automatic_payment_methods[allow_redirects]",
    "automatic_payment_methods[enabled]",
    "capture_method",
    "confirm",
    "currency",
    "description",
    "expand[*]",
    "metadata[*]=",
    "off_session",
    "payment_method",
    "payment_method_types[*]",
    "receipt_email",
    "return_url",
    "statement_descriptor_suffix",
    NULL};

static const struct parameter_expand expandable[] = {
    {"latest_charge", STRIPE_EXPAND_CHARGE}, {NULL, 0}};

static const struct stripe_error *
read_money(struct arena *arena, const struct form *form, struct intent *intent)
{
    if (form_value(form, "amount") == NULL)
        return parameter_missing(arena, "amount");
    const struct stripe_error *error = parameter_integer(
        arena, form, "amount", 1, INT64_MAX, &intent->amount_minor);
    if (error == NULL)
        error = parameter_currency(arena, form, "currency", &intent->currency);
    if (error == NULL)
        error = parameter_amount_most(arena, "amount", intent->amount_minor,
                                      intent->currency);
    if (error == NULL)
        error = parameter_amount_least(arena, "amount", intent->amount_minor,
                                       intent->currency);
    return error;
}

/* Stripe's default since 2023-08-16 is automatic methods with redirects. */
static const struct stripe_error *read_methods(struct arena *arena,
                                               const struct form *form,
                                               struct intent *intent)
{
    static const char *const redirects[] = {"always", "never", NULL};
    bool types;
    const struct stripe_error *error = parameter_card_only(arena, form, &types);
    if (error != NULL)
        return error;
    bool enabled = !types;
    error = parameter_bool(arena, form, "automatic_payment_methods[enabled]",
                           &enabled);
    if (error != NULL)
        return error;
    if (types && enabled)
        return stripe_error_create(arena, NULL, NULL,
                                   "You may only specify one of these "
                                   "parameters: automatic_payment_methods, "
                                   "payment_method_types.");
    const char *allowed = "always";
    error = parameter_choice(arena, form,
                             "automatic_payment_methods[allow_redirects]",
                             redirects, "always or never", &allowed);
    intent->allow_redirects = enabled ? allowed : NULL;
    return error;
}

static const struct stripe_error *read_capture(struct arena *arena,
                                               const struct form *form,
                                               struct intent *intent)
{
    static const char *const methods[] = {"automatic", "automatic_async", NULL};
    intent->capture_method = "automatic_async";
    return parameter_choice(arena, form, "capture_method", methods,
                            "automatic or automatic_async. This local gateway "
                            "does not capture manually",
                            &intent->capture_method);
}

/* Metadata that the gateway reads itself: `ordermill verify` asks for it. */
static void read_order_id(const struct form *form, struct intent *intent)
{
    const char *order_id = form_value(form, "metadata[order_id]");
    if (order_id != NULL)
        intent->order_id = order_id[0] == '\0' ? NULL : order_id;
    else if (form_value(form, "metadata") != NULL)
        intent->order_id = NULL;
}

static const struct stripe_error *
read_texts(struct arena *arena, const struct form *form, struct intent *intent)
{
    const struct stripe_error *error = parameter_text(
        arena, form, "description", DESCRIPTION_LENGTH, &intent->description);
    if (error == NULL)
        error =
            parameter_text(arena, form, "statement_descriptor_suffix",
                           SUFFIX_LENGTH, &intent->statement_descriptor_suffix);
    if (error == NULL)
        error = parameter_email(arena, form, "receipt_email",
                                &intent->receipt_email);
    if (error != NULL)
        return error;
    read_order_id(form, intent);
    return parameter_metadata(arena, form, "metadata", NULL, &intent->metadata);
}

static const struct stripe_error *read_card(struct arena *arena,
                                            const struct form *form,
                                            const struct test_card **out)
{
    const char *id = form_value(form, "payment_method");
    *out = id == NULL ? NULL : test_card_find(id);
    if (id == NULL || *out != NULL)
        return NULL;
    return stripe_error_create(
        arena, "resource_missing", "payment_method",
        arena_printf(arena, "No such PaymentMethod: '%s'", id));
}

static const struct stripe_error *check_confirm(struct arena *arena,
                                                const struct intent *intent,
                                                const struct test_card *card)
{
    if (card == NULL)
        return stripe_error_create(
            arena, "payment_intent_unexpected_state", NULL,
            "You cannot confirm this PaymentIntent because it's missing a "
            "payment method. You can either update the PaymentIntent with a "
            "payment method and then confirm it again, or confirm it again "
            "directly with a payment method.");
    const char *redirects = intent->allow_redirects;
    if (redirects == NULL || strcmp(redirects, "never") == 0 ||
        intent->return_url != NULL)
        return NULL;
    return stripe_error_create(
        arena, NULL, NULL,
        "This PaymentIntent is configured to accept payment methods enabled "
        "in your Dashboard. Because some of these payment methods might "
        "redirect your customer off of your page, you must provide a "
        "`return_url`. If you don't want to accept redirect-based payment "
        "methods, set `automatic_payment_methods[enabled]` to `true` and "
        "`automatic_payment_methods[allow_redirects]` to `never` when "
        "creating Setup Intents and Payment Intents.");
}

static const struct stripe_error *read_creation(struct arena *arena,
                                                struct creation *out)
{
    const struct form *form = &out->command.form;
    struct intent *intent = &out->intent;
    bool off_session; /* changes nothing here */
    const struct stripe_error *error = read_money(arena, form, intent);
    if (error == NULL)
        error = read_methods(arena, form, intent);
    if (error == NULL)
        error = read_capture(arena, form, intent);
    if (error == NULL)
        error = read_texts(arena, form, intent);
    if (error == NULL)
        error = parameter_url(arena, form, "return_url", &intent->return_url);
    if (error == NULL)
        error = parameter_bool(arena, form, "off_session", &off_session);
    if (error == NULL)
        error = parameter_bool(arena, form, "confirm", &out->confirm);
    if (error == NULL)
        error = read_card(arena, form, &out->card);
    if (error != NULL)
        return error;
    intent->payment_method = out->card == NULL ? NULL : out->card->id;
    return out->confirm ? check_confirm(arena, intent, out->card) : NULL;
}

int intent_create_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    struct creation *creation = arena_alloc(request->arena, sizeof *creation);
    int status = command_read(web, request, reply, create_known, expandable,
                              &creation->command);
    if (status != WEB_GO_ON)
        return status;
    return command_go_on(request, reply,
                         read_creation(request->arena, creation), creation);
}

static int show(const struct request *request, struct reply *reply,
                const struct intent *intent, unsigned expand)
{
    struct json_writer w = api_json(request, reply);
    intent_put(&w, intent, expand);
    return 200;
}

static int refuse_500(const struct request *request, struct reply *reply,
                      const char *message)
{
    struct stripe_error error = {
        .status = 500, .type = "api_error", .message = message};
    return api_refuse(request, reply, &error);
}

/* Charges an intent, new (without an id) or stored, to the card, and answers as
 * the card says. */
static int charge(struct web *web, struct request *request, struct reply *reply,
                  struct command *command, struct intent *intent,
                  const struct test_card *card)
{
    const struct cause cause = {web, request, 0, 1};
    if (card->outcome == TEST_CARD_TIMEOUT_BEFORE_CHARGE && !command->seen) {
        /* Nothing is charged; the next request with the key is. */
        command->unanswered = true;
        reply->hold_ms = HOLD_MS;
        return refuse_500(request, reply,
                          "The gateway timed out before it charged anything.");
    }
    if (card->outcome == TEST_CARD_ERROR_500)
        return refuse_500(request, reply, "An unknown error occurred");
    if (card->outcome == TEST_CARD_TIMEOUT_AFTER_CHARGE)
        reply->hold_ms = HOLD_MS;
    if (intent->id == NULL)
        intent_begin(&cause, intent);
    intent_try(&cause, intent, card);
    return intent->failed_method == NULL
               ? show(request, reply, intent, command->expand)
               : api_refuse(request, reply,
                            intent_decline(request->arena, intent));
}

static int create(struct web *web, struct request *request, struct reply *reply)
{
    struct creation *creation = request->state;
    struct command *command = &creation->command;
    struct intent *intent = &creation->intent;
    if (creation->confirm)
        return charge(web, request, reply, command, intent, creation->card);
    intent_begin(&(struct cause){web, request, 0, 1}, intent);
    return show(request, reply, intent, command->expand);
}

int intent_create_write(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct creation *creation = request->state;
    return command_once(web, request, reply, &creation->command, create);
}

int intent_show(struct web *web, struct request *request, struct reply *reply)
{
    unsigned expand;
    struct intent intent;
    int status = api_read_plain(web, request, reply, expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!intent_find(web->reader, request->arena, request->param, &intent))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    return show(request, reply, &intent, expand);
}

int intent_list(struct web *web, struct request *request, struct reply *reply)
{
    static const char *const known[] = {LISTING_KNOWN, NULL};
    static const struct parameter_expand list_expandable[] = {
        {"data.latest_charge", STRIPE_EXPAND_CHARGE}, {NULL, 0}};
    static const struct listing_kind kind = {
        .url = "/v1/payment_intents",
        .noun = "payment_intent",
        .known = known,
        .expandable = list_expandable,
        .place = "SELECT created_ms, sequence FROM intents "
                 "WHERE intent_id = $1"};
    struct listing listing;
    int status = listing_read(web, request, reply, &kind, &listing);
    if (status != WEB_GO_ON)
        return status;
    struct intent intents[LISTING_MOST + 1];
    int count =
        intent_find_page(web->reader, request->arena, &listing.page, intents);
    struct json_writer w = listing_open(request, reply);
    for (int i = 0; i < count && i < listing.limit; i++)
        intent_put(&w, &intents[i], listing.expand);
    return listing_close(&w, &kind, &listing, count);
}

int intent_update_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    static const char *const known[] = {"description=", "expand[*]",
                                        "metadata=", "metadata[*]=", NULL};
    struct command *command = arena_alloc(request->arena, sizeof *command);
    const char *unused;
    int status = command_read(web, request, reply, known, expandable, command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        parameter_text(request->arena, &command->form, "description",
                       DESCRIPTION_LENGTH, &unused);
    if (error == NULL)
        error = parameter_metadata(request->arena, &command->form, "metadata",
                                   NULL, &unused);
    return command_go_on(request, reply, error, command);
}

/* In every state, also of an intent of a Checkout Session; nothing is told. */
static int update(struct web *web, struct request *request, struct reply *reply)
{
    const struct command *command = request->state;
    const char *description = form_value(&command->form, "description");
    struct intent intent;
    if (!intent_find(web->writer, request->arena, request->param, &intent))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    const struct stripe_error *error =
        parameter_metadata(request->arena, &command->form, "metadata",
                           intent.metadata, &intent.metadata);
    if (error != NULL)
        return api_refuse(request, reply, error);
    read_order_id(&command->form, &intent);
    if (description != NULL)
        intent.description = description[0] == '\0' ? NULL : description;
    intent_store(web->writer, &intent);
    return show(request, reply, &intent, command->expand);
}

int intent_update_write(struct web *web, struct request *request,
                        struct reply *reply)
{
    return command_once(web, request, reply, request->state, update);
}

/* A confirmation or a cancellation. */
struct step {
    struct command command;
    const struct test_card *card;
    const char *return_url;
    const char *reason;
};

int intent_confirm_read(struct web *web, struct request *request,
                        struct reply *reply)
{
    static const char *const known[] = {"expand[*]", "off_session",
                                        "payment_method", "return_url", NULL};
    struct step *step = arena_alloc(request->arena, sizeof *step);
    const struct form *form = &step->command.form;
    bool off_session; /* changes nothing here */
    int status =
        command_read(web, request, reply, known, expandable, &step->command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error =
        read_card(request->arena, form, &step->card);
    if (error == NULL)
        error = parameter_url(request->arena, form, "return_url",
                              &step->return_url);
    if (error == NULL)
        error =
            parameter_bool(request->arena, form, "off_session", &off_session);
    return command_go_on(request, reply, error, step);
}

int intent_cancel_read(struct web *web, struct request *request,
                       struct reply *reply)
{
    static const char *const known[] = {"cancellation_reason", "expand[*]",
                                        NULL};
    static const char *const reasons[] = {
        "duplicate", "fraudulent", "requested_by_customer", "abandoned", NULL};
    struct step *step = arena_alloc(request->arena, sizeof *step);
    int status =
        command_read(web, request, reply, known, expandable, &step->command);
    if (status != WEB_GO_ON)
        return status;
    const struct stripe_error *error = parameter_choice(
        request->arena, &step->command.form, "cancellation_reason", reasons,
        "duplicate, fraudulent, requested_by_customer, or abandoned",
        &step->reason);
    return command_go_on(request, reply, error, step);
}

/* The intent, when nothing stands against changing it; else a refusal. */
static int find(struct web *web, struct request *request, struct reply *reply,
                const char *verb, const char *finished, struct intent *out)
{
    struct arena *arena = request->arena;
    struct session session;
    if (!intent_find(web->writer, arena, request->param, out))
        return api_no_such(request, reply, "payment_intent", "intent",
                           request->param);
    const char *message = NULL;
    if (intent_is_over(out))
        message =
            finished != NULL && out->status == INTENT_SUCCEEDED
                ? finished
                : arena_printf(
                      arena,
                      "You cannot %s this PaymentIntent because it has a "
                      "status of %s. Only a PaymentIntent with one of "
                      "the following statuses may be %sed: "
                      "requires_payment_method, requires_capture, "
                      "requires_confirmation, requires_action, "
                      "processing.",
                      verb, names_of(&intent_status_names, out->status), verb);
    else if (session_find_by_intent(web->writer, arena, out->id,
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
    intent_blame(arena, out, error);
    return api_refuse(request, reply, error);
}

static int confirm(struct web *web, struct request *request,
                   struct reply *reply)
{
    struct step *step = request->state;
    struct intent intent;
    int status = find(web, request, reply, "confirm",
                      "You cannot confirm this PaymentIntent because it has "
                      "already succeeded after being previously confirmed.",
                      &intent);
    if (status != WEB_GO_ON)
        return status;
    if (step->return_url != NULL)
        intent.return_url = step->return_url;
    if (step->card == NULL && intent.payment_method != NULL)
        step->card = test_card_of(intent.payment_method);
    const struct stripe_error *error =
        check_confirm(request->arena, &intent, step->card);
    return error == NULL ? charge(web, request, reply, &step->command, &intent,
                                  step->card)
                         : api_refuse(request, reply, error);
}

int intent_confirm_write(struct web *web, struct request *request,
                         struct reply *reply)
{
    struct step *step = request->state;
    return command_once(web, request, reply, &step->command, confirm);
}

static int cancel(struct web *web, struct request *request, struct reply *reply)
{
    const struct step *step = request->state;
    struct intent intent;
    int status = find(web, request, reply, "cancel", NULL, &intent);
    if (status != WEB_GO_ON)
        return status;
    intent_cancel(&(struct cause){web, request, 0, 1}, &intent, step->reason);
    return show(request, reply, &intent, step->command.expand);
}

int intent_cancel_write(struct web *web, struct request *request,
                        struct reply *reply)
{
    struct step *step = request->state;
    return command_once(web, request, reply, &step->command, cancel);
}

int intent_show_charge(struct web *web, struct request *request,
                       struct reply *reply)
{
    static const struct parameter_expand charge_expandable[] = {
        {"payment_intent", STRIPE_EXPAND_INTENT}, {NULL, 0}};
    unsigned expand;
    struct intent intent;
    int status =
        api_read_plain(web, request, reply, charge_expandable, &expand);
    if (status != WEB_GO_ON)
        return status;
    if (!intent_find_by_charge(web->reader, request->arena, request->param,
                               &intent))
        return api_no_such(request, reply, "charge", "id", request->param);
    struct json_writer w = api_json(request, reply);
    intent_put_charge(&w, &intent, expand);
    return 200;
}
