/* The built-in tasks of a workflow: one file each. A task begins inside the
 * transaction that moves its execution; what needs the outside goes on as a
 * job and ends through task_settle in a later one. */
#ifndef TASK_H
#define TASK_H

#include "reaper/reaper.h"

enum task_verdict {
    TASK_DONE,    /* output is set */
    TASK_FAILED,  /* error and cause are set: Retry and Catch decide */
    TASK_WAITING, /* a job is under way */
    TASK_LATER,   /* to be begun again after delay_ms; no failure */
    TASK_QUEUED,  /* to be begun when a job is free */
    TASK_ABORTED  /* the execution was ended meanwhile */
};

struct task_result {
    enum task_verdict verdict;
    const char *output; /* JSON or NULL */
    const char *error;
    const char *cause; /* plain words: the customer may read them */
    int64_t delay_ms;
};

struct step {
    struct reaper *reaper;
    struct execution *execution;
    struct order order;
    struct arena *arena;
    int64_t now_ms;
    struct job *job; /* set by a task that goes on as one */
};

struct task {
    const char *resource;
    struct task_result (*begin)(struct step *step);
};

/* NULL when there is no such task. */
const struct task *task_find(const char *resource);

/* Moves the job's execution on by its result, if it still stands where the
 * job began. */
void task_settle(struct job *job, struct task_result result, int64_t now_ms);

struct task_result task_done(const char *output);
struct task_result task_failed(const char *error, const char *cause);

struct task_result validate_order(struct step *step);
struct task_result process_payment(struct step *step);
struct task_result update_inventory(struct step *step);
struct task_result generate_receipt(struct step *step);
struct task_result send_notification(struct step *step);

#endif
