/* An execution in hand: brings it from the database into the engine (lib/asl)
 * and back, inside one transaction. Called by advance.c, which hands it to
 * tasks. */
#ifndef WORKFLOW_EXECUTION_STEP_H
#define WORKFLOW_EXECUTION_STEP_H

#include "lib/adapter/crypto.h"
#include "lib/base/settings/settings.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/task_name.h"
#include "lib/shop/order/order.h"
#include "lib/workflow/definition.h"

struct step;

enum task_verdict {
    TASK_DONE,    /* output is set */
    TASK_FAILED,  /* error and cause are set: Retry and Catch decide */
    TASK_WAITING, /* what it waits for wakes the execution */
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

/* Who drives executions: the reaper, or a test. */
struct driver {
    struct db *db; /* in a write transaction */
    const struct settings *settings;
    struct workflow_cache *definitions;
    const unsigned char *signing_key; /* of CRYPTO_KEY_SIZE bytes */
    struct arena *arena; /* reset for each execution; no order_id lies in it */
    int64_t number;      /* among reapers: who has calls under way */
    /* Begins the call of a task that is a web service: only the process can.
     * WAITING: advance_answered tells what came of it. */
    struct task_result (*call)(struct step *step);
    /* A call of this task is under way; with task_id 0: of any task of the
     * order. */
    bool (*is_calling)(void *own, const char *order_id, int64_t task_id);
    void *own;
};

struct step {
    const struct driver *driver;
    struct execution execution;
    const struct workflow *workflow;
    struct asl_run *run;
    struct asl_env env;
    struct order order;
    int64_t order_changes;    /* db_changes when the order was read */
    const struct json *facts; /* of the order as it was read, or NULL */
    struct arena *arena;
    int64_t now_ms;
    struct asl_task task;  /* that is to be begun */
    struct task_name name; /* what its resource means */
    bool news_left;        /* answers to tokens that the next turn takes */
};

/* Loads the execution of this order into step. False: it is not running (any
 * more). */
bool step_open(struct step *step, const struct driver *driver,
               const char *order_id, int64_t now_ms);

/* Reads the order again when anything was written since it was read. */
void step_refresh_order(struct step *step);

/* Stores the run as it stands, with the events that it made. Where the run has
 * ended, ends the execution; without success, undoes the order too. */
void step_close(struct step *step);

#endif
