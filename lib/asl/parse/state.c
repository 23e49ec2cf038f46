/* A state of each type: see parse.h. What a field's value alone tells is
 * checked by parse_fields; here is how the fields of a state go together. */
#include <string.h>

#include "lib/asl/choice/choice.h"
#include "lib/asl/parse/parse.h"

/* "Transitions": Next, or End that is true, and not both. */
static void check_way_out(struct check *c, const struct place *at,
                          const struct json *json, struct asl_state *out)
{
    const struct json *end = json_member(json, "End");
    bool boolean = end == NULL || json_kind(end) == JSON_BOOL;
    bool ends = !boolean || json_is_true(end);
    bool goes_on = json_member(json, "Next") != NULL;
    if (!boolean)
        check_note_field(c, at, "End", "must be true or false");
    else if (ends && goes_on)
        check_note_field(c, at, "End", "End and Next exclude each other");
    if (ends)
        c->terminal_found = true;
    if (goes_on || !ends)
        out->next = parse_target(c, at, json, "Next");
}

static void check_resource(struct check *c, const struct place *at,
                           const struct json *json, struct asl_state *out)
{
    static const char suffix[] = ".waitForTaskToken";
    check_need(c, at, json, "Resource");
    const char *resource = json_string(json_member(json, "Resource"));
    if (resource == NULL)
        return;
    out->waits_for_token = text_ends_in(resource, suffix);
    if (out->waits_for_token)
        resource =
            arena_copy(c->arena, resource, strlen(resource) - strlen(suffix));
    out->resource = resource;
    if (*resource == '\0')
        check_note_field(c, at, "Resource",
                         out->waits_for_token
                             ? "must not be empty before .waitForTaskToken"
                             : "must not be empty");
}

static void check_task(struct check *c, const struct place *at,
                       const struct json *json, struct asl_state *out)
{
    check_resource(c, at, json, out);
    check_exclusive(c, at, json, "TimeoutSeconds", "TimeoutSecondsPath");
    check_exclusive(c, at, json, "HeartbeatSeconds", "HeartbeatSecondsPath");
    int64_t timeout;
    int64_t heartbeat;
    if (json_integer(json_member(json, "TimeoutSeconds"), &timeout) &&
        json_integer(json_member(json, "HeartbeatSeconds"), &heartbeat) &&
        timeout > 0 && heartbeat >= timeout && heartbeat <= ASL_MAX_NUMBER)
        check_note_field(c, at, "HeartbeatSeconds",
                         "must be smaller than TimeoutSeconds");
}

static void check_rules(struct check *c, const struct place *at,
                        const struct json *choices, struct asl_state *out)
{
    out->rules =
        arena_alloc(c->arena, json_count(choices) * sizeof *out->rules);
    for (const struct json *e = json_first(choices); e != NULL;
         e = json_next(e)) {
        const struct place here = {.up = at, .index = out->rule_count};
        struct asl_rule *rule = &out->rules[out->rule_count++];
        rule->json = e;
        if (!check_object(c, &here, e)) {
            c->edges_known = false;
            continue;
        }
        choice_check(c, &here, e, false);
        rule->next = parse_target(c, &here, e, "Next");
    }
    if (out->rule_count == 0)
        check_note(c, at, "must not be empty");
}

static void check_choice(struct check *c, const struct place *at,
                         const struct json *json, struct asl_state *out)
{
    check_need(c, at, json, "Choices");
    const struct json *choices = check_array(c, at, json, "Choices");
    if (choices == NULL)
        c->edges_known = false;
    else
        check_rules(c, &(struct place){.up = at, .name = "Choices"}, choices,
                    out);
    if (json_member(json, "Default") != NULL)
        out->otherwise = parse_target(c, at, json, "Default");
}

static void check_wait(struct check *c, const struct place *at,
                       const struct json *json)
{
    static const char *const names[] = {"Seconds", "SecondsPath", "Timestamp",
                                        "TimestampPath"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_member(json, names[i]) != NULL && count++ == 1)
            check_note_field(c, at, names[i],
                             "only one of Seconds, SecondsPath, Timestamp and "
                             "TimestampPath may be given");
    if (count == 0)
        check_note(c, at,
                   "Seconds, SecondsPath, Timestamp or TimestampPath is "
                   "missing");
}

static void check_parallel(struct check *c, const struct place *at,
                           const struct json *json, struct asl_state *out)
{
    check_need(c, at, json, "Branches");
    const struct json *branches = check_array(c, at, json, "Branches");
    if (branches == NULL)
        return;
    const struct place here = {.up = at, .name = "Branches"};
    size_t index = 0;
    for (const struct json *e = json_first(branches); e != NULL;
         e = json_next(e)) {
        parse_machine(c, &(struct place){.up = &here, .index = index}, e,
                      &out->machines[index], IN_BRANCH);
        index++;
    }
    if (index == 0)
        check_note(c, &here, "must not be empty");
}

static void check_map(struct check *c, const struct place *at,
                      const struct json *json, struct asl_state *out)
{
    check_exclusive(c, at, json, "ItemSelector", "Parameters");
    check_exclusive(c, at, json, "ItemProcessor", "Iterator");
    check_exclusive(c, at, json, "MaxConcurrency", "MaxConcurrencyPath");
    const struct json *processor = json_member(json, "ItemProcessor");
    const struct json *iterator = json_member(json, "Iterator");
    if (processor != NULL)
        parse_machine(c, &(struct place){.up = at, .name = "ItemProcessor"},
                      processor, out->machines, IN_PROCESSOR);
    else if (iterator != NULL)
        parse_machine(c, &(struct place){.up = at, .name = "Iterator"},
                      iterator, out->machines, IN_BRANCH);
    else
        check_note(c, at, "ItemProcessor is missing");
}

static void check_by_type(struct check *c, const struct place *at,
                          const struct json *json, struct asl_state *out)
{
    switch (out->type) {
    case ASL_TASK:
        check_task(c, at, json, out);
        break;
    case ASL_CHOICE:
        check_choice(c, at, json, out);
        return;
    case ASL_WAIT:
        check_wait(c, at, json);
        break;
    case ASL_PARALLEL:
        check_parallel(c, at, json, out);
        break;
    case ASL_MAP:
        check_map(c, at, json, out);
        break;
    case ASL_PASS:
        break;
    case ASL_FAIL:
        check_exclusive(c, at, json, "Error", "ErrorPath");
        check_exclusive(c, at, json, "Cause", "CausePath");
        c->terminal_found = true;
        return;
    case ASL_SUCCEED:
        c->terminal_found = true;
        return;
    }
    check_way_out(c, at, json, out);
    if (out->type == ASL_TASK || out->type == ASL_PARALLEL ||
        out->type == ASL_MAP) {
        parse_retry(c, at, json, out);
        parse_catch(c, at, json, out);
    }
}

void parse_state(struct check *c, const struct place *at,
                 const struct json *json, struct asl_state *out)
{
    const char *type = NULL;
    if (check_object(c, at, json)) {
        check_need(c, at, json, "Type");
        type = check_string(c, at, json, "Type");
    }
    if (type != NULL && parse_type(type, &out->type)) {
        out->uses_context = parse_finds_context(out);
        parse_fields(c, at, json, (enum where)(1 << out->type));
        check_by_type(c, at, json, out);
        return;
    }
    c->edges_known = false;
    if (type != NULL)
        check_note_field(c, at, "Type", "unknown state type");
}
