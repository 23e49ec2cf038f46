/* Payments by hand (a bank transfer, cash): staff mark an order paid, and set
 * until when it waits for its money. Over the API and from the staff page.
 * Inside the write transaction; the caller wakes the reaper. */
#ifndef WORKFLOW_PAYMENT_BY_HAND_H
#define WORKFLOW_PAYMENT_BY_HAND_H

#include "lib/shop/order/order.h"
#include "lib/shop/payment/payment.h"

/* Why none of this can be done to an order. */
#define BY_HAND_NOT_AWAITED "No payment by hand is awaited for this order."

enum by_hand {
    BY_HAND_PAID,        /* the order goes on */
    BY_HAND_REOPENED,    /* its window had closed; it is taken up again */
    BY_HAND_TO_PAY_BACK, /* likewise, but its goods are gone: the money is to
                            be paid back by hand, and an alarm says so */
    BY_HAND_REFUSED      /* not awaited */
};

/* Staff have the money. by says who, note what is said of it, or is NULL. Also
 * notes it in the order's history. */
enum by_hand by_hand_paid(struct db *db, const struct order *order,
                          const char *note, const char *by, int64_t now_ms,
                          struct arena *arena);

/* How far away the end of a window may be. */
enum { BY_HAND_MAX_DAYS = 366 };
bool by_hand_end_fits(int64_t closes_at_ms, int64_t now_ms);

/* So many days after closes_at_ms, the end of a window as it stands, or after
 * now when it has no end (0); -1: no such end fits. */
int64_t by_hand_extended_ms(int64_t closes_at_ms, int64_t days, int64_t now_ms);

/* closes_at_ms 0: no end. Also notes it in the history. False: no payment by
 * hand is awaited. */
bool by_hand_set_window(struct db *db, const char *order_id,
                        int64_t closes_at_ms, const char *by, int64_t now_ms,
                        struct arena *arena);

#endif
