/* Which events say something, and who applies them: see gateway_event.h. */
#include "lib/workflow/payment/gateway_event.h"

#include <assert.h>
#include <string.h>

#include "lib/workflow/payment/gateway_event_private.h"

static const struct {
    const char *type; /* ends in '.': all that begin so */
    struct verdict (*apply)(const struct arrival *arrival);
} handlers[] = {
    {"payment_intent.succeeded", apply_intent_paid},
    {"payment_intent.payment_failed", apply_intent_failed},
    {"payment_intent.canceled", apply_intent_failed},
    {"payment_intent.requires_action", apply_intent_action},
    {"checkout.session.completed", apply_session_paid},
    {"checkout.session.async_payment_succeeded", apply_session_paid},
    {"checkout.session.expired", apply_session_expired},
    {"charge.refunded", apply_charge_refunded},
    {"charge.refund.updated", apply_refund},
    {"refund.updated", apply_refund},
    {"refund.failed", apply_refund},
    {"charge.dispute.", apply_dispute},
};

static bool is_of_type(const char *type, const char *wanted)
{
    size_t length = strlen(wanted);
    return wanted[length - 1] == '.' ? strncmp(type, wanted, length) == 0
                                     : strcmp(type, wanted) == 0;
}

struct verdict gateway_event_apply(struct db *db,
                                   const struct settings *settings,
                                   const struct webhook_event *event,
                                   int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    struct stripe_event read;
    if (!stripe_read_event(event->body, strlen(event->body), &read, arena))
        return verdict_ignored("It cannot be read.");
    struct arrival arrival = {.db = db,
                              .settings = settings,
                              .event = event,
                              .object = read.object,
                              .now_ms = now_ms,
                              .arena = arena};
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (is_of_type(read.type, handlers[i].type))
            return handlers[i].apply(&arrival);
    return verdict_ignored("Events of this type say nothing here.");
}
