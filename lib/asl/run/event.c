/* The history of a run: see run.h and asl.h. */
#include "lib/asl/run/run.h"

enum moment { ENTERED, EXITED, ABORTED, MOMENTS };

/* NULL: Step Functions knows no such event. */
static const char *const types[][MOMENTS] = {
    [ASL_TASK] = {"TaskStateEntered", "TaskStateExited", "TaskStateAborted"},
    [ASL_PASS] = {"PassStateEntered", "PassStateExited", NULL},
    [ASL_CHOICE] = {"ChoiceStateEntered", "ChoiceStateExited", NULL},
    [ASL_WAIT] = {"WaitStateEntered", "WaitStateExited", "WaitStateAborted"},
    [ASL_PARALLEL] = {"ParallelStateEntered", "ParallelStateExited",
                      "ParallelStateAborted"},
    [ASL_MAP] = {"MapStateEntered", "MapStateExited", "MapStateAborted"},
    [ASL_SUCCEED] = {"SucceedStateEntered", "SucceedStateExited", NULL},
    [ASL_FAIL] = {"FailStateEntered", NULL, NULL},
};

const struct asl_event *asl_events(const struct asl_run *run)
{
    return run->events;
}

void event_add(struct asl_run *run, const char *type, const char *state,
               const struct json *detail)
{
    struct asl_event *event = arena_alloc(run->arena, sizeof *event);
    *event = (struct asl_event){.type = type, .state = state, .detail = detail};
    if (run->last_event != NULL)
        run->last_event->next = event;
    else
        run->events = event;
    run->last_event = event;
}

struct json *event_detail(struct asl_run *run, const char *name,
                          const struct json *value)
{
    struct json *detail = json_make_object(run->arena);
    json_add(run->arena, detail, name, value);
    return detail;
}

static void add_fault(struct arena *arena, struct json *detail,
                      const struct fault *fault)
{
    if (fault->error != NULL)
        json_add(arena, detail, "error", json_make_string(arena, fault->error));
    if (fault->cause != NULL)
        json_add(arena, detail, "cause", json_make_string(arena, fault->cause));
}

struct json *event_fault(struct asl_run *run, const struct fault *fault)
{
    struct json *detail = json_make_object(run->arena);
    add_fault(run->arena, detail, fault);
    return detail;
}

void event_entered(struct asl_run *run, const struct thread *thread)
{
    event_add(run, types[thread->state->type][ENTERED], thread->state->name,
              event_detail(run, "input", thread->input));
}

void event_exited(struct asl_run *run, const struct thread *thread,
                  const struct json *output)
{
    event_add(run, types[thread->state->type][EXITED], thread->state->name,
              event_detail(run, "output", output));
}

void event_iteration(struct asl_run *run, const char *type,
                     const struct thread *child, const struct fault *fault)
{
    struct json *detail = event_detail(
        run, "index", json_make_integer(run->arena, (int64_t)child->index));
    if (fault != NULL)
        add_fault(run->arena, detail, fault);
    event_add(run, type, child->parent->state->name, detail);
}

static void note_aborted(struct asl_run *run, const struct thread *thread)
{
    event_children_aborted(run, thread);
    const char *type = types[thread->state->type][ABORTED];
    if (type != NULL && thread->phase != PHASE_ENTER)
        event_add(run, type, thread->state->name, NULL);
}

void event_children_aborted(struct asl_run *run, const struct thread *thread)
{
    for (const struct thread *t = thread->first; t != NULL; t = t->next) {
        note_aborted(run, t);
        if (thread->state->type == ASL_MAP)
            event_iteration(run, "MapIterationAborted", t, NULL);
    }
}
