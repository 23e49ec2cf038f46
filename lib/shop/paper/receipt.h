/* Receipts: one an order and charge, with a number of its own, without gaps
 * from 1, taken in the transaction that begins it; and which file it is. */
#ifndef SHOP_PAPER_RECEIPT_H
#define SHOP_PAPER_RECEIPT_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* One that is to be made. */
struct receipt_begun {
    int64_t number;        /* 0: from before they had one */
    const char *charge_id; /* of the payment; "": there was none */
    const char *file;    /* "ORDER_ID.pdf", of later charges "ORDER_ID-2.pdf" */
    const char *sha256;  /* NULL: not on disk yet */
    const char *failure; /* why not, if it was tried and nobody heard of it */
};

/* The receipt of the order's charge: the newest of which something is left, or
 * else the newest. Its number stays what it was taken as. */
struct receipt_begun receipt_begin(struct db *db, const char *order_id,
                                   int64_t now_ms, struct arena *arena);

/* It could not be put on disk; and the workflow has heard of that. */
void receipt_failed(struct db *db, const char *file, const char *failure);
void receipt_heard(struct db *db, const char *file);

/* It is on disk, drawn by that layout. */
void receipt_store(struct db *db, const char *file, const char *sha256,
                   int64_t layout);

/* Whether that of the charge which receipt_begin would take is on disk. */
bool receipt_is_made(struct db *db, const char *order_id, struct arena *arena);

#endif
