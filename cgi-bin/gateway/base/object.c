/* Ids, errors, lists, intents and charges: see object.h. */
#include "cgi-bin/gateway/base/object.h"

#include <string.h>

#include "cgi-bin/gateway/base/test_card.h"
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

void stripe_null_member(struct json_writer *w, const char *name)
{
    json_key(w, name);
    json_put_null(w);
}

void stripe_raw_member(struct json_writer *w, const char *name,
                       const char *json)
{
    json_key(w, name);
    json_put_raw(w, json);
}

/* Stripe leaves a code out where there is none. */
void stripe_some_member(struct json_writer *w, const char *name,
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
    stripe_raw_member(w, "livemode", "false");
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
    stripe_some_member(w, "charge", intent->charge_id);
    json_string_member(w, "code", card->code);
    stripe_some_member(w, "decline_code", card->decline_code);
    json_string_member(w, "message", card->message);
    put_payment_method(w, card->id);
    json_string_member(w, "type",
                       card->outcome == TEST_CARD_ACTION
                           ? "invalid_request_error"
                           : "card_error");
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
    stripe_raw_member(w, "enabled", "true");
    json_close(w, '}');
}

static void put_next_action(struct json_writer *w, const struct intent *intent)
{
    json_key(w, "next_action");
    if (strcmp(intent->status, "requires_action") != 0) {
        json_put_null(w);
        return;
    }
    json_open(w, '{');
    if (intent->action_url == NULL) {
        json_string_member(w, "type", "use_stripe_sdk");
        stripe_raw_member(w, "use_stripe_sdk",
                          "{\"type\":\"three_d_secure_redirect\"}");
    } else {
        json_key(w, "redirect_to_url");
        json_open(w, '{');
        json_string_member(w, "return_url", intent->return_url);
        json_string_member(w, "url", intent->action_url);
        json_close(w, '}');
        json_string_member(w, "type", "redirect_to_url");
    }
    json_close(w, '}');
}

static void put_canceled(struct json_writer *w, const struct intent *intent)
{
    if (intent->canceled_ms == 0)
        stripe_null_member(w, "canceled_at");
    else
        json_int_member(w, "canceled_at", intent->canceled_ms / 1000);
    json_string_member(w, "cancellation_reason", intent->cancellation_reason);
}

static void put_latest_charge(struct json_writer *w,
                              const struct intent *intent, unsigned expand)
{
    json_key(w, "latest_charge");
    if ((expand & STRIPE_EXPAND_CHARGE) != 0 && intent->charge_id != NULL)
        stripe_put_charge(w, intent, 0);
    else
        json_put_string(w, intent->charge_id);
}

void stripe_put_intent(struct json_writer *w, const struct intent *intent,
                       unsigned expand)
{
    bool paid = strcmp(intent->status, "succeeded") == 0;
    json_open(w, '{');
    json_string_member(w, "id", intent->id);
    json_string_member(w, "object", "payment_intent");
    json_int_member(w, "amount", intent->amount_minor);
    json_int_member(w, "amount_capturable", 0);
    json_int_member(w, "amount_received", paid ? intent->amount_minor : 0);
    put_automatic_methods(w, intent);
    put_canceled(w, intent);
    json_string_member(w, "capture_method", intent->capture_method);
    json_string_member(w, "client_secret", intent->client_secret);
    json_string_member(w, "confirmation_method", "automatic");
    json_int_member(w, "created", intent->created_ms / 1000);
    json_string_member(w, "currency", intent->currency);
    stripe_null_member(w, "customer");
    json_string_member(w, "description", intent->description);
    put_last_error(w, intent);
    put_latest_charge(w, intent, expand);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", intent->metadata);
    put_next_action(w, intent);
    json_string_member(w, "payment_method", intent->payment_method);
    stripe_raw_member(w, "payment_method_types", "[\"card\"]");
    json_string_member(w, "receipt_email", intent->receipt_email);
    json_string_member(w, "statement_descriptor_suffix",
                       intent->statement_descriptor_suffix);
    json_string_member(w, "status", intent->status);
    json_close(w, '}');
}

/* What the try came to: one that did not pay was declined. */
static void put_outcome(struct json_writer *w, const struct intent *intent)
{
    bool paid = strcmp(intent->status, "succeeded") == 0;
    const char *method = paid ? intent->payment_method : intent->failed_method;
    const struct test_card *card =
        method == NULL ? NULL : test_card_find(method);
    bool failed = !paid && card != NULL;
    json_string_member(w, "failure_code", failed ? card->code : NULL);
    json_string_member(w, "failure_message", failed ? card->message : NULL);
    json_key(w, "paid");
    json_put_bool(w, paid);
    json_string_member(w, "status", paid ? "succeeded" : "failed");
    json_string_member(w, "payment_method", method);
    bool named = card != NULL && card->brand != NULL;
    json_key(w, "payment_method_details");
    json_open(w, '{');
    json_key(w, "card");
    json_open(w, '{');
    json_string_member(w, "brand", named ? card->brand : "visa");
    json_string_member(w, "last4", named ? card->last4 : "4242");
    json_close(w, '}');
    json_string_member(w, "type", "card");
    json_close(w, '}');
}

void stripe_put_charge(struct json_writer *w, const struct intent *intent,
                       unsigned expand)
{
    bool paid = strcmp(intent->status, "succeeded") == 0;
    json_open(w, '{');
    json_string_member(w, "id", intent->charge_id);
    json_string_member(w, "object", "charge");
    json_int_member(w, "amount", intent->amount_minor);
    json_int_member(w, "amount_captured", paid ? intent->amount_minor : 0);
    json_int_member(w, "amount_refunded", intent->refunded_minor);
    stripe_null_member(w, "balance_transaction");
    json_key(w, "captured");
    json_put_bool(w, paid);
    json_int_member(w, "created", intent->charged_ms / 1000);
    json_string_member(w, "currency", intent->currency);
    stripe_null_member(w, "customer");
    json_string_member(w, "description", intent->description);
    json_string_member(w, "dispute", intent->dispute_id);
    json_key(w, "disputed");
    json_put_bool(w, intent->dispute_id != NULL);
    stripe_raw_member(w, "livemode", "false");
    stripe_raw_member(w, "metadata", intent->metadata);
    put_outcome(w, intent);
    json_key(w, "payment_intent");
    if ((expand & STRIPE_EXPAND_INTENT) != 0)
        stripe_put_intent(w, intent, 0);
    else
        json_put_string(w, intent->id);
    json_string_member(w, "receipt_email", intent->receipt_email);
    stripe_null_member(w, "receipt_url");
    json_key(w, "refunded");
    json_put_bool(w, intent->refunded_minor == intent->amount_minor);
    json_close(w, '}');
}

void stripe_open_list(struct json_writer *w)
{
    json_open(w, '{');
    json_string_member(w, "object", "list");
    json_key(w, "data");
    json_open(w, '[');
}

void stripe_close_list(struct json_writer *w, const char *url, bool has_more)
{
    json_close(w, ']');
    json_key(w, "has_more");
    json_put_bool(w, has_more);
    json_string_member(w, "url", url);
    json_close(w, '}');
}

void stripe_put_error(struct json_writer *w, const struct stripe_error *error)
{
    json_open(w, '{');
    json_key(w, "error");
    json_open(w, '{');
    bool declined = strcmp(error->type, "card_error") == 0;
    if (declined)
        stripe_some_member(w, "charge", error->intent->charge_id);
    stripe_some_member(w, "code", error->code);
    stripe_some_member(w, "decline_code", error->decline_code);
    json_string_member(w, "message", error->message);
    stripe_some_member(w, "param", error->param);
    if (error->intent != NULL) {
        json_key(w, "payment_intent");
        stripe_put_intent(w, error->intent, 0);
    }
    if (declined)
        put_payment_method(w, error->intent->failed_method);
    json_string_member(w, "type", error->type);
    json_close(w, '}');
    json_close(w, '}');
}
