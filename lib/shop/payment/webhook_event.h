/* The inbox: what the gateway told by webhooks (or by its list of events),
 * stored before it is answered and applied by the reaper, once. */
#ifndef SHOP_PAYMENT_WEBHOOK_EVENT_H
#define SHOP_PAYMENT_WEBHOOK_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

struct webhook_event {
    int64_t sequence;
    const char *event_id;
    const char *type;
    const char *body;
    const char *status;  /* due, applied, parked, ignored, failed */
    const char *message; /* what was done, or why nothing; may be NULL */
    const char *order_id;
    int64_t calls;
    int64_t created_at_ms;
    int64_t received_at_ms;
    int64_t applied_at_ms; /* 0: not yet */
};

/* False: it is there already, and nothing has changed. */
bool webhook_event_store(struct db *db, const char *event_id, const char *type,
                         const char *body, int64_t created_at_ms,
                         int64_t now_ms);

/* The first that is due, in the order they came, body and all; it is counted
 * and not due again before claim_ms have passed. False: none is due. */
bool webhook_event_claim(struct db *db, int64_t claim_ms,
                         struct webhook_event *out, struct arena *arena);

/* In work time; INT64_MAX: none waits. */
int64_t webhook_event_next_due(struct db *db);

/* For a reaper that begins anew: every waiting one is due at once, or soon when
 * the reaper died with it in hand. */
void webhook_event_take_over(struct db *db);

/* What became of one. order_id may be NULL. Parked: of an order that is not
 * there (yet); tried again after delay_ms. */
void webhook_event_applied(struct db *db, int64_t sequence,
                           const char *order_id, const char *message,
                           int64_t now_ms);
void webhook_event_ignored(struct db *db, int64_t sequence, const char *message,
                           int64_t now_ms);
void webhook_event_parked(struct db *db, int64_t sequence, int64_t delay_ms,
                          const char *message);

/* The reaper died with this one in hand. After `crashes` times it has failed,
 * and an alarm (webhook_failed, about its event_id) says so. */
void webhook_event_blame(struct db *db, int64_t sequence, int64_t crashes,
                         int64_t now_ms);

/* Staff have it applied again, which settles its alarm; false: there is no
 * such event. */
bool webhook_event_again(struct db *db, const char *event_id, int64_t now_ms);

/* Newest first; status NULL: any; before: only sequences below. list has room
 * for limit; bodies are not read. */
size_t webhook_event_list(struct db *db, const char *status, int64_t before,
                          int64_t limit, struct webhook_event *list,
                          struct arena *arena);
bool webhook_event_find(struct db *db, const char *event_id,
                        struct webhook_event *out, struct arena *arena);

/* Forgets those received before then; gives how many, at most limit. */
int64_t webhook_event_thin(struct db *db, int64_t before_ms, int64_t limit);

#endif
