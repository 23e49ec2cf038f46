/* Which completed states a redrive runs again, because what they did has been
 * undone since. Called by redrive.c. */
#ifndef WORKFLOW_EXECUTION_RUN_AGAIN_H
#define WORKFLOW_EXECUTION_RUN_AGAIN_H

#include "lib/asl/asl.h"
#include "lib/shop/order/order.h"

enum { EXECUTION_AGAIN_MAX = 2 };

/* Fills list, in their order: the state that charged, if all of it was refunded
 * since, and the state that sold the goods, if they have gone back to stock.
 * Each is the one that last succeeded before the state `failed`, with the input
 * it then had. Gives how many. */
size_t execution_again(struct db *db, const struct order *order,
                       const char *failed,
                       struct asl_again list[EXECUTION_AGAIN_MAX],
                       struct arena *arena);

#endif
