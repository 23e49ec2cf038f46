/* A row of a file of products: what it says, and what that comes to in the
 * catalogue as it is. Called by import.c and by cli/import/. */
#ifndef SHOP_PRODUCT_IMPORT_ROW_H
#define SHOP_PRODUCT_IMPORT_ROW_H

#include "lib/shop/product/product.h"

/* A number of units that the row may leave out. */
struct import_units {
    bool given;
    int64_t units;
};

/* A new SKU starts with `stock`. A SKU that exists keeps its units, save that
 * `change` is added, or `stock` less `seen` is added, or with `recount` it gets
 * `stock` itself. */
struct import_row {
    struct product_row product; /* NULL and -1: it does not say */
    struct import_units stock;
    struct import_units change;
    struct import_units seen; /* units on hand when stock was counted */
    bool recount;             /* stock is taken as it stands */
    int64_t line;             /* in the file */
};

/* Why a row cannot be taken. */
enum import_fault {
    IMPORT_FITS,
    IMPORT_INCOMPLETE, /* a new SKU without name, description or price */
    IMPORT_CONTRADICTS,
    IMPORT_TAKES_TOO_MUCH,
    IMPORT_LEAVES_TOO_LITTLE
};

/* Of any but the first. */
const char *import_fault_text(enum import_fault fault);

struct import_plan {
    enum import_fault fault;
    const char *sku; /* as the catalogue spells it; NULL: it is new */
    struct product_row changes; /* of one that exists: NULL and -1 where none */
    int64_t on_hand;            /* units, once it is stored */
    bool changes_nothing;
};

/* Reads only. */
struct import_plan import_plan(struct db *db, const struct import_row *row,
                               struct arena *arena);

/* Does what was planned in the same transaction, which is the caller's; it
 * has no fault. Of two new products the one of the earlier line counts as the
 * newer. */
void import_store(struct db *db, const struct import_row *row,
                  const struct import_plan *plan, int64_t now_ms,
                  struct arena *arena);

#endif
