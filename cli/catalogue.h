/* A catalogue as a file (sku,name,description,price,stock): read and checked
 * as a whole, stored as a whole. Called by `import products` and by init. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "cli/cli.h"
#include "lib/shop/product.h"

enum { CATALOGUE_MAX_FILE = 16 * 1024 * 1024 };

struct catalogue_row {
    struct product_row product;
    size_t line; /* in the file */
};

struct catalogue {
    const char *path;
    struct catalogue_row *rows;
    size_t count;
    size_t cap;
};

/* False when the file cannot be read or a row is wrong; each mistake was then
 * named on stderr. The rows lie in arena, which needs 32 bytes for each byte
 * of the file and 64 KiB. */
bool catalogue_read(struct arena *arena, const char *path, const char *currency,
                    struct catalogue *out);

/* Creates or updates every row inside the caller's transaction; the first row
 * becomes the newest product. False, and said why, when more of a row is
 * reserved than it has in stock: then nothing of it may stay. */
bool catalogue_store(struct db *db, const struct catalogue *catalogue);

#endif
