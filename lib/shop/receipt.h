/* Receipts: which file an order's receipt is, and its hash. */
#ifndef RECEIPT_H
#define RECEIPT_H

#include <stdint.h>

#include "lib/adapter/db.h"

/* A second time takes the place of the first: a redriven order may have
 * another payment on its receipt. */
void receipt_store(struct db *db, const char *order_id, const char *file,
                   const char *sha256, int64_t now_ms);

/* The file's name inside the receipts folder; NULL: there is none. */
char *receipt_file(struct db *db, const char *order_id, struct arena *arena);

#endif
