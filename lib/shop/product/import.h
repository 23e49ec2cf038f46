/* Imports of products in short turns: all rows are taken, or none; one that no
 * longer fits when it is applied is left out and named. One transaction takes
 * all rows, packed in parts, which then wait in the database; whoever comes
 * applies them, each part in one transaction: the command that took them, the
 * reaper (an import is work of the queue), the next import. One import at a
 * time has parts left. Called by cli/import/ and by reaper/kind/import.c. */
#ifndef SHOP_PRODUCT_IMPORT_H
#define SHOP_PRODUCT_IMPORT_H

#include "lib/shop/packed.h"
#include "lib/shop/product/import_row.h"

struct import_part {
    struct deflated packed;
    int64_t first_line;
    int64_t row_count;
};

struct import {
    const char *asked;  /* the same for the same file, asked for the same way */
    int64_t left_alone; /* SKUs whose stock the caller leaves as it is */
    struct import_part *parts;
    size_t count;
};

/* Packs the rows, in arena; touches no database. The rest is the caller's. */
struct import import_pack(const struct import_row *const *rows, size_t count,
                          struct arena *arena);

/* The number of the last import that was taken, 0: none was. *waits: not all of
 * it is applied yet. */
int64_t import_last(struct db *db, bool *waits);

/* Takes all rows under the number after last, which was applied when they were
 * checked. False when another was taken since: they are to be checked again. */
bool import_take(struct db *db, const struct import *import, int64_t last,
                 int64_t now_ms);

/* Applies the next part of the import that waits, at most a hundred rows;
 * false: none waits. Each row is planned anew. One that no longer fits, such as
 * for units that orders have reserved meanwhile, is left out, and in the end an
 * alarm tells of them. The last part takes the import off the queue. */
bool import_go_on(struct db *db, int64_t now_ms, struct arena *arena);

/* The import that this work is about killed reapers, which leave it: raises an
 * alarm, until somebody has applied the rest. */
void import_stuck(struct db *db, const char *subject, int64_t now_ms,
                  struct arena *arena);

/* What came of an import. */
struct import_result {
    int64_t taken_at_ms;
    int64_t left_alone;
    int64_t left_out; /* rows of it */
    const char *why;  /* "", or a sentence for each of the first twenty */
};

/* Of one that was applied to its end. */
struct import_result import_result(struct db *db, int64_t number,
                                   struct arena *arena);

/* Who asked for it was told the result. */
void import_told(struct db *db, int64_t number);

/* The import that was asked for so, and whose result nobody was told, since its
 * command died; 0: there is none. */
int64_t import_untold(struct db *db, const char *asked);

#endif
