/* Goods that are held for orders nobody has paid. The unpaid orders of one
 * address (of IPv6: a network) and of one e-mail may hold only so much, so that
 * nobody takes a shop's goods off sale without paying; a first order may be of
 * any size. Where unpaid orders hold most of the stock of a SKU all the same,
 * their windows shorten. */
#ifndef SHOP_ORDER_HELD_H
#define SHOP_ORDER_HELD_H

#include "lib/adapter/db/db.h"
#include "lib/base/settings/settings.h"

/* True when the unpaid orders of this address or e-mail (folded; may be NULL)
 * hold as much as they may: a further order is then refused. */
bool held_is_full(struct db *db, const struct settings *settings,
                  const char *address, const char *email_folded);

/* Goods are held for the order, or no longer; called by stock.c. Nothing
 * happens for an order that guard_note_order did not keep. */
void held_begin(struct db *db, const char *order_id);
void held_end(struct db *db, const char *order_id);

/* Shortens the windows of unpaid orders that hold most of a SKU, and raises an
 * alarm about the SKU ("stock_held"), which ends by itself. At most limit SKUs
 * at a time: the rest follow when these are free again. */
void held_shorten(struct db *db, int64_t now_ms, int64_t limit,
                  struct arena *arena);

#endif
