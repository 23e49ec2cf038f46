/* Disputes: a customer's bank asks about a charge or takes it back
 * (docs.stripe.com/api/disputes/object). Events come in any order, so what the
 * newest said of each dispute is kept. */
#ifndef SHOP_PAYMENT_DISPUTE_H
#define SHOP_PAYMENT_DISPUTE_H

#include <stdint.h>

#include "lib/adapter/db/db.h"

enum dispute_status {
    DISPUTE_ASKED,     /* warning_needs_response, warning_under_review */
    DISPUTE_DROPPED,   /* warning_closed: the bank asked, and that was all */
    DISPUTE_OPEN,      /* needs_response */
    DISPUTE_REVIEWED,  /* under_review */
    DISPUTE_WON,       /* won */
    DISPUTE_LOST,      /* lost */
    DISPUTE_PREVENTED, /* prevented: settled before it began */
    DISPUTE_OTHER      /* one that is not known here */
};

/* The status that the gateway's word means. */
enum dispute_status dispute_status_of(const char *word);

/* Whether the money is withdrawn while a dispute has this status. */
bool dispute_takes_money(enum dispute_status status);

/* What staff are told; amount is readable, word the gateway's. */
const char *dispute_words(enum dispute_status status, const char *word,
                          const char *amount, struct arena *arena);

/* An event of told_at_ms gives the dispute this status. True: the status is
 * new, and no newer event has said otherwise. */
bool dispute_take(struct db *db, const char *dispute_id, const char *word,
                  int64_t told_at_ms, struct arena *arena);

#endif
