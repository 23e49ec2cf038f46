/* Completing and cancelling: see order_change.h. */
#include "lib/web/order_change.h"

#include "lib/base/clock.h"
#include "lib/shop/undo.h"

enum order_change order_change(struct web *web, const struct order *order,
                               enum order_status to, const char *reason,
                               const char *by, struct arena *arena)
{
    int64_t now_ms = clock_wall_ms();
    if (to == ORDER_COMPLETED)
        return order_move(web->writer, order->order_id, ORDER_CONFIRMED,
                          ORDER_COMPLETED, NULL, now_ms)
                   ? ORDER_CHANGED
                   : ORDER_CHANGE_REFUSED;
    if (to != ORDER_CANCELLED)
        return ORDER_CHANGE_REFUSED;
    web->wake_reaper = true; /* a refund and a mail may be due */
    switch (undo_cancel(web->writer, order,
                        reason == NULL ? "Cancelled by the shop." : reason, by,
                        now_ms, arena)) {
    case UNDO_DONE:
        return ORDER_CHANGED;
    case UNDO_RECORDED:
        return ORDER_CHANGE_RECORDED;
    case UNDO_REFUSED:
        break;
    }
    return ORDER_CHANGE_REFUSED;
}

const char *order_reason_fault(const char *reason)
{
    if (text_has_control(reason))
        return "Must not hold control characters.";
    if (text_count(reason) > ORDER_MAX_REASON)
        return "Must have at most 500 characters.";
    if (text_has_card_number(reason))
        return "Must not hold a card number.";
    return NULL;
}
