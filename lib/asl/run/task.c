/* Tasks: begun, answered, late: see asl.h and run.h. */
#include "lib/asl/run/run.h"

#include <assert.h>

static struct asl_task describe(const struct thread *thread)
{
    return (struct asl_task){
        .id = thread->task_id,
        .entry = thread->entry,
        .attempt = thread->attempt,
        .state = thread->state,
        .resource = thread->state->resource,
        .waits_for_token = thread->state->waits_for_token,
        .input = thread->effective,
        .due_ms = thread->heartbeat_due < thread->timeout_due
                      ? thread->heartbeat_due
                      : thread->timeout_due,
    };
}

static bool set_deadlines(struct asl_run *run, struct thread *thread,
                          struct scope *scope, struct fault *fault)
{
    double timeout = 0, heartbeat = 0;
    if (!flow_number(scope, thread->state, "TimeoutSeconds", 1, &timeout,
                     fault) ||
        !flow_number(scope, thread->state, "HeartbeatSeconds", 1, &heartbeat,
                     fault))
        return false;
    if (timeout > 0)
        thread->timeout_due = run->env->clock_ms + (int64_t)timeout * 1000;
    thread->heartbeat_ms = (int64_t)heartbeat * 1000;
    if (heartbeat > 0)
        thread->heartbeat_due = run->env->clock_ms + thread->heartbeat_ms;
    return true;
}

static void note_scheduled(struct asl_run *run, const struct thread *thread)
{
    struct json *detail = event_detail(
        run, "resource", json_member(thread->state->json, "Resource"));
    if (thread->effective != thread->input)
        json_add(run->arena, detail, "parameters", thread->effective);
    if (thread->attempt > 1)
        json_add(run->arena, detail, "attempt",
                 json_make_integer(run->arena, thread->attempt));
    event_add(run, "TaskScheduled", thread->state->name, detail);
}

/* The data flow up to the task; false: the thread has failed. */
static bool schedule(struct asl_run *run, struct thread *thread)
{
    struct fault fault = {0};
    thread->phase = PHASE_BEGIN;
    thread->task_id = ++run->serial;
    thread->timeout_due = thread->heartbeat_due = INT64_MAX;
    struct scope scope = flow_scope(run, thread);
    scope.data =
        flow_select(&scope, thread->state, "InputPath", thread->input, &fault);
    if (scope.data == NULL || !set_deadlines(run, thread, &scope, &fault) ||
        (thread->effective = flow_fill(run, thread, &scope, &fault)) == NULL) {
        run_fail(run, thread, NULL, fault);
        return false;
    }
    note_scheduled(run, thread);
    return true;
}

bool run_begin_task(struct asl_run *run, struct thread *thread,
                    struct asl_task *task)
{
    /* A retry of it is another task. */
    if (thread->phase == PHASE_RETRY)
        thread->task_id = 0;
    if (thread->task_id == 0 && !schedule(run, thread))
        return false;
    thread->phase = PHASE_TASK;
    thread->due = 0;
    *task = describe(thread);
    return true;
}

void run_time_out(struct asl_run *run, struct thread *thread, bool heartbeat)
{
    static const struct fault late = {"States.Timeout",
                                      "The task took too long."};
    static const struct fault silent = {"States.HeartbeatTimeout",
                                        "The task gave no sign of life."};
    run_fail(run, thread, "TaskTimedOut", heartbeat ? silent : late);
}

static bool has_task(const struct thread *thread)
{
    return thread->task_id != 0 &&
           (thread->phase == PHASE_BEGIN || thread->phase == PHASE_TASK ||
            thread->phase == PHASE_TOKEN);
}

static struct thread *find(const struct asl_run *run, int64_t task_id)
{
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t))
        if (t->task_id == task_id && has_task(t))
            return t;
    return NULL;
}

bool asl_awaits(const struct asl_run *run, int64_t task_id)
{
    return find(run, task_id) != NULL;
}

void asl_task_succeeded(struct asl_run *run, const struct asl_env *env,
                        int64_t task_id, const struct json *output)
{
    struct thread *thread = find(run, task_id);
    if (thread == NULL)
        return;
    run->env = env;
    struct fault fault = {0};
    if (!flow_fits(run, output, &fault)) {
        run_fail(run, thread, NULL, fault);
    } else {
        event_add(run, "TaskSucceeded", thread->state->name,
                  event_detail(run, "output", output));
        run_finish(run, thread, output);
    }
    run_guard(run);
}

void asl_task_failed(struct asl_run *run, const struct asl_env *env,
                     int64_t task_id, const char *error, const char *cause)
{
    struct thread *thread = find(run, task_id);
    if (thread == NULL)
        return;
    run->env = env;
    if (error == NULL)
        error = "States.TaskFailed";
    run_fail(run, thread, NULL, (struct fault){error, cause});
    run_guard(run);
}

void asl_task_started(struct asl_run *run, const struct asl_env *env,
                      int64_t task_id)
{
    struct thread *thread = find(run, task_id);
    if (thread == NULL || !thread->state->waits_for_token ||
        thread->phase == PHASE_TOKEN)
        return;
    run->env = env;
    thread->phase = PHASE_TOKEN;
    thread->due = 0;
    event_add(run, "TaskSubmitted", thread->state->name, NULL);
}

void asl_task_heartbeat(struct asl_run *run, const struct asl_env *env,
                        int64_t task_id)
{
    struct thread *thread = find(run, task_id);
    if (thread != NULL && thread->heartbeat_due != INT64_MAX)
        thread->heartbeat_due = env->clock_ms + thread->heartbeat_ms;
}

void asl_task_later(struct asl_run *run, const struct asl_env *env,
                    int64_t task_id, int64_t delay_ms)
{
    struct thread *thread = find(run, task_id);
    if (thread == NULL || thread->phase == PHASE_TOKEN)
        return;
    thread->phase = PHASE_BEGIN;
    thread->due = env->clock_ms + (delay_ms > 0 ? delay_ms : 0);
}

void asl_reissue(struct asl_run *run)
{
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t)) {
        if (t->phase == PHASE_TASK) {
            t->phase = PHASE_BEGIN;
            t->due = 0;
        }
    }
}

static bool is_out(const struct thread *thread)
{
    return thread->phase == PHASE_TASK || thread->phase == PHASE_TOKEN;
}

size_t asl_tasks(const struct asl_run *run)
{
    size_t count = 0;
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t))
        count += is_out(t);
    return count;
}

struct asl_task asl_task_at(const struct asl_run *run, size_t index)
{
    const struct thread *top = run_top(run);
    for (struct thread *t = run_top(run); t != NULL; t = run_after(top, t))
        if (is_out(t) && index-- == 0)
            return describe(t);
    assert(!"there are that many tasks");
    return (struct asl_task){0};
}
