/* Retriers and catchers: see recover.h. */
#include "lib/asl/run/recover.h"

#include <math.h>
#include <string.h>

#include "lib/asl/state.h"

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static bool name_matches(const char *wanted, const char *error,
                         bool from_branch)
{
    if (is(wanted, error))
        return true;
    if (from_branch && is(wanted, "States.BranchFailed"))
        return true;
    if (is(error, "States.DataLimitExceeded") || is(error, "States.Runtime"))
        return false;
    if (is(wanted, "States.ALL"))
        return true;
    if (is(wanted, "States.Timeout"))
        return is(error, "States.HeartbeatTimeout");
    return is(wanted, "States.TaskFailed") && !is(error, "States.Timeout");
}

static bool errors_match(const struct json *errors, const char *error,
                         bool from_branch)
{
    for (const struct json *e = json_first(errors); e != NULL; e = json_next(e))
        if (name_matches(json_string(e), error != NULL ? error : "",
                         from_branch))
            return true;
    return false;
}

/* 0 <= result < 1, from the upper 53 bits. */
static double random01(const struct asl_env *env)
{
    return (double)(env->random(env->context) >> 11) * 0x1p-53;
}

static int64_t retry_delay_ms(const struct asl_retrier *retrier, int retries,
                              const struct asl_env *env)
{
    /* The power may be infinite; fmin then gives the cap. */
    double seconds =
        fmin(retrier->interval_seconds * pow(retrier->backoff_rate, retries),
             retrier->max_delay_seconds);
    if (retrier->full_jitter)
        seconds *= random01(env);
    return llround(seconds * 1000);
}

struct recover recover_from(const struct asl_state *state, const char *error,
                            bool from_branch, const int *retries,
                            const struct asl_env *env)
{
    for (size_t i = 0; i < state->retrier_count; i++) {
        const struct asl_retrier *retrier = &state->retriers[i];
        if (!errors_match(retrier->errors, error, from_branch))
            continue;
        int made = retries != NULL ? retries[i] : 0;
        if (made >= retrier->max_attempts)
            break;
        return (struct recover){RECOVER_RETRY, i,
                                retry_delay_ms(retrier, made, env)};
    }
    for (size_t i = 0; i < state->catcher_count; i++)
        if (errors_match(state->catchers[i].errors, error, from_branch))
            return (struct recover){RECOVER_CATCH, i, 0};
    return (struct recover){RECOVER_NOT, 0, 0};
}
