/* The fields of the language, where each may stand, and what its value must
 * be: see parse.h. The columns are those of the specification's "Table of
 * State Types and Fields (JSONPath)" and of the sections on the types. */
#include <string.h>

#include "lib/asl/choice/operator.h"
#include "lib/asl/parse/parse.h"
#include "lib/asl/path/path.h"
#include "lib/asl/template.h"
#include "lib/asl/timestamp.h"

static void string_value(struct check *c, const struct place *at,
                         const struct json *value)
{
    check_text(c, at, value);
}

static void object_value(struct check *c, const struct place *at,
                         const struct json *value)
{
    check_object(c, at, value);
}

static void natural_value(struct check *c, const struct place *at,
                          const struct json *value)
{
    check_whole(c, at, value, 0);
}

static void positive_value(struct check *c, const struct place *at,
                           const struct json *value)
{
    check_whole(c, at, value, 1);
}

static void version_value(struct check *c, const struct place *at,
                          const struct json *value)
{
    if (check_text(c, at, value) && strcmp(json_string(value), "1.0") != 0)
        check_note(c, at, "must be 1.0");
}

static void language_value(struct check *c, const struct place *at,
                           const struct json *value)
{
    if (!check_text(c, at, value))
        return;
    if (strcmp(json_string(value), "JSONata") == 0)
        check_note(c, at, "JSONata is not supported");
    else if (strcmp(json_string(value), "JSONPath") != 0)
        check_note(c, at, "must be JSONPath");
}

static void timestamp_value(struct check *c, const struct place *at,
                            const struct json *value)
{
    struct timestamp time;
    if (check_text(c, at, value) && !timestamp_parse(json_string(value), &time))
        check_note(c, at, "must be a timestamp such as 2016-03-14T01:59:00Z");
}

static const struct path *path_of(struct check *c, const struct place *at,
                                  const struct json *value)
{
    if (!check_text(c, at, value))
        return NULL;
    const char *fault;
    const struct path *path = path_parse(c->arena, json_string(value), &fault);
    if (path == NULL)
        check_note(c, at, arena_printf(c->arena, "is no path: %s", fault));
    return path;
}

static void path_or_null(struct check *c, const struct place *at,
                         const struct json *value)
{
    if (json_kind(value) != JSON_NULL)
        path_of(c, at, value);
}

/* "Reference Paths"; the context object may be read by one, as by any path. */
static const struct path *reference_of(struct check *c, const struct place *at,
                                       const struct json *value)
{
    const struct path *path = path_of(c, at, value);
    if (path == NULL || path_is_definite(path))
        return path;
    check_note(c, at,
               "must be a reference path: of member names and indexes only");
    return NULL;
}

static void reference(struct check *c, const struct place *at,
                      const struct json *value)
{
    reference_of(c, at, value);
}

static void result_path(struct check *c, const struct place *at,
                        const struct json *value)
{
    if (json_kind(value) == JSON_NULL)
        return;
    const struct path *path = reference_of(c, at, value);
    if (path != NULL && path_is_context(path))
        check_note(c, at,
                   "must not begin with $$: the context object cannot "
                   "be changed");
}

static void reference_or_intrinsic(struct check *c, const struct place *at,
                                   const struct json *value)
{
    const char *text = json_string(value);
    if (text == NULL || *text == '$') {
        reference_of(c, at, value);
        return;
    }
    const char *fault = template_check_expression(c->arena, text);
    if (fault != NULL)
        check_note(c, at, fault);
}

/* "Payload Template" */
static void template_value_of(struct check *c, const struct place *at,
                              const struct json *value)
{
    if (check_object(c, at, value))
        parse_template(c, at, value);
}

static void config_value(struct check *c, const struct place *at,
                         const struct json *value)
{
    if (check_object(c, at, value))
        parse_fields(c, at, value, IN_CONFIG);
}

static void mode_value(struct check *c, const struct place *at,
                       const struct json *value)
{
    if (!check_text(c, at, value))
        return;
    if (strcmp(json_string(value), "DISTRIBUTED") == 0)
        check_note(c, at, "a distributed Map is not supported");
    else if (strcmp(json_string(value), "INLINE") != 0)
        check_note(c, at, "must be INLINE");
}

enum {
    IN_MACHINE = IN_ROOT | IN_BRANCH | IN_PROCESSOR,
    WITH_RETRY = IN_TASK | IN_PARALLEL | IN_MAP,
    WITH_RESULT = WITH_RETRY | IN_PASS,
    WITH_NEXT = WITH_RESULT | IN_WAIT,
    WITH_INPUT = IN_STATE & ~IN_FAIL
};

static const char not_jsonpath[] =
    "this field belongs to JSONata or to variables, which are not supported";
static const char distributed[] =
    "this field belongs to a distributed Map, which is not supported";

static const struct field {
    const char *name;
    int where;
    /* NULL: the value is checked by whoever reads it, or may be anything. */
    void (*check)(struct check *c, const struct place *at,
                  const struct json *value);
    const char *refused; /* the mistake that it is where it may stand */
} fields[] = {
    {"Comment", IN_MACHINE | IN_STATE | IN_RETRIER | IN_CATCHER, string_value,
     NULL},
    {"StartAt", IN_MACHINE, NULL, NULL},
    {"States", IN_MACHINE, NULL, NULL},
    {"Version", IN_ROOT, version_value, NULL},
    {"QueryLanguage", IN_ROOT | IN_STATE, language_value, NULL},
    {"ProcessorConfig", IN_PROCESSOR, config_value, NULL},
    {"Mode", IN_CONFIG, mode_value, NULL},
    {"ExecutionType", IN_CONFIG, NULL, distributed},
    {"Type", IN_STATE, NULL, NULL},
    {"Next", WITH_NEXT | IN_CATCHER, NULL, NULL},
    {"End", WITH_NEXT, NULL, NULL},
    {"InputPath", WITH_INPUT, path_or_null, NULL},
    {"OutputPath", WITH_INPUT, path_or_null, NULL},
    {"Parameters", WITH_RESULT, template_value_of, NULL},
    {"ResultSelector", WITH_RETRY, template_value_of, NULL},
    {"ResultPath", WITH_RESULT | IN_CATCHER, result_path, NULL},
    {"Retry", WITH_RETRY, NULL, NULL},
    {"Catch", WITH_RETRY, NULL, NULL},
    {"Resource", IN_TASK, string_value, NULL},
    {"TimeoutSeconds", IN_ROOT | IN_TASK, positive_value, NULL},
    {"TimeoutSecondsPath", IN_TASK, reference, NULL},
    {"HeartbeatSeconds", IN_TASK, positive_value, NULL},
    {"HeartbeatSecondsPath", IN_TASK, reference, NULL},
    {"Credentials", IN_TASK, object_value, NULL},
    {"Result", IN_PASS, NULL, NULL},
    {"Seconds", IN_WAIT, natural_value, NULL},
    {"SecondsPath", IN_WAIT, reference, NULL},
    {"Timestamp", IN_WAIT, timestamp_value, NULL},
    {"TimestampPath", IN_WAIT, reference, NULL},
    {"Choices", IN_CHOICE, NULL, NULL},
    {"Default", IN_CHOICE, NULL, NULL},
    {"Error", IN_FAIL, string_value, NULL},
    {"ErrorPath", IN_FAIL, reference_or_intrinsic, NULL},
    {"Cause", IN_FAIL, string_value, NULL},
    {"CausePath", IN_FAIL, reference_or_intrinsic, NULL},
    {"Branches", IN_PARALLEL, NULL, NULL},
    {"ItemsPath", IN_MAP, reference, NULL},
    {"ItemSelector", IN_MAP, template_value_of, NULL},
    {"ItemProcessor", IN_MAP, NULL, NULL},
    {"Iterator", IN_MAP, NULL, NULL},
    {"MaxConcurrency", IN_MAP, natural_value, NULL},
    {"MaxConcurrencyPath", IN_MAP, reference, NULL},
    {"ItemReader", IN_MAP, NULL, distributed},
    {"ItemBatcher", IN_MAP, NULL, distributed},
    {"ResultWriter", IN_MAP, NULL, distributed},
    {"Label", IN_MAP, NULL, distributed},
    {"ToleratedFailureCount", IN_MAP, NULL, distributed},
    {"ToleratedFailureCountPath", IN_MAP, NULL, distributed},
    {"ToleratedFailurePercentage", IN_MAP, NULL, distributed},
    {"ToleratedFailurePercentagePath", IN_MAP, NULL, distributed},
    {"ErrorEquals", IN_RETRIER | IN_CATCHER, NULL, NULL},
    {"IntervalSeconds", IN_RETRIER, NULL, NULL},
    {"MaxAttempts", IN_RETRIER, NULL, NULL},
    {"BackoffRate", IN_RETRIER, NULL, NULL},
    {"MaxDelaySeconds", IN_RETRIER, NULL, NULL},
    {"JitterStrategy", IN_RETRIER, string_value, NULL},
    {"Arguments", IN_STATE, NULL, not_jsonpath},
    {"Output", IN_STATE | IN_CATCHER, NULL, not_jsonpath},
    {"Assign", IN_STATE | IN_CATCHER, NULL, not_jsonpath},
    {"Items", IN_STATE, NULL, not_jsonpath},
    {"Condition", IN_STATE, NULL, not_jsonpath},
    {"Variable", 0, NULL, NULL},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* An operator of a Choice's rules that stands outside of them. */
static bool is_operator(const struct json *member)
{
    struct choice_test test;
    return choice_read_test(member, &test);
}

static const char *not_allowed(struct check *c, enum where where)
{
    for (int type = ASL_TASK; type <= ASL_FAIL; type++)
        if ((int)where == 1 << type)
            return arena_printf(c->arena, "this field is not allowed in a %s",
                                asl_type_name((enum asl_type)type));
    return "this field is not allowed here";
}

void parse_fields(struct check *c, const struct place *at,
                  const struct json *object, enum where where)
{
    for (const struct json *member = json_first(object); member != NULL;
         member = json_next(member)) {
        const struct place here = {.up = at, .name = json_name(member)};
        const struct field *field = find_field(here.name);
        if (field == NULL)
            check_note(c, &here,
                       is_operator(member) ? not_allowed(c, where)
                                           : "unknown field");
        else if ((field->where & (int)where) == 0)
            check_note(c, &here, not_allowed(c, where));
        else if (field->refused != NULL)
            check_note(c, &here, field->refused);
        else if (field->check != NULL)
            field->check(c, &here, member);
    }
}
