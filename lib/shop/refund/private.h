/* What refund.c and answer.c share. */
#ifndef SHOP_REFUND_PRIVATE_H
#define SHOP_REFUND_PRIVATE_H

#include "lib/adapter/crypto.h"
#include "lib/shop/refund/refund.h"

/* When a refund is put down: never before its order was confirmed, even if the
 * clock was set back since. The audit goes by what came first. */
#define REFUND_MADE_AT(order_id, now)                                          \
    "(SELECT CASE WHEN o.confirmed_at_ms > " now " THEN o.confirmed_at_ms"     \
    " ELSE CAST(" now " AS BIGINT) END FROM orders o"                          \
    " WHERE o.order_id = " order_id ")"

struct refund_order {
    const char *order_id;
    const char *intent_id; /* ""; the newest charge with something left */
    int64_t amount_minor;
    const char *reason;
    const char *by; /* NULL: the shop by itself */
    bool restock;
};

/* Puts one refund of one charge down, and gives its amount, as much as the
 * charge could bear; 0: nothing is left, and nothing was written. */
int64_t refund_put(struct db *db, const struct refund_order *order,
                   int64_t now_ms, char refund_id[CRYPTO_UUID_SIZE]);

#endif
