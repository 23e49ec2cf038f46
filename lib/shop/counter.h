/* Numbers without gaps. Each kind is a row, counted up in the transaction that
 * uses the number. So a transaction that is refused or rolled back leaves no
 * gap. */
#ifndef SHOP_COUNTER_H
#define SHOP_COUNTER_H

#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/text/names.h"

enum counter {
    COUNTER_ORDER,
    COUNTER_RECEIPT,
    COUNTER_CREDIT_NOTE,
    COUNTER_REAPER
};
extern const struct names counter_names;

/* The next number, inside a write transaction; 0 when the transaction was
 * refused. */
int64_t counter_next(struct db *db, enum counter counter);

#endif
