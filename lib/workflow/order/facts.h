/* The facts of an order as workflows see them. They are the input of every
 * execution and, as they stand by then, the answer of every built-in task. */
#ifndef WORKFLOW_ORDER_FACTS_H
#define WORKFLOW_ORDER_FACTS_H

#include "lib/adapter/json/json.h"
#include "lib/shop/order/order.h"

/* A JSON object, made in arena. Loads the order's lines if they are not loaded.
 */
struct json *order_facts(struct db *db, const char *currency,
                         struct order *order, struct arena *arena);

#endif
