/* Completing and cancelling: see change.h. */
#include "lib/workflow/order/change.h"

#include <assert.h>

#include "lib/shop/execution/execution.h"
#include "lib/workflow/order/undo.h"

static enum order_change complete(struct db *db, const struct order *order,
                                  const struct order_wish *wish, int64_t now_ms,
                                  struct arena *arena)
{
    if (!order_move(db, order->order_id, ORDER_CONFIRMED, ORDER_COMPLETED, NULL,
                    now_ms))
        return ORDER_CHANGE_REFUSED;
    execution_note(db, order->order_id, "OrderCompleted", wish->by,
                   wish->reason, now_ms, arena);
    return ORDER_CHANGED;
}

static enum order_change cancel(struct db *db, const struct order *order,
                                const struct order_wish *wish, int64_t now_ms,
                                struct arena *arena)
{
    const char *reason =
        wish->reason == NULL ? "Cancelled by the shop." : wish->reason;
    switch (undo_cancel(db, order, reason, wish->by, now_ms, arena)) {
    case UNDO_DONE:
        return ORDER_CHANGED;
    case UNDO_RECORDED:
        return ORDER_CHANGE_RECORDED;
    case UNDO_REFUSED:
        break;
    }
    return ORDER_CHANGE_REFUSED;
}

enum order_change order_change(struct db *db, const struct order *order,
                               const struct order_wish *wish, int64_t now_ms,
                               struct arena *arena)
{
    assert(db_in_transaction(db));
    switch (wish->to) {
    case ORDER_COMPLETED:
        return complete(db, order, wish, now_ms, arena);
    case ORDER_CANCELLED:
        return cancel(db, order, wish, now_ms, arena);
    case ORDER_PENDING:
    case ORDER_PROCESSING:
    case ORDER_CONFIRMED:
    case ORDER_FAILED:
    case ORDER_NO_STATUS:
        break;
    }
    return ORDER_CHANGE_REFUSED;
}
