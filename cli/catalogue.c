/* Catalogue files: see catalogue.h. */
#define _GNU_SOURCE
#include "cli/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/csv.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/money.h"
#include "lib/base/text.h"

enum {
    SKU_MAX = 64,
    NAME_MAX_CHARACTERS = 200,
    DESCRIPTION_MAX_CHARACTERS = 2000,
    STOCK_MAX = 1000000000,
    MISTAKES_SHOWN = 20,
    STORE_ARENA = 1024 * 1024
};

enum column { SKU, NAME, DESCRIPTION, PRICE, STOCK, COLUMNS };

static const char *const columns[COLUMNS] = {"sku", "name", "description",
                                             "price", "stock"};

struct reading {
    struct arena *arena;
    struct catalogue *catalogue;
    const char *currency;
    size_t mistakes;
};

/* column NULL: the row as a whole. */
static void note(struct reading *r, size_t line, const char *column,
                 const char *what)
{
    if (r->mistakes++ < MISTAKES_SHOWN)
        fprintf(stderr, "%s: line %zu%s%s: %s\n", r->catalogue->path, line,
                column == NULL ? "" : ", column ", column == NULL ? "" : column,
                what);
}

static const char *sku_fault(const char *sku)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen(sku);
    if (length == 0 || length > SKU_MAX || strspn(sku, allowed) != length)
        return "must be 1 to 64 letters, digits, '.', '_' or '-'";
    return NULL;
}

static const char *name_fault(const char *name)
{
    if (name[strspn(name, " ")] == '\0' || text_has_control(name) ||
        text_count(name) > NAME_MAX_CHARACTERS)
        return "must be 1 to 200 characters on one line";
    return NULL;
}

static const char *description_fault(const char *description)
{
    if (text_count(description) > DESCRIPTION_MAX_CHARACTERS)
        return "must be at most 2000 characters";
    for (const char *c = description; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 && strchr("\t\r\n", *c) == NULL)
            return "must hold no control characters";
    return NULL;
}

static const char *stock_fault(const char *text, int64_t *stock)
{
    size_t length = strlen(text);
    *stock = 0;
    if (length == 0 || length > 10 || strspn(text, "0123456789") != length ||
        (*stock = strtoll(text, NULL, 10)) > STOCK_MAX)
        return "must be a whole number from 0 to 1000000000";
    return NULL;
}

static const char *price_fault(const struct reading *r, const char *text,
                               int64_t *price_minor)
{
    if (!money_parse(text, r->currency, price_minor) || *price_minor < 0)
        return "must be an amount from 0 with no more decimals than the "
               "currency has, such as 50 or 49.90";
    return NULL;
}

static void read_row(struct reading *r, const struct csv_record *record)
{
    char *const *fields = record->fields;
    if (record->count != COLUMNS) {
        note(r, record->line, NULL, "must have five columns");
        return;
    }
    struct catalogue_row row = {.line = record->line};
    struct product_row *product = &row.product;
    product->sku = fields[SKU];
    product->name = fields[NAME];
    product->description = fields[DESCRIPTION];
    const char *const faults[COLUMNS] = {
        sku_fault(fields[SKU]), name_fault(fields[NAME]),
        description_fault(fields[DESCRIPTION]),
        price_fault(r, fields[PRICE], &product->price_minor),
        stock_fault(fields[STOCK], &product->stock)};
    for (int i = 0; i < COLUMNS; i++)
        if (faults[i] != NULL)
            note(r, record->line, columns[i], faults[i]);

    struct catalogue *catalogue = r->catalogue;
    if (catalogue->count == catalogue->cap) {
        size_t cap = catalogue->cap == 0 ? 64 : 2 * catalogue->cap;
        struct catalogue_row *wider =
            arena_alloc(r->arena, cap * sizeof *wider);
        if (catalogue->count > 0)
            memcpy(wider, catalogue->rows, catalogue->count * sizeof *wider);
        catalogue->rows = wider;
        catalogue->cap = cap;
    }
    catalogue->rows[catalogue->count++] = row;
}

static bool is_header(const struct csv_record *record)
{
    if (record->fault != NULL || record->count != COLUMNS)
        return false;
    for (int i = 0; i < COLUMNS; i++)
        if (strcasecmp(record->fields[i], columns[i]) != 0)
            return false;
    return true;
}

/* By SKU, any case, then by line. */
static int compare(const void *a, const void *b)
{
    const struct catalogue_row *x = *(struct catalogue_row *const *)a;
    const struct catalogue_row *y = *(struct catalogue_row *const *)b;
    int order = strcasecmp(x->product.sku, y->product.sku);
    return order != 0 ? order : x->line < y->line ? -1 : x->line > y->line;
}

static void find_twice(struct reading *r)
{
    const struct catalogue *catalogue = r->catalogue;
    struct catalogue_row **sorted =
        arena_alloc(r->arena, (catalogue->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < catalogue->count; i++)
        sorted[i] = &catalogue->rows[i];
    qsort(sorted, catalogue->count, sizeof *sorted, compare);
    for (size_t i = 1; i < catalogue->count; i++)
        if (strcasecmp(sorted[i - 1]->product.sku, sorted[i]->product.sku) == 0)
            note(r, sorted[i]->line, "sku", "stands in the file twice");
}

static void read_rows(struct reading *r, char *bytes)
{
    struct csv csv = csv_open(bytes);
    struct csv_record record;
    if (!csv_next(&csv, &record) || !is_header(&record)) {
        note(r, 1, NULL, "must be sku,name,description,price,stock");
        return;
    }
    while (csv_next(&csv, &record)) {
        if (record.fault != NULL) {
            note(r, record.line, NULL, record.fault);
            break;
        }
        read_row(r, &record);
    }
    find_twice(r);
}

bool catalogue_read(struct arena *arena, const char *path, const char *currency,
                    struct catalogue *out)
{
    *out = (struct catalogue){.path = path};
    size_t length;
    char *bytes = file_read(arena, path, CATALOGUE_MAX_FILE, &length);
    if (bytes == NULL) {
        cli_fail("%s: %s", path,
                 errno == EFBIG ? "larger than 16 MiB" : strerror(errno));
        return false;
    }
    if (!text_is_utf8(bytes, length)) {
        cli_fail("%s: is not UTF-8 text", path);
        return false;
    }
    struct reading r = {.arena = arena, .catalogue = out, .currency = currency};
    read_rows(&r, bytes);
    if (r.mistakes > MISTAKES_SHOWN)
        fprintf(stderr, "%s: and %zu more\n", path,
                r.mistakes - MISTAKES_SHOWN);
    return r.mistakes == 0;
}

bool catalogue_store(struct db *db, const struct catalogue *catalogue)
{
    struct arena scratch = arena_create(STORE_ARENA);
    int64_t now_ms = clock_wall_ms();
    bool stored = true;
    for (size_t i = 0; i < catalogue->count && stored && !db_refused(db); i++) {
        const struct catalogue_row *row = &catalogue->rows[i];
        arena_reset(&scratch);
        stored =
            product_put(db, &row->product, now_ms - (int64_t)i, &scratch) ||
            db_refused(db);
        if (!stored)
            fprintf(stderr,
                    "%s: line %zu, column stock: more of it is reserved for "
                    "orders\n",
                    catalogue->path, row->line);
    }
    arena_destroy(&scratch);
    return stored;
}
