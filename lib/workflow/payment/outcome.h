/* What became known of a payment, whoever brought the news (an answer of the
 * gateway, an event, a reconciliation, staff), and what follows for its order.
 * Only rows change: an execution that is to hear of it is due at once, and the
 * caller sees to it that the reaper is awake. All are called inside the write
 * transaction, change nothing when the news is known already, and allocate from
 * arena. */
#ifndef WORKFLOW_PAYMENT_OUTCOME_H
#define WORKFLOW_PAYMENT_OUTCOME_H

#include "lib/base/settings/settings.h"
#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"

enum outcome {
    OUTCOME_TAKEN,    /* the order's payment: its workflow goes on */
    OUTCOME_KNOWN,    /* nothing new */
    OUTCOME_REOPENED, /* late: the order is taken up again */
    OUTCOME_EXTRA,    /* too late, or a second time: booked, given back */
    OUTCOME_ODD,      /* not this order's amount or currency: not booked */
    OUTCOME_FOREIGN   /* the attempt never asked for it: not booked */
};

/* The gateway took this money for this attempt. If it is not booked, an alarm
 * says so. */
struct money_taken {
    const char *intent_id;
    int64_t amount_minor;
    const char *currency; /* NULL: it cannot be read */
};
enum outcome outcome_paid(struct db *db, const struct settings *settings,
                          const struct payment_attempt *attempt,
                          const struct money_taken *money, int64_t now_ms,
                          struct arena *arena);

/* The gateway said no: the workflow's task fails with Payment.Declined. */
struct refusal {
    const char *code;
    const char *message; /* NULL or "": it gave no reason */
    const char *intent_id;
};
void outcome_failed(struct db *db, const struct settings *settings,
                    const struct payment_attempt *attempt,
                    const struct refusal *refusal, int64_t now_ms,
                    struct arena *arena);

/* The window closed and nothing was paid: the order is CANCELLED. */
void outcome_closed(struct db *db, const struct payment_attempt *attempt,
                    int64_t now_ms, struct arena *arena);

/* Staff have the money of the order's open manual attempt. by says who, note
 * what is said of it, or is NULL. False: no manual attempt is open. */
bool outcome_marked_paid(struct db *db, const char *order_id, const char *note,
                         const char *by, int64_t now_ms, struct arena *arena);

/* True: what arrived for this order is not in the shop's currency, or nobody
 * can tell; an alarm says so. */
struct arrived {
    const char *what;       /* "A refund" */
    const char *gateway_id; /* of it */
    const char *currency;   /* NULL: it cannot be read */
};
bool outcome_odd_currency(struct db *db, const struct settings *settings,
                          const char *order_id, const struct arrived *arrived,
                          int64_t now_ms, struct arena *arena);

/* Money came after the order's window had closed, from a gateway or by hand.
 * Takes the order up again, if its goods are still there and only its window
 * cancelled it; the attempt, which had failed by that, has then succeeded with
 * this money. by says who brought the news, for the history. False: nothing has
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
