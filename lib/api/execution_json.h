/* An order's execution as the API shows it (README.md: "An execution in
 * JSON"), in Step Functions' own words. */
#ifndef API_EXECUTION_JSON_H
#define API_EXECUTION_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/base/text/text.h"

/* Writes the execution with a page of its events: those that follow the one
 * numbered `after`. False: the order has no execution. */
bool execution_json(struct db *db, const char *order_id, int64_t after,
                    struct text *out);

#endif
