/* Payment: attempts (a row before the gateway is asked) and the ledger of
 * what the gateway did. payment_status always derives from both. */
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

/* The open attempt, or a new one; counts the call that is about to be made. */
struct payment_attempt payment_begin(struct db *db, const char *order_id,
                                     int64_t now_ms, struct arena *arena);

bool payment_is_open(struct db *db, const char *order_id);
/* When the open attempt was begun; 0: none is open. */
int64_t payment_open_since_ms(struct db *db, const char *order_id);
bool payment_is_charged(struct db *db, const char *order_id);

/* The gateway's id and the time of the order's charge; false: none. */
bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena);

/* What the gateway said of an attempt. A success enters the ledger; one that
 * was known already changes nothing. */
void payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms);
void payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms);
void payment_unknown(struct db *db, const char *attempt_id, const char *message,
                     int64_t now_ms);

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
