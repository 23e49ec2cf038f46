/* Workflow definitions as texts, stored by content hash, and which of them new
 * orders run. lib/asl knows what a definition means. */
#ifndef SHOP_EXECUTION_WORKFLOW_H
#define SHOP_EXECUTION_WORKFLOW_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* Stores the text and makes it the one of new orders. */
void workflow_use(struct db *db, const char *definition, int64_t now_ms);

/* The hash of the one that new orders run; NULL: there is none yet. */
char *workflow_current_hash(struct db *db, struct arena *arena);

/* The text with that hash; NULL when there is none. */
char *workflow_find(struct db *db, const char *hash, struct arena *arena);

#endif
