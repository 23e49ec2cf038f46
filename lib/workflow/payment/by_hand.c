/* Payments by hand: see by_hand.h. */
#include "lib/workflow/payment/by_hand.h"

#include <assert.h>

#include "lib/base/time/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/payment/outcome.h"

#define DAY_MS INT64_C(86400000)

/* After its window had closed. */
static enum by_hand paid_late(struct db *db, const struct order *order,
                              const char *note, const char *by, int64_t now_ms,
                              struct arena *arena)
{
    struct payment_attempt attempt;
    if (!payment_find_lapsed(db, order->order_id, &attempt, arena))
        return BY_HAND_REFUSED;
    struct late_payment late = {
        .attempt = &attempt,
        .intent_id = payment_manual_id(attempt.attempt_id, arena),
        .amount_minor = order->total_minor,
        .by = by};
    payment_note(db, attempt.attempt_id, note, by);
    if (late_payment_reopen(db, order, &late, now_ms))
        return BY_HAND_REOPENED;
    payment_book(db, order->order_id, ENTRY_CHARGE, late.amount_minor,
                 late.intent_id, late.intent_id, now_ms);
    refund_queue_charge(db, order->order_id, late.intent_id, late.amount_minor,
                        "The payment came too late.", now_ms);
    return BY_HAND_TO_PAY_BACK;
}

enum by_hand by_hand_paid(struct db *db, const struct order *order,
                          const char *note, const char *by, int64_t now_ms,
                          struct arena *arena)
{
    assert(db_in_transaction(db));
    enum by_hand outcome = BY_HAND_PAID;
    if (!outcome_marked_paid(db, order->order_id, note, by, now_ms, arena))
        outcome = paid_late(db, order, note, by, now_ms, arena);
    if (outcome != BY_HAND_REFUSED)
        execution_note(db, order->order_id, "OrderMarkedPaid", by, note, now_ms,
                       arena);
    return outcome;
}

bool by_hand_end_fits(int64_t closes_at_ms, int64_t now_ms)
{
    return closes_at_ms > now_ms &&
           closes_at_ms <= now_ms + BY_HAND_MAX_DAYS * DAY_MS;
}

int64_t by_hand_extended_ms(int64_t closes_at_ms, int64_t days, int64_t now_ms)
{
    int64_t from_ms = closes_at_ms > now_ms ? closes_at_ms : now_ms;
    if (days < 1 || days > BY_HAND_MAX_DAYS ||
        !by_hand_end_fits(from_ms + days * DAY_MS, now_ms))
        return -1;
    return from_ms + days * DAY_MS;
}

bool by_hand_set_window(struct db *db, const char *order_id,
                        int64_t closes_at_ms, const char *by, int64_t now_ms,
                        struct arena *arena)
{
    assert(db_in_transaction(db));
    char until[CLOCK_RFC3339_SIZE];
    if (!payment_set_window(db, order_id, closes_at_ms, by, now_ms))
        return false;
    clock_rfc3339(closes_at_ms, until);
    execution_note(
        db, order_id, "PaymentWindowSet", by,
        closes_at_ms == 0
            ? "It waits for its payment without an end."
            : arena_printf(arena, "It waits for its payment until %s.", until),
        now_ms, arena);
    return true;
}
