/* Money that came too late: see late.h. */
#include "lib/workflow/payment/late.h"

#include <string.h>

#include "lib/shop/refund/refund.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/redrive.h"

bool late_payment_reopen(struct db *db, const struct order *order,
                         const struct late_payment *late, int64_t now_ms)
{
    const struct payment_attempt *attempt = late->attempt;
    struct execution_steer change = {.action = EXECUTION_REDRIVE,
                                     .paid_late = true,
                                     .reason = "It was paid after all.",
                                     .by = late->by};
    struct execution execution;
    if (order->hidden || order->status != ORDER_CANCELLED ||
        attempt->code == NULL ||
        strcmp(attempt->code, PAYMENT_WINDOW_CLOSED) != 0)
        return false;
    struct arena own = arena_create(EXECUTION_ARENA);
    bool reopened =
        execution_read(db, order->order_id, &execution, &own) &&
        execution_redrive(db, order, &execution, &change, now_ms, &own) == NULL;
    arena_destroy(&own);
    if (reopened)
        payment_revive(db, attempt->attempt_id, late->intent_id,
                       late->amount_minor, now_ms);
    return reopened;
}

enum late_outcome late_payment_by_hand(struct db *db, const struct order *order,
                                       const char *note, const char *by,
                                       int64_t now_ms, struct arena *arena)
{
    struct payment_attempt attempt;
    if (!payment_find_lapsed(db, order->order_id, &attempt, arena))
        return LATE_NONE;
    struct late_payment late = {
        .attempt = &attempt,
        .intent_id = payment_manual_id(attempt.attempt_id, arena),
        .amount_minor = order->total_minor,
        .by = by};
    payment_note(db, attempt.attempt_id, note, by);
    if (late_payment_reopen(db, order, &late, now_ms))
        return LATE_REOPENED;
    payment_book(db, order->order_id, ENTRY_CHARGE, late.amount_minor,
                 late.intent_id, late.intent_id, now_ms);
    refund_queue_charge(db, order->order_id, late.intent_id, late.amount_minor,
                        "The payment came too late.", now_ms);
    return LATE_OWED;
}
