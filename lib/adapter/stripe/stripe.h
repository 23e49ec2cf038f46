/* The gateway module: the part of Stripe's API that a shop needs, over
 * transfer.h (docs.stripe.com/api; the version below is pinned). base_url
 * decides who answers: Stripe or the local gateway. TLS is verified,
 * connections are kept, answers are capped. Called by the reaper. */
#ifndef ADAPTER_STRIPE_STRIPE_H
#define ADAPTER_STRIPE_STRIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/json/json.h"
#include "lib/adapter/transfer/transfer.h"

#define STRIPE_VERSION "2024-06-20"

enum { STRIPE_LIST = 100 /* of one call, at most */ };

struct stripe {
    struct transfer_pool *pool;
    const char *base_url; /* https://api.stripe.com, without a slash */
    const char *key;      /* secret; goes into no log */
    const char *ca_file;  /* as in transfer.h; NULL: the system's alone */
    int64_t timeout_ms;   /* of every call, from its start */
};

enum stripe_outcome {
    STRIPE_SUCCEEDED, /* the money moved, or the call did what it is for */
    STRIPE_FAILED,    /* the gateway said no: code and message are set */
    STRIPE_ACTION,    /* a charge: the customer must go to url first */
    STRIPE_UNSENT,    /* nothing was asked: no connection came about, or the
                         gateway did not look at it (401, 403, 429) */
    STRIPE_UNKNOWN    /* all else, so: timeout, 409, 5xx, a key used with
                         other parameters, garbage, a success that is not the
                         one asked for, an intent that is processing */
};

/* A PaymentIntent as it stands; every text NULL when it is not there. */
struct stripe_intent {
    const char *id;
    const char *status; /* Stripe's: "succeeded", "requires_action", ... */
    const char *order_id;
    int64_t attempt_no; /* metadata.attempt; 0: none */
    int64_t amount_minor;
    int64_t received_minor; /* all of it where it succeeded and says nothing */
    int64_t refunded_minor; /* of its latest charge, where that is expanded */
    const char *currency;   /* upper case */
    const char *charge_id;
    const char *action_url; /* next_action.redirect_to_url.url */
    const char *code;       /* of last_payment_error: decline_code, else code */
    const char *message;
    int64_t created_s;
};

/* A Checkout Session as it stands. */
struct stripe_session {
    const char *id;
    const char *status;         /* open, complete, expired */
    const char *payment_status; /* paid, unpaid, no_payment_required */
    const char *url;            /* only while it is open */
    const char *intent_id;      /* NULL until the customer pays */
    const char *order_id;       /* metadata, as the next */
    int64_t attempt_no;
    int64_t amount_minor; /* amount_total */
    const char *currency; /* upper case */
};

/* What a webhook or the list of events brings; object is data.object. */
struct stripe_event {
    const char *id;
    const char *type;
    int64_t created_s;
    const struct json *object;
    const char *body; /* of a listed one: the event as JSON text */
};

struct stripe_answer {
    enum stripe_outcome outcome;
    const char *id;      /* pi_..., re_... or cs_...; NULL: none was given */
    const char *url;     /* of STRIPE_ACTION and of a session made */
    const char *code;    /* decline_code, else code, else type of an error,
                            or a status; NULL on success */
    const char *message; /* for people */
    bool replayed;       /* the gateway's saved answer to the same key */
    const char *status;  /* of a refund, Stripe's, however it is judged */
    struct stripe_intent intent;   /* of calls that answer one */
    struct stripe_session session; /* likewise */
    struct stripe_intent *intents; /* of a list */
    struct stripe_event *events;   /* likewise */
    size_t count;
    bool more; /* the list goes on behind its last */
};

#define STRIPE_DONE(name)                                                      \
    void (*name)(void *context, const struct stripe_answer *answer)

/* All calls copy what they are given. done is called once, from transfer_wait,
 * and the answer lives until it returns. A call with an id that is none (see
 * stripe_is_id) is STRIPE_UNSENT. */

struct stripe_charge {
    const char *idempotency_key;
    const char *order_id;
    const char *attempt; /* metadata.attempt */
    const char *payment_method;
    const char *currency; /* upper case */
    int64_t amount_minor;
    const char *description;
    const char *return_url; /* where the bank sends the customer back to */
};

/* POST /v1/payment_intents, confirmed at once. Succeeds only when the intent
 * has status `succeeded` and the same amount, currency and order_id;
 * `requires_action` with a redirect is STRIPE_ACTION, without one
 * STRIPE_FAILED: nobody could act. */
void stripe_charge(const struct stripe *stripe,
                   const struct stripe_charge *charge, STRIPE_DONE(done),
                   void *context);

struct stripe_page {
    const char *idempotency_key;
    const char *order_id;
    const char *attempt;
    const char *currency; /* upper case */
    int64_t amount_minor;
    const char *description;    /* what the customer sees he pays for */
    const char *customer_email; /* NULL: asked for there */
    const char *success_url;
    const char *cancel_url;
};

/* POST /v1/checkout/sessions: mode payment, cards only, one line of the whole
 * amount; order_id and attempt in its own metadata and its intent's. */
void stripe_session_create(const struct stripe *stripe,
                           const struct stripe_page *page, STRIPE_DONE(done),
                           void *context);

/* GET /v1/checkout/sessions/{id} and POST .../expire. A session that cannot be
 * expired any more is STRIPE_FAILED: retrieve it. */
void stripe_session_retrieve(const struct stripe *stripe, const char *id,
                             STRIPE_DONE(done), void *context);
void stripe_session_expire(const struct stripe *stripe, const char *id,
                           STRIPE_DONE(done), void *context);

/* GET /v1/payment_intents/{id} and POST .../cancel; both succeed when the
 * intent is answered, whatever its status. */
void stripe_intent_retrieve(const struct stripe *stripe, const char *id,
                            STRIPE_DONE(done), void *context);
void stripe_intent_cancel(const struct stripe *stripe, const char *id,
                          STRIPE_DONE(done), void *context);

/* GET /v1/payment_intents: those created since then, newest first, from the one
 * behind the id `after` (NULL: from the newest), with their latest charges
 * expanded. If one of them cannot be read, the whole call is STRIPE_UNKNOWN. */
void stripe_intents_list(const struct stripe *stripe, int64_t since_s,
                         const char *after, STRIPE_DONE(done), void *context);

/* GET /v1/events likewise, of these types (NULL ends them). */
void stripe_events_list(const struct stripe *stripe, int64_t since_s,
                        const char *after, const char *const *types,
                        STRIPE_DONE(done), void *context);

struct stripe_refund {
    const char *idempotency_key;
    const char *intent_id;
    const char *order_id;
    const char *refund; /* metadata.refund: our own id */
    int64_t amount_minor;
};

/* POST /v1/refunds. Succeeds on status `succeeded` or `pending` with the same
 * amount and order_id; `failed` and `canceled` are STRIPE_FAILED. */
void stripe_refund(const struct stripe *stripe,
                   const struct stripe_refund *refund, STRIPE_DONE(done),
                   void *context);

/* GET /v1/refunds of its intent. Looks for the one with this metadata.refund,
 * and judges it as if it had just been made. Succeeds without an id where the
 * whole list does not hold it. */
void stripe_refund_find(const struct stripe *stripe,
                        const struct stripe_refund *refund, STRIPE_DONE(done),
                        void *context);

/* Read a PaymentIntent or a Session that an event holds. False: it is none,
 * lacks its id or status, or has an amount or time that is no whole number from
 * 0. Anything else that is wrong (a currency, the id of another object, a URL
 * that is not http or https) counts as not there. */
bool stripe_read_intent(const struct json *object, struct stripe_intent *out,
                        struct arena *arena);
bool stripe_read_session(const struct json *object, struct stripe_session *out,
                         struct arena *arena);

/* Whether the text may be an id of the gateway's, and may stand in a URL:
 * [A-Za-z0-9_]{1,255}. */
bool stripe_is_id(const char *text);

/* The object's currency as ISO 4217 writes it; NULL: it has none that can be
 * read. */
const char *stripe_read_currency(const struct json *object,
                                 struct arena *arena);

/* Reads an event's text of at most 512 KiB. False: it is not JSON, or no event
 * with an id, a type and an object. */
bool stripe_read_event(const char *text, size_t length,
                       struct stripe_event *out, struct arena *arena);

/* Judges a webhook's Stripe-Signature header (docs.stripe.com/webhooks: t and
 * one or more v1, hexadecimal HMAC-SHA256 of "t.body" under the whole secret).
 * It must be by one of these secrets (NULL: none), and its time at most 300 s
 * from now. */
enum stripe_signature {
    STRIPE_SIGNED,
    STRIPE_UNSIGNED, /* no header, or none that can be read */
    STRIPE_STALE,
    STRIPE_FORGED
};
enum stripe_signature stripe_check_signature(const char *header,
                                             const char *const secrets[2],
                                             const void *body, size_t length,
                                             int64_t now_s,
                                             struct arena *arena);

#endif
