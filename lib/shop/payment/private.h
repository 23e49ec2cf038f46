/* What payment.c, move.c and ledger.c share. */
#ifndef SHOP_PAYMENT_PRIVATE_H
#define SHOP_PAYMENT_PRIVATE_H

#include "lib/shop/payment/payment.h"

void payment_derive_status(struct db *db, const char *order_id, int64_t now_ms);

#endif
