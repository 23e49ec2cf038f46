/* Rows of a file of products: see import_row.h. */
#include "lib/shop/product/import_row.h"

#include <assert.h>
#include <string.h>

#include "lib/shop/product/stock.h"

const char *import_fault_text(enum import_fault fault)
{
    switch (fault) {
    case IMPORT_FITS:
        break;
    case IMPORT_INCOMPLETE:
        return "is new, and needs a name, a description and a price";
    case IMPORT_CONTRADICTS:
        return "must not stand beside stock, as its SKU exists";
    case IMPORT_TAKES_TOO_MUCH:
        return "takes off more than there is";
    case IMPORT_LEAVES_TOO_LITTLE:
        return "leaves less than is reserved for orders";
    }
    assert(false);
    return NULL;
}

static enum import_fault plan_units(const struct import_row *row,
                                    const struct product_stored *stored,
                                    int64_t *on_hand)
{
    bool is_new = stored->row.sku == NULL;
    bool counted = row->stock.given && (is_new || row->recount);
    if (row->stock.given && row->change.given && !is_new)
        return IMPORT_CONTRADICTS;
    *on_hand = counted ? row->stock.units : stored->on_hand;
    if (row->change.given)
        *on_hand += row->change.units;
    else if (row->seen.given && !counted)
        *on_hand += row->stock.units - row->seen.units;
    if (*on_hand < stored->reserved)
        return is_new ? IMPORT_TAKES_TOO_MUCH : IMPORT_LEAVES_TOO_LITTLE;
    return IMPORT_FITS;
}

static bool differs(const char *wanted, const char *stored)
{
    return wanted != NULL && strcmp(wanted, stored) != 0;
}

static struct product_row plan_changes(const struct product_row *row,
                                       const struct product_stored *stored)
{
    const struct product_row *is = &stored->row;
    struct product_row changes = {.sku = is->sku, .price_minor = -1};
    if (differs(row->name, is->name) || differs(row->name, stored->title))
        changes.name = row->name;
    if (differs(row->description, is->description))
        changes.description = row->description;
    if (row->price_minor != is->price_minor)
        changes.price_minor = row->price_minor;
    return changes;
}

struct import_plan import_plan(struct db *db, const struct import_row *row,
                               struct arena *arena)
{
    const struct product_row *product = &row->product;
    struct product_stored stored = product_stored(db, product->sku, arena);
    struct import_plan plan = {.sku = stored.row.sku};
    if (plan.sku == NULL &&
        (product->name == NULL || product->description == NULL ||
         product->price_minor < 0)) {
        plan.fault = IMPORT_INCOMPLETE;
        return plan;
    }
    plan.fault = plan_units(row, &stored, &plan.on_hand);
    if (plan.sku == NULL)
        return plan;
    plan.changes = plan_changes(product, &stored);
    plan.changes_nothing =
        plan.on_hand == stored.on_hand && plan.changes.name == NULL &&
        plan.changes.description == NULL && plan.changes.price_minor < 0;
    return plan;
}

void import_store(struct db *db, const struct import_row *row,
                  const struct import_plan *plan, int64_t now_ms,
                  struct arena *arena)
{
    assert(plan->fault == IMPORT_FITS);
    if (plan->sku == NULL)
        product_add(db, &row->product, now_ms - row->line, arena);
    else
        product_change(db, &plan->changes, arena);
    bool booked =
        stock_set(db, plan->sku == NULL ? row->product.sku : plan->sku,
                  plan->on_hand, now_ms);
    assert(booked);
}
