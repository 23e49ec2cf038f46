/* Failures kept, and gone back to: see asl.h and run.h. */
#include "lib/asl/run/run.h"

static struct thread *copy_list(struct asl_run *run, const struct thread *from,
                                struct thread *parent,
                                const struct thread *failed);

/* The failed one stands before its work again, as if it had not begun. */
static void undo(struct thread *thread)
{
    run_go(thread, thread->state, thread->input);
    if (thread->state->type == ASL_TASK)
        thread->phase = PHASE_BEGIN;
}

static struct thread *copy(struct asl_run *run, const struct thread *from,
                           struct thread *parent, const struct thread *failed)
{
    struct thread *to =
        run_spawn(run, NULL, from->index, from->state, from->input);
    *to = *from;
    to->parent = parent;
    to->next = NULL;
    if (from == failed)
        undo(to);
    else
        to->first = copy_list(run, from->first, to, failed);
    return to;
}

static struct thread *copy_list(struct asl_run *run, const struct thread *from,
                                struct thread *parent,
                                const struct thread *failed)
{
    struct thread *first = NULL, **end = &first;
    for (; from != NULL; from = from->next) {
        *end = copy(run, from, parent, failed);
        end = &(*end)->next;
    }
    return first;
}

struct kept redrive_keep(struct asl_run *run, const struct thread *failed)
{
    const struct thread *state = failed != NULL ? failed : run_top(run);
    while (failed == NULL && state->first != NULL)
        state = state->first;
    struct kept kept = {
        .tree = {.root = copy(run, run->live.root, NULL, failed),
                 .prelude = copy_list(run, run->live.prelude, NULL, failed)},
        .state = state->state->name,
        .task = state->state->type == ASL_TASK,
    };
    run->bytes += run->bytes;
    return kept;
}

void redrive_forget(struct asl_run *run, struct kept *kept)
{
    run_recycle_list(run, kept->tree.root);
    run_recycle_list(run, kept->tree.prelude);
    *kept = (struct kept){0};
}

void asl_stop(struct asl_run *run)
{
    if (run->status != ASL_RUNNING)
        return;
    if (!run->kept.task) {
        redrive_forget(run, &run->kept);
        run->kept = redrive_keep(run, NULL);
    }
    run->current = asl_current(run);
    run->live = (struct tree){0};
    run->status = ASL_FAILED;
}

const char *asl_failed_state(const struct asl_run *run)
{
    return run->kept.state;
}

/* Whatever was under way is to be begun again, as another task. */
static void restart(struct thread *first)
{
    for (struct thread *t = first; t != NULL; t = t->next) {
        restart(t->first);
        if (t->phase == PHASE_BEGIN || t->phase == PHASE_TASK ||
            t->phase == PHASE_TOKEN) {
            t->phase = PHASE_BEGIN;
            t->task_id = 0;
            t->due = 0;
            t->effective = NULL;
            t->timeout_due = t->heartbeat_due = INT64_MAX;
        }
    }
}

static bool all_fit(struct asl_run *run, const struct asl_again *first,
                    size_t count)
{
    struct fault fault;
    for (size_t i = 0; i < count; i++)
        if (asl_find(run->definition, first[i].state) == NULL ||
            !flow_fits(run, first[i].input, &fault))
            return false;
    return true;
}

bool asl_redrive(struct asl_run *run, const struct asl_env *env,
                 const struct asl_again *first, size_t count)
{
    if (run->status == ASL_RUNNING || run->kept.tree.root == NULL ||
        !all_fit(run, first, count))
        return false;
    event_add(run, "ExecutionRedriven", run->kept.state, NULL);
    run->env = env;
    run->live = run->kept.tree;
    run->kept = (struct kept){0};
    restart(run->live.root);
    restart(run->live.prelude);
    for (size_t i = count; i-- > 0;) {
        struct thread *again =
            run_spawn(run, NULL, 0, asl_find(run->definition, first[i].state),
                      first[i].input);
        again->next = run->live.prelude;
        run->live.prelude = again;
    }
    run->since_ms = env->clock_ms;
    run->status = ASL_RUNNING;
    run->output = NULL;
    run->error = run->cause = run->current = NULL;
    run_guard(run);
    return true;
}
