/* How far an order has come: the tasks of its workflow, in order, with what
 * its history says of each. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db.h"

enum progress_state {
    PROGRESS_DONE,
    PROGRESS_CURRENT,
    PROGRESS_WAITING,
    PROGRESS_FAILED,
    PROGRESS_NOT_REACHED
};

struct progress_step {
    const char *state_name;
    const char *title; /* for people */
    bool is_mail;      /* queues the confirmation */
    enum progress_state state;
    int attempts;
    int64_t at_ms; /* when it ended, else when it began; 0: neither */
};

/* Gives the number of steps; 0 when the order has no execution. */
size_t progress_read(struct db *db, const char *order_id,
                     struct progress_step **steps, struct arena *arena);

#endif
