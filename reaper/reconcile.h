/* A reconciliation's parts: reconcile_lists.c fetches the gateway's lists, the
 * functions here judge what they hold. Called inside the transaction. */
#ifndef REAPER_RECONCILE_H
#define REAPER_RECONCILE_H

#include "reaper/reaper.h"

enum {
    /* What came about so shortly before the run may be half done. */
    RECONCILE_FRESH_MS = 120000,
    /* An intent is made after its attempt, but by another clock. */
    RECONCILE_SKEW_MS = 300000
};

/* One intent of the list; true: a difference was settled. */
bool reconcile_intent(struct reaper *reaper, const struct reconcile_place *at,
                      const struct stripe_intent *intent, int64_t now_ms,
                      struct arena *arena);

/* What the list, now at its end, did not show, and what is still unknown. */
void reconcile_rest(struct reaper *reaper, const struct reconcile_place *at,
                    int64_t now_ms, struct arena *arena);

#endif
