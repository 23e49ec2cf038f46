/* What became known of a payment: see outcome.h. Called by charges, events,
 * reconciliations and, for what staff did, by cycle.c. */
#include "reaper/outcome.h"

#include <string.h>

#include "lib/base/money.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/order/undo.h"
#include "lib/workflow/payment/late.h"
#include "reaper/engine.h"

enum { OUTCOME_TOLD = 256 /* in one cycle */ };

/* A cancellation, or an end without success, that waited for this comes
 * first. */
static void tell(struct reaper *reaper, const char *order_id,
                 struct task_result result, int64_t now_ms, struct arena *arena)
{
    alarm_settle(reaper->db, "payment_unknown", order_id, now_ms);
    if (!undo_after_payment(reaper->db, order_id, now_ms, arena) &&
        !task_answer(reaper, order_id, TASK_PROCESS_PAYMENT, result, now_ms))
        engine_paid_late(reaper, order_id, now_ms);
}

static struct task_result paid_by(const char *intent_id, struct arena *arena)
{
    struct json *own = json_make_object(arena);
    json_add(arena, own, "payment_intent", json_make_string(arena, intent_id));
    return (struct task_result){.verdict = TASK_DONE, .output = own};
}

static void note_charge(struct reaper *reaper,
                        const struct payment_attempt *attempt, bool declined,
                        int64_t now_ms)
{
    if (attempt->kind == PAYMENT_TOKEN)
        guard_note_charge(reaper->db, reaper->settings, attempt->order_id,
                          declined, now_ms);
}

static void give_back(struct reaper *reaper,
                      const struct payment_attempt *attempt,
                      const char *intent_id, int64_t amount_minor,
                      int64_t now_ms, struct arena *arena)
{
    struct db *db = reaper->db;
    const char *order_id = attempt->order_id;
    bool twice = attempt->status == ATTEMPT_SUCCEEDED ||
                 payment_left_minor(db, order_id) > 0;
    payment_book(db, order_id, ENTRY_CHARGE, amount_minor, intent_id, intent_id,
                 now_ms);
    refund_queue_charge(db, order_id, intent_id, amount_minor,
                        twice ? "The order was paid twice."
                              : "The payment came too late.",
                        now_ms);
    alarm_raise_about(db, twice ? "double_payment" : "late_payment", order_id,
                      intent_id,
                      arena_printf(arena, "%s came %s and is being refunded.",
                                   money_format(arena, amount_minor,
                                                reaper->settings->currency),
                                   twice ? "a second time" : "too late"),
                      now_ms);
}

static bool is_odd(struct reaper *reaper, const struct order *order,
                   const char *intent_id, int64_t amount_minor,
                   const char *currency, int64_t now_ms, struct arena *arena)
{
    const char *ours = reaper->settings->currency;
    if (amount_minor == order->total_minor && currency != NULL &&
        strcmp(currency, ours) == 0)
        return false;
    alarm_raise_about(
        reaper->db, "payment_odd", order->order_id, intent_id,
        arena_printf(arena,
                     "The gateway took %lld %s (in minor units) for an order "
                     "of %lld %s; it is not booked.",
                     (long long)amount_minor,
                     currency == NULL ? "in a currency that cannot be read"
                                      : currency,
                     (long long)order->total_minor, ours),
        now_ms);
    return true;
}

/* Whoever can have the gateway charge can name any order there: what was not
 * asked for here pays nothing. */
static void foreign(struct reaper *reaper,
                    const struct payment_attempt *attempt,
                    const char *intent_id, int64_t now_ms, struct arena *arena)
{
    alarm_raise_once(
        reaper->db, "payment_foreign", attempt->order_id, intent_id,
        arena_printf(arena,
                     "The gateway took money for this order (payment %s), but "
                     "the shop did not ask it to%s. It is not booked, and the "
                     "order stays as it is. Look at the payment at the gateway "
                     "and give it back there.",
                     intent_id,
                     attempt->kind == PAYMENT_MANUAL
                         ? ": the order is paid by hand"
                         : ""),
        now_ms);
}

enum outcome outcome_paid(struct reaper *reaper,
                          const struct payment_attempt *attempt,
                          const char *intent_id, int64_t amount_minor,
                          const char *currency, int64_t now_ms,
                          struct arena *arena)
{
    struct db *db = reaper->db;
    struct payment_attempt now; /* the one given may be older than the row */
    struct order order;
    if (payment_is_booked(db, intent_id) ||
        !payment_find(db, attempt->attempt_id, &now, arena) ||
        !order_find(db, now.order_id, &order, arena))
        return OUTCOME_KNOWN;
    if (!payment_was_asked(&now)) {
        foreign(reaper, &now, intent_id, now_ms, arena);
        return OUTCOME_FOREIGN;
    }
    if (is_odd(reaper, &order, intent_id, amount_minor, currency, now_ms,
               arena))
        return OUTCOME_ODD;
    if (payment_succeeded(db, now.attempt_id, intent_id, amount_minor,
                          now_ms)) {
        note_charge(reaper, &now, false, now_ms);
        tell(reaper, order.order_id, paid_by(intent_id, arena), now_ms, arena);
        return OUTCOME_TAKEN;
    }
    if (reaper->settings->late_payment_reopens &&
        late_payment_reopen(db, &order,
                            &(struct late_payment){.attempt = &now,
                                                   .intent_id = intent_id,
                                                   .amount_minor = amount_minor,
                                                   .by = "the shop"},
                            now_ms))
        return OUTCOME_REOPENED;
    give_back(reaper, &now, intent_id, amount_minor, now_ms, arena);
    return OUTCOME_EXTRA;
}

/* For the customer, who did not sign in at his bank or was refused there: the
 * gateway's own words for that are for programmers. */
static const char *plain_words(const char *code, const char *message)
{
    return code != NULL &&
                   strcmp(code, "payment_intent_authentication_failure") == 0
               ? "Your bank did not approve the payment."
               : message;
}

void outcome_failed(struct reaper *reaper,
                    const struct payment_attempt *attempt, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms,
                    struct arena *arena)
{
    if (message == NULL || message[0] == '\0')
        message = "The payment was refused.";
    if (!payment_failed(reaper->db, attempt->attempt_id, code, message,
                        intent_id, now_ms))
        return;
    note_charge(reaper, attempt, true, now_ms);
    tell(reaper, attempt->order_id,
         task_failed("Payment.Declined", plain_words(code, message)), now_ms,
         arena);
}

void outcome_closed(struct reaper *reaper,
                    const struct payment_attempt *attempt, int64_t now_ms,
                    struct arena *arena)
{
    const char *why = attempt->kind == PAYMENT_MANUAL
                          ? "No payment for this order arrived in time."
                          : "The order was not paid in time.";
    struct db *db = reaper->db;
    struct order order;
    if (!order_find(db, attempt->order_id, &order, arena))
        return;
    bool cancelled = order.cancel_reason != NULL;
    if (!payment_failed(db, attempt->attempt_id,
                        cancelled ? "cancelled" : PAYMENT_WINDOW_CLOSED,
                        cancelled ? "The order was cancelled first." : why,
                        NULL, now_ms))
        return;
    alarm_settle(db, "payment_unknown", order.order_id, now_ms);
    /* Whoever closed it early has the say; else nobody paid. An order that its
     * definition undid and went on with still has a task that waits. */
    if (!undo_after_payment(db, order.order_id, now_ms, arena) &&
        undo_cancel(db, &order, why, "the shop", now_ms, arena) == UNDO_REFUSED)
        task_answer(reaper, order.order_id, TASK_PROCESS_PAYMENT,
                    task_failed("Payment.Declined", why), now_ms);
}

void outcome_tell(struct reaper *reaper, int64_t now_ms)
{
    for (int i = 0; i < OUTCOME_TOLD; i++) {
        arena_reset(&reaper->step_arena);
        const char *order_id = payment_untold(reaper->db, &reaper->step_arena);
        if (order_id == NULL)
            return;
        struct arena own = arena_create(REAPER_JOB_ARENA);
        const char *intent_id;
        int64_t charged_at_ms;
        order_id = arena_string(&own, order_id);
        in_hand_take(&reaper->hand, order_id);
        if (payment_charge(reaper->db, order_id, &intent_id, &charged_at_ms,
                           &own))
            tell(reaper, order_id, paid_by(intent_id, &own), now_ms, &own);
        in_hand_clear(&reaper->hand);
        arena_destroy(&own);
    }
}
