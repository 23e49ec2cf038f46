/* The journal's deliveries: which event goes to which webhook endpoint, when,
 * and what came of it. event.c adds them; the deliverer works them off. Times
 * are wall-clock milliseconds; texts that are read live in the arena. */
#ifndef CGI_BIN_GATEWAY_EVENT_DELIVERY_H
#define CGI_BIN_GATEWAY_EVENT_DELIVERY_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

struct delivery_target {
    const char *endpoint_id; /* "we_..." */
    const char *url;
    const char *secret; /* "whsec_...": goes into no log */
};

struct delivery {
    int64_t id;
    const char *event_id;
    int64_t due_ms;
    int64_t created_ms; /* the event */
    int calls;          /* made so far */
};

/* At most limit endpoints that are enabled; returns how many. */
int journal_delivery_targets(struct db *db, struct arena *arena, int limit,
                             struct delivery_target *out);

/* At most limit deliveries still to make to the endpoint, those due first
 * first, also those that are not due yet; returns how many. */
int journal_deliveries(struct db *db, struct arena *arena,
                       const char *endpoint_id, int limit,
                       struct delivery *out);

/* A call was made and answered with http_status (0: not at all). Either it is
 * delivered, or fault says why not; then it is due again at again_ms, and
 * with again_ms 0 given up. */
void journal_delivery_made(struct db *db, int64_t id, int http_status,
                           const char *fault, int64_t again_ms);

#endif
