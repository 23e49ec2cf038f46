/* What the tests of executions share: a driver that takes a definition with
 * canned answers and a clock of its own to its end, twice: in one go, and
 * saved and loaded around every call. Both must come to the same. */
#ifndef TESTS_UNIT_RUN_FIXTURE_H
#define TESTS_UNIT_RUN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/asl/asl.h"
#include "lib/base/text/text.h"

static struct arena arena;

static inline int setup(void **state)
{
    (void)state;
    arena = arena_create((size_t)3 << 30);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* JSON is written with ' for " here, and ` for ', to be read by people. */
static inline const struct json *json(const char *text)
{
    char *copy = arena_string(&arena, text);
    for (char *s = copy; *s != '\0'; s++)
        *s = (char)(*s == '\'' ? '"' : *s == '`' ? '\'' : *s);
    struct json_fault fault;
    const struct json *value =
        json_read(&arena, copy, strlen(copy), 900, &fault);
    if (value == NULL)
        fail_msg("%s: %s at %zu", copy, fault.detail, fault.offset);
    return value;
}

/* The text of a value with ' for ". */
static inline const char *plain(const struct json *value)
{
    if (value == NULL)
        return "(none)";
    char *text = json_print(&arena, value);
    for (char *s = text; *s != '\0'; s++)
        if (*s == '"')
            *s = '\'';
    return text;
}

static inline const struct asl_definition *define(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(text), &definition, &mistakes))
        fail_msg("%s: %s", mistakes->pointer, mistakes->text);
    return definition;
}

/* What the task of a resource answers, the attempts in their order; the last
 * line of a resource stands for all further ones.
 *     {...}           succeeds with it
 *     !Name or !Name:cause   fails
 *     silent          says nothing
 *     later           asl_task_later, 500 ms
 *     started         asl_task_started, nothing more
 *     echo            succeeds with its input */
struct line {
    const char *resource; /* without "task:" */
    const char *answer;
};

struct world {
    const struct asl_definition *definition;
    const struct asl_definition *newer; /* taken at the next loading */
    struct asl_origin origin;
    const struct line *script; /* ends with {NULL} */
    size_t said[64];           /* how often a line's resource was asked */
    struct asl_env env;
    struct asl_run *run;
    bool reload;
    struct text *events; /* all types, those with a state as Type(State) */
    int turns;
    int64_t last_task; /* the id of the last one begun */
    int most_out;      /* tasks under way at a time */
};

static inline uint64_t world_random(void *context)
{
    (void)context;
    return UINT64_C(1) << 63;
}

static inline const char *world_token(void *context, struct arena *in,
                                      int64_t task_id)
{
    (void)context;
    return arena_printf(in, "token-%lld", (long long)task_id);
}

static inline void note_events(struct world *w)
{
    for (const struct asl_event *e = asl_events(w->run); e != NULL;
         e = e->next) {
        text_printf(w->events, "%s%s", w->events->length > 0 ? " " : "",
                    e->type);
        if (e->state != NULL)
            text_printf(w->events, "(%s)", e->state);
        if (e->detail != NULL && strstr(e->type, "State") == NULL)
            text_puts(w->events, plain(e->detail));
    }
}

/* Around every call in the second mode. */
static inline void pass_through_image(struct world *w)
{
    if (!w->reload)
        return;
    note_events(w);
    const char *fault;
    const char *image = asl_image(w->run);
    w->run = asl_load(&arena, w->definition, &w->origin, image, &fault);
    if (w->run == NULL)
        fail_msg("%s: %s", fault, image);
    assert_string_equal(image, asl_image(w->run));
}

static inline const char *next_answer(struct world *w, const char *resource)
{
    const char *answer = NULL;
    size_t first = 0, skip = 0;
    for (size_t i = 0; w->script != NULL && w->script[i].resource != NULL;
         i++) {
        if (strcmp(w->script[i].resource, resource) != 0)
            continue;
        if (answer == NULL)
            first = i;
        answer = w->script[i].answer;
        if (skip++ == w->said[first])
            break;
    }
    if (answer != NULL)
        w->said[first]++;
    return answer != NULL ? answer : "echo";
}

static inline void answer(struct world *w, const struct asl_task *task)
{
    const char *says = next_answer(w, strchr(task->resource, ':') + 1);
    int64_t id = task->id;
    w->last_task = id;
    const struct json *input = task->input;
    if (asl_tasks(w->run) > (size_t)w->most_out)
        w->most_out = (int)asl_tasks(w->run);
    pass_through_image(w);
    if (strcmp(says, "echo") == 0) {
        asl_task_succeeded(w->run, &w->env, id, input);
    } else if (strcmp(says, "later") == 0) {
        asl_task_later(w->run, &w->env, id, 500);
    } else if (strcmp(says, "started") == 0) {
        asl_task_started(w->run, &w->env, id);
    } else if (says[0] == '!') {
        char *error = arena_string(&arena, says + 1);
        char *cause = strchr(error, ':');
        if (cause != NULL)
            *cause++ = '\0';
        asl_task_failed(w->run, &w->env, id, error, cause);
    } else if (strcmp(says, "silent") != 0) {
        asl_task_succeeded(w->run, &w->env, id, json(says));
    }
    pass_through_image(w);
}

/* As far as it goes by itself: to its end, or to where only an answer moves
 * it. */
static inline void go(struct world *w)
{
    for (w->turns = 0; w->turns < 20000; w->turns++) {
        struct asl_task task;
        enum asl_turn turn = asl_turn(w->run, &w->env, &task);
        int64_t due = asl_due(w->run);
        if (turn == ASL_TURN_ENDED ||
            (turn == ASL_TURN_WAIT && due == INT64_MAX)) {
            pass_through_image(w);
            return;
        }
        if (turn == ASL_TURN_TASK) {
            answer(w, &task);
        } else if (turn == ASL_TURN_WAIT) {
            assert_true(due > w->env.clock_ms);
            w->env.wall_ms += due - w->env.clock_ms;
            w->env.clock_ms = due;
        } else {
            pass_through_image(w);
        }
    }
    fail_msg("it does not end");
}

static inline struct world *world(const char *definition, const char *input,
                                  const struct line *script, bool reload)
{
    struct world *w = arena_alloc(&arena, sizeof *w);
    w->definition = define(definition);
    w->origin =
        (struct asl_origin){"order-7", "shop", 1700000000000, 0, json(input)};
    w->script = script;
    w->env = (struct asl_env){0, 1700000000000, world_random, world_token, w};
    w->events = arena_alloc(&arena, sizeof *w->events);
    *w->events = text_create(&arena, 256);
    w->reload = reload;
    w->run = asl_begin(&arena, w->definition, &w->origin);
    pass_through_image(w);
    return w;
}

/* SUCCEEDED and the output, or FAILED, the error and the cause. */
static inline const char *outcome(const struct world *w)
{
    const char *status = asl_status_name(asl_status(w->run));
    if (asl_status(w->run) == ASL_SUCCEEDED)
        return arena_printf(&arena, "%s %s", status, plain(asl_output(w->run)));
    const char *error = asl_error(w->run), *cause = asl_cause(w->run);
    return arena_printf(&arena, "%s%s%s%s%s", status, error != NULL ? " " : "",
                        error != NULL ? error : "", cause != NULL ? ": " : "",
                        cause != NULL ? cause : "");
}

/* All events of the run, also of one that was not saved in between. */
static inline const char *history(struct world *w)
{
    if (!w->reload) {
        *w->events = text_create(&arena, 256);
        note_events(w);
    }
    return w->events->bytes;
}

/* Runs it in both modes and gives the world of the second. */
static inline struct world *drive(const char *definition, const char *input,
                                  const struct line *script)
{
    struct world *once = world(definition, input, script, false);
    go(once);
    struct world *again = world(definition, input, script, true);
    go(again);
    assert_string_equal(outcome(once), outcome(again));
    assert_string_equal(history(once), history(again));
    assert_int_equal(once->env.clock_ms, again->env.clock_ms);
    return again;
}

/* The states of a machine, which begins with the first, A. */
#define MACHINE(states) "{'StartAt':'A','States':{" states "}}"
#define TASK(name, more)                                                       \
    "'" name "':{'Type':'Task','Resource':'task:" name "'" more "}"

#endif
