/* Going through all events of an execution, however many they are. Called by
 * the pages that show how far an order has come. */
#ifndef WORKFLOW_EXECUTION_HISTORY_WALK_H
#define WORKFLOW_EXECUTION_HISTORY_WALK_H

#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/history.h"

/* Hands every event over, in order; it lives until each returns. work, of
 * EXECUTION_ARENA bytes (load.h), is as it was afterwards. False: the history
 * is longer than a page may take to read, and its end was left out. */
bool execution_events_each(struct db *db, const char *order_id,
                           struct arena *work,
                           void (*each)(void *context,
                                        const struct history_event *event),
                           void *context);

#endif
