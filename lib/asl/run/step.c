/* States entered and left: see run.h. What a state does when it is entered
 * stands here, save for tasks and forks. */
#include <math.h>
#include <string.h>

#include "lib/asl/choice/choice.h"
#include "lib/asl/run/run.h"
#include "lib/asl/template.h"
#include "lib/asl/timestamp.h"

void run_go(struct thread *thread, const struct asl_state *state,
            const struct json *input)
{
    *thread = (struct thread){
        .parent = thread->parent,
        .next = thread->next,
        .index = thread->index,
        .item = thread->item,
        .state = state,
        .phase = PHASE_ENTER,
        .input = input,
        .attempt = 1,
        .entry = thread->entry,
        .entered_wall_ms = thread->entered_wall_ms,
        .timeout_due = INT64_MAX,
        .heartbeat_due = INT64_MAX,
    };
}

static void enter_pass(struct asl_run *run, struct thread *thread)
{
    struct fault fault = {0};
    struct scope scope = flow_scope(run, thread);
    const struct json *result = flow_input(run, thread, &scope, &fault);
    if (result == NULL) {
        run_fail(run, thread, NULL, fault);
        return;
    }
    const struct json *fixed = json_member(thread->state->json, "Result");
    run_finish(run, thread, fixed != NULL ? fixed : result);
}

/* For the states that have InputPath and OutputPath alone; NULL: it failed. */
static const struct json *pass_through(struct asl_run *run,
                                       struct thread *thread,
                                       struct scope *scope, struct fault *fault)
{
    const struct json *output =
        flow_select(scope, thread->state, "OutputPath", scope->data, fault);
    if (output != NULL && output != thread->input &&
        !flow_fits(run, output, fault))
        return NULL;
    return output;
}

/* The scope of a state's effective input; false: the state has failed. */
static bool see(struct asl_run *run, struct thread *thread, struct scope *scope)
{
    struct fault fault = {0};
    *scope = flow_scope(run, thread);
    scope->data = flow_input(run, thread, scope, &fault);
    if (scope->data == NULL)
        run_fail(run, thread, NULL, fault);
    return scope->data != NULL;
}

static const struct asl_state *choose(const struct asl_state *state,
                                      const struct scope *scope,
                                      struct fault *fault)
{
    for (size_t i = 0; i < state->rule_count; i++) {
        bool holds = choice_holds(state->rules[i].json, scope, fault);
        if (fault->error != NULL)
            return NULL;
        if (holds)
            return state->rules[i].next;
    }
    if (state->otherwise == NULL)
        *fault = (struct fault){"States.NoChoiceMatched",
                                "No rule held, and there is no Default."};
    return state->otherwise;
}

static void enter_choice(struct asl_run *run, struct thread *thread)
{
    struct scope scope;
    if (!see(run, thread, &scope))
        return;
    struct fault fault = {0};
    const struct asl_state *next = choose(thread->state, &scope, &fault);
    const struct json *output =
        next == NULL ? NULL : pass_through(run, thread, &scope, &fault);
    if (output == NULL)
        run_fail(run, thread, NULL, fault);
    else
        run_leave(run, thread, next, output);
}

/* The time a Wait ends at, by the execution's clock; false: it fails. */
static bool wait_due(struct asl_run *run, struct thread *thread,
                     struct scope *scope, int64_t *due, struct fault *fault)
{
    const struct json *text = json_member(thread->state->json, "Timestamp");
    const char *path =
        json_string(json_member(thread->state->json, "TimestampPath"));
    if (text == NULL && path == NULL) {
        double seconds = 0;
        if (!flow_number(scope, thread->state, "Seconds", 0, &seconds, fault))
            return false;
        *due = run->env->clock_ms + llround(seconds * 1000);
        return true;
    }
    if (text == NULL)
        text = flow_select(scope, thread->state, "TimestampPath", scope->data,
                           fault);
    struct timestamp until;
    if (text == NULL)
        return false;
    if (json_string(text) == NULL ||
        !timestamp_parse(json_string(text), &until)) {
        *fault = (struct fault){"States.Runtime",
                                "What Wait is to wait for is no timestamp."};
        return false;
    }
    int64_t ms = until.ms + (until.beyond_ns > 0) - run->env->wall_ms;
    *due = run->env->clock_ms + (ms > 0 ? ms : 0);
    return true;
}

static void enter_wait(struct asl_run *run, struct thread *thread)
{
    struct scope scope;
    if (!see(run, thread, &scope))
        return;
    struct fault fault = {0};
    if (!wait_due(run, thread, &scope, &thread->due, &fault))
        run_fail(run, thread, NULL, fault);
    else
        thread->phase = PHASE_WAIT;
}

void run_wake(struct asl_run *run, struct thread *thread)
{
    struct scope scope;
    if (!see(run, thread, &scope))
        return;
    struct fault fault = {0};
    const struct json *output = pass_through(run, thread, &scope, &fault);
    if (output == NULL)
        run_fail(run, thread, NULL, fault);
    else
        run_leave(run, thread, thread->state->next, output);
}

static bool fail_text(const struct asl_state *state, const char *field,
                      const char *path_field, const struct scope *scope,
                      const char **out, struct fault *fault)
{
    *out = json_string(json_member(state->json, field));
    const char *path = json_string(json_member(state->json, path_field));
    if (*out != NULL || path == NULL)
        return true;
    const struct json *value = template_value(path, scope, fault);
    if (value == NULL) {
        /* States.ParameterPathFailure is of Parameters alone (specification,
         * appendix A). */
        if (strcmp(fault->error, "States.ParameterPathFailure") == 0)
            fault->error = "States.Runtime";
        return false;
    }
    *out = json_string(value);
    if (*out == NULL)
        *fault = (struct fault){"States.Runtime",
                                "Error and Cause of a Fail must be strings."};
    return *out != NULL;
}

static void enter_fail(struct asl_run *run, struct thread *thread)
{
    struct scope scope;
    if (!see(run, thread, &scope))
        return;
    struct fault fault = {0}, own = {0};
    if (fail_text(thread->state, "Error", "ErrorPath", &scope, &own.error,
                  &fault) &&
        fail_text(thread->state, "Cause", "CausePath", &scope, &own.cause,
                  &fault))
        fault = own;
    run_fail(run, thread, NULL, fault);
}

void run_enter(struct asl_run *run, struct thread *thread)
{
    thread->entry = ++run->serial;
    thread->entered_wall_ms = run->env->wall_ms;
    event_entered(run, thread);
    switch (thread->state->type) {
    case ASL_TASK:
        thread->phase = PHASE_BEGIN;
        break;
    case ASL_PASS:
        enter_pass(run, thread);
        break;
    case ASL_CHOICE:
        enter_choice(run, thread);
        break;
    case ASL_WAIT:
        enter_wait(run, thread);
        break;
    case ASL_PARALLEL:
    case ASL_MAP:
        fork_begin(run, thread);
        break;
    case ASL_SUCCEED:
        run_wake(run, thread);
        break;
    case ASL_FAIL:
        enter_fail(run, thread);
        break;
    }
}

void run_finish(struct asl_run *run, struct thread *thread,
                const struct json *result)
{
    struct fault fault = {0};
    const struct json *output = flow_output(run, thread, result, &fault);
    if (output == NULL)
        run_fail(run, thread, NULL, fault);
    else
        run_leave(run, thread, thread->state->next, output);
}

void run_leave(struct asl_run *run, struct thread *thread,
               const struct asl_state *next, const struct json *output)
{
    event_exited(run, thread, output);
    if (thread == run->live.prelude) {
        run->live.prelude = thread->next;
        run_recycle(run, thread);
    } else if (next != NULL) {
        run_go(thread, next, output);
    } else if (thread->parent != NULL) {
        fork_ended(run, thread, output);
    } else {
        run->output = output;
        run_end(run, ASL_SUCCEEDED, NULL);
    }
}
