/* UpdateInventory: the reservation becomes a ledger entry, the order is
 * CONFIRMED. */
#include "lib/shop/stock.h"
#include "reaper/task.h"

struct task_result update_inventory(struct step *step)
{
    struct db *db = step->reaper->db;
    const char *order_id = step->order.order_id;
    /* A definition may come here without a reservation: take it now. */
    if (stock_reserve(db, order_id, step->now_ms, step->arena) != NULL ||
        !stock_sell(db, order_id, step->now_ms))
        return task_failed("Order.OutOfStock",
                           "There is not enough of the goods in stock.");
    order_move(db, order_id, step->order.status, ORDER_CONFIRMED, NULL,
               step->now_ms);
    return task_done(NULL);
}
