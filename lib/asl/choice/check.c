/* What is wrong with the rules of a Choice state: choice_check of choice.h,
 * called when a definition is read. */
#include <string.h>

#include "lib/asl/choice/choice.h"
#include "lib/asl/choice/operator.h"
#include "lib/asl/path/path.h"
#include "lib/asl/timestamp.h"

static void check_path(struct check *c, const struct place *at,
                       const struct json *json)
{
    const char *fault;
    if (check_text(c, at, json) &&
        path_parse(c->arena, json_string(json), &fault) == NULL)
        check_note(c, at, arena_printf(c->arena, "is no path: %s", fault));
}

/* Specification: an open backslash is an error at run time; as the pattern
 * cannot come from the data, it is one already now. */
static const char *pattern_fault(const char *pattern)
{
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '\\')
            continue;
        pattern++;
        if (*pattern != '*' && *pattern != '\\')
            return "a backslash must stand before * or a backslash";
    }
    return NULL;
}

static const char *operand_fault(enum choice_kind kind,
                                 const struct json *operand)
{
    const char *text = json_string(operand);
    struct timestamp time;
    switch (kind) {
    case CHOICE_AND:
    case CHOICE_OR:
    case CHOICE_NOT:
        return NULL; /* these are rules */
    case CHOICE_STRING:
        return text == NULL ? "must be a string" : NULL;
    case CHOICE_MATCHES:
        return text == NULL ? "must be a string" : pattern_fault(text);
    case CHOICE_NUMERIC:
        return json_kind(operand) == JSON_NUMBER ? NULL : "must be a number";
    case CHOICE_TIMESTAMP:
        return text != NULL && timestamp_parse(text, &time)
                   ? NULL
                   : "must be a timestamp such as 2016-03-14T01:59:00Z";
    case CHOICE_BOOLEAN:
    case CHOICE_IS_NULL:
    case CHOICE_IS_PRESENT:
    case CHOICE_IS_NUMERIC:
    case CHOICE_IS_STRING:
    case CHOICE_IS_BOOLEAN:
    case CHOICE_IS_TIMESTAMP:
        break;
    }
    return json_kind(operand) == JSON_BOOL ? NULL : "must be true or false";
}

static void check_rules(struct check *c, const struct place *at,
                        const struct json *rules)
{
    size_t index = 0;
    if (json_kind(rules) != JSON_ARRAY) {
        check_note(c, at, "must be an array");
        return;
    }
    for (const struct json *e = json_first(rules); e != NULL;
         e = json_next(e)) {
        choice_check(c, &(struct place){.up = at, .index = index}, e, true);
        index++;
    }
    if (index == 0)
        check_note(c, at, "must not be empty");
}

static void check_test(struct check *c, const struct place *at,
                       const struct choice_test *test)
{
    const char *fault = NULL;
    if (test->kind == CHOICE_AND || test->kind == CHOICE_OR)
        check_rules(c, at, test->operand);
    else if (test->kind == CHOICE_NOT)
        choice_check(c, at, test->operand, true);
    else if (test->by_path)
        check_path(c, at, test->operand);
    else
        fault = operand_fault(test->kind, test->operand);
    if (fault != NULL)
        check_note(c, at, fault);
}

/* A member that is no operator. */
static void check_other(struct check *c, const struct place *at,
                        const struct json *member, bool nested)
{
    const char *name = json_name(member);
    if (strcmp(name, "Variable") == 0)
        check_path(c, at, member);
    else if (strcmp(name, "Comment") == 0)
        check_text(c, at, member);
    else if (strcmp(name, "Next") == 0 && nested)
        check_note(c, at, "Next is not allowed here");
    else if (strcmp(name, "Assign") == 0)
        check_note(c, at, "this field is not supported");
    else if (strcmp(name, "Condition") == 0 || strcmp(name, "Output") == 0)
        check_note(c, at, "belongs to JSONata, which is not supported");
    else if (strcmp(name, "Next") != 0)
        check_note(c, at, "unknown field");
}

void choice_check(struct check *c, const struct place *at,
                  const struct json *rule, bool nested)
{
    if (!check_object(c, at, rule))
        return;
    size_t count = 0;
    bool boolean = false;
    for (const struct json *m = json_first(rule); m != NULL; m = json_next(m)) {
        const struct place here = {.up = at, .name = json_name(m)};
        struct choice_test test;
        if (!choice_read_test(m, &test)) {
            check_other(c, &here, m, nested);
            continue;
        }
        check_test(c, &here, &test);
        if (count++ > 0)
            check_note(c, &here, "a rule has only one operator");
        else
            boolean = test.kind <= CHOICE_NOT;
    }
    if (count == 0 && json_member(rule, "Condition") == NULL)
        check_note(c, at, "an operator is missing");
    if (boolean && json_member(rule, "Variable") != NULL)
        check_note_field(c, at, "Variable", "this field is not allowed here");
    if (count > 0 && !boolean)
        check_need(c, at, rule, "Variable");
}
