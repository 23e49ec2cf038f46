/* Money that came after its order's window had closed. The reaper calls it for
 * what a gateway took (reaper/outcome.c), payment_request.c for what staff
 * took. Inside the caller's write transaction. */
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

enum late_outcome {
    LATE_NONE,     /* no window of a payment by hand cancelled this order */
    LATE_REOPENED, /* it goes on */
    LATE_OWED      /* booked, with an alarm: it is to be paid back by hand */
};

/* Staff have the money of an order that is paid by hand. note may be NULL. */
enum late_outcome late_payment_by_hand(struct db *db, const struct order *order,
                                       const char *note, const char *by,
                                       int64_t now_ms, struct arena *arena);

#endif
