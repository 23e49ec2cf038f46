/* Data through a state: see run.h. The specification's "Input and Output
 * Processing": raw input, InputPath, Parameters, the work, ResultSelector,
 * ResultPath, OutputPath. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/asl/path/path.h"
#include "lib/asl/run/run.h"
#include "lib/asl/template.h"
#include "lib/base/time/clock.h"

/* The context object -------------------------------------------------------*/

static void add_string(struct arena *arena, struct json *object,
                       const char *name, const char *string)
{
    json_add(arena, object, name, json_make_string(arena, string));
}

static void add_time(struct arena *arena, struct json *object, const char *name,
                     int64_t wall_ms)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_rfc3339(wall_ms, text);
    add_string(arena, object, name, text);
}

static const struct json *about_execution(struct asl_run *run)
{
    struct json *about = json_make_object(run->arena);
    const struct asl_origin *origin = &run->origin;
    add_string(run->arena, about, "Id", origin->execution_id);
    json_add(run->arena, about, "Input", origin->input);
    add_string(run->arena, about, "Name", origin->execution_id);
    json_add(run->arena, about, "RedriveCount",
             json_make_integer(run->arena, origin->redrives));
    add_time(run->arena, about, "StartTime", origin->started_wall_ms);
    return about;
}

static const struct json *about_state(struct asl_run *run,
                                      const struct thread *thread)
{
    struct json *about = json_make_object(run->arena);
    add_time(run->arena, about, "EnteredTime", thread->entered_wall_ms);
    add_string(run->arena, about, "Name", thread->state->name);
    json_add(run->arena, about, "RetryCount",
             json_make_integer(run->arena, thread->attempt - 1));
    return about;
}

static const struct json *about_item(struct asl_run *run,
                                     const struct json *item, size_t index)
{
    struct json *about = json_make_object(run->arena);
    json_add(run->arena, about, "Index",
             json_make_integer(run->arena, (int64_t)index));
    json_add(run->arena, about, "Value", item);
    return about;
}

const struct json *flow_context(struct asl_run *run, struct thread *thread,
                                const struct json *item, size_t index)
{
    struct arena *arena = run->arena;
    struct json *context = json_make_object(arena);
    json_add(arena, context, "Execution", about_execution(run));
    json_add(arena, context, "State", about_state(run, thread));
    struct json *machine = json_make_object(arena);
    add_string(arena, machine, "Id", run->origin.machine_name);
    add_string(arena, machine, "Name", run->origin.machine_name);
    json_add(arena, context, "StateMachine", machine);
    if (thread->state->waits_for_token && thread->task_id != 0) {
        struct json *task = json_make_object(arena);
        add_string(arena, task, "Token",
                   run->env->token(run->env->context, arena, thread->task_id));
        json_add(arena, context, "Task", task);
    }
    if (item == NULL)
        item = fork_item(run, thread, &index);
    if (item != NULL) {
        struct json *map = json_make_object(arena);
        json_add(arena, map, "Item", about_item(run, item, index));
        json_add(arena, context, "Map", map);
    }
    return context;
}

struct scope flow_scope(struct asl_run *run, struct thread *thread)
{
    return (struct scope){
        .arena = run->arena,
        .data = thread->input,
        .context = thread->state->uses_context
                       ? flow_context(run, thread, NULL, 0)
                       : NULL,
        .env = run->env,
    };
}

/* Paths --------------------------------------------------------------------*/

const struct json *flow_select(struct scope *scope, const struct asl_state *s,
                               const char *field, const struct json *data,
                               struct fault *fault)
{
    const struct json *path = json_member(s->json, field);
    if (path == NULL)
        return data;
    const char *text = json_string(path);
    if (text == NULL) /* null */
        return json_make_object(scope->arena);
    if (strcmp(text, "$") == 0)
        return data;
    struct scope of = *scope;
    of.data = data;
    return path_select(text, &of, fault);
}

bool flow_fits(struct asl_run *run, const struct json *value,
               struct fault *fault)
{
    size_t length = run_measure(value, ASL_DATA_BYTES);
    run->bytes += length;
    if (length <= ASL_DATA_BYTES)
        return true;
    *fault = (struct fault){"States.DataLimitExceeded",
                            "The data of a state is larger or deeper than it "
                            "may be."};
    return false;
}

const struct json *flow_fill(struct asl_run *run, struct thread *thread,
                             struct scope *scope, struct fault *fault)
{
    /* A Map's are for each of its items: see fork.c. */
    const struct json *parameters =
        thread->state->type == ASL_MAP
            ? NULL
            : json_member(thread->state->json, "Parameters");
    const struct json *filled = parameters == NULL
                                    ? scope->data
                                    : template_fill(parameters, scope, fault);
    if (filled == NULL || filled == thread->input)
        return filled;
    return flow_fits(run, filled, fault) ? filled : NULL;
}

const struct json *flow_input(struct asl_run *run, struct thread *thread,
                              struct scope *scope, struct fault *fault)
{
    scope->data =
        flow_select(scope, thread->state, "InputPath", thread->input, fault);
    return scope->data == NULL ? NULL : flow_fill(run, thread, scope, fault);
}

const struct json *flow_put_result(struct asl_run *run,
                                   const struct json *object,
                                   const struct json *raw,
                                   const struct json *value,
                                   struct fault *fault)
{
    const struct json *path = json_member(object, "ResultPath");
    if (path == NULL)
        return value;
    const char *text = json_string(path);
    if (text == NULL) /* null */
        return raw;
    if (strcmp(text, "$") == 0)
        return value;
    const char *wrong;
    const struct path *parsed = path_parse(run->arena, text, &wrong);
    const struct json *put =
        parsed == NULL ? NULL : path_put(run->arena, parsed, raw, value);
    if (put == NULL)
        *fault = (struct fault){
            "States.ResultPathMatchFailure",
            arena_printf(run->arena,
                         "ResultPath %.200s does not fit the state's input.",
                         text)};
    return put;
}

const struct json *flow_output(struct asl_run *run, struct thread *thread,
                               const struct json *result, struct fault *fault)
{
    const struct asl_state *state = thread->state;
    struct scope scope = flow_scope(run, thread);
    scope.data = result;
    const struct json *selector = json_member(state->json, "ResultSelector");
    if (selector != NULL)
        result = template_fill(selector, &scope, fault);
    if (result == NULL)
        return NULL;
    const struct json *output =
        flow_put_result(run, state->json, thread->input, result, fault);
    if (output != NULL)
        output = flow_select(&scope, state, "OutputPath", output, fault);
    if (output == NULL || output == thread->input)
        return output;
    return flow_fits(run, output, fault) ? output : NULL;
}

/* Numbers ------------------------------------------------------------------*/

/* Seconds of a Wait may have a fraction; the others are whole. */
static bool number_fits(const struct asl_state *state, double number,
                        double least)
{
    return number >= least && number <= ASL_MAX_NUMBER &&
           (state->type == ASL_WAIT || number == floor(number));
}

bool flow_number(struct scope *scope, const struct asl_state *state,
                 const char *field, double least, double *number,
                 struct fault *fault)
{
    char path_field[32];
    snprintf(path_field, sizeof path_field, "%sPath", field);
    const struct json *value = json_member(state->json, field);
    if (value == NULL) {
        if (json_member(state->json, path_field) == NULL)
            return true;
        value = flow_select(scope, state, path_field, scope->data, fault);
        if (value == NULL)
            return false;
    }
    if (json_kind(value) != JSON_NUMBER ||
        !number_fits(state, json_double(value), least)) {
        *fault = (struct fault){
            "States.Runtime",
            arena_printf(scope->arena, "%s is not a number that it may be.",
                         field)};
        return false;
    }
    *number = json_double(value);
    return true;
}
