/* Receipts, and which file each is: an order has one for each of its charges,
 * or one if there was nothing to pay. A receipt takes its number in the
 * transaction that begins it, from 1 without gaps. */
#ifndef SHOP_PAPER_RECEIPT_H
#define SHOP_PAPER_RECEIPT_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* A receipt that is to be made. */
struct receipt_begun {
    int64_t number;        /* 0: from before they had one */
    const char *charge_id; /* of the payment; "": there was none */
    const char *file;    /* "ORDER_ID.pdf", of later charges "ORDER_ID-2.pdf" */
    const char *sha256;  /* NULL: not on disk yet */
    const char *failure; /* why not, if it was tried and nobody heard of it */
};

/* Begins the receipt of one charge of the order, or finds it begun: of the
 * newest charge of which something is left, or else of the newest. A number
 * once taken stays. */
struct receipt_begun receipt_begin(struct db *db, const char *order_id,
                                   int64_t now_ms, struct arena *arena);

/* receipt_failed: it could not be put on disk. receipt_heard: the workflow has
 * heard of that. */
void receipt_failed(struct db *db, const char *file, const char *failure);
void receipt_heard(struct db *db, const char *file);

/* It is on disk, drawn by that layout. */
void receipt_store(struct db *db, const char *file, const char *sha256,
                   int64_t layout);

/* Whether the receipt that receipt_begin would give is on disk. */
bool receipt_is_made(struct db *db, const char *order_id, struct arena *arena);

#endif
