/* Stripe's shapes: see stripe_object.h. */
#include "cgi-bin/gateway/stripe_object.h"

#include <string.h>

#include "cgi-bin/gateway/test_card.h"
#include "lib/adapter/crypto.h"

struct stripe_error *stripe_error_create(struct arena *arena, const char *code,
                                         const char *param, const char *message)
{
    struct stripe_error *error = arena_alloc(arena, sizeof *error);
    *error = (struct stripe_error){.status = 400,
                                   .type = "invalid_request_error",
                                   .code = code,
                                   .message = message,
                                   .param = param};
    return error;
}

char *stripe_id(struct arena *arena, const char *prefix)
{
    static const char alphabet[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    unsigned char random[STRIPE_RANDOM_SIZE - 1];
    crypto_random(random, sizeof random);
    size_t head = strlen(prefix);
    char *id = arena_alloc(arena, head + STRIPE_RANDOM_SIZE);
    memcpy(id, prefix, head);
    for (size_t i = 0; i < sizeof random; i++)
        id[head + i] = alphabet[random[i] % (sizeof alphabet - 1)];
    return id;
}

char *stripe_iso_currency(struct arena *arena, const char *currency)
{
    char *upper = arena_string(arena, currency);
    for (char *c = upper; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return upper;
}

static void put_null(struct json_writer *w, const char *name)
{
    json_key(w, name);
    json_put_null(w);
}

static void put_raw(struct json_writer *w, const char *name, const char *json)
{
    json_key(w, name);
    json_put_raw(w, json);
}

/* Stripe leaves a code out where there is none. */
static void put_optional(struct json_writer *w, const char *name,
                         const char *value)
{
    if (value != NULL)
        json_string_member(w, name, value);
}

static void put_payment_method(struct json_writer *w, const char *id)
{
    json_key(w, "payment_method");
    json_open(w, '{');
    json_string_member(w, "id", id);
    json_string_member(w, "object", "payment_method");
    put_raw(w, "livemode", "false");
    json_string_member(w, "type", "card");
    json_close(w, '}');
}

static void put_last_error(struct json_writer *w, const struct intent *intent)
{
    json_key(w, "last_payment_error");
    if (intent->failed_method == NULL) {
        json_put_null(w);
        return;
    }
    const struct test_card *card = test_card_find(intent->failed_method);
    json_open(w, '{');
    json_string_member(w, "charge", intent->charge_id);
    json_string_member(w, "code", card->code);
    put_optional(w, "decline_code", card->decline_code);
    json_string_member(w, "message", card->message);
    put_payment_method(w, card->id);
    json_string_member(w, "type", "card_error");
    json_close(w, '}');
}

static void put_automatic_methods(struct json_writer *w,
                                  const struct intent *intent)
{
    json_key(w, "automatic_payment_methods");
    if (intent->allow_redirects == NULL) {
        json_put_null(w);
        return;
    }
    json_open(w, '{');
    json_string_member(w, "allow_redirects", intent->allow_redirects);
    put_raw(w, "enabled", "true");
    json_close(w, '}');
}

void stripe_put_intent(struct json_writer *w, const struct intent *intent)
{
    bool paid = strcmp(intent->status, "succeeded") == 0;
    json_open(w, '{');
    json_string_member(w, "id", intent->id);
    json_string_member(w, "object", "payment_intent");
    json_int_member(w, "amount", intent->amount_minor);
    json_int_member(w, "amount_capturable", 0);
    json_int_member(w, "amount_received", paid ? intent->amount_minor : 0);
    put_automatic_methods(w, intent);
    put_null(w, "canceled_at");
    put_null(w, "cancellation_reason");
    json_string_member(w, "capture_method", intent->capture_method);
    json_string_member(w, "client_secret", intent->client_secret);
    json_string_member(w, "confirmation_method", "automatic");
    json_int_member(w, "created", intent->created_ms / 1000);
    json_string_member(w, "currency", intent->currency);
    put_null(w, "customer");
    json_string_member(w, "description", intent->description);
    put_last_error(w, intent);
    json_string_member(w, "latest_charge", intent->charge_id);
    put_raw(w, "livemode", "false");
    put_raw(w, "metadata", intent->metadata);
    put_null(w, "next_action");
    json_string_member(w, "payment_method", intent->payment_method);
    put_raw(w, "payment_method_types", "[\"card\"]");
    json_string_member(w, "receipt_email", intent->receipt_email);
    json_string_member(w, "statement_descriptor_suffix",
                       intent->statement_descriptor_suffix);
    json_string_member(w, "status", intent->status);
    json_close(w, '}');
}

void stripe_put_refund(struct json_writer *w, const struct refund *refund)
{
    json_open(w, '{');
    json_string_member(w, "id", refund->id);
    json_string_member(w, "object", "refund");
    json_int_member(w, "amount", refund->amount_minor);
    put_null(w, "balance_transaction");
    json_string_member(w, "charge", refund->charge_id);
    json_int_member(w, "created", refund->created_ms / 1000);
    json_string_member(w, "currency", refund->currency);
    put_raw(w, "metadata", refund->metadata);
    json_string_member(w, "payment_intent", refund->intent_id);
    json_string_member(w, "reason", refund->reason);
    put_null(w, "receipt_number");
    json_string_member(w, "status", "succeeded");
    json_close(w, '}');
}

void stripe_put_error(struct json_writer *w, const struct stripe_error *error)
{
    json_open(w, '{');
    json_key(w, "error");
    json_open(w, '{');
    if (error->intent != NULL)
        put_optional(w, "charge", error->intent->charge_id);
    put_optional(w, "code", error->code);
    put_optional(w, "decline_code", error->decline_code);
    json_string_member(w, "message", error->message);
    put_optional(w, "param", error->param);
    if (error->intent != NULL) {
        json_key(w, "payment_intent");
        stripe_put_intent(w, error->intent);
        put_payment_method(w, error->intent->failed_method);
    }
    json_string_member(w, "type", error->type);
    json_close(w, '}');
    json_close(w, '}');
}
