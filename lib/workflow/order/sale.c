/* Selling an order's goods: see sale.h. */
#include "lib/workflow/order/sale.h"

#include <assert.h>

#include "lib/shop/payment/payment.h"
#include "lib/shop/product/stock.h"

bool sale_is_due(struct db *db, const struct order *order)
{
    return order->total_minor == 0 || payment_is_paid(db, order->order_id);
}

bool sale_make(struct db *db, const struct order *order, int64_t now_ms,
               struct arena *arena)
{
    assert(db_in_transaction(db));
    const char *order_id = order->order_id;
    if (!stock_is_sold(db, order_id) &&
        (stock_reserve(db, order_id, now_ms, arena) != NULL ||
         !stock_sell(db, order_id, now_ms)))
        return false;
    order_move(db, order_id, ORDER_PROCESSING, ORDER_CONFIRMED, NULL, now_ms);
    return true;
}
