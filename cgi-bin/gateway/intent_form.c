/* An intent's parameters: see intent_form.h. */
#include "cgi-bin/gateway/intent_form.h"

#include <string.h>

#include "lib/base/money.h"

enum {
    AMOUNT_MOST = 99999999, /* Stripe: eight digits in every currency */
    DESCRIPTION_LENGTH = 1000,
    EMAIL_LENGTH = 512,
    URL_LENGTH = 2048,
    SUFFIX_LENGTH = 22
};

const char *const intent_form_known[] = {
    "amount",
    "automatic_payment_methods[allow_redirects]",
    "automatic_payment_methods[enabled]",
    "capture_method",
    "confirm",
    "currency",
    "description",
    "metadata[*]",
    "off_session",
    "payment_method",
    "payment_method_types[*]",
    "receipt_email",
    "return_url",
    "statement_descriptor_suffix",
    NULL};

static const struct stripe_error *
read_currency(struct arena *arena, const struct form *form, const char **out)
{
    const char *value = form_value(form, "currency");
    if (value == NULL)
        return parameter_missing(arena, "currency");
    char *lower = arena_string(arena, value);
    for (char *c = lower; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    *out = lower;
    if (money_exponent(stripe_iso_currency(arena, lower)) >= 0)
        return NULL;
    return stripe_error_create(
        arena, NULL, "currency",
        arena_printf(arena,
                     "Invalid currency: %s. The active currencies of ISO 4217 "
                     "are supported.",
                     lower));
}

static const struct stripe_error *
read_money(struct arena *arena, const struct form *form, struct intent *intent)
{
    if (form_value(form, "amount") == NULL)
        return parameter_missing(arena, "amount");
    const struct stripe_error *error = parameter_integer(
        arena, form, "amount", 1, INT64_MAX, &intent->amount_minor);
    if (error == NULL)
        error = read_currency(arena, form, &intent->currency);
    if (error != NULL || intent->amount_minor <= AMOUNT_MOST)
        return error;
    const char *currency = stripe_iso_currency(arena, intent->currency);
    return stripe_error_create(
        arena, "amount_too_large", "amount",
        arena_printf(arena, "Amount must be no more than %s",
                     money_format(arena, AMOUNT_MOST, currency)));
}

/* Whether payment_method_types[...] is given; only cards are there. */
static const struct stripe_error *
read_types(struct arena *arena, const struct form *form, bool *given)
{
    *given = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (strncmp(field->name, "payment_method_types[", 21) != 0)
            continue;
        *given = true;
        if (strcmp(field->value, "card") != 0)
            return stripe_error_create(
                arena, NULL, "payment_method_types",
                arena_printf(arena,
                             "The payment method type provided: %s is "
                             "invalid. This local gateway takes card only.",
                             field->value));
    }
    return NULL;
}

/* Stripe's default since 2023-08-16 is automatic methods with redirects. */
static const struct stripe_error *read_methods(struct arena *arena,
                                               const struct form *form,
                                               struct intent *intent)
{
    static const char *const redirects[] = {"always", "never", NULL};
    bool types;
    const struct stripe_error *error = read_types(arena, form, &types);
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
        error = parameter_text(arena, form, "receipt_email", EMAIL_LENGTH,
                               &intent->receipt_email);
    if (error != NULL)
        return error;
    if (intent->receipt_email != NULL &&
        strchr(intent->receipt_email, '@') == NULL)
        return stripe_error_create(arena, "email_invalid", "receipt_email",
                                   "Invalid email address.");
    const char *order_id = form_value(form, "metadata[order_id]");
    intent->order_id =
        order_id != NULL && order_id[0] != '\0' ? order_id : NULL;
    return parameter_metadata(arena, form, &intent->metadata);
}

static const struct stripe_error *
read_card(struct arena *arena, const struct form *form, struct intent_form *out)
{
    const char *id = form_value(form, "payment_method");
    out->intent.payment_method = id;
    if (id == NULL)
        return NULL;
    out->card = test_card_find(id);
    if (out->card != NULL)
        return NULL;
    return stripe_error_create(
        arena, "resource_missing", "payment_method",
        arena_printf(arena, "No such PaymentMethod: '%s'", id));
}

static const struct stripe_error *check_confirm(struct arena *arena,
                                                const struct intent_form *form,
                                                const char *return_url)
{
    if (!form->confirm)
        return NULL;
    if (form->card == NULL)
        return stripe_error_create(
            arena, "payment_intent_unexpected_state", NULL,
            "You cannot confirm this PaymentIntent because it's missing a "
            "payment method. You can either update the PaymentIntent with a "
            "payment method and then confirm it again, or confirm it again "
            "directly with a payment method.");
    const char *redirects = form->intent.allow_redirects;
    if (redirects == NULL || strcmp(redirects, "never") == 0 ||
        return_url != NULL)
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

static const struct stripe_error *
read_return_url(struct arena *arena, const struct form *form, const char **out)
{
    const struct stripe_error *error =
        parameter_text(arena, form, "return_url", URL_LENGTH, out);
    if (error != NULL || *out == NULL || strncmp(*out, "https://", 8) == 0 ||
        strncmp(*out, "http://", 7) == 0)
        return error;
    return stripe_error_create(arena, "url_invalid", "return_url",
                               "Not a valid URL");
}

const struct stripe_error *intent_form_read(struct arena *arena,
                                            const struct form *form,
                                            struct intent_form *out)
{
    *out = (struct intent_form){0};
    struct intent *intent = &out->intent;
    const char *return_url;
    bool off_session; /* changes nothing here */
    const struct stripe_error *error = read_money(arena, form, intent);
    if (error == NULL)
        error = read_methods(arena, form, intent);
    if (error == NULL)
        error = read_capture(arena, form, intent);
    if (error == NULL)
        error = read_texts(arena, form, intent);
    if (error == NULL)
        error = read_return_url(arena, form, &return_url);
    if (error == NULL)
        error = parameter_bool(arena, form, "off_session", &off_session);
    if (error == NULL)
        error = parameter_bool(arena, form, "confirm", &out->confirm);
    if (error == NULL)
        error = read_card(arena, form, out);
    if (error == NULL)
        error = check_confirm(arena, out, return_url);
    return error;
}
