/* The inbox: what the gateway told by webhooks, or by its list of events. An
 * event is stored before it is answered; the reaper applies it once. */
#ifndef SHOP_PAYMENT_WEBHOOK_EVENT_H
#define SHOP_PAYMENT_WEBHOOK_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"

enum webhook_status {
    WEBHOOK_DUE,
    WEBHOOK_APPLIED,
    WEBHOOK_EARLY, /* of an order that is not there (yet) */
    WEBHOOK_IGNORED,
    WEBHOOK_FAILED,
    WEBHOOK_ANY /* not a status */
};
extern const struct names webhook_status_names;

struct webhook_event {
    int64_t sequence;
    const char *event_id;
    const char *type;
    const char *body;
    enum webhook_status status;
    const char *message; /* what was done, or why nothing; may be NULL */
    const char *order_id;
    int64_t created_at_ms;
    int64_t received_at_ms;
    int64_t applied_at_ms; /* 0: not yet */
};

/* False: it is there already, and nothing has changed. */
bool webhook_event_store(struct db *db, const char *event_id, const char *type,
                         const char *body, int64_t created_at_ms,
                         int64_t now_ms, struct arena *arena);

/* An event that is to be applied, with its body, by the subject of its work
 * (work.h). False: it was applied, or forgotten. */
bool webhook_event_waiting(struct db *db, const char *subject,
                           struct webhook_event *out, struct arena *arena);

/* What became of one. order_id may be NULL. */
void webhook_event_applied(struct db *db, int64_t sequence,
                           const char *order_id, const char *message,
                           int64_t now_ms);
void webhook_event_ignored(struct db *db, int64_t sequence, const char *message,
                           int64_t now_ms);
void webhook_event_early(struct db *db, int64_t sequence, const char *message);

/* The event is given up: it has failed, and an alarm about its event_id says
 * so. */
void webhook_event_failed(struct db *db, const char *subject,
                          const char *message, int64_t now_ms);

/* Staff have it applied again, which settles its alarm; false: there is no
 * such event. */
bool webhook_event_again(struct db *db, const char *event_id, int64_t now_ms);

/* Newest first; before: only sequences below. list has room for limit; bodies
 * are not read. */
size_t webhook_event_list(struct db *db, enum webhook_status status,
                          int64_t before, int64_t limit,
                          struct webhook_event *list, struct arena *arena);
bool webhook_event_find(struct db *db, const char *event_id,
                        struct webhook_event *out, struct arena *arena);

/* Forgets those received before then; gives how many, at most limit. */
int64_t webhook_event_thin(struct db *db, int64_t before_ms, int64_t limit);

/* Packs the bodies that are not packed yet: before version 5 none was. */
void webhook_event_pack_all(struct db *db, struct arena *arena);

#endif
