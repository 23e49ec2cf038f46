/* What history.c and history_pack.c share of a history's rows; nobody else
 * includes it. */
#ifndef SHOP_EXECUTION_HISTORY_ROW_H
#define SHOP_EXECUTION_HISTORY_ROW_H

#include "lib/shop/execution/history.h"

enum { HISTORY_ROW_DEPTH = 1000 };

/* The events of a row as a JSON array. NULL when it cannot be read, which the
 * log then says: it must stop neither the reaper nor a page. */
const struct json *history_row(struct arena *arena, const char *order_id,
                               const char *events);

/* Whether this member of an event's detail holds data of the workflow. */
bool history_is_data(const char *name);

/* The events that the column holds packed; NULL when they cannot be read. data,
 * unless NULL, is filled with what was packed behind them. */
const char *history_unpack(struct db_statement *s, int column,
                           const char *order_id, struct execution_data *data,
                           struct arena *arena);

#endif
