/* An execution in hand: brought from the database into the engine (lib/asl) and
 * back. Called by advance.c. */
#ifndef REAPER_ENGINE_H
#define REAPER_ENGINE_H

#include "reaper/task.h"

/* Loads the execution of this order into step; its arena is the reaper's step
 * arena. False: it is not running (any more). */
bool engine_open(struct step *step, struct reaper *reaper, const char *order_id,
                 int64_t now_ms);

/* Reads the order again when anything was written since it was read. */
void engine_refresh_order(struct step *step);

/* Stores the run as it stands with the events that it made; ends the execution
 * where the run has ended, and undoes the order where that was no success. */
void engine_close(struct step *step);

#endif
