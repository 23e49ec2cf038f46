/* What comes after a state: see definition.h. */
#include "lib/asl/definition.h"

#include <math.h>
#include <string.h>

#include "lib/asl/state.h"

const struct asl_state *asl_start(const struct asl_definition *definition)
{
    return definition->start;
}

const struct asl_state *asl_find(const struct asl_definition *definition,
                                 const char *name)
{
    for (size_t i = 0; i < definition->count; i++)
        if (strcmp(definition->states[i].name, name) == 0)
            return &definition->states[i];
    return NULL;
}

size_t asl_count(const struct asl_definition *definition)
{
    return definition->count;
}

const struct asl_state *asl_at(const struct asl_definition *definition,
                               size_t index)
{
    return &definition->states[index];
}

const char *asl_state_name(const struct asl_state *state)
{
    return state->name;
}

enum asl_type asl_state_type(const struct asl_state *state)
{
    return state->type;
}

const char *asl_state_resource(const struct asl_state *state)
{
    return state->resource;
}

const struct asl_state *asl_state_next(const struct asl_state *state)
{
    return state->next;
}

const char *asl_state_error(const struct asl_state *state)
{
    return state->error;
}

const char *asl_state_cause(const struct asl_state *state)
{
    return state->cause;
}

size_t asl_state_retriers(const struct asl_state *state)
{
    return state->retrier_count;
}

struct asl_decision asl_after_success(const struct asl_state *state)
{
    if (state->type == ASL_FAIL)
        return (struct asl_decision){.verdict = ASL_END_FAILED};
    if (state->next == NULL)
        return (struct asl_decision){.verdict = ASL_END_SUCCEEDED};
    return (struct asl_decision){.verdict = ASL_GO, .next = state->next};
}

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static bool errors_match(const struct json *errors, const char *name)
{
    bool only_by_name =
        is(name, "States.DataLimitExceeded") || is(name, "States.Runtime");
    for (const struct json *e = json_first(errors); e != NULL;
         e = json_next(e)) {
        const char *wanted = json_string(e);
        if (is(wanted, name))
            return true;
        if (only_by_name)
            continue;
        if (is(wanted, "States.ALL"))
            return true;
        if (is(wanted, "States.TaskFailed") && !is(name, "States.Timeout"))
            return true;
    }
    return false;
}

static int64_t retry_delay_ms(const struct asl_retrier *retrier, int attempts,
                              double random01)
{
    /* The power may be infinite; fmin then gives the cap. */
    double seconds =
        fmin(retrier->interval_seconds * pow(retrier->backoff_rate, attempts),
             retrier->max_delay_seconds);
    if (retrier->full_jitter)
        seconds *= random01;
    return llround(seconds * 1000);
}

struct asl_decision asl_after_error(const struct asl_state *state,
                                    const char *error_name, const int *attempts,
                                    size_t count, double random01)
{
    for (size_t i = 0; i < state->retrier_count; i++) {
        const struct asl_retrier *retrier = &state->retriers[i];
        if (!errors_match(retrier->errors, error_name))
            continue;
        int made = i < count ? attempts[i] : 0;
        if (made >= retrier->max_attempts)
            break;
        return (struct asl_decision){
            .verdict = ASL_RETRY,
            .retrier = i,
            .delay_ms = retry_delay_ms(retrier, made, random01),
        };
    }
    for (size_t i = 0; i < state->catcher_count; i++)
        if (errors_match(state->catchers[i].errors, error_name))
            return (struct asl_decision){.verdict = ASL_GO,
                                         .next = state->catchers[i].next};
    return (struct asl_decision){.verdict = ASL_END_FAILED};
}
