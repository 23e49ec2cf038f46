/* Applies the events of the inbox: each once, in the order they came, whatever
 * order they were made in. An event is in hand all the while: one that kills
 * the reaper harms no order. */
#include "lib/base/time/clock.h"
#include "lib/workflow/payment/gateway_event.h"
#include "reaper/kinds.h"

enum {
    EVENTS_MS = 10, /* of a cycle's time: executions get the rest */
    EVENTS_AT_ONCE = 256,
    EVENTS_PRESSED = 16,
    EVENT_AGAIN_MS = 10000, /* first wait of an early one */
    EVENT_AGAIN_MAX_MS = 3600 * 1000
};

static void note(struct db *db, const struct work *work,
                 const struct webhook_event *event,
                 const struct verdict *verdict, int64_t now_ms)
{
    switch (verdict->kind) {
    case VERDICT_APPLIED:
        webhook_event_applied(db, event->sequence, verdict->order_id,
                              verdict->message, now_ms);
        work_done(db, work);
        break;
    case VERDICT_IGNORED:
        webhook_event_ignored(db, event->sequence, verdict->message, now_ms);
        work_done(db, work);
        break;
    case VERDICT_EARLY:
        webhook_event_early(db, event->sequence, verdict->message);
        work_again(
            db, work,
            work_backoff_ms(EVENT_AGAIN_MS, EVENT_AGAIN_MAX_MS, work->tries),
            WORK_TRIED);
        break;
    }
}

void event_begin(struct reaper *reaper, const struct work *work, int64_t now_ms)
{
    struct webhook_event event;
    arena_reset(&reaper->event_arena);
    if (!webhook_event_waiting(reaper->db, work->subject, &event,
                               &reaper->event_arena)) {
        work_done(reaper->db, work);
        return;
    }
    struct verdict verdict = gateway_event_apply(
        reaper->db, reaper->settings, &event, now_ms, &reaper->event_arena);
    note(reaper->db, work, &event, &verdict, now_ms);
}

void event_give_up(struct reaper *reaper, const struct work *work,
                   int64_t now_ms)
{
    webhook_event_failed(reaper->db, work->subject,
                         "The reaper died over this event again and again.",
                         now_ms);
}

void apply_due_events(struct reaper *reaper, int64_t now_ms)
{
    struct work work;
    int64_t end_ms = clock_boot_ms() + EVENTS_MS;
    int left = reaper->pressed ? EVENTS_PRESSED : EVENTS_AT_ONCE;
    while (left-- > 0 && clock_boot_ms() < end_ms &&
           work_claim(reaper->db, WORK_EVENT, reaper->number, 1, 0, &work) >
               0) {
        in_hand_work(&reaper->hand, &work);
        event_begin(reaper, &work, now_ms);
    }
    in_hand_clear(&reaper->hand);
}
