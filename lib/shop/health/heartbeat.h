/* Signs of life: of the reapers, and that the database can be written. */
#ifndef SHOP_HEALTH_HEARTBEAT_H
#define SHOP_HEALTH_HEARTBEAT_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* How long ago any reaper (lib/shop/queue/reaper.h) last gave a sign of life,
 * in ms; INT64_MAX: none did. */
int64_t heartbeat_age_ms(struct db *db);

/* heartbeat_probe writes one small row; heartbeat_probe_age_ms is how long ago
 * one was last written and committed; INT64_MAX: never. */
void heartbeat_probe(struct db *db);
int64_t heartbeat_probe_age_ms(struct db *db);

#endif
