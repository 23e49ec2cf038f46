/* What payment.c, move.c and ledger.c share. */
#ifndef SHOP_PAYMENT_PRIVATE_H
#define SHOP_PAYMENT_PRIVATE_H

#include "lib/shop/payment/payment.h"

/* When an attempt that nobody is asked about is due. */
#define PAYMENT_NEVER INT64_MAX

void payment_derive_status(struct db *db, const char *order_id, int64_t now_ms);

#endif
