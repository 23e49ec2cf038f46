/* A reaper among reapers: it enters, shows that it lives, and takes over from
 * those that are dead (their file's lock is free) or have been silent for
 * longer than a lease. Here what a dead one had in hand is blamed for its
 * death, whatever kind of work it is: it runs alone next, and is given up once
 * it has killed three reapers all by itself. */
#ifndef REAPER_PRESENCE_H
#define REAPER_PRESENCE_H

#include "reaper/reaper.h"

/* Begins the transaction of a cycle with a sign of life. What it takes over
 * from others is committed before: when this reaper dies as well, it must be
 * known what is to blame. False: the transaction cannot be had, or stored. */
bool presence_begin(struct reaper *reaper, int64_t now_ms);

/* Ends in order, so that others take over at once. */
void presence_end(struct reaper *reaper);

/* While this is true, the reaper works on one thing at a time. */
bool presence_is_careful(struct reaper *reaper);

/* Parks the order: no reaper works on it until staff have it tried again. */
void presence_park(struct db *db, const char *order_id, const char *why,
                   int64_t now_ms);

#endif
