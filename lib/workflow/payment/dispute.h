/* What became known of a dispute (the customer's bank asks for the money of a
 * charge), and what follows: as outcome.h. */
#ifndef WORKFLOW_PAYMENT_DISPUTE_H
#define WORKFLOW_PAYMENT_DISPUTE_H

#include "lib/base/settings/settings.h"
#include "lib/shop/payment/payment.h"

struct dispute_news {
    const char *intent_id; /* of the charge */
    const char *dispute_id;
    const char *status; /* the gateway's word */
    int64_t amount_minor;
    const char *currency; /* NULL: it cannot be read */
    bool withdrawn;       /* the gateway says that it took the money */
    int64_t told_at_ms;   /* by the gateway's clock */
};

/* Its amount enters the ledger under the dispute's id once the money was
 * withdrawn, and goes back when the dispute was won; an alarm says how it
 * stands by the newest event. False: the charge is not booked here (yet).
 * *order_id is set. */
bool outcome_disputed(struct db *db, const struct settings *settings,
                      const struct dispute_news *news, const char **order_id,
                      int64_t now_ms, struct arena *arena);

#endif
