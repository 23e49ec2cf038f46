/* Reads the gateway's objects: see stripe.h. Called with what its answers and
 * its events hold, so with whatever somebody may have put there. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/adapter/stripe/private.h"

enum { ID_MAX = 255, ATTEMPT_DIGITS = 9 };

static const char *string_of(const struct json *object, const char *name)
{
    return json_string(json_member(object, name));
}

/* One to 255 letters, digits and underscores, or one of others. */
static bool is_word(const char *text, const char *others)
{
    size_t length = 0;
    if (text == NULL)
        return false;
    for (; text[length] != '\0'; length++) {
        unsigned char byte = (unsigned char)text[length];
        if (length == ID_MAX || byte >= 0x80 ||
            (!isalnum(byte) && strchr(others, byte) == NULL))
            return false;
    }
    return length > 0;
}

bool stripe_is_id(const char *text)
{
    return is_word(text, "_");
}

const char *stripe_read_id(const struct json *object, const char *name)
{
    const char *id = string_of(object, name);
    return stripe_is_id(id) ? id : NULL;
}

/* A reference: an id, or the object of that id where it is expanded. */
static const char *reference(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    return json_string(member) != NULL ? stripe_read_id(object, name)
                                       : stripe_read_id(member, "id");
}

bool stripe_read_number(const struct json *object, const char *name,
                        int64_t *out)
{
    const struct json *member = json_member(object, name);
    *out = 0;
    if (member == NULL || json_kind(member) == JSON_NULL)
        return true;
    return json_integer(member, out) && *out >= 0;
}

static int64_t read_attempt(const struct json *object)
{
    const char *text = string_of(json_member(object, "metadata"), "attempt");
    if (text == NULL || strlen(text) > ATTEMPT_DIGITS ||
        strspn(text, "0123456789") != strlen(text))
        return 0;
    return strtol(text, NULL, 10);
}

const char *stripe_read_currency(const struct json *object, struct arena *arena)
{
    const char *text = string_of(object, "currency");
    if (!is_word(text, "") || strlen(text) != 3)
        return NULL;
    char *currency = arena_string(arena, text);
    for (char *at = currency; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    return currency;
}

/* Customers are sent there: a link of another scheme could run a script. */
static const char *read_url(const struct json *object, const char *name)
{
    const char *url = string_of(object, name);
    bool web = url != NULL && (strncasecmp(url, "https://", 8) == 0 ||
                               strncasecmp(url, "http://", 7) == 0);
    return web ? url : NULL;
}

static bool is_a(const struct json *object, const char *kind)
{
    const char *own = string_of(object, "object");
    return own == NULL || strcmp(own, kind) == 0;
}

bool stripe_read_intent(const struct json *object, struct stripe_intent *out,
                        struct arena *arena)
{
    const struct json *metadata = json_member(object, "metadata");
    const struct json *redirect =
        json_member(json_member(object, "next_action"), "redirect_to_url");
    const struct json *error = json_member(object, "last_payment_error");
    const char *decline_code = string_of(error, "decline_code");
    *out = (struct stripe_intent){
        .id = stripe_read_id(object, "id"),
        .status = string_of(object, "status"),
        .order_id = string_of(metadata, "order_id"),
        .attempt_no = read_attempt(object),
        .currency = stripe_read_currency(object, arena),
        .charge_id = reference(object, "latest_charge"),
        .action_url = read_url(redirect, "url"),
        .code = decline_code != NULL ? decline_code : string_of(error, "code"),
        .message = string_of(error, "message")};
    if (out->id == NULL || out->status == NULL ||
        !is_a(object, "payment_intent") ||
        !stripe_read_number(object, "amount", &out->amount_minor) ||
        !stripe_read_number(object, "amount_received", &out->received_minor))
        return false;
    if (json_member(object, "amount_received") == NULL &&
        strcmp(out->status, "succeeded") == 0)
        out->received_minor = out->amount_minor;
    return stripe_read_number(json_member(object, "latest_charge"),
                              "amount_refunded", &out->refunded_minor) &&
           stripe_read_number(object, "created", &out->created_s);
}

bool stripe_read_session(const struct json *object, struct stripe_session *out,
                         struct arena *arena)
{
    *out = (struct stripe_session){
        .id = stripe_read_id(object, "id"),
        .status = string_of(object, "status"),
        .payment_status = string_of(object, "payment_status"),
        .url = read_url(object, "url"),
        .intent_id = reference(object, "payment_intent"),
        .order_id = string_of(json_member(object, "metadata"), "order_id"),
        .attempt_no = read_attempt(object),
        .currency = stripe_read_currency(object, arena)};
    return out->id != NULL && out->status != NULL &&
           is_a(object, "checkout.session") &&
           stripe_read_number(object, "amount_total", &out->amount_minor);
}

bool stripe_take_event(const struct json *event, struct stripe_event *out)
{
    *out = (struct stripe_event){
        .id = stripe_read_id(event, "id"),
        .type = string_of(event, "type"),
        .object = json_member(json_member(event, "data"), "object")};
    return out->id != NULL && is_word(out->type, "_.") &&
           is_a(event, "event") && out->object != NULL &&
           json_kind(out->object) == JSON_OBJECT &&
           stripe_read_number(event, "created", &out->created_s);
}

bool stripe_read_event(const char *text, size_t length,
                       struct stripe_event *out, struct arena *arena)
{
    struct json_fault fault;
    if (length > STRIPE_EVENT_MAX)
        return false;
    const struct json *event = json_read_within(
        arena, text, length,
        (struct json_limits){STRIPE_DEPTH, STRIPE_EVENT_VALUES}, &fault);
    return event != NULL && stripe_take_event(event, out);
}
