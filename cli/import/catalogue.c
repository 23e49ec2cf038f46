/* Catalogue files: see catalogue.h. */
#define _GNU_SOURCE
#include "cli/import/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/import/csv.h"
#include "lib/adapter/unicode.h"
#include "lib/base/system/file.h"
#include "lib/base/text/money.h"
#include "lib/base/text/text.h"

enum {
    SKU_MAX = 64,
    NAME_MAX_CHARACTERS = 200,
    DESCRIPTION_MAX_CHARACTERS = 2000,
    STOCK_MAX = 1000000000,
    MISTAKES_SHOWN = 20,
    CHECK_ARENA = 1024 * 1024
};

static const char *const columns[CATALOGUE_COLUMNS] = {
    "sku",   "name",         "description", "price",
    "stock", "stock_change", "stock_seen"};

struct reading {
    struct arena *arena;
    struct catalogue *catalogue;
    const char *currency;
    int field[CATALOGUE_COLUMNS]; /* of a record; -1: no such column */
    size_t fields;
};

/* column NULL: the row as a whole. */
static void note(struct catalogue *catalogue, size_t line, const char *column,
                 const char *what)
{
    if (catalogue->mistakes++ < MISTAKES_SHOWN)
        fprintf(stderr, "%s: line %zu%s%s: %s\n", catalogue->path, line,
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
    if (unicode_is_blank(name) || text_has_control(name) ||
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

/* An empty field gives no number; one with sign may have one before it. */
static const char *units_fault(const char *text, bool sign,
                               struct import_units *out)
{
    const char *digits = text;
    if (sign && (*text == '+' || *text == '-'))
        digits++;
    size_t length = strlen(digits);
    if (*text == '\0')
        return NULL;
    if (length == 0 || length > 10 || strspn(digits, "0123456789") != length ||
        (out->units = strtoll(digits, NULL, 10)) > STOCK_MAX)
        return sign ? "must be a whole number such as +5 or -2"
                    : "must be a whole number from 0 to 1000000000, or empty";
    if (*text == '-')
        out->units = -out->units;
    out->given = true;
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

static const char *field_fault(const struct reading *r, int column,
                               const char *text, struct import_row *row)
{
    switch ((enum catalogue_column)column) {
    case CATALOGUE_SKU:
        row->product.sku = text;
        return sku_fault(text);
    case CATALOGUE_NAME:
        row->product.name = text;
        return name_fault(text);
    case CATALOGUE_DESCRIPTION:
        row->product.description = text;
        return description_fault(text);
    case CATALOGUE_PRICE:
        return price_fault(r, text, &row->product.price_minor);
    case CATALOGUE_STOCK:
        return units_fault(text, false, &row->stock);
    case CATALOGUE_STOCK_CHANGE:
        return units_fault(text, true, &row->change);
    case CATALOGUE_STOCK_SEEN:
        return units_fault(text, false, &row->seen);
    case CATALOGUE_COLUMNS:
        break;
    }
    return NULL;
}

static void read_row(struct reading *r, const struct csv_record *record)
{
    struct catalogue *catalogue = r->catalogue;
    if (record->count != r->fields) {
        note(catalogue, record->line, NULL,
             arena_printf(r->arena, "must have %zu columns, as line 1 has",
                          r->fields));
        return;
    }
    struct import_row row = {.product = {.price_minor = -1},
                             .line = (int64_t)record->line};
    for (int i = 0; i < CATALOGUE_COLUMNS; i++) {
        const char *fault =
            r->field[i] < 0
                ? NULL
                : field_fault(r, i, record->fields[r->field[i]], &row);
        if (fault != NULL)
            note(catalogue, record->line, columns[i], fault);
    }
    if (row.seen.given && !row.stock.given)
        note(catalogue, record->line, columns[CATALOGUE_STOCK_SEEN],
             "needs stock beside it");
    catalogue->rows[catalogue->count++] = row;
}

static int column_of(const char *name)
{
    for (int i = 0; i < CATALOGUE_COLUMNS; i++)
        if (strcasecmp(name, columns[i]) == 0)
            return i;
    return -1;
}

/* Finds the columns by their names; false with the mistakes noted. */
static bool read_header(struct reading *r, const struct csv_record *record)
{
    struct catalogue *catalogue = r->catalogue;
    r->fields = record->count;
    for (int i = 0; i < CATALOGUE_COLUMNS; i++)
        r->field[i] = -1;
    for (int i = 0; i < (int)record->count; i++) {
        const char *name = text_trim(r->arena, record->fields[i]);
        int column = column_of(name);
        if (column < 0)
            note(catalogue, record->line, name,
                 "is unknown; there are sku,name,description,price,stock,"
                 "stock_change,stock_seen");
        else if (catalogue->has[column])
            note(catalogue, record->line, name, "stands there twice");
        else
            r->field[column] = i;
        if (column >= 0)
            catalogue->has[column] = true;
    }
    if (!catalogue->has[CATALOGUE_SKU])
        note(catalogue, record->line, NULL,
             "must name the columns, such as sku,name,description,price,stock");
    return catalogue->mistakes == 0;
}

/* By SKU, any case, then by line. */
static int compare(const void *a, const void *b)
{
    const struct import_row *x = *(struct import_row *const *)a;
    const struct import_row *y = *(struct import_row *const *)b;
    int order = strcasecmp(x->product.sku, y->product.sku);
    return order != 0 ? order : x->line < y->line ? -1 : x->line > y->line;
}

static void find_twice(struct reading *r)
{
    const struct catalogue *catalogue = r->catalogue;
    struct import_row **sorted =
        arena_alloc(r->arena, (catalogue->count + 1) * sizeof *sorted);
    for (size_t i = 0; i < catalogue->count; i++)
        sorted[i] = &catalogue->rows[i];
    qsort(sorted, catalogue->count, sizeof *sorted, compare);
    for (size_t i = 1; i < catalogue->count; i++)
        if (strcasecmp(sorted[i - 1]->product.sku, sorted[i]->product.sku) == 0)
            note(r->catalogue, (size_t)sorted[i]->line, columns[CATALOGUE_SKU],
                 "stands in the file twice");
}

static size_t count_lines(const char *bytes)
{
    size_t count = 1;
    for (; *bytes != '\0'; bytes++)
        count += *bytes == '\n';
    return count;
}

static void read_rows(struct reading *r, char *bytes)
{
    struct catalogue *catalogue = r->catalogue;
    catalogue->rows =
        arena_alloc(r->arena, count_lines(bytes) * sizeof *catalogue->rows);
    struct csv csv = csv_open(bytes);
    struct csv_record record;
    if (!csv_next(&csv, &record)) {
        note(catalogue, 1, NULL,
             "must name the columns, such as sku,name,description,price,stock");
        return;
    }
    if (record.fault != NULL) {
        note(catalogue, record.line, NULL, record.fault);
        return;
    }
    if (!read_header(r, &record))
        return;
    while (csv_next(&csv, &record)) {
        if (record.fault != NULL) {
            note(catalogue, record.line, NULL, record.fault);
            break;
        }
        read_row(r, &record);
    }
    find_twice(r);
    catalogue->changing =
        arena_alloc(r->arena, catalogue->count * sizeof *catalogue->changing);
}

static bool without_mistake(const struct catalogue *catalogue)
{
    if (catalogue->mistakes > MISTAKES_SHOWN)
        fprintf(stderr, "%s: and %zu more\n", catalogue->path,
                catalogue->mistakes - MISTAKES_SHOWN);
    return catalogue->mistakes == 0;
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
    crypto_sha256_hex(bytes, length, out->sha256);
    struct reading r = {.arena = arena, .catalogue = out, .currency = currency};
    read_rows(&r, bytes);
    return without_mistake(out);
}

/* The column that a new SKU lacks. */
static void note_incomplete(struct catalogue *catalogue,
                            const struct import_row *row, struct arena *arena)
{
    int column = CATALOGUE_NAME;
    while (catalogue->has[column])
        column++;
    note(catalogue, 1, columns[column],
         arena_printf(arena, "is missing, and the SKU on line %lld is new",
                      (long long)row->line));
}

static void check_row(struct db *db, struct catalogue *catalogue,
                      struct import_row *row, struct arena *arena)
{
    row->recount = catalogue->recount;
    struct import_plan plan = import_plan(db, row, arena);
    if (plan.fault == IMPORT_INCOMPLETE) {
        note_incomplete(catalogue, row, arena);
    } else if (plan.fault != IMPORT_FITS) {
        note(catalogue, (size_t)row->line,
             columns[row->change.given ? CATALOGUE_STOCK_CHANGE
                                       : CATALOGUE_STOCK],
             import_fault_text(plan.fault));
    } else if (!plan.changes_nothing) {
        catalogue->changing[catalogue->changing_count++] = row;
    }
    bool counted = row->stock.given && row->recount;
    if (plan.sku != NULL && catalogue->has[CATALOGUE_STOCK] &&
        !row->change.given && !row->seen.given && !counted)
        catalogue->left_alone++;
}

bool catalogue_check(struct db *db, struct catalogue *catalogue)
{
    struct arena scratch = arena_create(CHECK_ARENA);
    catalogue->changing_count = 0;
    catalogue->left_alone = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        arena_reset(&scratch);
        check_row(db, catalogue, &catalogue->rows[i], &scratch);
    }
    arena_destroy(&scratch);
    return without_mistake(catalogue);
}
