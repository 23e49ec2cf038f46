/* One step of one execution: what the definition says follows from what a
 * task answered. Called by cycle.c and by jobs that end. */
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/json_writer.h"
#include "lib/base/log.h"
#include "lib/shop/undo.h"
#include "reaper/task.h"

static const char *error_detail(struct arena *arena, const char *error,
                                const char *cause)
{
    struct text text = text_create(arena, 128);
    struct json_writer w = json_writer(&text);
    json_open(&w, '{');
    json_string_member(&w, "error", error);
    json_string_member(&w, "cause", cause);
    json_close(&w, '}');
    return text.bytes;
}

static double random_fraction(void)
{
    unsigned value;
    crypto_random(&value, sizeof value);
    return (double)value / 4294967296.0;
}

static void fail(struct step *step, const char *error, const char *cause)
{
    struct db *db = step->reaper->db;
    execution_event(db, step->execution, "ExecutionFailed",
                    error_detail(step->arena, error, cause), step->now_ms);
    execution_end(db, step->execution, "FAILED", step->now_ms);
    undo_failed(db, &step->order, cause != NULL ? cause : error, step->now_ms);
}

static void succeed(struct step *step)
{
    struct db *db = step->reaper->db;
    execution_event(db, step->execution, "ExecutionSucceeded", NULL,
                    step->now_ms);
    execution_end(db, step->execution, "SUCCEEDED", step->now_ms);
}

static void go_to(struct step *step, const struct asl_state *next)
{
    struct execution *execution = step->execution;
    execution->state = asl_state_name(next);
    execution->entered = false;
    memset(execution->retries, 0, sizeof execution->retries);
    execution_save(step->reaper->db, execution, 0, 0);
}

static void retry(struct step *step, size_t retrier, int64_t delay_ms)
{
    struct execution *execution = step->execution;
    if (retrier < EXECUTION_RETRIERS)
        execution->retries[retrier]++;
    execution_event(
        step->reaper->db, execution, "TaskScheduled",
        arena_printf(step->arena, "{\"after_ms\":%lld}", (long long)delay_ms),
        step->now_ms);
    execution_save(step->reaper->db, execution, delay_ms, 0);
}

static void follow_failure(struct step *step, const struct asl_state *state,
                           const struct task_result *result)
{
    struct execution *execution = step->execution;
    execution_event(step->reaper->db, execution, "TaskFailed",
                    error_detail(step->arena, result->error, result->cause),
                    step->now_ms);
    struct asl_decision decision =
        asl_after_error(state, result->error, execution->retries,
                        EXECUTION_RETRIERS, random_fraction());
    switch (decision.verdict) {
    case ASL_RETRY:
        retry(step, decision.retrier, decision.delay_ms);
        break;
    case ASL_GO:
        go_to(step, decision.next);
        break;
    case ASL_END_SUCCEEDED:
    case ASL_END_FAILED:
        fail(step, result->error, result->cause);
        break;
    }
}

static void follow_success(struct step *step, const struct asl_state *state,
                           const struct task_result *result)
{
    execution_event(step->reaper->db, step->execution, "TaskSucceeded",
                    result->output, step->now_ms);
    struct asl_decision decision = asl_after_success(state);
    if (decision.verdict == ASL_GO)
        go_to(step, decision.next);
    else
        succeed(step);
}

static void follow(struct step *step, const struct asl_state *state,
                   const struct task_result *result)
{
    struct reaper *reaper = step->reaper;
    switch (result->verdict) {
    case TASK_DONE:
        follow_success(step, state, result);
        break;
    case TASK_FAILED:
        follow_failure(step, state, result);
        break;
    case TASK_WAITING:
        execution_save(reaper->db, step->execution, REAPER_LEASE_MS,
                       reaper->fence);
        break;
    case TASK_QUEUED:
        execution_save(reaper->db, step->execution, EXECUTION_QUEUED, 0);
        break;
    case TASK_LATER:
        execution_save(reaper->db, step->execution, result->delay_ms, 0);
        break;
    case TASK_ABORTED:
        break;
    }
}

static void run_task(struct step *step, const struct asl_state *state)
{
    const struct task *task = task_find(asl_state_resource(state));
    struct task_result result =
        task != NULL ? task->begin(step)
                     : task_failed("States.Runtime",
                                   "The workflow names a task that does not "
                                   "exist.");
    follow(step, state, &result);
    /* The job belongs to the moment just saved. */
    if (step->job != NULL)
        step->job->step = step->execution->step;
}

static void enter(struct step *step, const struct asl_state *state)
{
    static const char *const entered[] = {
        "TaskStateEntered", "SucceedStateEntered", "FailStateEntered"};
    step->execution->entered = true;
    execution_event(step->reaper->db, step->execution,
                    entered[asl_state_type(state)], NULL, step->now_ms);
}

static bool load_step(struct step *step, struct reaper *reaper,
                      struct execution *execution, int64_t now_ms)
{
    *step = (struct step){.reaper = reaper,
                          .execution = execution,
                          .arena = &reaper->step_arena,
                          .now_ms = now_ms};
    return order_find(reaper->db, execution->order_id, &step->order,
                      step->arena);
}

void advance_execution(struct reaper *reaper, struct execution *execution,
                       int64_t now_ms)
{
    struct step step;
    if (execution->fence == reaper->fence) {
        /* Our own job is still under way: its lease goes on. */
        execution_renew(reaper->db, execution, REAPER_LEASE_MS);
        return;
    }
    if (!load_step(&step, reaper, execution, now_ms))
        return;
    const struct asl_definition *definition =
        definition_cached(reaper, execution->definition_hash);
    if (execution->state == NULL) {
        execution_event(reaper->db, execution, "ExecutionStarted", NULL,
                        execution->started_at_ms);
        execution->state = asl_state_name(asl_start(definition));
        order_move(reaper->db, execution->order_id, ORDER_PENDING,
                   ORDER_PROCESSING, NULL, now_ms);
        step.order.status = ORDER_PROCESSING;
    }
    const struct asl_state *state = asl_find(definition, execution->state);
    if (state == NULL)
        die("order %s: no state %s", execution->order_id, execution->state);
    if (!execution->entered)
        enter(&step, state);
    switch (asl_state_type(state)) {
    case ASL_TASK:
        run_task(&step, state);
        break;
    case ASL_SUCCEED:
        succeed(&step);
        break;
    case ASL_FAIL:
        fail(&step,
             asl_state_error(state) != NULL ? asl_state_error(state)
                                            : "States.Failed",
             asl_state_cause(state));
        break;
    }
}

void task_settle(struct job *job, struct task_result result, int64_t now_ms)
{
    struct reaper *reaper = job->reaper;
    struct execution execution;
    struct step step;
    arena_reset(&reaper->step_arena);
    if (!execution_find(reaper->db, job->order.order_id, &execution,
                        &reaper->step_arena) ||
        execution.step != job->step ||
        strcmp(execution.status, "RUNNING") != 0) {
        if (db_refused(reaper->db))
            return; /* settled again in the next cycle */
        log_info("order %s: a late result changes nothing",
                 job->order.order_id);
        return;
    }
    if (!load_step(&step, reaper, &execution, now_ms))
        return;
    const struct asl_definition *definition =
        definition_cached(reaper, execution.definition_hash);
    follow(&step, asl_find(definition, execution.state), &result);
}
