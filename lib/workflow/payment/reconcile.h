/* What a reconciliation decides: it compares what the gateway's list shows with
 * our books. What the gateway took or gave back is booked here too (outcome.h);
 * any other difference is a finding. The reaper fetches the list. Inside the
 * write transaction. */
#ifndef WORKFLOW_PAYMENT_RECONCILE_H
#define WORKFLOW_PAYMENT_RECONCILE_H

#include "lib/adapter/db/db.h"
#include "lib/adapter/stripe/stripe.h"
#include "lib/base/settings/settings.h"

enum {
    /* What happened so shortly before the run may be half done. */
    RECONCILE_FRESH_MS = 120000,
    /* An intent is made after its attempt, but by another clock. */
    RECONCILE_SKEW_MS = 300000
};

struct reconcile_run {
    int64_t run;
    int64_t since_ms; /* how far back its list goes */
    int64_t began_ms;
};

/* Compares one intent of the list; true: a difference was settled. */
bool reconcile_intent(struct db *db, const struct settings *settings,
                      const struct reconcile_run *run,
                      const struct stripe_intent *intent, int64_t now_ms,
                      struct arena *arena);

/* The list is at its end: decides about what it did not show, and about what is
 * still unknown. */
void reconcile_rest(struct db *db, const struct settings *settings,
                    const struct reconcile_run *run, int64_t now_ms,
                    struct arena *arena);

#endif
