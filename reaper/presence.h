/* A reaper among reapers: it enters, shows that it lives, and takes over from
 * those that are dead (their file's lock is free) or have been silent for
 * longer than a lease. What a dead one had in hand is blamed for it here,
 * whatever kind of work it is: it runs alone next, and what kills three reapers
 * all by itself is given up. */
#ifndef REAPER_PRESENCE_H
#define REAPER_PRESENCE_H

#include "reaper/reaper.h"

/* Begins the transaction of a cycle with a sign of life. What it takes over is
 * committed before: who is to blame must be known when this one dies as well.
 * False: the transaction cannot be had, or stored. */
bool presence_begin(struct reaper *reaper, int64_t now_ms);

/* Ends in order: others take over at once. */
void presence_end(struct reaper *reaper);

/* While this is true, one thing at a time is worked on. */
bool presence_is_careful(struct reaper *reaper);

/* Parks the order: nobody works on it until staff have it tried again. */
void presence_park(struct db *db, const char *order_id, const char *why,
                   int64_t now_ms);

#endif
