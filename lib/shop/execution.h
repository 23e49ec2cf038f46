/* Executions: where each order stands in its workflow, and the history of how
 * it came there. Names and event types are Step Functions'. The reaper drives
 * them; a state change and its events are one transaction. */
#ifndef EXECUTION_H
#define EXECUTION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db.h"

enum {
    EXECUTION_RETRIERS = 16,
    EXECUTION_QUEUED = -1 /* a delay: until execution_release_queued */
};

struct execution {
    const char *order_id;
    const char *definition_hash;
    const char *status;              /* RUNNING, SUCCEEDED, FAILED, ABORTED */
    const char *state;               /* NULL before the first */
    bool entered;                    /* the state's Entered event is written */
    int retries[EXECUTION_RETRIERS]; /* of the state, by retrier */
    int64_t step; /* grows with every save: names one moment */
    int64_t fence;
    int64_t last_event;
    int64_t started_at_ms;
};

/* Under the workflow that is current now; due at once. */
void execution_start(struct db *db, const char *order_id, int64_t now_ms);

/* Running ones that are due, oldest first, at most limit. */
size_t execution_due(struct db *db, int64_t now_boot_ms, int64_t limit,
                     struct execution *list, struct arena *arena);

/* When the next running one is due, in boot time; INT64_MAX: none is. */
int64_t execution_next_due(struct db *db);

bool execution_find(struct db *db, const char *order_id, struct execution *out,
                    struct arena *arena);

/* Writes the execution as it stands, due again after delay_ms (0: at once), or
 * queued; held by fence (0: by nobody). False when another hand has moved it
 * since it was read: then nothing of this transaction may stay. */
bool execution_save(struct db *db, struct execution *execution,
                    int64_t delay_ms, int64_t fence);

/* Keeps a held execution from being due for delay_ms more; the moment that
 * step names stays the same. */
void execution_renew(struct db *db, const struct execution *execution,
                     int64_t delay_ms);

/* Ends it; status is SUCCEEDED, FAILED or ABORTED. */
bool execution_end(struct db *db, struct execution *execution,
                   const char *status, int64_t now_ms);

/* Appends to the history (a retry is TaskScheduled with its delay); detail is
 * JSON or NULL. The number of the event is stored by the save or end that
 * follows. */
void execution_event(struct db *db, struct execution *execution,
                     const char *type, const char *detail, int64_t now_ms);

/* Appends what someone did to the order, also after the execution's end: by
 * is who, reason why or NULL. */
void execution_note(struct db *db, const char *order_id, const char *type,
                    const char *by, const char *reason, int64_t now_ms,
                    struct arena *arena);

/* Ends a running execution from outside, as a cancellation does. */
void execution_abort(struct db *db, const char *order_id, int64_t now_ms,
                     struct arena *arena);

/* Makes up to limit queued ones due, the oldest first. */
void execution_release_queued(struct db *db, int64_t limit);

/* Makes due at once what another reaper held or had queued. */
void execution_take_over(struct db *db, int64_t fence);

/* After a reboot, carries every wait over to this boot's clock: by the wall
 * clock, which may be wrong, but never longer than it was meant to be. */
void execution_rebase(struct db *db);

/* Counts a crash of the reaper against this order, or against all that another
 * reaper than fence held; what is let go
 * (saved with fence 0) is forgiven. */
void execution_blame(struct db *db, const char *order_id);
void execution_blame_held(struct db *db, int64_t fence);

/* True while one that was blamed is due or held: they run one at a time, so
 * that a further crash tells which it is. */
bool execution_is_careful(struct db *db);

/* One that was blamed at least so many times; NULL: none. */
char *execution_hopeless(struct db *db, int64_t crashes, struct arena *arena);

/* Takes it out of the reaper's way for good: it stays RUNNING if it was, never
 * due, no longer blamed. */
void execution_park(struct db *db, const char *order_id);

struct execution_event {
    int64_t event_id;
    const char *type;
    const char *state;
    const char *detail;
    int64_t created_at_ms;
};

/* The whole history in order; gives the number of events. */
size_t execution_history(struct db *db, const char *order_id,
                         struct execution_event **events, struct arena *arena);

#endif
