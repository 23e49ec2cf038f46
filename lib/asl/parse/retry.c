/* Retry and Catch of a state: see parse.h. The clauses are those of
 * "Retrying after error", "Fallback states" and appendix A. */
#include <string.h>

#include "lib/asl/parse/parse.h"

/* Besides appendix A those of the AWS Step Functions Developer Guide. */
static bool is_reserved(const char *name)
{
    static const char *const known[] = {
        "ALL",
        "BranchFailed",
        "DataLimitExceeded",
        "ExceedToleratedFailureThreshold",
        "HeartbeatTimeout",
        "IntrinsicFailure",
        "ItemReaderFailed",
        "NoChoiceMatched",
        "ParameterPathFailure",
        "Permissions",
        "QueryEvaluationError",
        "ResultPathMatchFailure",
        "ResultWriterFailed",
        "Runtime",
        "TaskFailed",
        "Timeout",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i]) == 0)
            return true;
    return strncmp(name, "Http.", strlen("Http.")) == 0;
}

static void check_error_name(struct check *c, const struct place *at,
                             const struct json *json)
{
    static const char prefix[] = "States.";
    if (!check_text(c, at, json))
        return;
    const char *name = json_string(json);
    if (*name == '\0')
        check_note(c, at, "must not be empty");
    else if (strncmp(name, prefix, strlen(prefix)) == 0 &&
             !is_reserved(name + strlen(prefix)))
        check_note(c, at,
                   "there is no such error name among the reserved "
                   "ones, which begin with States.");
}

/* last: the entry behind which none follows, the only place of States.ALL. */
static const struct json *check_errors(struct check *c, const struct place *at,
                                       const struct json *object, bool last)
{
    check_need(c, at, object, "ErrorEquals");
    const struct json *errors = check_array(c, at, object, "ErrorEquals");
    if (errors == NULL)
        return NULL;
    const struct place here = {.up = at, .name = "ErrorEquals"};
    size_t index = 0;
    bool all = false;
    for (const struct json *e = json_first(errors); e != NULL;
         e = json_next(e)) {
        check_error_name(c, &(struct place){.up = &here, .index = index++}, e);
        const char *name = json_string(e);
        all = all || (name != NULL && strcmp(name, "States.ALL") == 0);
    }
    if (index == 0)
        check_note(c, &here, "must not be empty");
    if (all && index > 1)
        check_note(c, &here, "States.ALL must stand alone");
    if (all && !last)
        check_note(c, &here, "States.ALL must be in the last entry");
    return errors;
}

static void check_retrier(struct check *c, const struct place *at,
                          const struct json *json, struct asl_retrier *out)
{
    if (!check_object(c, at, json))
        return;
    parse_fields(c, at, json, IN_RETRIER);
    out->errors = check_errors(c, at, json, json_next(json) == NULL);
    out->interval_seconds = check_integer(c, at, json, "IntervalSeconds", 1, 1);
    out->max_attempts = check_integer(c, at, json, "MaxAttempts", 0, 3);
    out->max_delay_seconds =
        check_integer(c, at, json, "MaxDelaySeconds", 1, ASL_MAX_NUMBER);
    const struct json *rate = json_member(json, "BackoffRate");
    out->backoff_rate = rate == NULL ? 2.0 : json_double(rate);
    if (out->backoff_rate < 1.0)
        check_note_field(c, at, "BackoffRate",
                         "must be a number of at least 1.0");
    const char *jitter = json_string(json_member(json, "JitterStrategy"));
    out->full_jitter = jitter != NULL && strcmp(jitter, "FULL") == 0;
    if (jitter != NULL && !out->full_jitter && strcmp(jitter, "NONE") != 0)
        check_note_field(c, at, "JitterStrategy", "must be FULL or NONE");
}

static void check_catcher(struct check *c, const struct place *at,
                          const struct json *json, struct asl_catcher *out)
{
    out->json = json;
    if (!check_object(c, at, json))
        return;
    parse_fields(c, at, json, IN_CATCHER);
    out->errors = check_errors(c, at, json, json_next(json) == NULL);
    out->next = parse_target(c, at, json, "Next");
}

void parse_retry(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out)
{
    const struct json *list = check_array(c, at, json, "Retry");
    const struct place here = {.up = at, .name = "Retry"};
    out->retriers =
        arena_alloc(c->arena, json_count(list) * sizeof *out->retriers);
    for (const struct json *e = json_first(list); e != NULL; e = json_next(e)) {
        size_t index = out->retrier_count++;
        check_retrier(c, &(struct place){.up = &here, .index = index}, e,
                      &out->retriers[index]);
    }
}

void parse_catch(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out)
{
    const struct json *list = check_array(c, at, json, "Catch");
    const struct place here = {.up = at, .name = "Catch"};
    out->catchers =
        arena_alloc(c->arena, json_count(list) * sizeof *out->catchers);
    for (const struct json *e = json_first(list); e != NULL; e = json_next(e)) {
        size_t index = out->catcher_count++;
        check_catcher(c, &(struct place){.up = &here, .index = index}, e,
                      &out->catchers[index]);
    }
}
