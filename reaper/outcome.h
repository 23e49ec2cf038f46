/* What became known of a payment, whoever brought it (an answer of the
 * gateway, an event, a reconciliation, staff), and what follows for its order.
 * All are called inside the transaction, change nothing when it is known
 * already, and allocate from arena, which must not be the step arena. */
#ifndef REAPER_OUTCOME_H
#define REAPER_OUTCOME_H

#include "lib/shop/payment/payment.h"
#include "reaper/reaper.h"

enum outcome {
    OUTCOME_TAKEN,    /* the order's payment: its workflow goes on */
    OUTCOME_KNOWN,    /* nothing new */
    OUTCOME_REOPENED, /* late: the order is taken up again */
    OUTCOME_EXTRA,    /* too late, or a second time: booked, given back */
    OUTCOME_ODD,      /* not this order's amount or currency: not booked */
    OUTCOME_FOREIGN   /* the attempt never asked for it: not booked */
};

/* The gateway took this money for this attempt. currency NULL: it cannot be
 * read. What is not booked raises an alarm. */
enum outcome outcome_paid(struct reaper *reaper,
                          const struct payment_attempt *attempt,
                          const char *intent_id, int64_t amount_minor,
                          const char *currency, int64_t now_ms,
                          struct arena *arena);

/* The gateway said no: the workflow's task fails with Payment.Declined. */
void outcome_failed(struct reaper *reaper,
                    const struct payment_attempt *attempt, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms,
                    struct arena *arena);

/* The window closed and nothing was paid: the order is CANCELLED. */
void outcome_closed(struct reaper *reaper,
                    const struct payment_attempt *attempt, int64_t now_ms,
                    struct arena *arena);

/* A closed attempt's workflow is told, for those that were closed outside of
 * the reaper (staff marked them paid). */
void outcome_tell(struct reaper *reaper, int64_t now_ms);

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
bool outcome_disputed(struct reaper *reaper, const struct dispute_news *news,
                      const char **order_id, int64_t now_ms,
                      struct arena *arena);

/* True: what came for this order is not in the shop's currency, or nobody can
 * tell (currency NULL), and an alarm says so. what is "A refund". */
bool outcome_odd_currency(struct reaper *reaper, const char *currency,
                          const char *order_id, const char *gateway_id,
                          const char *what, int64_t now_ms,
                          struct arena *arena);

#endif
