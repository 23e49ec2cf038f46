/* A catalogue as a file: columns by the names in its first line, in any order
 * (sku, name, description, price, stock, stock_change, stock_seen). Read and
 * checked as a whole, stored as a whole. Called by `import products` and by
 * init. */
#ifndef CLI_IMPORT_CATALOGUE_H
#define CLI_IMPORT_CATALOGUE_H

#include "cli/cli.h"
#include "lib/shop/product/product.h"

enum { CATALOGUE_MAX_FILE = 16 * 1024 * 1024 };

enum catalogue_column {
    CATALOGUE_SKU,
    CATALOGUE_NAME,
    CATALOGUE_DESCRIPTION,
    CATALOGUE_PRICE,
    CATALOGUE_STOCK,
    CATALOGUE_STOCK_CHANGE,
    CATALOGUE_STOCK_SEEN,
    CATALOGUE_COLUMNS
};

/* A number of units that the row may leave out. */
struct catalogue_units {
    bool given;
    int64_t units;
};

struct catalogue_row {
    struct product_row product; /* NULL and -1: no such column */
    struct catalogue_units stock;
    struct catalogue_units change;
    struct catalogue_units seen; /* units on hand when stock was counted */
    size_t line;                 /* in the file */
};

struct catalogue {
    const char *path;
    struct catalogue_row *rows;
    size_t count;
    size_t mistakes;
    bool has[CATALOGUE_COLUMNS]; /* which columns the file has */
    bool recount;      /* set by the caller: take stock as it stands */
    size_t left_alone; /* SKUs that existed, with stock beside nothing */
};

/* False when the file cannot be read or a row is wrong; each mistake was then
 * named on stderr. The rows lie in arena, which needs CATALOGUE_ARENA bytes for
 * the largest file. */
enum { CATALOGUE_ARENA = 128 };
bool catalogue_read(struct arena *arena, const char *path, const char *currency,
                    struct catalogue *out);

/* Creates or updates every row inside the caller's transaction; the first row
 * becomes the newest product. A new SKU starts with stock. One that exists
 * keeps its units but for stock_change, which is added, stock less stock_seen,
 * which is added too, and with recount stock itself. False when a row cannot be
 * stored so, which was then named: nothing of the file may stay. */
bool catalogue_store(struct db *db, struct catalogue *catalogue);

#endif
