/* The reaper: takes every order through its workflow, in one thread. Each cycle
 * is one transaction: it writes the results of finished jobs, and takes the
 * executions, charges, refunds and mails that are due. The jobs that it began
 * run after it. */
#ifndef REAPER_REAPER_H
#define REAPER_REAPER_H

#include "lib/adapter/db/db.h"
#include "lib/adapter/pdf.h"
#include "lib/adapter/stripe/stripe.h"
#include "lib/adapter/transfer/transfer.h"
#include "lib/asl/asl.h"
#include "lib/base/settings/settings.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/order/order.h"
#include "lib/shop/queue/work.h"
#include "lib/workflow/execution/step.h"
#include "reaper/in_hand.h"

enum {
    REAPER_JOBS = 256,                /* in hand at once, of all kinds */
    REAPER_WEB_TASKS = 128,           /* of them calls to web services */
    REAPER_KEY_MS = 20 * 3600 * 1000, /* an idempotency key is sure to hold */
    REAPER_MAILS = 32,                /* of them mails */
    REAPER_TOKENS_USED = 64,          /* noted in one cycle */
    REAPER_FILES_MS = 20,       /* what files may take before the next cycle */
    REAPER_TRIM_MS = 10 * 1000, /* without work */
    REAPER_STEP_ARENA = 512 * 1024 * 1024, /* of address space */
    REAPER_STEP_KEPT = 512 * 1024,         /* of memory, between executions */
    REAPER_EVENT_ARENA = 64 * 1024 * 1024, /* 512 KiB of JSON likewise */
    REAPER_JOB_ARENA = 32 * 1024 * 1024 /* 256 KiB of JSON take 56 times that */
};

struct job;

/* What kind of work a job is: how it runs outside the transaction and how its
 * result is written in the next one. */
struct job_kind {
    /* Starts a call (finished later by job_finish), or NULL. */
    void (*start)(struct job *job);
    /* Makes the bytes of a file: fills job->file and job->bytes, or sets
     * job->failure; or NULL. */
    void (*make_file)(struct job *job);
    /* Writes the result; inside the transaction. */
    void (*settle)(struct job *job, int64_t now_ms);
};

struct job {
    struct reaper *reaper;
    const struct job_kind *kind;
    struct job *next; /* in whichever list holds it */
    struct arena arena;
    int *counter;     /* of its sort of job */
    struct work work; /* that it does; subject "": a task's call */
    int64_t number;   /* of the reaper when it began */
    struct order order;
    int64_t task_id; /* of the order's execution; 0: no task's */
    void *own;       /* the kind's own */
    const char *folder;
    const char *file; /* full path to put in place */
    const char *bytes;
    size_t length;
    size_t unsettled;    /* of the arena, before settle wrote into it */
    bool in_flight;      /* begun, its result not written */
    const char *failure; /* why the file is not there; NULL: it is */
};

/* The reconciliation in hand: which, and the page that is asked for. */
struct reconcile_place {
    int64_t run; /* 0: none */
    int64_t since_ms;
    int64_t events_since_ms;
    int64_t began_ms;
    bool events;     /* the list of intents is done */
    char after[256]; /* the id behind which the page begins; "": the first */
    int64_t pages;
    int64_t caught;   /* events that no webhook had brought */
    int64_t failures; /* calls for this page without a good answer */
    int64_t due_work_ms;
};
struct reconciling {
    struct reconcile_place at;
    struct work work;    /* the claim on it */
    int64_t ask_work_ms; /* when the clock asks for a run; 0: not set yet */
};

struct reaper {
    const struct settings *settings;
    struct db *db;
    struct transfer_pool *calls;
    struct stripe stripe;
    struct pdf *pdf;
    struct workflow_cache *definitions;
    unsigned char signing_key[CRYPTO_KEY_SIZE];
    const char *task_secret; /* signs calls to web services */
    struct in_hand hand;
    int64_t number;  /* among reapers; 0: it has not entered yet */
    bool alone;      /* no other lives */
    bool stopping;   /* only settles what has ended */
    bool careful;    /* after a crash: one execution at a time */
    bool holds_back; /* and the one begun last may still kill */
    bool pressed;    /* orders come in: the lock is held for short turns */
    int64_t tokens_used[REAPER_TOKENS_USED]; /* to be noted; the rest is told
                                                again at its next use */
    size_t tokens_used_count;
    int64_t housekeeping_boot_ms; /* when it is next */
    bool unpacked; /* histories of what has ended are to be packed still */
    int64_t checkpoint_boot_ms; /* when the next is */
    int64_t trim_boot_ms;       /* when it gives memory back; 0: it did */
    int64_t heard_as;           /* the number it took the wake-ups under */
    int64_t look_boot_ms;       /* when it looks at the others again */
    int64_t careful_boot_ms;    /* until when a careful one runs alone */
    int64_t next_web_try_ms;  /* when the next call without room tries again */
    struct arena step_arena;  /* reset for each execution */
    struct arena event_arena; /* reset for each event of the inbox */
    struct job jobs[REAPER_JOBS];
    struct job *free_jobs;
    int free_count;
    int in_job[WORK_KINDS]; /* jobs of each kind of work */
    int web_tasks;
    struct reconciling reconciling;
    struct job *begun;    /* in this transaction */
    struct job *ready;    /* committed, to be run */
    struct job *finished; /* to be settled in the next transaction */
};

void job_pool_create(struct reaper *reaper);

/* Gives back what the free ones keep for their next use. */
void job_trim(struct reaper *reaper);

/* Begins a job of this kind with the transaction in hand; the caller made sure
 * that one is free. counter goes up, and down again when the job is done with.
 * The job of a piece of work is settled only while its claim stands. */
struct job *job_begin(struct reaper *reaper, const struct job_kind *kind,
                      int *counter);
struct job *job_begin_work(struct reaper *reaper, const struct job_kind *kind,
                           const struct work *work);

/* Notes that it is in hand. */
void job_in_hand(struct job *job);

/* True while a job has neither finished nor been settled. */
bool job_in_flight(const struct reaper *reaper);

/* False while the reaper works on one thing at a time, and has one. */
bool reaper_may_begin(const struct reaper *reaper);

/* Called by a job when its call has ended. */
void job_finish(struct job *job);

/* Runs the jobs that committed transactions began. Starts calls; makes as many
 * files as take about REAPER_FILES_MS, syncs them as one batch and puts them in
 * place. */
void job_run_ready(struct reaper *reaper);

/* Writes the results of finished jobs, inside the transaction. */
void job_settle_finished(struct reaper *reaper, int64_t now_ms);

/* job_committed: their transaction is on disk; frees the settled jobs.
 * job_refused: it could not be stored; frees the jobs that it had begun, and
 * the settled ones wait for the next. */
void job_committed(struct reaper *reaper);
void job_refused(struct reaper *reaper);

/* One transaction and what follows from it; gives the milliseconds until the
 * next one is needed. */
int cycle_run(struct reaper *reaper);

/* What executions are driven with (advance.h). From web_task.c, which makes
 * their calls to web services. */
struct driver reaper_driver(struct reaper *reaper);

/* Applies the events of the inbox that are due, as many as the cycle has time
 * for. */
void apply_due_events(struct reaper *reaper, int64_t now_ms);

/* Goes on with the reconciliation in hand, and has the clock ask for one. */
void reconcile_go_on(struct reaper *reaper, int64_t now_ms);
int64_t reconcile_next_due(const struct reaper *reaper);

/* Forgets what is past its time, a little at each call. */
void housekeeping_run(struct reaper *reaper, int64_t now_ms);
/* What other programs say to it by wake_send: "token 7" was used. */
void housekeeping_hear(void *reaper, const char *message);

#endif
