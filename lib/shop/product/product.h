/* The catalogue: products, their variants (what has a SKU, a price and
 * stock), and the import that loads them. */
#ifndef SHOP_PRODUCT_PRODUCT_H
#define SHOP_PRODUCT_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

struct variant {
    const char *sku;
    const char *title;
    int64_t price_minor;
    int64_t available; /* on hand less reserved */
};

struct product {
    const char *product_id;
    const char *name;
    const char *description;
    struct variant *variants;
    size_t variant_count;
};

/* Lists products, newest first: at most limit of them, for which list has room;
 * gives how many. before is the last product_id of the page before, or NULL. q
 * filters by a part of the name or SKU, any case; NULL: all. */
size_t product_list(struct db *db, const char *q, const char *before,
                    int64_t limit, struct product *list, struct arena *arena);

/* By product id or by SKU, any case. */
bool product_find(struct db *db, const char *id, struct product *out,
                  struct arena *arena);

enum variant_match {
    VARIANT_FOUND,
    VARIANT_UNKNOWN,
    VARIANT_AMBIGUOUS /* two products share the name, or it has variants */
};

/* By SKU or by a product's name, any case. */
enum variant_match variant_match(struct db *db, const char *reference,
                                 struct variant *out, struct arena *arena);

struct product_row {
    const char *sku;
    const char *name;
    const char *description;
    int64_t price_minor;
};

/* A variant as it is stored, and its product. */
struct product_stored {
    struct product_row row; /* its SKU as the catalogue spells it */
    const char *title;
    int64_t on_hand;
    int64_t reserved;
};

/* By SKU, any case; row.sku is NULL where there is none. */
struct product_stored product_stored(struct db *db, const char *sku,
                                     struct arena *arena);

/* A new product with one variant, of which there is none yet. created_at_ms
 * orders new products in lists. */
void product_add(struct db *db, const struct product_row *row,
                 int64_t created_at_ms, struct arena *arena);

/* Changes the one of that SKU, spelt as the catalogue does. A name or
 * description that is NULL, and a price below 0, stay as they are. */
void product_change(struct db *db, const struct product_row *row,
                    struct arena *arena);

/* Folds all names again, after the rules of folding changed. SKUs are ASCII,
 * whose folding never changes. */
void product_fold_again(struct db *db);

#endif
