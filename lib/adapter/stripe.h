/* The gateway module: the part of Stripe's API that charging needs, over
 * transfer.h (docs.stripe.com/api; the version below is pinned). Its URL
 * decides who answers: Stripe or the local gateway. Called by the reaper. */
#ifndef STRIPE_H
#define STRIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/adapter/transfer.h"

#define STRIPE_VERSION "2024-06-20"

/* Of every call, from its start. */
enum { STRIPE_TIMEOUT_MS = 10000 };

struct stripe {
    struct transfer_pool *pool;
    const char *base_url; /* https://api.stripe.com, without a slash */
    const char *key;      /* secret; goes into no log */
};

enum stripe_outcome {
    STRIPE_SUCCEEDED, /* the money moved; the ids are set */
    STRIPE_FAILED,    /* the gateway said no: code and message are set */
    STRIPE_UNKNOWN    /* all else, so: timeout, 401, 403, 409, 429, 5xx,
                         a key used with other parameters, garbage, a success
                         that is not the one asked for: ask again */
};

struct stripe_charge {
    const char *idempotency_key;
    const char *order_id;
    const char *attempt; /* metadata.attempt */
    const char *payment_method;
    const char *currency; /* upper case */
    int64_t amount_minor;
    const char *description;
};

struct stripe_refund {
    const char *idempotency_key;
    const char *intent_id;
    const char *order_id;
    int64_t amount_minor;
};

struct stripe_answer {
    enum stripe_outcome outcome;
    const char *id;        /* pi_... or re_...; NULL when none was given */
    const char *charge_id; /* ch_..., NULL for a refund */
    const char *code;      /* decline_code, else code, else type of an error,
                              or a status; NULL on success */
    const char *message;   /* for people */
    bool replayed;         /* the gateway's saved answer to the same key */
};

#define STRIPE_DONE(name)                                                      \
    void (*name)(void *context, const struct stripe_answer *answer)

/* POST /v1/payment_intents, confirmed at once. Succeeds only when the intent
 * has status `succeeded` and the same amount, currency and order_id. */
void stripe_charge(const struct stripe *stripe,
                   const struct stripe_charge *charge, STRIPE_DONE(done),
                   void *context);

/* POST /v1/refunds. Succeeds on status `succeeded` or `pending` with the same
 * amount and order_id. */
void stripe_refund(const struct stripe *stripe,
                   const struct stripe_refund *refund, STRIPE_DONE(done),
                   void *context);

#endif
