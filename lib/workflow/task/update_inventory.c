/* UpdateInventory: the goods are sold. A definition that comes here before the
 * payment has them held, and they are sold once it is paid. */
#include "lib/shop/product/stock.h"
#include "lib/workflow/order/sale.h"
#include "lib/workflow/task/task.h"

struct task_result update_inventory(struct step *step)
{
    struct db *db = step->driver->db;
    const char *order_id = step->order.order_id;
    bool done =
        sale_is_due(db, &step->order) || stock_is_sold(db, order_id)
            ? sale_make(db, &step->order, step->now_ms, step->arena)
            : stock_reserve(db, order_id, step->now_ms, step->arena) == NULL;
    return done ? task_done()
                : task_failed("Order.OutOfStock",
                              "There is not enough of the goods in stock.");
}
