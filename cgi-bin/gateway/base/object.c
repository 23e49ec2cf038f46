/* Ids, errors and members: see object.h. */
#include "cgi-bin/gateway/base/object.h"

#include <string.h>

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

void stripe_put_error(struct json_writer *w, const struct stripe_error *error)
{
    json_open(w, '{');
    json_key(w, "error");
    json_open(w, '{');
    stripe_some_member(w, "charge", error->charge_id);
    stripe_some_member(w, "code", error->code);
    stripe_some_member(w, "decline_code", error->decline_code);
    json_string_member(w, "message", error->message);
    stripe_some_member(w, "param", error->param);
    if (error->intent != NULL)
        stripe_raw_member(w, "payment_intent", error->intent);
    if (error->payment_method != NULL)
        stripe_raw_member(w, "payment_method", error->payment_method);
    json_string_member(w, "type", error->type);
    json_close(w, '}');
    json_close(w, '}');
}
