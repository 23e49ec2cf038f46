/* How an event of the gateway is applied: each handler gets the event's object
 * and says what became of it. Called by gateway_event.c. */
#ifndef WORKFLOW_PAYMENT_GATEWAY_EVENT_PRIVATE_H
#define WORKFLOW_PAYMENT_GATEWAY_EVENT_PRIVATE_H

#include "lib/adapter/stripe/stripe.h"
#include "lib/workflow/payment/gateway_event.h"

struct arrival {
    struct db *db;
    const struct settings *settings;
    const struct webhook_event *event;
    const struct json *object;
    int64_t now_ms;
    struct arena *arena;
};

static inline struct verdict verdict_applied(const char *order_id,
                                             const char *message)
{
    return (struct verdict){VERDICT_APPLIED, order_id, message};
}

static inline struct verdict verdict_ignored(const char *message)
{
    return (struct verdict){VERDICT_IGNORED, NULL, message};
}

static inline struct verdict verdict_early(const char *message)
{
    return (struct verdict){VERDICT_EARLY, NULL, message};
}

/* Of a PaymentIntent. */
struct verdict apply_intent_paid(const struct arrival *arrival);
struct verdict apply_intent_failed(const struct arrival *arrival);
struct verdict apply_intent_action(const struct arrival *arrival);

/* Of a Checkout Session. */
struct verdict apply_session_paid(const struct arrival *arrival);
struct verdict apply_session_expired(const struct arrival *arrival);

/* Of a Charge, a Refund, a Dispute. */
struct verdict apply_charge_refunded(const struct arrival *arrival);
struct verdict apply_refund(const struct arrival *arrival);
struct verdict apply_dispute(const struct arrival *arrival);

#endif
