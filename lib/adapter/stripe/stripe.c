/* The gateway module's calls: see stripe.h. */
#include "lib/adapter/stripe/stripe.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "lib/adapter/stripe/private.h"

/* The tree of the largest answer, however hostile, fits the arena (see
 * json_read), and of a list also what is printed of it: three times its bytes
 * at most, in a text that takes twice that. Only what is touched of it costs
 * memory. */
enum {
    TREE_PER_BYTE = 56,
    PRINTED_PER_BYTE = 6,
    REQUEST_ROOM = 1024 * 1024,
    ARENA_CAP = STRIPE_ANSWER_MAX * TREE_PER_BYTE + REQUEST_ROOM,
    LIST_ARENA_CAP =
        STRIPE_LIST_MAX * (TREE_PER_BYTE + PRINTED_PER_BYTE) + REQUEST_ROOM
};

static struct stripe_call *begin(size_t arena_cap, STRIPE_JUDGE((*judge)),
                                 STRIPE_DONE(done), void *context)
{
    struct arena arena = arena_create(arena_cap);
    struct stripe_call *call = arena_alloc(&arena, sizeof *call);
    call->arena = arena;
    call->judge = judge;
    call->done = done;
    call->context = context;
    call->max_answer = STRIPE_ANSWER_MAX;
    call->form = text_create(&call->arena, 1024);
    return call;
}

/* Leaves in value what RFC 3986 section 2.3 calls unreserved. */
static void add_field(struct stripe_call *call, const char *name,
                      const char *value)
{
    struct text *form = &call->form;
    text_printf(form, "%s%s=", form->length > 0 ? "&" : "", name);
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~", byte) != NULL))
            text_putc(form, *value);
        else
            text_printf(form, "%%%02X", byte);
    }
}

static void add_number(struct stripe_call *call, const char *name,
                       int64_t number)
{
    add_field(call, name,
              arena_printf(&call->arena, "%lld", (long long)number));
}

static void take_reply(void *context, const struct transfer_answer *reply)
{
    struct stripe_call *call = context;
    struct stripe_answer answer = {.outcome = STRIPE_UNKNOWN,
                                   .message = reply->detail,
                                   .replayed = reply->replayed};
    stripe_judge_reply(call, reply, &answer);
    call->done(call->context, &answer);
    struct arena arena = call->arena;
    arena_destroy(&arena);
}

/* Creating calls have an idempotency key, asking ones have none. */
static void send_call(const struct stripe *stripe, struct stripe_call *call,
                      const char *method, const char *url,
                      const char *idempotency_key)
{
    const char *headers[] = {"Stripe-Version: " STRIPE_VERSION, NULL, NULL};
    if (idempotency_key != NULL)
        headers[1] =
            arena_printf(&call->arena, "Idempotency-Key: %s", idempotency_key);
    transfer_http(stripe->pool,
                  &(struct transfer_http){.method = method,
                                          .url = url,
                                          .headers = headers,
                                          .body = call->form.bytes,
                                          .body_length = call->form.length,
                                          .user = stripe->key,
                                          .timeout_ms = stripe->timeout_ms,
                                          .ca_file = stripe->ca_file,
                                          .max_answer = call->max_answer},
                  take_reply, call);
}

/* Makes something of this order and amount. */
static struct stripe_call *begin_making(const char *order_id,
                                        int64_t amount_minor,
                                        STRIPE_JUDGE((*judge)),
                                        STRIPE_DONE(done), void *context)
{
    assert(amount_minor > 0);
    struct stripe_call *call = begin(ARENA_CAP, judge, done, context);
    call->order_id = arena_string(&call->arena, order_id);
    call->amount_minor = amount_minor;
    return call;
}

static void make(const struct stripe *stripe, struct stripe_call *call,
                 const char *path, const char *idempotency_key)
{
    send_call(stripe, call, "POST",
              arena_printf(&call->arena, "%s%s", stripe->base_url, path),
              idempotency_key);
}

/* A call about one object. Of what is no id no URL is made; libcurl refuses
 * the empty one, so that the call is answered like any that was not sent. */
static void ask(const struct stripe *stripe, const char *method,
                const char *folder, const char *id, const char *action,
                STRIPE_JUDGE((*judge)), STRIPE_DONE(done), void *context)
{
    struct stripe_call *call = begin(ARENA_CAP, judge, done, context);
    call->id = arena_string(&call->arena, id);
    const char *url = "";
    if (stripe_is_id(id))
        url = arena_printf(&call->arena, "%s%s%s%s", stripe->base_url, folder,
                           id, action);
    send_call(stripe, call, method, url, NULL);
}

static struct stripe_call *begin_list(int64_t since_s, const char *after,
                                      STRIPE_JUDGE((*judge)), STRIPE_DONE(done),
                                      void *context)
{
    struct stripe_call *call = begin(LIST_ARENA_CAP, judge, done, context);
    call->max_answer = STRIPE_LIST_MAX;
    add_number(call, "limit", STRIPE_LIST);
    add_number(call, "created[gte]", since_s);
    if (after != NULL)
        add_field(call, "starting_after", after);
    return call;
}

static void list(const struct stripe *stripe, struct stripe_call *call,
                 const char *path)
{
    const char *url = arena_printf(&call->arena, "%s%s?%s", stripe->base_url,
                                   path, call->form.bytes);
    call->form.length = 0;
    send_call(stripe, call, "GET", url, NULL);
}

/* Stripe writes currencies in lower case. */
static void add_currency(struct stripe_call *call, const char *name,
                         const char *currency)
{
    call->currency = arena_string(&call->arena, currency);
    char *lower = arena_string(&call->arena, currency);
    for (char *at = lower; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    add_field(call, name, lower);
}

void stripe_charge(const struct stripe *stripe,
                   const struct stripe_charge *charge, STRIPE_DONE(done),
                   void *context)
{
    struct stripe_call *call =
        begin_making(charge->order_id, charge->amount_minor,
                     stripe_judge_charge, done, context);
    add_number(call, "amount", charge->amount_minor);
    add_currency(call, "currency", charge->currency);
    add_field(call, "payment_method", charge->payment_method);
    add_field(call, "payment_method_types[]", "card");
    add_field(call, "confirm", "true");
    if (charge->return_url[0] != '\0')
        add_field(call, "return_url", charge->return_url);
    add_field(call, "description", charge->description);
    add_field(call, "metadata[order_id]", charge->order_id);
    add_field(call, "metadata[attempt]", charge->attempt);
    make(stripe, call, "/v1/payment_intents", charge->idempotency_key);
}

#define LINE "line_items[0]"
#define INTENT "payment_intent_data"

void stripe_session_create(const struct stripe *stripe,
                           const struct stripe_page *page, STRIPE_DONE(done),
                           void *context)
{
    struct stripe_call *call = begin_making(page->order_id, page->amount_minor,
                                            stripe_judge_page, done, context);
    add_field(call, "mode", "payment");
    add_field(call, "payment_method_types[]", "card");
    add_field(call, "client_reference_id", page->order_id);
    add_field(call, LINE "[quantity]", "1");
    add_currency(call, LINE "[price_data][currency]", page->currency);
    add_number(call, LINE "[price_data][unit_amount]", page->amount_minor);
    add_field(call, LINE "[price_data][product_data][name]", page->description);
    add_field(call, "success_url", page->success_url);
    add_field(call, "cancel_url", page->cancel_url);
    if (page->customer_email != NULL)
        add_field(call, "customer_email", page->customer_email);
    add_field(call, "metadata[order_id]", page->order_id);
    add_field(call, "metadata[attempt]", page->attempt);
    add_field(call, INTENT "[metadata][order_id]", page->order_id);
    add_field(call, INTENT "[metadata][attempt]", page->attempt);
    add_field(call, INTENT "[description]", page->description);
    make(stripe, call, "/v1/checkout/sessions", page->idempotency_key);
}

void stripe_session_retrieve(const struct stripe *stripe, const char *id,
                             STRIPE_DONE(done), void *context)
{
    ask(stripe, "GET", "/v1/checkout/sessions/", id, "", stripe_judge_session,
        done, context);
}

void stripe_session_expire(const struct stripe *stripe, const char *id,
                           STRIPE_DONE(done), void *context)
{
    ask(stripe, "POST", "/v1/checkout/sessions/", id, "/expire",
        stripe_judge_expiry, done, context);
}

void stripe_intent_retrieve(const struct stripe *stripe, const char *id,
                            STRIPE_DONE(done), void *context)
{
    ask(stripe, "GET", "/v1/payment_intents/", id, "", stripe_judge_intent,
        done, context);
}

void stripe_intent_cancel(const struct stripe *stripe, const char *id,
                          STRIPE_DONE(done), void *context)
{
    ask(stripe, "POST", "/v1/payment_intents/", id, "/cancel",
        stripe_judge_intent, done, context);
}

void stripe_intents_list(const struct stripe *stripe, int64_t since_s,
                         const char *after, STRIPE_DONE(done), void *context)
{
    struct stripe_call *call =
        begin_list(since_s, after, stripe_judge_intents, done, context);
    add_field(call, "expand[]", "data.latest_charge");
    list(stripe, call, "/v1/payment_intents");
}

void stripe_events_list(const struct stripe *stripe, int64_t since_s,
                        const char *after, const char *const *types,
                        STRIPE_DONE(done), void *context)
{
    struct stripe_call *call =
        begin_list(since_s, after, stripe_judge_events, done, context);
    for (; *types != NULL; types++)
        add_field(call, "types[]", *types);
    list(stripe, call, "/v1/events");
}

void stripe_refund(const struct stripe *stripe,
                   const struct stripe_refund *refund, STRIPE_DONE(done),
                   void *context)
{
    struct stripe_call *call =
        begin_making(refund->order_id, refund->amount_minor,
                     stripe_judge_refund, done, context);
    add_number(call, "amount", refund->amount_minor);
    add_field(call, "payment_intent", refund->intent_id);
    add_field(call, "metadata[order_id]", refund->order_id);
    add_field(call, "metadata[refund]", refund->refund);
    make(stripe, call, "/v1/refunds", refund->idempotency_key);
}

void stripe_refund_find(const struct stripe *stripe,
                        const struct stripe_refund *refund, STRIPE_DONE(done),
                        void *context)
{
    struct stripe_call *call =
        begin_list(0, NULL, stripe_judge_refunds, done, context);
    call->order_id = arena_string(&call->arena, refund->order_id);
    call->amount_minor = refund->amount_minor;
    call->refund = arena_string(&call->arena, refund->refund);
    add_field(call, "payment_intent", refund->intent_id);
    list(stripe, call, "/v1/refunds");
}
