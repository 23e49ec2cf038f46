/* UpdateInventory: the reservation becomes a ledger entry, the order is
 * CONFIRMED. Nothing is sold that is not paid: a definition that comes here
 * before the payment has the goods held, and they are sold once it is paid. */
#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"
#include "reaper/task.h"

bool inventory_sell(struct step *step)
{
    struct db *db = step->reaper->db;
    const char *order_id = step->order.order_id;
    if (!stock_is_sold(db, order_id) &&
        (stock_reserve(db, order_id, step->now_ms, step->arena) != NULL ||
         !stock_sell(db, order_id, step->now_ms)))
        return false;
    order_move(db, order_id, ORDER_PROCESSING, ORDER_CONFIRMED, NULL,
               step->now_ms);
    return true;
}

bool inventory_is_due(const struct step *step)
{
    return step->order.total_minor == 0 ||
           payment_is_paid(step->reaper->db, step->order.order_id);
}

struct task_result update_inventory(struct step *step)
{
    struct db *db = step->reaper->db;
    const char *order_id = step->order.order_id;
    bool done =
        inventory_is_due(step) || stock_is_sold(db, order_id)
            ? inventory_sell(step)
            : stock_reserve(db, order_id, step->now_ms, step->arena) == NULL;
    return done ? task_done()
                : task_failed("Order.OutOfStock",
                              "There is not enough of the goods in stock.");
}
