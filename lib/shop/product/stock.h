/* Stock: what is on hand, what is reserved, and the ledger that says why.
 * on_hand is always the sum of the ledger; reserved is always the sum of the
 * reservations and never above on_hand. */
#ifndef SHOP_PRODUCT_STOCK_H
#define SHOP_PRODUCT_STOCK_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

enum { STOCK_HOLD_MS = 30 * 60 * 1000 };

/* Holds every line of the order until now + STOCK_HOLD_MS: NULL. Or holds none,
 * and gives the SKU that is short, in arena. What the order already holds stays
 * held, and its expiry moves. An order whose goods are sold needs no
 * reservation and gets none. */
const char *stock_reserve(struct db *db, const char *order_id, int64_t now_ms,
                          struct arena *arena);

/* Gives the order's reservation up, if it has one. */
void stock_release(struct db *db, const char *order_id);

/* Turns the reservation into ledger entries: the goods are sold. True also when
 * they are sold already; false when the order holds no reservation. */
bool stock_sell(struct db *db, const char *order_id, int64_t now_ms);

/* Sold, and not all of it returned since. */
bool stock_is_sold(struct db *db, const char *order_id);

/* How much of a SKU the order took from stock and has not given back. */
int64_t stock_out(struct db *db, const char *order_id, const char *sku);

/* Puts so much of it back to stock, with that refund; never more than is out.
 */
void stock_return_line(struct db *db, const char *order_id, const char *sku,
                       int64_t quantity, const char *refund_id, int64_t now_ms);

/* Puts all that is out back to stock. */
void stock_return(struct db *db, const char *order_id, int64_t now_ms);

/* Gives up reservations past their expiry, but none whose order has a
 * payment open or paid; at most limit orders. */
void stock_expire(struct db *db, int64_t now_ms, int64_t limit,
                  struct arena *arena);

/* Sets the units on hand; the difference enters the ledger. False when more
 * are reserved than would be on hand. */
bool stock_set(struct db *db, const char *sku, int64_t on_hand, int64_t now_ms);

#endif
