/* Applies the events of the inbox: each once, in the order they came, whatever
 * order they were made in. What is told by one may be known already or be out
 * of date, so every handler asks how things stand here. An event is in hand
 * all the while: one that kills the reaper harms no order. */
#include "reaper/apply_events.h"

#include <string.h>

#include "lib/base/clock.h"

enum {
    EVENTS_MS = 10, /* of a cycle's time: executions get the rest */
    EVENTS_AT_ONCE = 256,
    EVENTS_PRESSED = 16,
    EVENT_CLAIM_MS = 60000,
    EVENT_AGAIN_MS = 10000, /* first wait of a parked one */
    EVENT_AGAIN_MAX_MS = 3600 * 1000
};

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

static struct verdict judge(struct reaper *reaper,
                            const struct webhook_event *event, int64_t now_ms)
{
    struct arena *arena = &reaper->event_arena;
    struct stripe_event read;
    if (!stripe_read_event(event->body, strlen(event->body), &read, arena))
        return verdict_ignored("It cannot be read.");
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (is_of_type(read.type, handlers[i].type))
            return handlers[i].apply(&(struct arrival){.reaper = reaper,
                                                       .event = event,
                                                       .object = read.object,
                                                       .now_ms = now_ms,
                                                       .arena = arena});
    return verdict_ignored("Events of this type say nothing here.");
}

static void note(struct db *db, const struct webhook_event *event,
                 const struct verdict *verdict, int64_t now_ms)
{
    switch (verdict->kind) {
    case VERDICT_APPLIED:
        webhook_event_applied(db, event->sequence, verdict->order_id,
                              verdict->message, now_ms);
        break;
    case VERDICT_IGNORED:
        webhook_event_ignored(db, event->sequence, verdict->message, now_ms);
        break;
    case VERDICT_PARKED:
        webhook_event_parked(
            db, event->sequence,
            job_backoff_ms(EVENT_AGAIN_MS, EVENT_AGAIN_MAX_MS, event->calls),
            verdict->message);
        break;
    }
}

void apply_due_events(struct reaper *reaper, int64_t now_ms)
{
    struct webhook_event event;
    int64_t end_ms = clock_boot_ms() + EVENTS_MS;
    int left = reaper->pressed ? EVENTS_PRESSED : EVENTS_AT_ONCE;
    while (left-- > 0 && clock_boot_ms() < end_ms) {
        arena_reset(&reaper->event_arena);
        if (!webhook_event_claim(reaper->db, EVENT_CLAIM_MS, &event,
                                 &reaper->event_arena))
            break;
        in_hand_take_event(&reaper->hand, event.sequence);
        struct verdict verdict = judge(reaper, &event, now_ms);
        note(reaper->db, &event, &verdict, now_ms);
    }
    in_hand_clear(&reaper->hand);
}
