/* An execution in memory: a tree of threads. The root runs the definition's
 * own machine; a Parallel's thread has one child for each branch, a Map's one
 * for each iteration that is under way. Private to lib/asl:
 *
 *     run.c        begins a run, finds what is due and takes one turn
 *     step.c       enters a state, leaves it, ends a machine
 *     task.c       begins tasks and takes their answers
 *     fail.c       errors: Retry, Catch, or the thread's end
 *     fork.c       Parallel and Map
 *     flow.c       InputPath to OutputPath, the context object
 *     redrive.c    what is kept of a failure, and going back to it
 *     image.c      a run as text
 *     load.c       reads that text again
 *     event.c      the history
 *     measure.c    the limits on data */
#ifndef ASL_RUN_RUN_H
#define ASL_RUN_RUN_H

#include "lib/asl/asl.h"
#include "lib/asl/run/scope.h"
#include "lib/asl/state.h"

enum {
    RUN_CONCURRENCY = 40,        /* iterations of one Map under way at a time */
    RUN_CAUSE_BYTES = 32 * 1024, /* longer causes are cut, as AWS does */
    RUN_ERROR_BYTES = 256
};

enum phase {
    PHASE_ENTER, /* the state is to be entered */
    PHASE_BEGIN, /* a task is to be begun, not before due */
    PHASE_TASK,  /* a task is under way */
    PHASE_TOKEN, /* a task was started and waits for its token */
    PHASE_RETRY, /* waits until due for another attempt */
    PHASE_WAIT,  /* a Wait, until due */
    PHASE_FORK   /* a Parallel or Map whose children run */
};

/* Never changed once made, so that trees can share their list of them. */
struct result {
    size_t index; /* of the branch or iteration */
    const struct json *value;
    const struct result *next;
};

struct thread {
    struct thread *parent; /* NULL: the root, or a state of the prelude */
    struct thread *next;   /* its parent's next child */
    struct thread *first;  /* its own children */
    size_t index;          /* of the branch or iteration that it is */
    const struct asl_state *state;
    enum phase phase;
    const struct json *input;     /* raw */
    const struct json *effective; /* Task: its input, from PHASE_BEGIN on with
                                     a task_id; Map: a cache */
    const int *retries; /* made, for each retrier; NULL: none; not changed */
    int attempt;        /* since the state was entered, from 1 */
    int64_t entry;      /* 0: no state was entered yet */
    int64_t entered_wall_ms;
    int64_t due;                        /* 0: at once */
    int64_t task_id;                    /* 0: this attempt has none yet */
    int64_t timeout_due, heartbeat_due; /* INT64_MAX: never */
    int64_t heartbeat_ms;               /* between two heartbeats */
    size_t total, started, done;        /* children */
    size_t most;                        /* children at a time */
    const struct result *results;
    const struct json *items;    /* Map: a cache */
    const struct json *upcoming; /* Map: a cache, the item to start next */
    const struct json *item;     /* iteration: a cache */
};

struct tree {
    struct thread *root;
    struct thread *prelude; /* states to run before; the first one runs */
};

/* What a redrive goes back to. */
struct kept {
    struct tree tree;  /* root NULL: nothing */
    const char *state; /* that failed */
    bool task;         /* it is a Task */
};

struct asl_run {
    struct arena *arena;
    const struct asl_definition *definition;
    struct asl_origin origin;
    const struct asl_env *env; /* of the call in hand */
    struct tree live;          /* empty once it has ended */
    struct kept kept;
    struct thread *spare; /* threads to use again */
    int64_t serial;       /* the last task id or entry given */
    int64_t since_ms;     /* clock_ms of the start or the last redrive */
    int64_t timeout_ms;   /* the machine's own; INT64_MAX: none */
    bool begun;           /* its first turn was taken */
    enum asl_status status;
    const struct json *output;
    const char *error, *cause;
    const char *current; /* once it has ended: the root's last state */
    const struct asl_event *events;
    struct asl_event *last_event;
    size_t bytes; /* at least what the image takes, roughly */
};

/* run.c */
struct asl_run *run_create(struct arena *arena,
                           const struct asl_definition *definition,
                           const struct asl_origin *origin);
struct thread *run_spawn(struct asl_run *run, struct thread *parent,
                         size_t index, const struct asl_state *state,
                         const struct json *input);
/* Takes a thread and all below it, not its siblings, out of use. */
void run_recycle(struct asl_run *run, struct thread *thread);
void run_recycle_list(struct asl_run *run, struct thread *first);
/* The thread that follows in the tree's order, which begins with top. */
struct thread *run_after(const struct thread *top, struct thread *thread);
/* The thread whose turn it is: the prelude's first or the root; NULL once the
 * run has ended. */
struct thread *run_top(const struct asl_run *run);
void run_end(struct asl_run *run, enum asl_status status,
             const struct fault *fault);
/* Ends the run when its image has become too long. */
void run_guard(struct asl_run *run);

/* step.c */
void run_enter(struct asl_run *run, struct thread *thread);
/* The state's work is done with this result. */
void run_finish(struct asl_run *run, struct thread *thread,
                const struct json *result);
/* The Wait is over. */
void run_wake(struct asl_run *run, struct thread *thread);
void run_leave(struct asl_run *run, struct thread *thread,
               const struct asl_state *next, const struct json *output);
/* Puts the thread before a state. */
void run_go(struct thread *thread, const struct asl_state *state,
            const struct json *input);

/* task.c */
bool run_begin_task(struct asl_run *run, struct thread *thread,
                    struct asl_task *task);
void run_time_out(struct asl_run *run, struct thread *thread, bool heartbeat);

/* fail.c. event is a Task's own, NULL for TaskFailed. */
void run_fail(struct asl_run *run, struct thread *thread, const char *event,
              struct fault fault);

/* fork.c */
void fork_begin(struct asl_run *run, struct thread *thread);
bool fork_ready(const struct thread *thread);
void fork_start_next(struct asl_run *run, struct thread *thread);
void fork_ended(struct asl_run *run, struct thread *child,
                const struct json *output);
void fork_failed(struct asl_run *run, struct thread *child,
                 const struct fault *fault);
/* The item, and its index, of the iteration that the thread is part of; NULL
 * where there is none. */
const struct json *fork_item(struct asl_run *run, struct thread *thread,
                             size_t *index);

/* flow.c. A function that gives NULL has set *fault. */
struct scope flow_scope(struct asl_run *run, struct thread *thread);
/* The context object; unless item is NULL, $$.Map.Item is that item. */
const struct json *flow_context(struct asl_run *run, struct thread *thread,
                                const struct json *item, size_t index);
const struct json *flow_select(struct scope *scope, const struct asl_state *s,
                               const char *field, const struct json *data,
                               struct fault *fault);
/* scope->data through the state's Parameters. */
const struct json *flow_fill(struct asl_run *run, struct thread *thread,
                             struct scope *scope, struct fault *fault);
/* The raw input through InputPath, and Parameters where they are that. */
const struct json *flow_input(struct asl_run *run, struct thread *thread,
                              struct scope *scope, struct fault *fault);
const struct json *flow_output(struct asl_run *run, struct thread *thread,
                               const struct json *result, struct fault *fault);
/* raw with value where the object's ResultPath says. */
const struct json *flow_put_result(struct asl_run *run,
                                   const struct json *object,
                                   const struct json *raw,
                                   const struct json *value,
                                   struct fault *fault);
/* Reads the number in field, or where fieldPath points within scope->data;
 * *number stays where there is neither. */
bool flow_number(struct scope *scope, const struct asl_state *state,
                 const char *field, double least, double *number,
                 struct fault *fault);
/* False: it is too much data. Else its bytes count in run->bytes. */
bool flow_fits(struct asl_run *run, const struct json *value,
               struct fault *fault);

/* redrive.c */
struct kept redrive_keep(struct asl_run *run, const struct thread *failed);
void redrive_forget(struct asl_run *run, struct kept *kept);

/* measure.c */
/* The length of the value as json_print writes it; more than limit when it
 * is longer or nested deeper than ASL_DATA_DEPTH. */
size_t run_measure(const struct json *value, size_t limit);
size_t run_measure_tree(const struct tree *tree, size_t limit);

/* event.c */
struct json *event_detail(struct asl_run *run, const char *name,
                          const struct json *value);
void event_add(struct asl_run *run, const char *type, const char *state,
               const struct json *detail);
void event_entered(struct asl_run *run, const struct thread *thread);
void event_exited(struct asl_run *run, const struct thread *thread,
                  const struct json *output);
/* What is under way below the thread is given up. */
void event_children_aborted(struct asl_run *run, const struct thread *thread);
void event_iteration(struct asl_run *run, const char *type,
                     const struct thread *child, const struct fault *fault);
struct json *event_fault(struct asl_run *run, const struct fault *fault);

#endif
