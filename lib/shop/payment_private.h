/* What payment.c and payment_ledger.c share. */
#ifndef PAYMENT_PRIVATE_H
#define PAYMENT_PRIVATE_H

#include "lib/shop/payment.h"

void payment_derive_status(struct db *db, const char *order_id, int64_t now_ms);

#endif
