/* Refunds: queued in the transaction that decides them, made by the reaper. */
#ifndef REFUND_H
#define REFUND_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db.h"

/* Queues a refund, to be made by the reaper; reason is for the books. It gives
 * back the order's newest charge of which something is left, then the one
 * before, a refund each, and never more than is left. */
void refund_queue(struct db *db, const char *order_id, int64_t amount_minor,
                  const char *reason, int64_t now_ms);

struct refund {
    const char *refund_id; /* also the gateway's idempotency key */
    const char *order_id;
    const char *intent_id; /* the same at every call */
    int64_t amount_minor;
    int64_t calls;
    int64_t created_at_ms;
};

/* Refunds that are due; each is counted as asked and not due again before
 * claim_ms have passed. */
size_t refund_claim(struct db *db, int64_t claim_ms, int64_t limit,
                    struct refund *list, struct arena *arena);

/* In boot time; INT64_MAX: none waits. */
int64_t refund_next_due(struct db *db);

/* What the gateway said of one. */
void refund_succeeded(struct db *db, const char *refund_id,
                      const char *gateway_id, int64_t now_ms);
void refund_failed(struct db *db, const char *refund_id, const char *message,
                   int64_t now_ms);

/* No answer, or none that says anything: due again after delay_ms. */
void refund_unknown(struct db *db, const char *refund_id, int64_t delay_ms,
                    const char *message, int64_t now_ms);

/* Gives the order's waiting refunds up. */
void refund_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms);

/* For a reaper that begins anew: makes every waiting one due at once, or soon
 * when it was tried before, the later the more often: one that kills the
 * reaper does so ever more rarely. */
void refund_take_over(struct db *db);

#endif
