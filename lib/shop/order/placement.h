/* Placing an order: its lines are priced from the catalogue, its prices and the
 * shop's profile are frozen, and its execution begins, all in the caller's
 * transaction. A quantity beyond what is available is refused. The workflow
 * holds the goods later, and may still find them gone. */
#ifndef SHOP_ORDER_PLACEMENT_H
#define SHOP_ORDER_PLACEMENT_H

#include "lib/base/settings/settings.h"
#include "lib/shop/order/order.h"
#include "lib/shop/order/request.h"

/* The way to pay an order gets when it names none, with the local gateway. */
#define PLACEMENT_LOCAL_METHOD "pm_card_visa"

enum placement_outcome {
    PLACEMENT_PLACED,
    PLACEMENT_FAULTY,      /* faults names the fields: 422 */
    PLACEMENT_OTHER_TOTAL, /* the stated total is not ours: 409 */
    PLACEMENT_SHORT        /* there is not so much of some line left: 409 */
};

/* The payment_method that the order gets, by what it names and what the shop
 * takes. hosted_only: no card is charged by token. NULL: it can have none;
 * *detail says why. */
const char *placement_method(const struct order_request *request,
                             const struct settings *settings, bool hosted_only,
                             const char **detail);

/* Fills out when the order is placed. */
enum placement_outcome placement_make(struct db *db,
                                      const struct order_request *request,
                                      const struct settings *settings,
                                      bool hosted_only, int64_t now_ms,
                                      struct arena *arena, struct order *out,
                                      struct faults *faults);

#endif
