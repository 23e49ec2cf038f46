/* Errors: tried again, caught, or the end of a thread: see run.h. */
#include <string.h>

#include "lib/asl/run/recover.h"
#include "lib/asl/run/run.h"
#include "lib/base/text/text.h"

/* A copy, without the rest of what is too long. It comes from anywhere, and
 * bytes that are no UTF-8 would make the image unreadable. */
static const char *cut(struct arena *arena, const char *text, size_t most)
{
    if (text == NULL)
        return NULL;
    size_t length = strlen(text);
    if (length > most) {
        length = most;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    char *copy = arena_copy(arena, text, length);
    if (!text_is_utf8(copy, length))
        for (char *s = copy; *s != '\0'; s++)
            if ((unsigned char)*s >= 0x80)
                *s = '?';
    return copy;
}

static void note_failure(struct asl_run *run, const struct thread *thread,
                         const char *event, const struct fault *fault,
                         const struct recover *recover)
{
    static const char *const types[] = {
        [ASL_TASK] = "TaskFailed",
        [ASL_PARALLEL] = "ParallelStateFailed",
        [ASL_MAP] = "MapStateFailed",
        [ASL_FAIL] = NULL, /* the last type */
    };
    const struct asl_state *state = thread->state;
    if (types[state->type] == NULL)
        return;
    struct json *detail = event_fault(run, fault);
    if (recover->how == RECOVER_RETRY)
        json_add(run->arena, detail, "retry_after_ms",
                 json_make_integer(run->arena, recover->delay_ms));
    if (recover->how == RECOVER_CATCH)
        json_add(run->arena, detail, "caught",
                 json_make_string(run->arena,
                                  state->catchers[recover->index].next->name));
    event_add(run, event != NULL ? event : types[state->type], state->name,
              detail);
}

static void retry(struct asl_run *run, struct thread *thread,
                  const struct recover *recover)
{
    size_t size = thread->state->retrier_count * sizeof(int);
    int *retries = arena_alloc(run->arena, size);
    if (thread->retries != NULL)
        memcpy(retries, thread->retries, size);
    retries[recover->index]++;
    thread->retries = retries;
    thread->attempt++;
    thread->phase = PHASE_RETRY;
    thread->due = run->env->clock_ms + recover->delay_ms;
    thread->timeout_due = thread->heartbeat_due = INT64_MAX;
    run->bytes += 8;
}

/* The error as a catcher gives it on. A Fail's error name may lack, but Error
 * must be there (specification, "Error representation"). */
static const struct json *error_output(struct arena *arena,
                                       const struct fault *fault)
{
    struct json *output = json_make_object(arena);
    json_add(arena, output, "Error",
             json_make_string(arena, fault->error != NULL ? fault->error : ""));
    if (fault->cause != NULL)
        json_add(arena, output, "Cause", json_make_string(arena, fault->cause));
    return output;
}

/* A state of the prelude is left for a catcher's Next only in the root's
 * machine: it then takes the place of all the rest. */
static void leave_prelude(struct asl_run *run, const struct asl_state *next,
                          const struct json *output)
{
    event_exited(run, run->live.prelude, output);
    run_recycle_list(run, run->live.prelude);
    run->live.prelude = NULL;
    struct thread *root = run->live.root;
    run_recycle_list(run, root->first);
    root->first = NULL;
    run_go(root, next, output);
}

/* The catcher's data, in the state's raw input; NULL with another *fault when
 * its ResultPath does not fit it, or there is too much of it. */
static const struct json *catch_data(struct asl_run *run,
                                     const struct thread *thread,
                                     const struct recover *recover,
                                     struct fault *fault)
{
    const struct asl_catcher *catcher =
        &thread->state->catchers[recover->index];
    const struct json *output =
        flow_put_result(run, catcher->json, thread->input,
                        error_output(run->arena, fault), fault);
    if (output == NULL || !flow_fits(run, output, fault))
        return NULL;
    return output;
}

static struct recover decide(struct asl_run *run, const struct thread *thread,
                             const struct fault *fault, bool from_branch)
{
    struct recover recover = recover_from(
        thread->state, fault->error, from_branch, thread->retries, run->env);
    if (recover.how == RECOVER_CATCH && thread == run->live.prelude &&
        thread->state->machine != &run->definition->root)
        recover.how = RECOVER_NOT;
    return recover;
}

/* One thread's own Retry and Catch; false: it ends with *fault. */
static bool settle(struct asl_run *run, struct thread *thread,
                   const char *event, struct fault *fault, bool from_branch)
{
    struct recover recover = decide(run, thread, fault, from_branch);
    note_failure(run, thread, event, fault, &recover);
    if (recover.how == RECOVER_RETRY) {
        retry(run, thread, &recover);
        return true;
    }
    if (thread->state->type == ASL_TASK) {
        redrive_forget(run, &run->kept);
        run->kept = redrive_keep(run, thread);
    }
    if (recover.how == RECOVER_NOT)
        return false;
    const struct json *output = catch_data(run, thread, &recover, fault);
    if (output == NULL)
        return false;
    const struct asl_state *next = thread->state->catchers[recover.index].next;
    if (thread == run->live.prelude)
        leave_prelude(run, next, output);
    else
        run_leave(run, thread, next, output);
    return true;
}

/* The way up: false when some thread has dealt with the error. */
static bool ends_all(struct asl_run *run, struct thread *thread,
                     const char *event, struct fault *fault)
{
    bool from_branch = false;
    while (!settle(run, thread, event, fault, from_branch)) {
        struct thread *parent = thread->parent;
        if (parent == NULL)
            return true;
        fork_failed(run, thread, fault);
        thread = parent;
        event = NULL;
        from_branch = true;
    }
    return false;
}

void run_fail(struct asl_run *run, struct thread *thread, const char *event,
              struct fault fault)
{
    /* Made before it is known whether it will be wanted: going up leaves
     * nothing to copy. */
    struct kept before = {0};
    fault.error = cut(run->arena, fault.error, RUN_ERROR_BYTES);
    fault.cause = cut(run->arena, fault.cause, RUN_CAUSE_BYTES);
    if (thread->state->type != ASL_TASK && !run->kept.task)
        before = redrive_keep(run, thread);
    if (!ends_all(run, thread, event, &fault)) {
        redrive_forget(run, &before);
        return;
    }
    if (before.tree.root != NULL) {
        redrive_forget(run, &run->kept);
        run->kept = before;
    }
    run_end(run, ASL_FAILED, &fault);
}
