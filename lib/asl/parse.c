/* Reads a definition and collects whatever is wrong with it: asl_parse of
 * definition.h. The clauses are those of states-language.net/spec.html. */
#include <string.h>

#include "lib/asl/check.h"
#include "lib/asl/definition.h"
#include "lib/asl/state.h"
#include "lib/base/text.h"

/* The state that a required field names; NULL with a mistake noted. */
static const struct asl_state *target_field(struct check *c,
                                            const struct place *at,
                                            const struct json *object,
                                            const char *name)
{
    check_need(c, at, object, name);
    const char *wanted = check_string(c, at, object, name);
    if (wanted == NULL)
        return NULL;
    const struct asl_state *state = asl_find(c->definition, wanted);
    if (state == NULL)
        check_note_field(c, at, name, "there is no state of this name");
    return state;
}

/* "Retrying after error" and "Fallback states": last is the entry behind which
 * none follows, the only place of States.ALL. */
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
        const char *name = json_string(e);
        if (name == NULL)
            check_note(c, &(struct place){.up = &here, .index = index},
                       "must be a string");
        else if (strcmp(name, "States.ALL") == 0)
            all = true;
        index++;
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
    check_fields(c, at, json, IN_RETRIER);
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
    const char *jitter = check_string(c, at, json, "JitterStrategy");
    out->full_jitter = jitter != NULL && strcmp(jitter, "FULL") == 0;
    if (jitter != NULL && !out->full_jitter && strcmp(jitter, "NONE") != 0)
        check_note_field(c, at, "JitterStrategy", "must be FULL or NONE");
}

static void check_catcher(struct check *c, const struct place *at,
                          const struct json *json, struct asl_catcher *out)
{
    if (!check_object(c, at, json))
        return;
    check_fields(c, at, json, IN_CATCHER);
    out->errors = check_errors(c, at, json, json_next(json) == NULL);
    out->next = target_field(c, at, json, "Next");
}

static void check_retry(struct check *c, const struct place *at,
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

static void check_catch(struct check *c, const struct place *at,
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
        out->next = target_field(c, at, json, "Next");
}

static void check_task(struct check *c, const struct place *at,
                       const struct json *json, struct asl_state *out)
{
    check_need(c, at, json, "Resource");
    out->resource = check_string(c, at, json, "Resource");
    if (out->resource != NULL && *out->resource == '\0')
        check_note_field(c, at, "Resource", "must not be empty");
    check_way_out(c, at, json, out);
    check_retry(c, at, json, out);
    check_catch(c, at, json, out);
}

static void check_type_unknown(struct check *c, const struct place *at,
                               const char *type)
{
    static const char *const others[] = {"Pass", "Choice", "Wait", "Parallel",
                                         "Map"};
    c->edges_known = false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(type, others[i]) == 0) {
            check_note_field(c, at, "Type", "this state type is not supported");
            return;
        }
    }
    check_note_field(c, at, "Type", "unknown state type");
}

static void check_state(struct check *c, const struct place *at,
                        const struct json *json, struct asl_state *out)
{
    const char *type = NULL;
    if (check_object(c, at, json)) {
        check_need(c, at, json, "Type");
        type = check_string(c, at, json, "Type");
    }
    if (type == NULL) {
        c->edges_known = false;
    } else if (strcmp(type, "Task") == 0) {
        out->type = ASL_TASK;
        check_fields(c, at, json, IN_TASK);
        check_task(c, at, json, out);
    } else if (strcmp(type, "Succeed") == 0) {
        out->type = ASL_SUCCEED;
        check_fields(c, at, json, IN_SUCCEED);
        c->terminal_found = true;
    } else if (strcmp(type, "Fail") == 0) {
        out->type = ASL_FAIL;
        check_fields(c, at, json, IN_FAIL);
        out->error = check_string(c, at, json, "Error");
        out->cause = check_string(c, at, json, "Cause");
        c->terminal_found = true;
    } else {
        check_type_unknown(c, at, type);
    }
}

/* Follows every edge from the start. A list instead of recursion: a chain may
 * be as long as the file allows. */
static void check_reach(struct check *c, const struct place *at)
{
    const struct asl_definition *def = c->definition;
    const struct asl_state **found =
        arena_alloc(c->arena, def->count * sizeof *found);
    bool *reached = arena_alloc(c->arena, def->count * sizeof *reached);
    size_t count = 0;
    found[count++] = def->start;
    reached[def->start - def->states] = true;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k <= found[i]->catcher_count; k++) {
            const struct asl_state *to = k == found[i]->catcher_count
                                             ? found[i]->next
                                             : found[i]->catchers[k].next;
            if (to == NULL || reached[to - def->states])
                continue;
            reached[to - def->states] = true;
            found[count++] = to;
        }
    }
    for (size_t i = 0; i < def->count; i++)
        if (!reached[i])
            check_note_field(c, at, def->states[i].name,
                             "no way leads to this state");
}

static void check_states(struct check *c, const struct place *at,
                         const struct json *json)
{
    enum { NAME_MAX_POINTS = 80 }; /* "States" */
    struct asl_definition *def = c->definition;
    size_t i = 0;
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e)) {
        const struct place here = {.up = at, .name = json_name(e)};
        if (text_count(here.name) > NAME_MAX_POINTS) {
            check_note(c, &here, "a state's name has at most 80 characters");
            c->edges_known = false;
        } else {
            check_state(c, &here, e, &def->states[i]);
        }
        i++;
    }
    if (def->count == 0)
        check_note(c, at, "must not be empty");
    else if (c->edges_known && !c->terminal_found)
        check_note(c, at, "no state ends the execution");
    if (c->edges_known && def->start != NULL)
        check_reach(c, at);
}

/* Before the states themselves: an edge may point at one further down. */
static void take_names(struct check *c, const struct json *states)
{
    struct asl_definition *def = c->definition;
    def->states =
        arena_alloc(c->arena, json_count(states) * sizeof *def->states);
    for (const struct json *e = json_first(states); e != NULL; e = json_next(e))
        def->states[def->count++].name = json_name(e);
}

static void check_machine(struct check *c, const struct json *json)
{
    const struct place root = {.up = NULL};
    if (!check_object(c, &root, json))
        return;
    check_fields(c, &root, json, IN_MACHINE);
    const char *version = check_string(c, &root, json, "Version");
    if (version != NULL && strcmp(version, "1.0") != 0)
        check_note_field(c, &root, "Version", "must be 1.0");
    const struct json *states = check_need(c, &root, json, "States");
    const struct place here = {.up = &root, .name = "States"};
    bool readable = states != NULL && check_object(c, &here, states);
    if (readable)
        take_names(c, states);
    c->definition->start = target_field(c, &root, json, "StartAt");
    if (readable)
        check_states(c, &here, states);
}

bool asl_parse(struct arena *arena, const struct json *json,
               const struct asl_definition **definition,
               const struct asl_mistake **mistakes)
{
    struct check c = {
        .arena = arena,
        .definition = arena_alloc(arena, sizeof *c.definition),
        .edges_known = true,
    };
    c.end = &c.mistakes;
    check_machine(&c, json);
    *mistakes = c.mistakes;
    *definition = c.mistakes == NULL ? c.definition : NULL;
    return c.mistakes == NULL;
}
