/* The kinds of work that the reaper does: one table (kinds.c), each of whose
 * rows names what a file of reaper/kind/ has. Claiming, rank, caps, leases,
 * backoff and blame are the same for all. */
#ifndef REAPER_KINDS_H
#define REAPER_KINDS_H

#include "reaper/reaper.h"

enum kind_host {
    KIND_ANY_HOST, /* no cap */
    KIND_GATEWAY,  /* as many at once as settings say */
    KIND_ONE       /* one at a time, of all reapers */
};

struct kind {
    int at_once; /* jobs of it that this reaper has, at most */
    int a_turn;  /* pieces of it that one transaction begins, at most */
    enum kind_host host;
    /* Inside the transaction that claimed the work: begins a job that bears the
     * claim (job_begin_work), or ends the claim. */
    void (*begin)(struct reaper *reaper, const struct work *work,
                  int64_t now_ms);
    /* The work killed reapers again and again, and was taken off the queue:
     * does what follows from that. */
    void (*give_up)(struct reaper *reaper, const struct work *work,
                    int64_t now_ms);
};

const struct kind *kind_of(enum work_kind kind);

/* Claims what is due and begins it: money first, then papers, then mails, then
 * the rest. */
void kinds_begin(struct reaper *reaper, int64_t now_ms);

/* When the next piece of the kind is due for which there is room; INT64_MAX:
 * none is. */
int64_t kind_next_due(const struct reaper *reaper, enum work_kind kind);

void charge_begin(struct reaper *reaper, const struct work *work,
                  int64_t now_ms);
void repay_begin(struct reaper *reaper, const struct work *work,
                 int64_t now_ms);
void event_begin(struct reaper *reaper, const struct work *work,
                 int64_t now_ms);
void event_give_up(struct reaper *reaper, const struct work *work,
                   int64_t now_ms);
void receipt_begin_job(struct reaper *reaper, const struct work *work,
                       int64_t now_ms);
void credit_note_begin(struct reaper *reaper, const struct work *work,
                       int64_t now_ms);
void deliver_begin(struct reaper *reaper, const struct work *work,
                   int64_t now_ms);
void reconcile_begin(struct reaper *reaper, const struct work *work,
                     int64_t now_ms);
void reconcile_give_up(struct reaper *reaper, const struct work *work,
                       int64_t now_ms);
void import_begin(struct reaper *reaper, const struct work *work,
                  int64_t now_ms);
void import_give_up(struct reaper *reaper, const struct work *work,
                    int64_t now_ms);

#endif
