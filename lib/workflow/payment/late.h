/* Money that came after its order's window had closed. Called by
 * outcome.c for what a gateway took, by by_hand.c for what staff took. Inside
 * the caller's write transaction. */
#ifndef WORKFLOW_PAYMENT_LATE_H
#define WORKFLOW_PAYMENT_LATE_H

#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"

/* Takes the order up again, if its goods are still there and nobody but its
 * window cancelled it; the attempt, which failed by that, has then succeeded
 * with this money. by is who says so, for the history. False: nothing has
 * changed. */
struct late_payment {
    const struct payment_attempt *attempt;
    const char *intent_id;
    int64_t amount_minor;
    const char *by;
};
bool late_payment_reopen(struct db *db, const struct order *order,
                         const struct late_payment *late, int64_t now_ms);

#endif
