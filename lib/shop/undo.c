/* Undoing an order: see undo.h. */
#include "lib/shop/undo.h"

#include "lib/shop/alarm.h"
#include "lib/shop/execution.h"
#include "lib/shop/outbox.h"
#include "lib/shop/payment.h"
#include "lib/shop/refund.h"
#include "lib/shop/stock.h"

static void give_back(struct db *db, const char *order_id, const char *reason,
                      int64_t now_ms)
{
    stock_release(db, order_id);
    stock_return(db, order_id, now_ms);
    outbox_give_up(db, order_id, "The order was undone first.", now_ms);
    int64_t left_minor = payment_left_minor(db, order_id);
    if (left_minor > 0)
        refund_queue(db, order_id, left_minor, reason, now_ms);
}

enum undo_outcome undo_cancel(struct db *db, const struct order *order,
                              const char *reason, const char *by,
                              int64_t now_ms, struct arena *arena)
{
    if (order_status_is_final(order->status))
        return UNDO_REFUSED;
    if (payment_is_open(db, order->order_id)) {
        order_ask_cancel(db, order->order_id, reason, now_ms);
        execution_note(db, order->order_id, "CancellationRequested", by, reason,
                       now_ms, arena);
        return UNDO_RECORDED;
    }
    execution_note(db, order->order_id, "OrderCancelled", by, reason, now_ms,
                   arena);
    execution_abort(db, order->order_id, now_ms, arena);
    give_back(db, order->order_id, reason, now_ms);
    order_move(db, order->order_id, order->status, ORDER_CANCELLED, reason,
               now_ms);
    outbox_queue(db, order->order_id, "cancelled", now_ms);
    return UNDO_DONE;
}

void undo_failed(struct db *db, const struct order *order, const char *reason,
                 int64_t now_ms)
{
    if (order->status == ORDER_CANCELLED)
        return; /* undone already, and final */
    if (order->status == ORDER_CONFIRMED || order->status == ORDER_COMPLETED) {
        alarm_raise(db, "workflow_failed", order->order_id, reason, now_ms);
        return;
    }
    give_back(db, order->order_id, reason, now_ms);
    order_move(db, order->order_id, order->status, ORDER_FAILED, reason,
               now_ms);
    outbox_queue(db, order->order_id, "failed", now_ms);
}
