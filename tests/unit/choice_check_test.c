/* What is wrong with a Choice state's rule: choice_check of
 * lib/asl/choice/choice.h. */
#include "tests/unit/definition_fixture.h"

#include <string.h>

#include "lib/asl/choice/choice.h"
#include "lib/base/text/text.h"

/* The mistakes, one a line; "" for a rule that is right. */
static const char *mistakes_of(const char *rule, bool nested)
{
    struct check check = {.arena = &arena};
    check.end = &check.mistakes;
    choice_check(&check, &(struct place){.up = NULL}, json(rule), nested);
    struct text out = text_create(&arena, 256);
    for (const struct asl_mistake *m = check.mistakes; m != NULL; m = m->next)
        text_printf(&out, "%s: %s\n", m->pointer, m->text);
    return out.bytes;
}

static void right_rules_are_taken(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "{'Variable':'$.a','StringEquals':'x'}",
        "{'Variable':'$.a','StringLessThan':''}",
        "{'Variable':'$.a','StringGreaterThan':'x','Comment':'why'}",
        "{'Variable':'$.a','StringLessThanEquals':'x'}",
        "{'Variable':'$.a','StringGreaterThanEquals':'x'}",
        "{'Variable':'$.a','StringMatches':'a*b\\\\*c\\\\\\\\'}",
        "{'Variable':'$.a','NumericEquals':1}",
        "{'Variable':'$.a','NumericLessThan':-1.5e3}",
        "{'Variable':'$.a','NumericGreaterThan':9223372036854775807}",
        "{'Variable':'$.a','NumericLessThanEquals':1}",
        "{'Variable':'$.a','NumericGreaterThanEquals':1}",
        "{'Variable':'$.a','BooleanEquals':false}",
        "{'Variable':'$.a','TimestampEquals':'2016-03-14T01:59:00Z'}",
        "{'Variable':'$.a','TimestampLessThan':'2016-03-14T01:59:00.5Z'}",
        "{'Variable':'$.a','TimestampGreaterThan':'2016-03-14T01:59:00Z'}",
        "{'Variable':'$.a',"
        "'TimestampLessThanEquals':'2016-03-14T01:59:00+01:00'}",
        "{'Variable':'$.a',"
        "'TimestampGreaterThanEquals':'2016-03-14T01:59:00Z'}",
        "{'Variable':'$.a','IsNull':true}",
        "{'Variable':'$.a','IsPresent':false}",
        "{'Variable':'$.a','IsNumeric':true}",
        "{'Variable':'$.a','IsString':true}",
        "{'Variable':'$.a','IsBoolean':true}",
        "{'Variable':'$.a','IsTimestamp':true}",
        "{'Variable':'$$.Execution.Id','IsString':true}",
        "{'Variable':'$','IsString':true}",
        "{'Not':{'Variable':'$.a','IsNull':true}}",
        "{'Or':[{'Variable':'$.a','IsNull':true}],'Comment':'one will do'}",
        "{'And':[{'Not':{'Or':[{'Variable':'$.a','IsNull':true},"
        "{'Variable':'$.b','IsNull':true}]}},{'Variable':'$.c',"
        "'StringEqualsPath':'$.d'}]}",
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *mistakes = mistakes_of(rules[i], true);
        if (*mistakes != '\0')
            fail_msg("%s: %s", rules[i], mistakes);
    }
    assert_string_equal(
        mistakes_of("{'Variable':'$.a','IsNull':true,'Next':'B'}", false), "");
    /* What Next holds is for the caller to judge. */
    assert_string_equal(
        mistakes_of("{'Next':1,'Not':{'Variable':'$.a','IsNull':true}}", false),
        "");
}

static void paths_are_operands(void **state)
{
    (void)state;
    static const char *const by_path[] = {
        "StringEquals",
        "StringLessThan",
        "StringGreaterThan",
        "StringLessThanEquals",
        "StringGreaterThanEquals",
        "NumericEquals",
        "NumericLessThan",
        "NumericGreaterThan",
        "NumericLessThanEquals",
        "NumericGreaterThanEquals",
        "BooleanEquals",
        "TimestampEquals",
        "TimestampLessThan",
        "TimestampGreaterThan",
        "TimestampLessThanEquals",
        "TimestampGreaterThanEquals",
    };
    static const char rule[] = "{'Variable':'$.a','%sPath':%s}";
    for (size_t i = 0; i < sizeof by_path / sizeof *by_path; i++) {
        const char *name = by_path[i];
        assert_string_equal(
            mistakes_of(arena_printf(&arena, rule, name, "'$$.Execution.Id'"),
                        true),
            "");
        assert_string_equal(
            mistakes_of(arena_printf(&arena, rule, name, "true"), true),
            arena_printf(&arena, "/%sPath: must be a string\n", name));
        const char *mistakes =
            mistakes_of(arena_printf(&arena, rule, name, "'a'"), true);
        const char *begin = arena_printf(&arena, "/%sPath: is no path: ", name);
        assert_memory_equal(mistakes, begin, strlen(begin));
        assert_ptr_equal(strchr(mistakes, '\n') + 1,
                         mistakes + strlen(mistakes));
    }
    static const char *const plain[] = {
        "StringMatches",
        "IsNull",
        "IsPresent",
        "IsNumeric",
        "IsString",
        "IsBoolean",
        "IsTimestamp",
        "And",
        "Or",
        "Not",
        "Variable",
        "Timestamp",
        "StringEqualsPath",
    };
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_string_equal(
            mistakes_of(arena_printf(&arena, rule, plain[i], "'$.b'"), true),
            arena_printf(&arena,
                         "/%sPath: unknown field\n: an operator is missing\n",
                         plain[i]));
}

static void operands_are_of_the_operators_type(void **state)
{
    (void)state;
    static const struct {
        const char *operators; /* with blanks between */
        const char *right;     /* of the operands below, their letters */
        const char *mistake;
    } cases[] = {
        {"StringEquals StringLessThan StringGreaterThan StringLessThanEquals "
         "StringGreaterThanEquals StringMatches",
         "sT", "must be a string"},
        {"NumericEquals NumericLessThan NumericGreaterThan "
         "NumericLessThanEquals NumericGreaterThanEquals",
         "1", "must be a number"},
        {"BooleanEquals IsNull IsPresent IsNumeric IsString IsBoolean "
         "IsTimestamp",
         "b", "must be true or false"},
        {"TimestampEquals TimestampLessThan TimestampGreaterThan "
         "TimestampLessThanEquals TimestampGreaterThanEquals",
         "T", "must be a timestamp such as 2016-03-14T01:59:00Z"},
        {"And Or", "[", "must be an array"},
        {"Not", "{", "must be an object"},
    };
    static const struct {
        char letter;
        const char *json;
    } operands[] = {
        {'n', "null"},
        {'b', "true"},
        {'1', "1"},
        {'s', "'x'"},
        {'[', "[]"},
        {'{', "{}"},
        {'T', "'2016-03-14T01:59:00Z'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *list = arena_string(&arena, cases[i].operators);
        for (char *name = strtok(list, " "); name != NULL;
             name = strtok(NULL, " ")) {
            for (size_t k = 0; k < sizeof operands / sizeof *operands; k++) {
                const char *said = mistakes_of(
                    arena_printf(&arena, "{'Variable':'$.a','%s':%s}", name,
                                 operands[k].json),
                    false);
                const char *told =
                    arena_printf(&arena, "/%s: %s\n", name, cases[i].mistake);
                bool right = strchr(cases[i].right, operands[k].letter) != NULL;
                if ((strstr(said, told) == NULL) != right)
                    fail_msg("%s %s: %s", name, operands[k].json, said);
            }
        }
    }
}

struct wrong {
    const char *rule;
    const char *mistakes;
};

static void are_wrong(const struct wrong *wrong, size_t count, bool nested)
{
    for (size_t i = 0; i < count; i++) {
        const char *said = mistakes_of(wrong[i].rule, nested);
        if (strcmp(said, wrong[i].mistakes) != 0)
            fail_msg("%s: %s", wrong[i].rule, said);
    }
}

static void fields_are_checked(void **state)
{
    (void)state;
    static const struct wrong wrong[] = {
        {"[]", ": must be an object\n"},
        {"null", ": must be an object\n"},
        {"'$.a'", ": must be an object\n"},
        {"{}", ": an operator is missing\n"},
        {"{'Next':'B'}", ": an operator is missing\n"},
        {"{'Variable':'$.a'}", ": an operator is missing\n"},
        {"{'IsNull':true}", ": Variable is missing\n"},
        {"{'Variable':1,'IsNull':true}", "/Variable: must be a string\n"},
        {"{'Variable':'$.a','IsNull':true,'IsString':true}",
         "/IsString: a rule has only one operator\n"},
        {"{'Variable':'$.a','IsNull':1,'IsString':2,'StringEqualsPath':'$'}",
         "/IsNull: must be true or false\n"
         "/IsString: must be true or false\n"
         "/IsString: a rule has only one operator\n"
         "/StringEqualsPath: a rule has only one operator\n"},
        {"{'Not':{'Variable':'$.a','IsNull':true},'IsNull':true}",
         "/IsNull: a rule has only one operator\n"},
        {"{'Not':{'Variable':'$.a','IsNull':true},'Variable':'$.b'}",
         "/Variable: this field is not allowed here\n"},
        {"{'Variable':'$.a','IsNull':true,'Comment':1}",
         "/Comment: must be a string\n"},
        {"{'Variable':'$.a','IsNull':true,'Foo':1,'next':'B','~a/b':1}",
         "/Foo: unknown field\n/next: unknown field\n"
         "/~0a~1b: unknown field\n"},
        {"{'Variable':'$.a','isNull':true,'StringEqual':'x',"
         "'StringEqualsPat':'$','NumericMatches':1,'':1}",
         "/isNull: unknown field\n/StringEqual: unknown field\n"
         "/StringEqualsPat: unknown field\n/NumericMatches: unknown field\n"
         "/: unknown field\n: an operator is missing\n"},
        {"{'Variable':'$.a','IsNull':true,'Assign':{},'Output':1}",
         "/Assign: this field is not supported\n"
         "/Output: belongs to JSONata, which is not supported\n"},
        {"{'Condition':'{% true %}','Next':'B'}",
         "/Condition: belongs to JSONata, which is not supported\n"},
        {"{'Variable':'$.a','StringMatches':'a\\\\'}",
         "/StringMatches: a backslash must stand before * or a backslash\n"},
        {"{'Variable':'$.a','StringMatches':'\\\\\\\\\\\\n*'}",
         "/StringMatches: a backslash must stand before * or a backslash\n"},
        {"{'Variable':'$.a','TimestampEquals':'2016-03-14t01:59:00Z'}",
         "/TimestampEquals: must be a timestamp such as "
         "2016-03-14T01:59:00Z\n"},
    };
    are_wrong(wrong, sizeof wrong / sizeof *wrong, false);
}

static void nested_rules_are_checked(void **state)
{
    (void)state;
    static const struct wrong wrong[] = {
        {"{'And':[]}", "/And: must not be empty\n"},
        {"{'Or':[]}", "/Or: must not be empty\n"},
        {"{'And':{'Variable':'$.a','IsNull':true}}",
         "/And: must be an array\n"},
        {"{'Not':[{'Variable':'$.a','IsNull':true}]}",
         "/Not: must be an object\n"},
        {"{'Not':{}}", "/Not: an operator is missing\n"},
        {"{'And':[1,{'IsNull':true},{'Variable':'$.a','IsNull':0}]}",
         "/And/0: must be an object\n/And/1: Variable is missing\n"
         "/And/2/IsNull: must be true or false\n"},
        {"{'Or':[{'Not':{'And':[{'Variable':'$.a','Foo':1,'IsNull':true}]}}]}",
         "/Or/0/Not/And/0/Foo: unknown field\n"},
        {"{'Not':{'Variable':'$.a','IsNull':true,'Next':'B'}}",
         "/Not/Next: Next is not allowed here\n"},
        {"{'And':[{'Or':[{'Variable':'$.a','IsNull':true,'Next':'B'}],"
         "'Next':'C'}]}",
         "/And/0/Or/0/Next: Next is not allowed here\n"
         "/And/0/Next: Next is not allowed here\n"},
    };
    are_wrong(wrong, sizeof wrong / sizeof *wrong, false);
    static const struct wrong inside[] = {
        {"{'Variable':'$.a','IsNull':true,'Next':'B'}",
         "/Next: Next is not allowed here\n"},
    };
    are_wrong(inside, sizeof inside / sizeof *inside, true);
}

static void what_is_no_path_is_noted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",       "a",  "a.b", ".a",   "$.a[",
        "$.['a'", "$[", "@.a", "$...", "States.Format('a')"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json *rule = json_make_object(&arena);
        json_add(&arena, rule, "Variable", json_make_string(&arena, texts[i]));
        json_add(&arena, rule, "IsNull", json_make_bool(&arena, true));
        struct check check = {.arena = &arena};
        check.end = &check.mistakes;
        choice_check(&check, &(struct place){.up = NULL}, rule, false);
        if (check.mistakes == NULL)
            fail_msg("taken: %s", texts[i]);
        assert_string_equal(check.mistakes->pointer, "/Variable");
        assert_ptr_equal(strstr(check.mistakes->text, "is no path: "),
                         check.mistakes->text);
        assert_null(check.mistakes->next);
    }
}

/* As deep as a definition can be. */
static void deep_rules_are_checked(void **state)
{
    (void)state;
    struct json *rule = json_make_object(&arena);
    json_add(&arena, rule, "Next", json_make_null(&arena));
    for (int i = 0; i < ASL_DEPTH; i++) {
        struct json *outer = json_make_object(&arena);
        json_add(&arena, outer, "Not", rule);
        rule = outer;
    }
    struct check check = {.arena = &arena};
    check.end = &check.mistakes;
    choice_check(&check, &(struct place){.up = NULL}, rule, false);
    assert_non_null(check.mistakes);
    assert_int_equal(strlen(check.mistakes->pointer),
                     ASL_DEPTH * strlen("/Not") + strlen("/Next"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_rules_are_taken),
        cmocka_unit_test(paths_are_operands),
        cmocka_unit_test(operands_are_of_the_operators_type),
        cmocka_unit_test(fields_are_checked),
        cmocka_unit_test(nested_rules_are_checked),
        cmocka_unit_test(what_is_no_path_is_noted),
        cmocka_unit_test(deep_rules_are_checked),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
