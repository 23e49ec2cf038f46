/* ValidateOrder: the order adds up, and its stock is reserved - all lines or
 * none, before any charge. */
#include <string.h>

#include "lib/shop/product/stock.h"
#include "lib/workflow/task/task.h"

static const char *title_of(const struct order *order, const char *sku)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (strcmp(order->lines[i].sku, sku) == 0)
            return order->lines[i].title;
    return sku;
}

struct task_result validate_order(struct step *step)
{
    struct db *db = step->driver->db;
    struct order *order = &step->order;
    order_load_lines(db, order, step->arena);
    int64_t sum_minor = 0;
    for (size_t i = 0; i < order->line_count; i++)
        sum_minor += order->lines[i].total_minor;
    if (sum_minor != order->total_minor)
        return task_failed("Order.WrongTotal",
                           "The order's lines do not add up to its total.");
    if (stock_is_sold(db, order->order_id))
        return task_done(); /* the order was confirmed before */
    const char *missing =
        stock_reserve(db, order->order_id, step->now_ms, step->arena);
    if (missing != NULL)
        return task_failed("Order.OutOfStock",
                           arena_printf(step->arena,
                                        "There is not enough of %s in stock.",
                                        title_of(order, missing)));
    return task_done();
}
