/* A task that is a web service of the shop's own: the state's input is posted
 * as JSON, signed as Standard Webhooks prescribe (standardwebhooks.com), and
 * the JSON answer is the result. The webhook-id is the idempotency key: it
 * stays the same however often one entering of the state is tried. */
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/base/time/clock.h"
#include "lib/shop/signature.h"
#include "lib/workflow/execution/advance.h"
#include "lib/workflow/execution/task.h"
#include "reaper/reaper.h"

enum {
    WEB_TASK_TIMEOUT_MS = 60000,
    WEB_TASK_LATER_MS = 200 /* than the state's own end, which is to be first */
};

struct web_call {
    const char *url;
    const char *id; /* webhook-id and Idempotency-Key */
    const char *body;
    int64_t timeout_ms;
    struct task_result result;
};

/* Not JSON, or more than a state may hand on. */
static struct task_result read_answer(struct job *job,
                                      const struct transfer_answer *answer)
{
    struct json_fault fault;
    if (answer->length == 0)
        return (struct task_result){.verdict = TASK_DONE,
                                    .output = json_make_object(&job->arena)};
    const struct json *output = json_read(
        &job->arena, answer->body, answer->length, ASL_DATA_DEPTH, &fault);
    if (output == NULL)
        return task_failed("States.TaskFailed",
                           arena_printf(&job->arena,
                                        "The web service's answer is not JSON: "
                                        "%s at byte %zu.",
                                        fault.detail, fault.offset));
    return (struct task_result){.verdict = TASK_DONE, .output = output};
}

/* Error names as Step Functions' own HTTP task has them (AWS Step Functions
 * Developer Guide, "Call HTTPS APIs in Step Functions workflows"). */
static void answered(void *context, const struct transfer_answer *answer)
{
    struct job *job = context;
    struct web_call *call = job->own;
    struct arena *arena = &job->arena;
    job_in_hand(job);
    if (answer->outcome == TRANSFER_ANSWERED && answer->status >= 200 &&
        answer->status < 300)
        call->result = read_answer(job, answer);
    else if (answer->outcome == TRANSFER_ANSWERED)
        call->result = task_failed(
            arena_printf(arena, "States.Http.StatusCode.%d", answer->status),
            arena_printf(arena, "The web service answered %d.",
                         answer->status));
    else if (answer->too_long)
        call->result =
            task_failed("States.DataLimitExceeded",
                        "The web service answered more than 256 KiB.");
    else if (answer->timed_out)
        call->result = task_failed("States.Timeout",
                                   "The web service did not answer in time.");
    else
        call->result = task_failed("States.Http.Socket",
                                   arena_string(arena, answer->detail));
    job_finish(job);
}

static void start(struct job *job)
{
    const struct web_call *call = job->own;
    const struct settings *settings = job->reaper->settings;
    struct arena *arena = &job->arena;
    const char *signature[SIGNATURE_LINES];
    if (!signature_make(arena, job->reaper->task_secret, call->id,
                        clock_wall_ms() / 1000, call->body, strlen(call->body),
                        signature))
        die("a call of order %s cannot be signed", job->order.order_id);
    const char *const headers[] = {
        "Content-Type: application/json",
        "Accept: application/json",
        arena_printf(arena, "Idempotency-Key: %s", call->id),
        signature[0],
        signature[1],
        signature[2],
        NULL};
    transfer_http(job->reaper->calls,
                  &(struct transfer_http){.method = "POST",
                                          .url = call->url,
                                          .headers = headers,
                                          .body = call->body,
                                          .body_length = strlen(call->body),
                                          .timeout_ms = call->timeout_ms,
                                          .max_answer = ASL_DATA_BYTES,
                                          .reach = settings->task_private
                                                       ? TRANSFER_ANYWHERE
                                                       : TRANSFER_PUBLIC,
                                          .ca_file = settings->ca_file},
                  answered, job);
}

static void settle(struct job *job, int64_t now_ms)
{
    const struct web_call *call = job->own;
    struct driver driver = reaper_driver(job->reaper);
    advance_answered(&driver, job->order.order_id, job->task_id, &call->result,
                     now_ms);
}

/* The part of the URL that says who is called. */
static size_t host_length(const char *url)
{
    return 8 + strcspn(url + 8, "/?#"); /* after https:// */
}

static int calls_to(const struct reaper *reaper, const char *url)
{
    size_t length = host_length(url);
    int calls = 0;
    for (int i = 0; i < REAPER_JOBS; i++) {
        const struct job *job = &reaper->jobs[i];
        const struct web_call *call = job->own;
        if (job->in_flight && job->counter == &reaper->web_tasks &&
            host_length(call->url) == length &&
            strncmp(call->url, url, length) == 0)
            calls++;
    }
    return calls;
}

/* Called from where a busy host must not hold up another: a task that finds
 * no room comes again, and the more wait the later, so that their coming again
 * costs little however many there are. */
static struct task_result wait_for_room(struct reaper *reaper)
{
    enum { FIRST_MS = 100, APART_MS = 4 };
    int64_t now_boot_ms = clock_boot_ms();
    if (reaper->next_web_try_ms < now_boot_ms + FIRST_MS)
        reaper->next_web_try_ms = now_boot_ms + FIRST_MS;
    reaper->next_web_try_ms += APART_MS;
    return (struct task_result){.verdict = TASK_LATER,
                                .delay_ms =
                                    reaper->next_web_try_ms - now_boot_ms};
}

/* A call that the state's TimeoutSeconds has ended holds up no other. */
static int64_t timeout_of(const struct step *step)
{
    if (step->task.due_ms >= step->env.clock_ms + WEB_TASK_TIMEOUT_MS)
        return WEB_TASK_TIMEOUT_MS;
    return step->task.due_ms <= step->env.clock_ms
               ? WEB_TASK_LATER_MS
               : step->task.due_ms - step->env.clock_ms + WEB_TASK_LATER_MS;
}

static struct job *begin(struct step *step)
{
    static const struct job_kind kind = {.start = start, .settle = settle};
    struct reaper *reaper = step->driver->own;
    struct job *job = job_begin(reaper, &kind, &reaper->web_tasks);
    job->task_id = step->task.id;
    if (!order_find(reaper->db, step->execution.order_id, &job->order,
                    &job->arena))
        job->order = step->order; /* refused: the job will never run */
    return job;
}

static struct task_result web_task(struct step *step)
{
    struct reaper *reaper = step->driver->own;
    if (reaper->free_count == 0 || reaper->web_tasks >= REAPER_WEB_TASKS ||
        calls_to(reaper, step->name.url) >= reaper->settings->calls_per_host)
        return wait_for_room(reaper);
    struct job *job = begin(step);
    struct web_call *call = arena_alloc(&job->arena, sizeof *call);
    call->url = arena_string(&job->arena, step->name.url);
    /* One that waits for its token hands out another token each try. */
    call->id = arena_printf(&job->arena, "%s-%lld", job->order.order_id,
                            (long long)(step->task.waits_for_token
                                            ? step->task.id
                                            : step->task.entry));
    call->timeout_ms = timeout_of(step);
    call->body = json_print(&job->arena, step->task.input);
    job->own = call;
    return (struct task_result){.verdict = TASK_WAITING};
}

static bool is_calling(void *own, const char *order_id, int64_t task_id)
{
    const struct reaper *reaper = own;
    if (reaper->web_tasks == 0)
        return false;
    for (int i = 0; i < REAPER_JOBS; i++) {
        const struct job *job = &reaper->jobs[i];
        if (job->in_flight && job->task_id != 0 &&
            (task_id == 0 || job->task_id == task_id) &&
            strcmp(job->order.order_id, order_id) == 0)
            return true;
    }
    return false;
}

struct driver reaper_driver(struct reaper *reaper)
{
    return (struct driver){.db = reaper->db,
                           .settings = reaper->settings,
                           .definitions = reaper->definitions,
                           .signing_key = reaper->signing_key,
                           .arena = &reaper->step_arena,
                           .number = reaper->number,
                           .call = web_task,
                           .is_calling = is_calling,
                           .own = reaper};
}
