/* The gateway module: see stripe.h. */
#include "lib/adapter/stripe.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/adapter/json.h"
#include "lib/base/arena.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

/* The tree of the largest answer, however hostile, fits the arena; only what
 * is touched of it costs memory. */
enum { ANSWER_MAX = 64 * 1024, ARENA_CAP = 8 * 1024 * 1024, DEPTH_MAX = 32 };

/* Lives in its own arena until it is answered. */
struct call {
    struct arena arena;
    STRIPE_DONE(done);
    void *context;
    const char *order_id;
    int64_t amount_minor;
    const char *currency; /* NULL: a refund, which has its intent's */
    struct text form;     /* application/x-www-form-urlencoded */
};

static struct call *call_create(const char *order_id, int64_t amount_minor,
                                STRIPE_DONE(done), void *context)
{
    struct arena arena = arena_create(ARENA_CAP);
    struct call *call = arena_alloc(&arena, sizeof *call);
    call->arena = arena;
    call->done = done;
    call->context = context;
    call->order_id = arena_string(&call->arena, order_id);
    call->amount_minor = amount_minor;
    call->form = text_create(&call->arena, 1024);
    text_puts(&call->form, "amount=");
    text_put_int(&call->form, amount_minor);
    return call;
}

/* Leaves in value what RFC 3986 section 2.3 calls unreserved. */
static void add_field(struct call *call, const char *name, const char *value)
{
    struct text *form = &call->form;
    text_printf(form, "&%s=", name);
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~", byte) != NULL))
            text_putc(form, *value);
        else
            text_printf(form, "%%%02X", byte);
    }
}

/* Whether the object is about what was asked for. */
static bool is_ours(const struct call *call, const struct json *object)
{
    int64_t amount;
    if (!json_integer(json_member(object, "amount"), &amount) ||
        amount != call->amount_minor)
        return false;
    const char *currency = json_string(json_member(object, "currency"));
    if (call->currency != NULL &&
        (currency == NULL || strcasecmp(currency, call->currency) != 0))
        return false;
    const struct json *metadata = json_member(object, "metadata");
    const char *order_id = json_string(json_member(metadata, "order_id"));
    return order_id != NULL && strcmp(order_id, call->order_id) == 0 &&
           json_string(json_member(object, "id")) != NULL;
}

/* What a status says of an intent that was confirmed at once, and of a
 * refund. One that is not here says nothing. */
static enum stripe_outcome outcome_of(const char *status, bool refund)
{
    static const struct {
        const char *status;
        enum stripe_outcome charge;
        enum stripe_outcome refund;
    } outcomes[] = {
        {"succeeded", STRIPE_SUCCEEDED, STRIPE_SUCCEEDED},
        {"pending", STRIPE_UNKNOWN, STRIPE_SUCCEEDED},
        {"failed", STRIPE_UNKNOWN, STRIPE_FAILED},
        {"canceled", STRIPE_FAILED, STRIPE_FAILED},
        {"requires_payment_method", STRIPE_FAILED, STRIPE_UNKNOWN},
        {"requires_action", STRIPE_FAILED, STRIPE_UNKNOWN}, /* no bank page */
    };
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].status, status) == 0)
            return refund ? outcomes[i].refund : outcomes[i].charge;
    return STRIPE_UNKNOWN;
}

static void judge_object(struct call *call, const struct json *object,
                         struct stripe_answer *answer)
{
    bool refund = call->currency == NULL;
    answer->id = json_string(json_member(object, "id"));
    const char *status = json_string(json_member(object, "status"));
    if (status == NULL) {
        answer->message = "the gateway's answer has no status";
        return;
    }
    answer->outcome = outcome_of(status, refund);
    if (answer->outcome != STRIPE_SUCCEEDED) {
        answer->code = status;
        answer->message = arena_printf(&call->arena, "the %s has status %s",
                                       refund ? "refund" : "payment", status);
    } else if (!is_ours(call, object)) {
        answer->outcome = STRIPE_UNKNOWN;
        answer->message = "the gateway's success is not the one asked for";
        log_error("gateway: order %s: %s", call->order_id, answer->message);
    }
}

/* docs.stripe.com/api/errors. Only an error object is a no: what stands
 * between us and the gateway answers 4xx too. */
static void judge_error(const struct call *call, int status,
                        const struct json *error, struct stripe_answer *answer)
{
    const char *type = json_string(json_member(error, "type"));
    if (type == NULL) {
        answer->message = "the gateway's answer holds no error";
        return;
    }
    answer->code = json_string(json_member(error, "decline_code"));
    if (answer->code == NULL)
        answer->code = json_string(json_member(error, "code"));
    if (answer->code == NULL)
        answer->code = type;
    answer->message = json_string(json_member(error, "message"));
    if (answer->message == NULL)
        answer->message = answer->code;
    if (call->currency != NULL) {
        const struct json *intent = json_member(error, "payment_intent");
        answer->id = json_string(json_member(intent, "id"));
    }
    /* The key was used with other parameters: what became of that call, which
     * may have charged, this error does not say. */
    bool other_call = strcmp(type, "idempotency_error") == 0;
    if (status >= 400 && status < 500 && status != 409 && status != 429 &&
        !other_call)
        answer->outcome = STRIPE_FAILED;
}

static void judge(struct call *call, const struct transfer_answer *reply,
                  struct stripe_answer *answer)
{
    /* The operator's fault, not the customer's. The gateway's own words for
     * it hold part of the key. */
    if (reply->status == 401 || reply->status == 403) {
        answer->message = "the gateway refuses the secret key";
        log_error("gateway: %s (%d)", answer->message, reply->status);
        return;
    }
    struct json_fault fault;
    const struct json *object =
        json_read(&call->arena, reply->body, reply->length, DEPTH_MAX, &fault);
    if (object == NULL)
        answer->message = "the gateway's answer is not JSON";
    else if (reply->status == 200)
        judge_object(call, object, answer);
    else
        judge_error(call, reply->status, json_member(object, "error"), answer);
}

static void take_reply(void *context, const struct transfer_answer *reply)
{
    struct call *call = context;
    struct stripe_answer answer = {.outcome = STRIPE_UNKNOWN,
                                   .message = reply->detail,
                                   .replayed = reply->replayed};
    if (reply->outcome == TRANSFER_ANSWERED)
        judge(call, reply, &answer);
    call->done(call->context, &answer);
    struct arena arena = call->arena;
    arena_destroy(&arena);
}

static void send_form(const struct stripe *stripe, struct call *call,
                      const char *path, const char *idempotency_key)
{
    struct arena *arena = &call->arena;
    const char *headers[] = {
        arena_printf(arena, "Idempotency-Key: %s", idempotency_key),
        "Stripe-Version: " STRIPE_VERSION, NULL};
    transfer_http(
        stripe->pool,
        &(struct transfer_http){
            .method = "POST",
            .url = arena_printf(arena, "%s%s", stripe->base_url, path),
            .headers = headers,
            .body = call->form.bytes,
            .body_length = call->form.length,
            .user = stripe->key,
            .timeout_ms = stripe->timeout_ms,
            .ca_file = stripe->ca_file,
            .max_answer = ANSWER_MAX},
        take_reply, call);
}

void stripe_charge(const struct stripe *stripe,
                   const struct stripe_charge *charge, STRIPE_DONE(done),
                   void *context)
{
    struct call *call =
        call_create(charge->order_id, charge->amount_minor, done, context);
    char *currency = arena_string(&call->arena, charge->currency);
    for (char *at = currency; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    call->currency = currency;
    add_field(call, "currency", currency);
    add_field(call, "payment_method", charge->payment_method);
    add_field(call, "payment_method_types[]", "card");
    add_field(call, "confirm", "true");
    add_field(call, "description", charge->description);
    add_field(call, "metadata[order_id]", charge->order_id);
    add_field(call, "metadata[attempt]", charge->attempt);
    send_form(stripe, call, "/v1/payment_intents", charge->idempotency_key);
}

void stripe_refund(const struct stripe *stripe,
                   const struct stripe_refund *refund, STRIPE_DONE(done),
                   void *context)
{
    struct call *call =
        call_create(refund->order_id, refund->amount_minor, done, context);
    add_field(call, "payment_intent", refund->intent_id);
    add_field(call, "metadata[order_id]", refund->order_id);
    send_form(stripe, call, "/v1/refunds", refund->idempotency_key);
}
