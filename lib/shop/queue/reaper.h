/* The reapers: a row each, with its signs of life. What a reaper holds (work,
 * executions) is its own for as long as its row is there. When it is dead, or
 * silent for longer than its lease, others take over and delete its row. If it
 * comes back after that, it holds nothing and enters anew. */
#ifndef SHOP_QUEUE_REAPER_H
#define SHOP_QUEUE_REAPER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

enum { REAPER_LEASE_MS = 60000 };

/* Enters a reaper under a number that none had before; 0 when the transaction
 * was refused. */
int64_t reaper_enter(struct db *db, int64_t now_ms);

/* A sign of life; false: others have taken over from it. */
bool reaper_beat(struct db *db, int64_t reaper);

void reaper_leave(struct db *db, int64_t reaper);

/* The others, the oldest first. */
struct reaper_row {
    int64_t reaper;
    bool silent; /* for longer than its lease */
};
size_t reaper_others(struct db *db, int64_t reaper, struct reaper_row *list,
                     size_t max);

#endif
