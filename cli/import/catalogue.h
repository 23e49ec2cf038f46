/* A catalogue as a file, read and checked as a whole. Its first line names the
 * columns, in any order (sku, name, description, price, stock, stock_change,
 * stock_seen). Called by `import products` and by init. */
#ifndef CLI_IMPORT_CATALOGUE_H
#define CLI_IMPORT_CATALOGUE_H

#include "cli/cli.h"
#include "lib/adapter/crypto.h"
#include "lib/shop/product/import_row.h"

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

struct catalogue {
    const char *path;
    char sha256[CRYPTO_SHA256_HEX]; /* of the file */
    struct import_row *rows;
    size_t count;
    const struct import_row **changing; /* of them; see catalogue_check */
    size_t changing_count;
    size_t mistakes;
    bool has[CATALOGUE_COLUMNS]; /* which columns the file has */
    bool recount;      /* set by the caller: take stock as it stands */
    size_t left_alone; /* SKUs that exist, with stock beside nothing */
};

/* False when the file cannot be read or a row is wrong; stderr then names each
 * mistake. The rows lie in arena, which needs CATALOGUE_ARENA bytes for each
 * byte of the file. */
enum { CATALOGUE_ARENA = 128 };
bool catalogue_read(struct arena *arena, const char *path, const char *currency,
                    struct catalogue *out);

/* Whether every row can be taken, the catalogue being as it is: reads only.
 * Notes which rows change anything. False: a row that cannot was named. */
bool catalogue_check(struct db *db, struct catalogue *catalogue);

#endif
