/* An order as the API shows it everywhere (README.md: "An order in JSON"). */
#ifndef API_ORDER_JSON_H
#define API_ORDER_JSON_H

#include "lib/base/text/json_writer.h"
#include "lib/shop/order/order.h"
#include "lib/web/web.h"

/* Writes the order with its lines, which must be loaded. */
void order_json(const struct web *web, struct arena *arena,
                const struct order *order, struct json_writer *w);

#endif
