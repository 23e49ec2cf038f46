/* Payment: attempts (a row before the gateway is asked) and the ledger of
 * what the gateway did. payment_status always derives from both. An order that
 * is redriven after its money went back is charged again: its charges differ
 * in their round, which is how often it had been redriven. */
#ifndef PAYMENT_H
#define PAYMENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db.h"

struct payment_attempt {
    const char *attempt_id; /* also the gateway's idempotency key */
    const char *order_id;
    int64_t attempt_no;
    const char *status;       /* open, succeeded, failed */
    int64_t calls;            /* times the gateway was asked */
    int64_t unknown_since_ms; /* 0: no answer is missing */
    const char *intent_id;
    const char *message;
    int64_t created_at_ms;
};

/* A new open attempt, due at once, unless one is open. */
void payment_begin(struct db *db, const char *order_id, int64_t now_ms);

/* Open attempts that are due; each is counted as asked and not due again
 * before claim_ms have passed. */
size_t payment_claim(struct db *db, int64_t claim_ms, int64_t limit,
                     struct payment_attempt *list, struct arena *arena);

/* In boot time; INT64_MAX: none waits. */
int64_t payment_next_due(struct db *db);

/* Makes every open one due at once, for a reaper that begins anew; not those
 * that are set aside. */
void payment_take_over(struct db *db);

/* Makes the order's open one due at once, set aside or not; false: none is
 * open. */
bool payment_hurry(struct db *db, const char *order_id);

/* The order's open one stays open and is never due again, for an order that is
 * parked; only payment_hurry brings it back. */
void payment_set_aside(struct db *db, const char *order_id, const char *message,
                       int64_t now_ms);

bool payment_is_open(struct db *db, const char *order_id);

/* Charged, and what was charged less the refunds made and to be made is the
 * order's total or more. */
bool payment_is_paid(struct db *db, const char *order_id);

/* The gateway's id and the time of the order's newest charge; false: none. */
bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena);

/* What the gateway said of an attempt. A success enters the ledger. False: the
 * outcome was known already, and nothing has changed. */
bool payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms);
bool payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms);

/* No answer, or none that says anything: due again after delay_ms. */
void payment_unknown(struct db *db, const char *attempt_id, int64_t delay_ms,
                     const char *message, int64_t now_ms);

/* Charged less refunded less what is about to be refunded. */
int64_t payment_left_minor(struct db *db, const char *order_id);

/* Appends to the ledger ("charge" or "refund") under the gateway's own id. */
void payment_book(struct db *db, const char *order_id, const char *kind,
                  int64_t amount_minor, const char *gateway_id, int64_t now_ms);

/* The order's ledger, and the attempts and refunds that are not in it, for the
 * staff page, oldest first. */
struct payment_row {
    int64_t created_at_ms;
    const char *kind;      /* "attempt", "charge", "refund" */
    const char *state;     /* open, succeeded, failed, due, booked */
    const char *reference; /* the gateway's id or what it said; may be NULL */
    int64_t amount_minor;
};
size_t payment_history(struct db *db, const char *order_id,
                       struct payment_row *list, size_t max,
                       struct arena *arena);

#endif
