/* What payment.c, payment_move.c and payment_ledger.c share. */
#ifndef PAYMENT_PRIVATE_H
#define PAYMENT_PRIVATE_H

#include "lib/shop/payment.h"

/* When an attempt that nobody is asked about is due. */
#define PAYMENT_NEVER INT64_MAX

const char *payment_step_name(enum payment_step step);

void payment_derive_status(struct db *db, const char *order_id, int64_t now_ms);

#endif
