/* The facts of an order as workflows see them: the input of every execution
 * and, as they then stand, the answer of every built-in task. */
#ifndef WORKFLOW_ORDER_FACTS_H
#define WORKFLOW_ORDER_FACTS_H

#include "lib/adapter/json/json.h"
#include "lib/shop/order/order.h"

/* A JSON object made in arena; loads the order's lines where they are not. */
struct json *order_facts(struct db *db, const char *currency,
                         struct order *order, struct arena *arena);

#endif
