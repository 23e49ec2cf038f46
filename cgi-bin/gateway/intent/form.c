/* An intent's parameters: see form.h. */
#include "cgi-bin/gateway/intent/form.h"

#include <string.h>

enum { DESCRIPTION_LENGTH = 1000, SUFFIX_LENGTH = 22 };

const char *const intent_form_known[] = {
    "amount",
    "automatic_payment_methods[allow_redirects]",
    "automatic_payment_methods[enabled]",
    "capture_method",
    "confirm",
    "currency",
    "description",
    "expand[*]",
    "metadata[*]",
    "off_session",
    "payment_method",
    "payment_method_types[*]",
    "receipt_email",
    "return_url",
    "statement_descriptor_suffix",
    NULL};

const struct parameter_expand intent_form_expand[] = {
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
    const char *order_id = form_value(form, "metadata[order_id]");
    intent->order_id =
        order_id != NULL && order_id[0] != '\0' ? order_id : NULL;
    return parameter_metadata(arena, form, "metadata", &intent->metadata);
}

const struct stripe_error *intent_form_card(struct arena *arena,
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

const struct stripe_error *intent_form_check(struct arena *arena,
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

const struct stripe_error *intent_form_read(struct arena *arena,
                                            const struct form *form,
                                            struct intent_form *out)
{
    *out = (struct intent_form){0};
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
        error = intent_form_card(arena, form, &out->card);
    if (error == NULL)
        error = parameter_expand(arena, form, intent_form_expand, &out->expand);
    if (error != NULL)
        return error;
    intent->payment_method = out->card == NULL ? NULL : out->card->id;
    return out->confirm ? intent_form_check(arena, intent, out->card) : NULL;
}
