/* Reconciliations: our books compared with the gateway's. A row asks for a run;
 * the reaper carries it out; what it cannot settle is a finding. */
#ifndef SHOP_BOOKS_RECONCILIATION_H
#define SHOP_BOOKS_RECONCILIATION_H

#include <stddef.h>
#include <stdint.h>

#include "lib/adapter/db/db.h"
#include "lib/shop/payment/payment.h"

enum reconciliation_status {
    RECONCILIATION_DUE,
    RECONCILIATION_RUNNING,
    RECONCILIATION_DONE,
    RECONCILIATION_FAILED
};
extern const struct names reconciliation_status_names;

struct reconciliation {
    int64_t run;
    enum reconciliation_status status;
    const char *asked_by; /* clock, operator, or a staff e-mail */
    int64_t since_ms;
    int64_t seen;    /* intents looked at */
    int64_t settled; /* differences settled */
    const char *message;
    int64_t created_at_ms;
    int64_t ended_at_ms; /* 0: not yet */
};

/* Asks for a run over all that happened since then, or joins one that is due
 * and goes as far back; gives its number. */
int64_t reconciliation_ask(struct db *db, int64_t since_ms, const char *by,
                           int64_t now_ms);

/* How far back a run goes when nobody says: to a day before the last run that
 * was done (three days when none was), and as far as the oldest open finding,
 * but no more than 30 days. */
int64_t reconciliation_since(struct db *db, int64_t now_ms);

/* When the last run that was done was asked for; 0: none was done. */
int64_t reconciliation_last_ms(struct db *db);

/* The run is carried out now, from its beginning; false: it has ended. */
bool reconciliation_begin(struct db *db, int64_t run,
                          struct reconciliation *out, struct arena *arena);

/* Adds to what the run has seen and settled. */
void reconciliation_count(struct db *db, int64_t run, int64_t seen,
                          int64_t settled);
/* status is done or failed. The third run in a row that fails raises an alarm
 * of kind "reconciliation_failed". */
void reconciliation_end(struct db *db, int64_t run,
                        enum reconciliation_status status, const char *message,
                        int64_t now_ms);

bool reconciliation_find(struct db *db, int64_t run, struct reconciliation *out,
                         struct arena *arena);
/* Newest first. */
size_t reconciliation_list(struct db *db, int64_t limit,
                           struct reconciliation *list, struct arena *arena);

/* The gateway's list showed this attempt's intent in this run. */
void reconciliation_saw(struct db *db, const char *attempt_id, int64_t run);

/* Attempts that began since from_ms, succeeded at the gateway before until_ms,
 * and were not seen by the run. */
size_t reconciliation_unseen(struct db *db, int64_t run, int64_t from_ms,
                             int64_t until_ms, int64_t limit,
                             struct payment_attempt *list, struct arena *arena);

/* Open attempts whose outcome has been unknown since before then. */
size_t reconciliation_unknown(struct db *db, int64_t before_ms, int64_t limit,
                              struct payment_attempt *list,
                              struct arena *arena);

/* A charge as it is booked here. */
struct booked_charge {
    const char *order_id;
    int64_t amount_minor;
    int64_t refunded_minor;
    int64_t changed_at_ms; /* its refunds, last; INT64_MAX: one is under way */
};

/* False: no charge is booked under this id. */
bool reconciliation_charge(struct db *db, const char *intent_id,
                           struct booked_charge *out, struct arena *arena);

enum finding_kind {
    FINDING_GATEWAY_ONLY,   /* charged there, for nothing known here */
    FINDING_NOT_AT_GATEWAY, /* booked here, not listed there */
    FINDING_AMOUNT,         /* another amount or currency */
    FINDING_REFUNDS,        /* more is booked than was made */
    FINDING_UNKNOWN         /* the gateway does not say whether it charged */
};
extern const struct names finding_kind_names;

struct finding {
    int64_t finding_id;
    enum finding_kind kind;
    const char *reference; /* the gateway's id, or an attempt's */
    const char *order_id;  /* NULL: of no order */
    int64_t number;        /* the order's; 0 */
    int64_t amount_minor;
    const char *detail;
    int64_t at_ms; /* what it is about began: a run since then sees it */
    int64_t created_at_ms;
};

/* Enters a finding, or renews it. A new one raises an alarm of kind
 * "reconciliation" about its reference. */
void finding_enter(struct db *db, const struct finding *finding, int64_t run,
                   int64_t now_ms);

/* The run has gone over all that began since since_ms. Findings about that time
 * which it did not find again are settled, with their alarms. */
void finding_settle(struct db *db, int64_t run, int64_t since_ms,
                    int64_t now_ms);

int64_t finding_count(struct db *db);
/* The open ones, newest first. */
size_t finding_list(struct db *db, int64_t limit, struct finding *list,
                    struct arena *arena);

#endif
