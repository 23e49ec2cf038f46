/* Signs of life: of the reapers, and that the database can be written. */
#ifndef SHOP_HEALTH_HEARTBEAT_H
#define SHOP_HEALTH_HEARTBEAT_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* Since the youngest sign of life of any reaper (lib/shop/queue/reaper.h), in
 * ms; INT64_MAX: there is none. */
int64_t heartbeat_age_ms(struct db *db);

/* Writes one small row, and how long ago one was last written and
 * committed; INT64_MAX: never. */
void heartbeat_probe(struct db *db);
int64_t heartbeat_probe_age_ms(struct db *db);

#endif
