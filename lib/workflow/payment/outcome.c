/* What became known of a payment: see outcome.h. */
#include "lib/workflow/payment/outcome.h"

#include <assert.h>
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/base/text/money.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/definition.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/redrive.h"
#include "lib/workflow/order/sale.h"
#include "lib/workflow/order/undo.h"

static bool sells(struct db *db, const struct execution *execution)
{
    struct workflow workflow;
    struct arena own = arena_create(EXECUTION_ARENA);
    if (!workflow_read(db, execution->definition_hash, &workflow, &own))
        die("definition %s cannot be read", execution->definition_hash);
    arena_destroy(&own);
    return workflow.sells;
}

/* The workflow had ended with success and left the order PROCESSING: the order
 * is confirmed, or fails and gets its money back. */
static void finish(struct db *db, const struct execution *execution,
                   int64_t now_ms, struct arena *arena)
{
    struct order order;
    if (execution->status != EXECUTION_SUCCEEDED ||
        !order_find(db, execution->order_id, &order, arena) ||
        order.status != ORDER_PROCESSING)
        return;
    if (!sells(db, execution) || !sale_is_due(db, &order) ||
        !sale_make(db, &order, now_ms, arena))
        undo_fail_order(db, &order, "The payment came too late for the order.",
                        now_ms);
    alarm_settle(db, ALARM_UNFINISHED, order.order_id, now_ms);
}

/* A cancellation, or an end without success, that waited for this comes
 * first. The workflow's task finds in the attempt's row what became of it. */
static void tell(struct db *db, const char *order_id, int64_t now_ms,
                 struct arena *arena)
{
    struct execution execution;
    alarm_settle(db, ALARM_PAYMENT_UNKNOWN, order_id, now_ms);
    if (undo_after_payment(db, order_id, now_ms, arena) ||
        !execution_find(db, order_id, &execution, arena))
        return;
    if (execution_is_running(&execution))
        execution_wake(db, order_id);
    else
        finish(db, &execution, now_ms, arena);
}

static void note_charge(struct db *db, const struct settings *settings,
                        const struct payment_attempt *attempt, bool declined,
                        int64_t now_ms)
{
    if (attempt->kind == PAYMENT_TOKEN)
        guard_note_charge(db, settings, attempt->order_id, declined, now_ms);
}

static void give_back(struct db *db, const struct payment_attempt *attempt,
                      const struct money_taken *money, int64_t now_ms,
                      struct arena *arena)
{
    const char *order_id = attempt->order_id;
    bool twice = attempt->status == ATTEMPT_SUCCEEDED ||
                 payment_left_minor(db, order_id) > 0;
    payment_book(db, order_id, ENTRY_CHARGE, money->amount_minor,
                 money->intent_id, money->intent_id, now_ms);
    refund_queue_charge(db, order_id, money->intent_id, money->amount_minor,
                        twice ? "The order was paid twice."
                              : "The payment came too late.",
                        now_ms);
    alarm_raise_about(
        db, twice ? ALARM_DOUBLE_PAYMENT : ALARM_LATE_PAYMENT, order_id,
        money->intent_id,
        arena_printf(arena, "%s came %s and is being refunded.",
                     money_format(arena, money->amount_minor, money->currency),
                     twice ? "a second time" : "too late"),
        now_ms);
}

static bool is_odd(struct db *db, const struct settings *settings,
                   const struct order *order, const struct money_taken *money,
                   int64_t now_ms, struct arena *arena)
{
    const char *ours = settings->currency;
    if (money->amount_minor == order->total_minor && money->currency != NULL &&
        strcmp(money->currency, ours) == 0)
        return false;
    alarm_raise_about(
        db, ALARM_PAYMENT_ODD, order->order_id, money->intent_id,
        arena_printf(arena,
                     "The gateway took %lld %s (in minor units) for an order "
                     "of %lld %s; it is not booked.",
                     (long long)money->amount_minor,
                     money->currency == NULL
                         ? "in a currency that cannot be read"
                         : money->currency,
                     (long long)order->total_minor, ours),
        now_ms);
    return true;
}

/* Whoever can have the gateway charge can name any order there: what was not
 * asked for here pays nothing. */
static void foreign(struct db *db, const struct payment_attempt *attempt,
                    const char *intent_id, int64_t now_ms, struct arena *arena)
{
    alarm_raise_once(
        db, ALARM_PAYMENT_FOREIGN, attempt->order_id, intent_id,
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

enum outcome outcome_paid(struct db *db, const struct settings *settings,
                          const struct payment_attempt *attempt,
                          const struct money_taken *money, int64_t now_ms,
                          struct arena *arena)
{
    assert(db_in_transaction(db));
    struct payment_attempt now; /* the one given may be older than the row */
    struct order order;
    if (payment_is_booked(db, money->intent_id) ||
        !payment_find(db, attempt->attempt_id, &now, arena) ||
        !order_find(db, now.order_id, &order, arena))
        return OUTCOME_KNOWN;
    if (!payment_was_asked(&now)) {
        foreign(db, &now, money->intent_id, now_ms, arena);
        return OUTCOME_FOREIGN;
    }
    if (is_odd(db, settings, &order, money, now_ms, arena))
        return OUTCOME_ODD;
    if (payment_succeeded(db, now.attempt_id, money->intent_id,
                          money->amount_minor, now_ms)) {
        note_charge(db, settings, &now, false, now_ms);
        tell(db, order.order_id, now_ms, arena);
        return OUTCOME_TAKEN;
    }
    if (settings->late_payment_reopens &&
        late_payment_reopen(
            db, &order,
            &(struct late_payment){.attempt = &now,
                                   .intent_id = money->intent_id,
                                   .amount_minor = money->amount_minor,
                                   .by = "the shop"},
            now_ms))
        return OUTCOME_REOPENED;
    give_back(db, &now, money, now_ms, arena);
    return OUTCOME_EXTRA;
}

void outcome_failed(struct db *db, const struct settings *settings,
                    const struct payment_attempt *attempt,
                    const struct refusal *refusal, int64_t now_ms,
                    struct arena *arena)
{
    assert(db_in_transaction(db));
    const char *message = refusal->message;
    if (message == NULL || message[0] == '\0')
        message = "The payment was refused.";
    if (!payment_failed(db, attempt->attempt_id, refusal->code, message,
                        refusal->intent_id, now_ms))
        return;
    note_charge(db, settings, attempt, true, now_ms);
    tell(db, attempt->order_id, now_ms, arena);
}

void outcome_closed(struct db *db, const struct payment_attempt *attempt,
                    int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    const char *why = attempt->kind == PAYMENT_MANUAL
                          ? "No payment for this order arrived in time."
                          : "The order was not paid in time.";
    struct order order;
    if (!order_find(db, attempt->order_id, &order, arena))
        return;
    bool cancelled = order.cancel_reason != NULL;
    if (!payment_failed(db, attempt->attempt_id,
                        cancelled ? "cancelled" : PAYMENT_WINDOW_CLOSED,
                        cancelled ? "The order was cancelled first." : why,
                        NULL, now_ms))
        return;
    alarm_settle(db, ALARM_PAYMENT_UNKNOWN, order.order_id, now_ms);
    /* Whoever closed it early has the say; else nobody paid. An order that its
     * definition undid and went on with still has a task that waits. */
    if (!undo_after_payment(db, order.order_id, now_ms, arena) &&
        undo_cancel(db, &order, why, "the shop", now_ms, arena) == UNDO_REFUSED)
        execution_wake(db, order.order_id);
}

bool outcome_marked_paid(struct db *db, const char *order_id, const char *note,
                         const char *by, int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    if (!payment_mark_paid(db, order_id, note, by, now_ms))
        return false;
    tell(db, order_id, now_ms, arena);
    return true;
}

bool outcome_odd_currency(struct db *db, const struct settings *settings,
                          const char *order_id, const struct arrived *arrived,
                          int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    const char *ours = settings->currency;
    if (arrived->currency != NULL && strcmp(arrived->currency, ours) == 0)
        return false;
    alarm_raise_once(
        db, ALARM_PAYMENT_ODD, order_id, arrived->gateway_id,
        arena_printf(arena,
                     "%s came in %s, but the order was paid in %s; it is not "
                     "booked. Look at %s at the gateway.",
                     arrived->what,
                     arrived->currency == NULL
                         ? "a currency that cannot be read"
                         : arrived->currency,
                     ours, arrived->gateway_id),
        now_ms);
    return true;
}

bool late_payment_reopen(struct db *db, const struct order *order,
                         const struct late_payment *late, int64_t now_ms)
{
    assert(db_in_transaction(db));
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
