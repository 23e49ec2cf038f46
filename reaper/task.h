/* The tasks of a workflow: the built-in ones, one file each, and the shop's own
 * web services (web_task.c). A task begins inside the transaction that moves
 * its execution; what needs the outside goes on as a job and ends through
 * task_settle in a later one. Beginning again what was begun is harmless: a
 * reaper that takes over does it. */
#ifndef REAPER_TASK_H
#define REAPER_TASK_H

#include "lib/shop/execution/task_name.h"
#include "reaper/reaper.h"

enum task_verdict {
    TASK_DONE,    /* output is set */
    TASK_FAILED,  /* error and cause are set: Retry and Catch decide */
    TASK_WAITING, /* a job is under way, or another's answer awaited */
    TASK_LATER    /* to be begun again after delay_ms; no failure */
};

struct task_result {
    enum task_verdict verdict;
    const struct json *output; /* of a built-in task: its own members beside
                                  the order's facts; NULL: none */
    const char *error;
    const char *cause; /* plain words: the customer may read them */
    int64_t delay_ms;
};

/* An execution in hand, and the task of it that is to be begun. */
struct step {
    struct reaper *reaper;
    struct execution execution;
    const struct workflow *workflow;
    struct asl_run *run;
    struct asl_env env;
    struct order order;
    int64_t order_changes;    /* db_changes when the order was read */
    const struct json *facts; /* of the order as it was read, or NULL */
    struct arena *arena;
    int64_t now_ms;
    struct asl_task task;
    struct task_name name; /* what its resource means */
    bool news_left;        /* answers to tokens that the next turn takes */
};

/* The job that goes on with the task in hand; the caller made sure that one is
 * free. */
struct job *task_job(struct step *step, const struct job_kind *kind,
                     int *counter);

/* Moves the job's execution on by its result, if it still waits for it. */
void task_settle(struct job *job, struct task_result result, int64_t now_ms);

struct task_result task_done(void);
struct task_result task_failed(const char *error, const char *cause);

/* What every execution is given and every built-in task answers, see facts.c:
 * a JSON object made in arena. */
struct json *order_facts(struct reaper *reaper, struct order *order,
                         struct arena *arena);

struct task_result validate_order(struct step *step);
struct task_result process_payment(struct step *step);
/* What those that wait for a payment are told when it failed. */
struct task_result payment_declined(const char *code, const char *message);
struct task_result update_inventory(struct step *step);
struct task_result generate_receipt(struct step *step);
struct task_result send_notification(struct step *step);
struct task_result web_task(struct step *step);

/* undo_tasks.c: RefundPayment, ReleaseStock, FailOrder. */
struct task_result refund_payment(struct step *step);
struct task_result release_stock(struct step *step);
struct task_result fail_order(struct step *step);

#endif
