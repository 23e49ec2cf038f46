/* Workflow definitions as they are run: read from the database by their hash,
 * parsed, and searched once for what their orders need. Whoever runs many
 * executions keeps definitions in a cache. */
#ifndef WORKFLOW_DEFINITION_H
#define WORKFLOW_DEFINITION_H

#include "lib/adapter/db/db.h"
#include "lib/asl/asl.h"

struct workflow {
    const struct asl_definition *asl;
    bool hands_out_tokens; /* some task of it waits for a token */
    bool makes_receipts;   /* some task of it is GenerateReceipt */
    bool sells;            /* likewise UpdateInventory */
};

/* Made in arena: a definition of 1 MiB takes 60 MiB of it. False: none with
 * this hash is stored, or it cannot be read. */
bool workflow_read(struct db *db, const char *hash, struct workflow *out,
                   struct arena *arena);

struct workflow_cache;
struct workflow_cache *workflow_cache_create(void);
void workflow_cache_destroy(struct workflow_cache *cache);

/* The result lives at least until the next call. Dies when no definition with
 * this hash can be read: executions name only what was checked and stored. */
const struct workflow *workflow_cached(struct workflow_cache *cache,
                                       struct db *db, const char *hash);

#endif
