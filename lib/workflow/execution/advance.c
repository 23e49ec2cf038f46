/* Takes executions on: see advance.h. */
#include "lib/workflow/execution/advance.h"

#include <assert.h>
#include <string.h>

#include "lib/base/log/log.h"
#include "lib/shop/execution/task_token.h"
#include "lib/shop/payment/payment.h"
#include "lib/workflow/execution/task.h"
#include "lib/workflow/order/facts.h"

enum {
    ADVANCE_TURNS = 100,      /* of one execution in one transaction */
    ADVANCE_IMAGE = 4 * 1024, /* bytes with which it has them all */
    ADVANCE_ARENA = 128 * 1024 * 1024,
    ADVANCE_ALIKE = 64,  /* tasks of one kind that run at once in one order */
    ADVANCE_CAUSE = 2000 /* bytes of an error's cause that are kept */
};

/* What a built-in task answers: the order's facts as they now are, with the
 * task's own members. */
static const struct json *builtin_output(struct step *step,
                                         const struct json *own)
{
    step_refresh_order(step);
    if (json_first(own) == NULL && step->facts != NULL)
        return step->facts;
    struct json *output =
        order_facts(step->driver->db, step->driver->settings->currency,
                    &step->order, step->arena);
    for (const struct json *e = json_first(own); e != NULL; e = json_next(e))
        json_put(step->arena, output, json_name(e), e);
    if (json_first(own) == NULL)
        step->facts = output;
    return output;
}

/* As the Lambda integration answers (AWS Step Functions Developer Guide,
 * "Invoke an AWS Lambda function with Step Functions"). */
static const struct json *wrap_invoked(struct arena *arena,
                                       const struct json *payload)
{
    struct json *answer = json_make_object(arena);
    json_add(arena, answer, "StatusCode", json_make_integer(arena, 200));
    json_add(arena, answer, "Payload", payload);
    return answer;
}

static void succeeded(struct step *step, const struct task_result *result)
{
    if (step->task.waits_for_token) {
        asl_task_started(step->run, &step->env, step->task.id);
        return;
    }
    const struct json *output = result->output;
    if (step->name.kind == TASK_BUILTIN)
        output = builtin_output(step, output);
    if (step->name.invoke)
        output = wrap_invoked(step->arena, output);
    asl_task_succeeded(step->run, &step->env, step->task.id, output);
}

/* A cause as long as a message, not as an answer of a web service. */
static const char *short_cause(struct step *step, const char *cause)
{
    if (cause == NULL || strlen(cause) <= ADVANCE_CAUSE)
        return cause;
    size_t length = ADVANCE_CAUSE;
    while ((cause[length] & 0xc0) == 0x80)
        length--;
    return arena_copy(step->arena, cause, length);
}

static void follow(struct step *step, const struct task_result *result)
{
    switch (result->verdict) {
    case TASK_DONE:
        succeeded(step, result);
        break;
    case TASK_FAILED:
        asl_task_failed(step->run, &step->env, step->task.id, result->error,
                        short_cause(step, result->cause));
        break;
    case TASK_WAITING:
        break;
    case TASK_LATER:
        asl_task_later(step->run, &step->env, step->task.id, result->delay_ms);
        break;
    }
}

/* For the Lambda integration the function's name and input stand inside. */
static bool name_task(struct step *step)
{
    const char *function =
        json_string(json_member(step->task.input, "FunctionName"));
    if (!task_name_read(step->task.resource, function, &step->name))
        return false;
    if (step->name.invoke) {
        const struct json *payload = json_member(step->task.input, "Payload");
        step->task.input =
            payload != NULL ? payload : json_make_object(step->arena);
    }
    return true;
}

static void begin_task(struct step *step)
{
    const struct driver *driver = step->driver;
    const char *order_id = step->execution.order_id;
    if (driver->is_calling(driver->own, order_id, step->task.id))
        return; /* begun before, and still under way */
    struct task_result result;
    if (!name_task(step)) {
        result = task_failed("States.Runtime",
                             "The workflow names a task that does not exist.");
    } else {
        if (step->task.waits_for_token)
            task_token_issue(driver->db,
                             step->env.token(step, step->arena, step->task.id),
                             order_id, step->task.id, step->now_ms);
        result =
            step->name.kind == TASK_WEB ? driver->call(step) : task_begin(step);
    }
    follow(step, &result);
}

/* Turns the engine until the execution waits or has had its share; what is
 * left is due at once. What a turn writes is about what the image holds, so
 * one with much data has fewer. */
static void work(struct step *step)
{
    const char *image = step->execution.image;
    size_t length = image == NULL ? 0 : strlen(image);
    size_t most = length <= ADVANCE_IMAGE
                      ? ADVANCE_TURNS
                      : ADVANCE_TURNS * ADVANCE_IMAGE / length + 1;
    for (size_t turns = 0; turns < most; turns++) {
        if (turns > 0 && step->arena->used > ADVANCE_ARENA)
            break;
        switch (asl_turn(step->run, &step->env, &step->task)) {
        case ASL_TURN_MOVED:
            break;
        case ASL_TURN_TASK:
            begin_task(step);
            break;
        case ASL_TURN_WAIT:
        case ASL_TURN_ENDED:
            return;
        }
    }
}

static void take_answer(struct step *step, const struct task_token_news *news)
{
    struct json_fault fault;
    const struct json *answer =
        json_read(step->arena, news->answer, strlen(news->answer),
                  ASL_DATA_DEPTH + 1, &fault);
    if (answer == NULL)
        die("an answer of order %s cannot be read", step->execution.order_id);
    const struct json *output = json_member(answer, "output");
    if (output != NULL)
        asl_task_succeeded(step->run, &step->env, news->task_id, output);
    else
        asl_task_failed(
            step->run, &step->env, news->task_id,
            json_string(json_member(answer, "error")),
            short_cause(step, json_string(json_member(answer, "cause"))));
}

/* One after the other, as long as there is room for them. */
static void take_token_news(struct step *step)
{
    struct task_token_news news;
    while (!step->news_left &&
           task_token_take(step->driver->db, step->execution.order_id, &news, 1,
                           step->arena) > 0) {
        if (news.answer == NULL)
            asl_task_heartbeat(step->run, &step->env, news.task_id);
        else
            take_answer(step, &news);
        step->news_left = step->arena->used > ADVANCE_ARENA;
    }
}

/* Every ProcessPayment that waits hears of it: they wait for the same one. */
static void take_payment_news(struct step *step)
{
    struct asl_task waiting[ADVANCE_ALIKE];
    size_t count = 0;
    const char *code, *message;
    if (asl_tasks(step->run) == 0 ||
        !payment_take_refusal(step->driver->db, step->execution.order_id, &code,
                              &message, step->arena))
        return;
    for (size_t i = 0; i < asl_tasks(step->run) && count < ADVANCE_ALIKE; i++) {
        step->task = asl_task_at(step->run, i);
        if (name_task(step) && step->name.kind == TASK_BUILTIN &&
            step->name.builtin == TASK_PROCESS_PAYMENT)
            waiting[count++] = step->task;
    }
    struct task_result declined = payment_declined(code, message);
    for (size_t i = 0; i < count; i++) {
        step->task = waiting[i];
        name_task(step);
        follow(step, &declined);
    }
}

static void go_on(struct step *step)
{
    if (step->workflow->hands_out_tokens)
        take_token_news(step);
    take_payment_news(step);
    /* A call under way is told by its answer; all else begins again. */
    asl_reissue(step->run);
    work(step);
    step_close(step);
}

void advance_execution(const struct driver *driver, const char *order_id,
                       int64_t now_ms)
{
    struct step step;
    if (step_open(&step, driver, order_id, now_ms))
        go_on(&step);
}

void advance_answered(const struct driver *driver, const char *order_id,
                      int64_t task_id, const struct task_result *result,
                      int64_t now_ms)
{
    assert(!arena_holds(driver->arena, result) &&
           !arena_holds(driver->arena, result->output));
    struct step step;
    bool open = step_open(&step, driver, order_id, now_ms);
    bool found = false;
    for (size_t i = 0; open && !found && i < asl_tasks(step.run); i++) {
        step.task = asl_task_at(step.run, i);
        found = step.task.id == task_id;
    }
    if (!found) {
        if (!db_refused(driver->db)) /* else settled again later */
            log_info("order %s: a late result changes nothing", order_id);
        return;
    }
    name_task(&step);
    follow(&step, result);
    go_on(&step);
}
