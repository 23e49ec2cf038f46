/* The catalogue: see product.h. */
#include "lib/shop/product/product.h"

#include <assert.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/unicode.h"

enum { FOLD_ARENA = 4 * 1024 * 1024 };

static struct variant read_variant(struct db_statement *s, int column,
                                   struct arena *arena)
{
    return (struct variant){.sku = db_text(s, column, arena),
                            .title = db_text(s, column + 1, arena),
                            .price_minor = db_int(s, column + 2),
                            .available = db_int(s, column + 3)};
}

/* Collects rows of (product columns, variant columns) into products. */
static size_t read_products(struct db_statement *s, struct product *list,
                            struct arena *arena)
{
    size_t count = 0;
    const char *last = "";
    while (db_row(s)) {
        char *product_id = db_text(s, 0, arena);
        if (strcmp(product_id, last) != 0) {
            list[count++] =
                (struct product){.product_id = product_id,
                                 .name = db_text(s, 1, arena),
                                 .description = db_text(s, 2, arena),
                                 .variants = NULL};
            last = product_id;
        }
        struct product *product = &list[count - 1];
        size_t n = product->variant_count;
        /* The array doubles in place of being counted beforehand. */
        if ((n & (n - 1)) == 0) {
            struct variant *wider =
                arena_alloc(arena, (n == 0 ? 1 : 2 * n) * sizeof *wider);
            if (n > 0)
                memcpy(wider, product->variants, n * sizeof *wider);
            product->variants = wider;
        }
        product->variants[product->variant_count++] = read_variant(s, 3, arena);
    }
    return count;
}

size_t product_list(struct db *db, const char *q, const char *before,
                    int64_t limit, struct product *list, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT p.product_id, p.name, p.description, v.sku, v.title,"
                   " v.price_minor, v.on_hand - v.reserved"
                   " FROM (SELECT product_id, name, description FROM products"
                   "  WHERE product_id < $1 AND ($2 = '' OR"
                   "   replace(name_folded, $2, '') <> name_folded"
                   "   OR EXISTS (SELECT 1 FROM variants f"
                   "    WHERE f.product_id = products.product_id"
                   "    AND replace(f.sku_folded, $2, '') <> f.sku_folded))"
                   "  ORDER BY product_id DESC LIMIT $3) p"
                   " JOIN variants v ON v.product_id = p.product_id"
                   " ORDER BY p.product_id DESC, v.sku");
    db_put_text(s, before == NULL ? "~" : before);
    db_put_text(s, q == NULL ? "" : unicode_fold(arena, q));
    db_put_int(s, limit);
    return read_products(s, list, arena);
}

bool product_find(struct db *db, const char *id, struct product *out,
                  struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT p.product_id, p.name, p.description, v.sku, v.title,"
            " v.price_minor, v.on_hand - v.reserved"
            " FROM products p JOIN variants v ON v.product_id = p.product_id"
            " WHERE p.product_id = (SELECT product_id FROM products"
            "  WHERE product_id = $1 UNION SELECT product_id FROM variants"
            "  WHERE sku_folded = $2) ORDER BY v.sku");
    db_put_text(s, id);
    db_put_text(s, unicode_fold(arena, id));
    return read_products(s, out, arena) == 1;
}

enum variant_match variant_match(struct db *db, const char *reference,
                                 struct variant *out, struct arena *arena)
{
    const char *folded = unicode_fold(arena, reference);
    struct db_statement *s =
        db_sql(db, "SELECT sku, title, price_minor, on_hand - reserved"
                   " FROM variants WHERE sku_folded = $1");
    db_put_text(s, folded);
    if (db_row(s)) {
        *out = read_variant(s, 0, arena);
        db_done(s);
        return VARIANT_FOUND;
    }
    s = db_sql(db, "SELECT v.sku, v.title, v.price_minor,"
                   " v.on_hand - v.reserved FROM products p"
                   " JOIN variants v ON v.product_id = p.product_id"
                   " WHERE p.name_folded = $1 LIMIT 2");
    db_put_text(s, folded);
    int found = 0;
    while (db_row(s)) {
        *out = read_variant(s, 0, arena);
        found++;
    }
    return found == 0   ? VARIANT_UNKNOWN
           : found == 1 ? VARIANT_FOUND
                        : VARIANT_AMBIGUOUS;
}

struct product_stored product_stored(struct db *db, const char *sku,
                                     struct arena *arena)
{
    struct product_stored stored = {0};
    struct db_statement *s = db_sql(
        db, "SELECT v.sku, p.name, p.description, v.price_minor, v.title,"
            " v.on_hand, v.reserved FROM variants v"
            " JOIN products p ON p.product_id = v.product_id"
            " WHERE v.sku_folded = $1");
    db_put_text(s, unicode_fold(arena, sku));
    if (db_row(s))
        stored =
            (struct product_stored){.row = {.sku = db_text(s, 0, arena),
                                            .name = db_text(s, 1, arena),
                                            .description = db_text(s, 2, arena),
                                            .price_minor = db_int(s, 3)},
                                    .title = db_text(s, 4, arena),
                                    .on_hand = db_int(s, 5),
                                    .reserved = db_int(s, 6)};
    db_done(s);
    return stored;
}

static void change_name(struct db *db, const char *sku, const char *name,
                        struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET title = $1 WHERE sku = $2");
    db_put_text(s, name);
    db_put_text(s, sku);
    db_run(s);
    s = db_sql(db, "UPDATE products SET name = $1, name_folded = $2"
                   " WHERE product_id ="
                   " (SELECT product_id FROM variants WHERE sku = $3)");
    db_put_text(s, name);
    db_put_text(s, unicode_fold(arena, name));
    db_put_text(s, sku);
    db_run(s);
}

void product_change(struct db *db, const struct product_row *row,
                    struct arena *arena)
{
    if (row->name != NULL)
        change_name(db, row->sku, row->name, arena);
    if (row->description != NULL) {
        struct db_statement *s =
            db_sql(db, "UPDATE products SET description = $1"
                       " WHERE product_id ="
                       " (SELECT product_id FROM variants WHERE sku = $2)");
        db_put_text(s, row->description);
        db_put_text(s, row->sku);
        db_run(s);
    }
    if (row->price_minor >= 0) {
        struct db_statement *s =
            db_sql(db, "UPDATE variants SET price_minor = $1 WHERE sku = $2");
        db_put_int(s, row->price_minor);
        db_put_text(s, row->sku);
        db_run(s);
    }
}

void product_add(struct db *db, const struct product_row *row,
                 int64_t created_at_ms, struct arena *arena)
{
    assert(row->name != NULL && row->description != NULL &&
           row->price_minor >= 0);
    char product_id[CRYPTO_UUID_SIZE];
    crypto_uuid(created_at_ms, product_id);
    struct db_statement *s =
        db_sql(db, "INSERT INTO products (product_id, name, name_folded,"
                   " description, created_at_ms) VALUES ($1, $2, $3, $4, $5)");
    db_put_text(s, product_id);
    db_put_text(s, row->name);
    db_put_text(s, unicode_fold(arena, row->name));
    db_put_text(s, row->description);
    db_put_int(s, created_at_ms);
    db_run(s);
    s = db_sql(db, "INSERT INTO variants (sku, sku_folded, product_id, title,"
                   " price_minor) VALUES ($1, $2, $3, $4, $5)");
    db_put_text(s, row->sku);
    db_put_text(s, unicode_fold(arena, row->sku));
    db_put_text(s, product_id);
    db_put_text(s, row->name);
    db_put_int(s, row->price_minor);
    db_run(s);
}

void product_fold_again(struct db *db)
{
    struct arena arena = arena_create(FOLD_ARENA);
    char after[CRYPTO_UUID_SIZE] = "";
    for (;;) {
        struct db_statement *s =
            db_sql(db, "SELECT product_id, name FROM products"
                       " WHERE product_id > $1 ORDER BY product_id LIMIT 1");
        db_put_text(s, after);
        if (!db_row(s))
            break;
        const char *name = db_text(s, 1, &arena);
        db_copy(s, 0, after, sizeof after);
        db_done(s);
        s = db_sql(db, "UPDATE products SET name_folded = $1"
                       " WHERE product_id = $2");
        db_put_text(s, unicode_fold(&arena, name));
        db_put_text(s, after);
        db_run(s);
        arena_reset(&arena);
    }
    arena_destroy(&arena);
}
