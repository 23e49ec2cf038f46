/* Undoing an order: see undo.h. */
#include "lib/workflow/order/undo.h"

#include <assert.h>

#include "lib/shop/execution/execution.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "lib/shop/refund/refund.h"

void undo_release(struct db *db, const char *order_id, int64_t now_ms)
{
    assert(db_in_transaction(db));
    stock_release(db, order_id);
    stock_return(db, order_id, now_ms);
}

int64_t undo_refund(struct db *db, const char *order_id, const char *reason,
                    int64_t now_ms)
{
    assert(db_in_transaction(db));
    int64_t left_minor = payment_left_minor(db, order_id);
    if (left_minor <= 0)
        return 0;
    refund_queue(db, order_id, left_minor, reason, now_ms);
    return left_minor;
}

/* Gives how much is to be refunded. */
static int64_t give_back(struct db *db, const char *order_id,
                         const char *reason, int64_t now_ms)
{
    undo_release(db, order_id, now_ms);
    return undo_refund(db, order_id, reason, now_ms);
}

static void drop_mails(struct db *db, const char *order_id, int64_t now_ms)
{
    outbox_supersede(db, order_id, "The order was undone first.", now_ms);
}

/* Its goods are kept until it is known whether they were paid. */
static bool awaits_payment(struct db *db, const char *order_id,
                           const char *reason, int64_t now_ms)
{
    return !payment_close_manual(db, order_id, reason, now_ms) &&
           payment_close_window(db, order_id);
}

enum undo_outcome undo_cancel(struct db *db, const struct order *order,
                              const char *reason, const char *by,
                              int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
    if (order_status_is_final(order->status))
        return UNDO_REFUSED;
    if (awaits_payment(db, order->order_id, reason, now_ms)) {
        order_ask_cancel(db, order->order_id, reason, now_ms);
        execution_note(db, order->order_id, "CancellationRequested", by, reason,
                       now_ms, arena);
        return UNDO_RECORDED;
    }
    execution_note(db, order->order_id, "OrderCancelled", by, reason, now_ms,
                   arena);
    execution_abort(db, order->order_id, reason, now_ms, arena);
    drop_mails(db, order->order_id, now_ms);
    give_back(db, order->order_id, reason, now_ms);
    order_move(db, order->order_id, order->status, ORDER_CANCELLED, reason,
               now_ms);
    outbox_queue(db, order->order_id, MAIL_CANCELLATION, now_ms);
    return UNDO_DONE;
}

/* Not if the order has moved since it was read: then somebody else decided. */
static void fail(struct db *db, const struct order *order, const char *reason,
                 int64_t now_ms)
{
    if (!order_move(db, order->order_id, order->status, ORDER_FAILED, reason,
                    now_ms))
        return;
    drop_mails(db, order->order_id, now_ms);
    give_back(db, order->order_id, reason, now_ms);
    outbox_queue(db, order->order_id, MAIL_FAILURE, now_ms);
}

void undo_failed(struct db *db, const struct order *order, const char *reason,
                 int64_t now_ms)
{
    assert(db_in_transaction(db));
    switch (order->status) {
    case ORDER_PENDING:
    case ORDER_PROCESSING:
        if (!awaits_payment(db, order->order_id, reason, now_ms))
            fail(db, order, reason, now_ms);
        break;
    case ORDER_FAILED:
        give_back(db, order->order_id, reason, now_ms);
        break;
    case ORDER_CONFIRMED:
        if (!stock_is_sold(db, order->order_id) &&
            payment_left_minor(db, order->order_id) <= 0) {
            fail(db, order, reason, now_ms); /* undone by its definition */
            break;
        }
        /* fall through */
    case ORDER_COMPLETED:
        alarm_raise(db, ALARM_WORKFLOW_FAILED, order->order_id, reason, now_ms);
        break;
    case ORDER_CANCELLED: /* undone already, and final */
    case ORDER_NO_STATUS:
        break;
    }
}

bool undo_fail_order(struct db *db, const struct order *order,
                     const char *reason, int64_t now_ms)
{
    assert(db_in_transaction(db));
    switch (order->status) {
    case ORDER_PENDING:
    case ORDER_PROCESSING:
    case ORDER_CONFIRMED:
        if (awaits_payment(db, order->order_id, reason, now_ms))
            return false;
        fail(db, order, reason, now_ms);
        break;
    case ORDER_FAILED:
        give_back(db, order->order_id, reason, now_ms);
        break;
    case ORDER_COMPLETED:
    case ORDER_CANCELLED:
    case ORDER_NO_STATUS:
        break;
    }
    return true;
}

static const char *end_of(const struct execution *execution)
{
    if (execution->cause != NULL)
        return execution->cause;
    return execution->error != NULL ? execution->error : "The workflow failed.";
}

bool undo_after_payment(struct db *db, const char *order_id, int64_t now_ms,
                        struct arena *arena)
{
    assert(db_in_transaction(db));
    struct order order;
    struct execution execution;
    if (!order_find(db, order_id, &order, arena))
        return false;
    if (order.cancel_reason != NULL &&
        undo_cancel(db, &order, order.cancel_reason, "as requested", now_ms,
                    arena) != UNDO_REFUSED)
        return true;
    bool started = execution_find(db, order_id, &execution, arena);
    bool running = started && execution_is_running(&execution);
    /* A definition may fail its order and go on: its task is told all the
     * same, or it would wait for ever. */
    if (order.status == ORDER_CANCELLED || order.status == ORDER_FAILED)
        return give_back(db, order_id, "paid after the order was undone",
                         now_ms) > 0 &&
               !running;
    if (!started || running || execution.status == EXECUTION_SUCCEEDED ||
        order_status_is_final(order.status))
        return false;
    undo_failed(db, &order, end_of(&execution), now_ms);
    return true;
}

/* What was paid and did not go back pays for the order once more; a part of it
 * would be charged on top of the whole. */
static bool is_half_refunded(struct db *db, const char *order_id)
{
    return payment_left_minor(db, order_id) > 0 &&
           !payment_is_paid(db, order_id);
}

static enum undo_redrive revive(struct db *db, const struct order *order,
                                int64_t now_ms, const char **missing_sku,
                                struct arena *arena)
{
    if (is_half_refunded(db, order->order_id))
        return UNDO_REDRIVE_REFUSED;
    *missing_sku = stock_reserve(db, order->order_id, now_ms, arena);
    if (*missing_sku != NULL)
        return UNDO_REDRIVE_SHORT;
    order_reopen(db, order->order_id, order->status, now_ms);
    outbox_supersede(db, order->order_id, "The order was taken up again first.",
                     now_ms);
    return UNDO_REDRIVE_OK;
}

enum undo_redrive undo_redrive(struct db *db, const struct order *order,
                               bool paid_late, int64_t now_ms,
                               const char **missing_sku, struct arena *arena)
{
    assert(db_in_transaction(db));
    struct order now; /* the one given may have been read before others wrote */
    *missing_sku = NULL;
    if (!order_find(db, order->order_id, &now, arena))
        return UNDO_REDRIVE_REFUSED;
    switch (now.status) {
    case ORDER_PENDING:
    case ORDER_PROCESSING: /* undoing still waits for a payment */
    case ORDER_CONFIRMED:
        return UNDO_REDRIVE_OK;
    case ORDER_FAILED:
        return revive(db, &now, now_ms, missing_sku, arena);
    case ORDER_CANCELLED:
        if (paid_late)
            return revive(db, &now, now_ms, missing_sku, arena);
        break;
    case ORDER_COMPLETED:
    case ORDER_NO_STATUS:
        break;
    }
    return UNDO_REDRIVE_REFUSED;
}
