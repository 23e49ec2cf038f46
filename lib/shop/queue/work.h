/* The queue of work: whatever is to be done outside of a transaction, or later,
 * is a row here until it is done. What it is about stands in a table of its own
 * (an attempt, a mail, a paper); the id there is the work's subject. The reaper
 * claims what is due, does it, and ends its claim by one of three verbs: done,
 * again, or drop, which gives it up. A claim names its reaper and bears a token
 * that grows with every claim. So an end that comes too late, from a reaper
 * that others took for dead, changes nothing.
 *
 * Called inside the caller's write transaction. Times are the work clock's. */
#ifndef SHOP_QUEUE_WORK_H
#define SHOP_QUEUE_WORK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/db/db.h"
#include "lib/base/text/names.h"

/* By rank: of what is due, the earlier kinds are claimed first. */
enum work_kind {
    WORK_EVENT,          /* of the inbox, by its sequence */
    WORK_CHARGE,         /* of a payment attempt: by its stage */
    WORK_REFUND,         /* of a refund */
    WORK_RECEIPT,        /* by its file */
    WORK_CREDIT_NOTE,    /* by its refund */
    WORK_MAIL,           /* of the outbox */
    WORK_RECONCILIATION, /* by its run: its next page */
    WORK_IMPORT,         /* by its number: its next part */
    WORK_KINDS
};

extern const struct names work_kind_names;

/* The host of what asks the payment gateway: hosts have a cap in common. */
#define WORK_GATEWAY "gateway"

enum { WORK_SUBJECT_SIZE = 64, WORK_CLAIM_MAX = 256 };

#define WORK_NEVER INT64_MAX /* a due time that does not come by itself */

struct work_order {
    enum work_kind kind;
    const char *subject;
    const char *order_id; /* NULL: of none */
    const char *host;     /* whom it calls; NULL: nobody there is a cap for */
    int64_t due_work_ms;  /* 0: as soon as may be */
};

/* Queues a piece of work. If it is there already it gets this due time, unless
 * a reaper has it in hand. */
void work_queue(struct db *db, const struct work_order *order);

/* work_move gives it another due time, work_hasten only an earlier one, if it
 * is there and no reaper has it in hand. */
void work_move(struct db *db, enum work_kind kind, const char *subject,
               int64_t due_work_ms);
void work_hasten(struct db *db, enum work_kind kind, const char *subject,
                 int64_t due_work_ms);

/* Takes a piece of work that is no longer wanted off the queue, done or not,
 * whoever has it in hand. */
void work_drop(struct db *db, enum work_kind kind, const char *subject);

/* A piece of work that a reaper has claimed. */
struct work {
    enum work_kind kind;
    char subject[WORK_SUBJECT_SIZE];
    char order_id[CRYPTO_UUID_SIZE]; /* "": of none */
    int64_t tries;                   /* this one counted */
    int64_t reaper;
    int64_t token;
};

/* Claims up to limit (at most WORK_CLAIM_MAX) pieces of this kind that are due
 * and that nobody has, the longest due first. No host is called by more than
 * host_cap pieces at once, of all kinds and reapers together. */
size_t work_claim(struct db *db, enum work_kind kind, int64_t reaper,
                  int64_t limit, int64_t host_cap, struct work *list);

enum work_hold {
    WORK_HELD, /* the claim stands */
    WORK_GONE, /* it was dropped, or done by others */
    WORK_LOST  /* others have taken it over */
};
enum work_hold work_look(struct db *db, const struct work *work);

/* How much of the tries so far counts for the next one's wait. */
enum work_count {
    WORK_TRIED, /* this one as well */
    WORK_SEEN,  /* not this one: it was only looked at */
    WORK_ANEW   /* none of them: what comes next is another thing */
};

/* The two ends of a claim. work_done: it is done. work_again: it is due again
 * after delay_ms, and the crashes that were blamed on it are forgiven. False:
 * the claim is lost, and nothing has changed. */
bool work_done(struct db *db, const struct work *work);
bool work_again(struct db *db, const struct work *work, int64_t delay_ms,
                enum work_count count);

/* How long to wait after so many tries without success: first_ms after one,
 * twice as long after each further one, at most max_ms. */
int64_t work_backoff_ms(int64_t first_ms, int64_t max_ms, int64_t tries);

/* When the next piece of this kind is due, of those that nobody has and whose
 * host has room for one more; INT64_MAX: none is. */
int64_t work_next_due(struct db *db, enum work_kind kind, int64_t host_cap);

/* Whether it is there, in somebody's hands or not. */
bool work_is_queued(struct db *db, enum work_kind kind, const char *subject);

/* How many there are of the kind. */
int64_t work_count(struct db *db, enum work_kind kind);

/* Reapers that died ------------------------------------------------------- */

/* What this reaper holds, max pieces at most. */
size_t work_held(struct db *db, int64_t reaper, struct work *list, size_t max);

/* A reaper died of this piece alone: it has to wait, longer each time. */
void work_blame(struct db *db, enum work_kind kind, const char *subject);

/* This reaper died of one of those that it held, and nobody knows of which. */
void work_suspect(struct db *db, int64_t reaper);

/* What this reaper held is free again, and as due as it was. */
void work_take_over(struct db *db, int64_t reaper);

/* True while a piece that is blamed or suspected is due or in hand. Then the
 * reaper works on one piece at a time, so that a further death tells whose
 * fault it is. */
bool work_is_careful(struct db *db);

/* One of which alone so many reapers died; false: there is none. */
bool work_hopeless(struct db *db, int64_t deaths, struct work *out);

#endif
