/* An execution's turns: see asl.h and run.h. */
#include "lib/asl/run/run.h"

#include <assert.h>

struct asl_run *run_create(struct arena *arena,
                           const struct asl_definition *definition,
                           const struct asl_origin *origin)
{
    assert(origin->execution_id != NULL && origin->machine_name != NULL &&
           origin->input != NULL);
    struct asl_run *run = arena_alloc(arena, sizeof *run);
    run->arena = arena;
    run->definition = definition;
    run->origin = *origin;
    run->status = ASL_RUNNING;
    run->timeout_ms = INT64_MAX;
    int64_t seconds;
    if (json_integer(json_member(definition->json, "TimeoutSeconds"),
                     &seconds) &&
        seconds <= ASL_MAX_NUMBER)
        run->timeout_ms = seconds * 1000;
    return run;
}

struct asl_run *asl_begin(struct arena *arena,
                          const struct asl_definition *definition,
                          const struct asl_origin *origin)
{
    struct asl_run *run = run_create(arena, definition, origin);
    run->live.root =
        run_spawn(run, NULL, 0, definition->root.start, origin->input);
    run->bytes += run_measure(origin->input, ASL_IMAGE_BYTES);
    return run;
}

/* Threads ------------------------------------------------------------------*/

struct thread *run_spawn(struct asl_run *run, struct thread *parent,
                         size_t index, const struct asl_state *state,
                         const struct json *input)
{
    struct thread *thread = run->spare;
    if (thread != NULL)
        run->spare = thread->next;
    else
        thread = arena_alloc(run->arena, sizeof *thread);
    *thread = (struct thread){.parent = parent, .index = index};
    run_go(thread, state, input);
    run->bytes += 200;
    if (parent == NULL)
        return thread;
    struct thread **end = &parent->first;
    while (*end != NULL)
        end = &(*end)->next;
    *end = thread;
    return thread;
}

void run_recycle_list(struct asl_run *run, struct thread *first)
{
    while (first != NULL) {
        struct thread *next = first->next;
        run_recycle(run, first);
        first = next;
    }
}

void run_recycle(struct asl_run *run, struct thread *thread)
{
    run_recycle_list(run, thread->first);
    *thread = (struct thread){.next = run->spare};
    run->spare = thread;
}

struct thread *run_after(const struct thread *top, struct thread *thread)
{
    if (thread->first != NULL)
        return thread->first;
    while (thread != top && thread->next == NULL)
        thread = thread->parent;
    return thread == top ? NULL : thread->next;
}

struct thread *run_top(const struct asl_run *run)
{
    return run->live.prelude != NULL ? run->live.prelude : run->live.root;
}

/* Ends ---------------------------------------------------------------------*/

void run_end(struct asl_run *run, enum asl_status status,
             const struct fault *fault)
{
    static const char *const types[] = {
        [ASL_SUCCEEDED] = "ExecutionSucceeded",
        [ASL_FAILED] = "ExecutionFailed",
        [ASL_TIMED_OUT] = "ExecutionTimedOut",
    };
    run->status = status;
    run->current = asl_current(run);
    run_recycle_list(run, run->live.prelude);
    run_recycle(run, run->live.root);
    run->live = (struct tree){0};
    if (fault != NULL) {
        run->error = fault->error;
        run->cause = fault->cause;
    }
    event_add(run, types[status], NULL,
              fault != NULL ? event_fault(run, fault)
                            : event_detail(run, "output", run->output));
}

static void end_timed_out(struct asl_run *run)
{
    static const struct fault fault = {
        "States.Timeout", "The execution took longer than TimeoutSeconds."};
    if (!run->kept.task) {
        redrive_forget(run, &run->kept);
        run->kept = redrive_keep(run, NULL);
    }
    run_end(run, ASL_TIMED_OUT, &fault);
}

/* run->bytes only grows while nobody measures, so it is measured when it has
 * passed the limit, not at every turn. */
void run_guard(struct asl_run *run)
{
    static const struct fault fault = {
        "States.DataLimitExceeded",
        "The execution holds more data than it may."};
    if (run->bytes <= ASL_IMAGE_BYTES)
        return;
    size_t live = run_measure_tree(&run->live, ASL_IMAGE_BYTES);
    size_t kept = run_measure_tree(&run->kept.tree, ASL_IMAGE_BYTES);
    if (run->output != NULL)
        live += run_measure(run->output, ASL_IMAGE_BYTES);
    if (live + kept > ASL_IMAGE_BYTES && run->kept.tree.root != NULL) {
        /* Going on is worth more than going back. */
        redrive_forget(run, &run->kept);
        kept = 0;
    }
    run->bytes = live + kept;
    if (run->status == ASL_RUNNING && run->bytes > ASL_IMAGE_BYTES)
        run_end(run, ASL_FAILED, &fault);
}

/* Turns --------------------------------------------------------------------*/

enum deadline { DEADLINE_DUE, DEADLINE_TIMEOUT, DEADLINE_HEARTBEAT };

static bool can_go(const struct thread *thread)
{
    return thread->phase == PHASE_ENTER || fork_ready(thread) ||
           (thread->phase == PHASE_BEGIN && thread->due == 0);
}

/* INT64_MAX: none. */
static int64_t deadline_of(const struct thread *thread, enum deadline *kind)
{
    int64_t when = INT64_MAX;
    if (thread->phase == PHASE_RETRY || thread->phase == PHASE_WAIT ||
        (thread->phase == PHASE_BEGIN && thread->due > 0)) {
        when = thread->due;
        *kind = DEADLINE_DUE;
    }
    if (thread->timeout_due < when) {
        when = thread->timeout_due;
        *kind = DEADLINE_TIMEOUT;
    }
    if (thread->heartbeat_due < when) {
        when = thread->heartbeat_due;
        *kind = DEADLINE_HEARTBEAT;
    }
    return when;
}

struct choice {
    struct thread *ready; /* the first */
    struct thread *late;  /* the one whose deadline comes first */
    int64_t when;
    enum deadline kind;
};

static struct choice look(const struct asl_run *run)
{
    struct choice found = {.when = INT64_MAX};
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t)) {
        enum deadline kind = DEADLINE_DUE;
        int64_t when = deadline_of(t, &kind);
        if (when < found.when) {
            found.when = when;
            found.late = t;
            found.kind = kind;
        }
        if (found.ready == NULL && can_go(t))
            found.ready = t;
    }
    return found;
}

static int64_t machine_deadline(const struct asl_run *run)
{
    return run->timeout_ms == INT64_MAX ? INT64_MAX
                                        : run->since_ms + run->timeout_ms;
}

/* One step of a thread that can do one; true: *task is to be begun. */
static bool take_step(struct asl_run *run, struct thread *thread,
                      struct asl_task *task)
{
    bool is_task = thread->state->type == ASL_TASK;
    if (thread->phase == PHASE_FORK)
        fork_start_next(run, thread);
    else if (thread->phase == PHASE_ENTER)
        run_enter(run, thread);
    /* Another one may be gone by now. */
    return is_task && run_begin_task(run, thread, task);
}

static bool meet_deadline(struct asl_run *run, const struct choice *found,
                          struct asl_task *task)
{
    struct thread *thread = found->late;
    if (found->kind != DEADLINE_DUE) {
        run_time_out(run, thread, found->kind == DEADLINE_HEARTBEAT);
        return false;
    }
    if (thread->phase == PHASE_WAIT) {
        run_wake(run, thread);
        return false;
    }
    thread->due = 0;
    if (thread->state->type == ASL_TASK)
        return run_begin_task(run, thread, task);
    fork_begin(run, thread);
    return false;
}

/* False: it ends at once. */
static bool start(struct asl_run *run)
{
    struct fault fault = {0};
    run->begun = true;
    event_add(run, "ExecutionStarted", NULL,
              event_detail(run, "input", run->origin.input));
    if (flow_fits(run, run->live.root->input, &fault))
        return true;
    run_end(run, ASL_FAILED, &fault);
    return false;
}

enum asl_turn asl_turn(struct asl_run *run, const struct asl_env *env,
                       struct asl_task *task)
{
    if (run->status != ASL_RUNNING)
        return ASL_TURN_ENDED;
    run->env = env;
    if (!run->begun && !start(run))
        return ASL_TURN_ENDED;
    struct choice found = look(run);
    int64_t end = machine_deadline(run);
    bool begin = false;
    if (end <= env->clock_ms && end <= found.when)
        end_timed_out(run);
    else if (found.when <= env->clock_ms)
        begin = meet_deadline(run, &found, task);
    else if (found.ready != NULL)
        begin = take_step(run, found.ready, task);
    else
        return ASL_TURN_WAIT;
    run_guard(run);
    if (run->status != ASL_RUNNING)
        return ASL_TURN_ENDED;
    return begin ? ASL_TURN_TASK : ASL_TURN_MOVED;
}

int64_t asl_due(const struct asl_run *run)
{
    if (run->status != ASL_RUNNING)
        return INT64_MAX;
    struct choice found = look(run);
    if (found.ready != NULL)
        return 0;
    int64_t end = machine_deadline(run);
    return end < found.when ? end : found.when;
}

bool asl_hurry(struct asl_run *run)
{
    bool any = false;
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t)) {
        if (t->phase == PHASE_RETRY) {
            t->due = 0;
            any = true;
        }
    }
    return any;
}

/* Answers ------------------------------------------------------------------*/

enum asl_status asl_status(const struct asl_run *run)
{
    return run->status;
}

const char *asl_status_name(enum asl_status status)
{
    static const char *const names[] = {
        [ASL_RUNNING] = "RUNNING",
        [ASL_SUCCEEDED] = "SUCCEEDED",
        [ASL_FAILED] = "FAILED",
        [ASL_TIMED_OUT] = "TIMED_OUT",
    };
    return names[status];
}

const struct json *asl_output(const struct asl_run *run)
{
    return run->output;
}

const char *asl_error(const struct asl_run *run)
{
    return run->error;
}

const char *asl_cause(const struct asl_run *run)
{
    return run->cause;
}

const char *asl_current(const struct asl_run *run)
{
    if (run->live.root == NULL)
        return run->current;
    return run->begun ? run->live.root->state->name : NULL;
}
