/* Which completed states a redrive runs again, because what they did has been
 * undone since. Called by redrive.c. */
#ifndef WORKFLOW_EXECUTION_RUN_AGAIN_H
#define WORKFLOW_EXECUTION_RUN_AGAIN_H

#include "lib/asl/asl.h"
#include "lib/shop/order/order.h"

enum { EXECUTION_AGAIN_MAX = 2 };

/* The state that charged when all of it was refunded since, and the one that
 * sold the goods when they have gone back to stock: each as it last succeeded
 * before what failed (a state's name), with the input it then had, in their
 * order. Gives their number. */
size_t execution_again(struct db *db, const struct order *order,
                       const char *failed,
                       struct asl_again list[EXECUTION_AGAIN_MAX],
                       struct arena *arena);

#endif
