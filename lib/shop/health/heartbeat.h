/* The one reaper: its fencing token and its committed signs of life. */
#ifndef SHOP_HEALTH_HEARTBEAT_H
#define SHOP_HEALTH_HEARTBEAT_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

/* Takes over from any reaper before: gives the new fencing token. */
int64_t heartbeat_take_over(struct db *db);

/* Records a sign of life; false when another reaper has taken over: then
 * nothing of this transaction may stay. */
bool heartbeat_beat(struct db *db, int64_t fence);

/* Milliseconds since the last committed beat; INT64_MAX: there was none. */
int64_t heartbeat_age_ms(struct db *db);

/* Writes one small row, and how long ago one was last written and
 * committed; INT64_MAX: never. */
void heartbeat_probe(struct db *db);
int64_t heartbeat_probe_age_ms(struct db *db);

#endif
