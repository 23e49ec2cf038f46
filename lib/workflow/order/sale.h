/* The sale of an order's goods: the reservation becomes a ledger entry, and the
 * order CONFIRMED. Called by UpdateInventory, and for a payment that came after
 * the workflow had passed UpdateInventory. Inside the write transaction. */
#ifndef WORKFLOW_ORDER_SALE_H
#define WORKFLOW_ORDER_SALE_H

#include "lib/shop/order/order.h"

/* Nothing is sold that is not paid. */
bool sale_is_due(struct db *db, const struct order *order);

/* False: the goods are not there; nothing has changed. Harmless twice. */
bool sale_make(struct db *db, const struct order *order, int64_t now_ms,
               struct arena *arena);

#endif
