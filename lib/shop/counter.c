/* Numbers without gaps: see counter.h. Called where an order is placed, a
 * receipt begun, a credit note issued. */
#include "lib/shop/counter.h"

#include <assert.h>

#include "lib/base/log/log.h"

static const char *const words[] = {"order", "receipt", "credit_note",
                                    "reaper"};
const struct names counter_names = NAMES("counter", words);

int64_t counter_next(struct db *db, enum counter counter)
{
    assert(db_in_transaction(db));
    struct db_statement *s =
        db_sql(db, "UPDATE counters SET last_number = last_number + 1"
                   " WHERE name = $1 RETURNING last_number");
    db_put_name(s, &counter_names, counter);
    int64_t number = db_found_int(s, 0);
    if (number == 0 && !db_refused(db))
        die("there is no counter of %ss", names_of(&counter_names, counter));
    return number;
}
