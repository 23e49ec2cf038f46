/* Steering an order's execution, over the API and from the staff page: stopping
 * it, redriving it, or trying at once what waits. */
#ifndef WORKFLOW_EXECUTION_STEER_H
#define WORKFLOW_EXECUTION_STEER_H

#include "lib/shop/order/order.h"

enum execution_action {
    EXECUTION_STOP,    /* a running one ends ABORTED, its order is undone */
    EXECUTION_REDRIVE, /* one that ended without success goes on */
    EXECUTION_RETRY    /* what waits for its time is tried now */
};

struct execution_steer {
    enum execution_action action;
    bool current;       /* redrive under the definition of new orders, not
                           under its own */
    bool paid_late;     /* redrive also what was cancelled because nobody had
                           paid */
    const char *reason; /* kept in the history; not NULL */
    const char *by;     /* who: an e-mail or "token NAME" */
};

/* Read its fields, from JSON or a form. This one is an action: stop, redrive or
 * retry; false: it is none. */
bool execution_action_of(const char *name, enum execution_action *out);
/* A definition: own (or NULL), or current; false: it is neither. */
bool execution_definition_of(const char *name, bool *current);
/* The reason as it is kept; NULL: *fault says what is wrong with it. */
const char *execution_steer_reason(struct arena *arena, const char *reason,
                                   const char **fault);

/* What can be done now, for the page. */
struct execution_offers {
    bool stop;
    bool retry;
    const char *redrive_from; /* the state; NULL: no redrive */
    bool current_differs;     /* another definition is current */
};

void execution_offers(struct db *db, const struct order *order,
                      struct execution_offers *out, struct arena *arena);

/* Does it inside the caller's write transaction, with an event (who, why).
 * NULL: done. Else a sentence on why it is not possible (409); then nothing was
 * written. */
const char *execution_steer(struct db *db, const struct order *order,
                            const struct execution_steer *change,
                            int64_t now_ms, struct arena *arena);

#endif
