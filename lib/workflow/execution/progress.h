/* How far an order has come: the tasks of its workflow, in order, and what its
 * history says of each. Called by the pages that show an order. */
#ifndef WORKFLOW_EXECUTION_PROGRESS_H
#define WORKFLOW_EXECUTION_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/asl/asl.h"
#include "lib/shop/execution/history.h"

enum progress_state {
    PROGRESS_DONE,
    PROGRESS_CURRENT,
    PROGRESS_WAITING,
    PROGRESS_FAILED,
    PROGRESS_NOT_REACHED
};

enum { PROGRESS_MAX_STEPS = 100 };

struct progress_step {
    const char *state_name;
    const char *title; /* for people */
    bool is_mail;      /* queues the confirmation */
    bool is_money;     /* takes the payment or gives it back */
    enum progress_state state;
    int attempts;
    int64_t at_ms; /* when it ended, else when it began; 0: neither */
};

/* The Task states that follow from the start when nothing fails; gives how
 * many. At a Choice it goes by the Default or else the first rule, but never
 * back. The tasks within a Parallel or Map stand in its place. Names and titles
 * are copied into arena. */
size_t progress_steps(const struct asl_definition *definition,
                      struct progress_step steps[PROGRESS_MAX_STEPS],
                      struct arena *arena);

/* What an event says of the steps; before the first they are waiting. */
void progress_event(struct progress_step *steps, size_t count,
                    const struct history_event *event);

/* After the last event. */
void progress_end(struct progress_step *steps, size_t count, bool running);

/* All of the above. Gives the number of steps; 0 when the order has no
 * execution. */
size_t progress_read(struct db *db, const char *order_id,
                     struct progress_step **steps, struct arena *arena);

#endif
