/* Whether a Choice state's rule holds: choice_holds of lib/asl/choice/choice.h.
 */
#include "tests/unit/definition_fixture.h"

#include <string.h>

#include "lib/asl/choice/choice.h"

/* "true", "false", or the cause of a States.Runtime. */
static const char *outcome(const struct json *rule, const struct json *data)
{
    const struct scope scope = {
        .arena = &arena,
        .data = data,
        .context =
            json("{'Execution':{'Id':'e-1'},'Map':{'Item':{'Index':2}}}"),
    };
    struct fault fault = {"States.Old", "of before"};
    bool holds = choice_holds(rule, &scope, &fault);
    if (fault.error == NULL)
        return holds ? "true" : "false";
    assert_false(holds);
    assert_string_equal(fault.error, "States.Runtime");
    return fault.cause;
}

struct sample {
    const char *rule;
    const char *data;
    const char *outcome;
};

static void come_out(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *came =
            outcome(json(samples[i].rule), json(samples[i].data));
        if (strcmp(came, samples[i].outcome) != 0)
            fail_msg("%s of %s: %s", samples[i].rule, samples[i].data, came);
    }
}

/* A value of every kind, and a letter for it. */
static const struct {
    char letter;
    const char *json;
} values[] = {
    {'n', "null"},
    {'t', "true"},
    {'f', "false"},
    {'1', "1"},
    {'2', "2.0"},
    {'3', "30e-1"},
    {'e', "''"},
    {'a', "'a'"},
    {'b', "'b'"},
    {'c', "'c'"},
    {'B', "'2016-03-14T00:59:00Z'"},           /* before */
    {'D', "'2016-03-14T02:59:00+01:00'"},      /* during */
    {'A', "'2016-03-14T01:59:00.000000001Z'"}, /* after */
    {'[', "['b']"},
    {'{', "{'b':'b'}"},
};

static void a_value(const char *name, const char *operand, size_t index,
                    bool expected)
{
    const char *value = values[index].json;
    const char *rule =
        arena_printf(&arena, "{'Variable':'$.x','%s':%s}", name, operand);
    const char *data = arena_printf(&arena, "{'y':%s,'x':%s}", operand, value);
    const struct sample samples[] = {
        {rule, data, expected ? "true" : "false"},
        {arena_printf(&arena, "{'Not':%s}", rule), data,
         expected ? "false" : "true"},
        {arena_printf(&arena, "{'%sPath':'$.y','Variable':'$.x'}", name), data,
         expected ? "true" : "false"},
    };
    bool by_path =
        strstr(name, "Equals") != NULL || strstr(name, "Than") != NULL;
    come_out(samples, by_path ? 3 : 2);
}

static void operators_hold_for_their_values(void **state)
{
    (void)state;
#define DURING "'2016-03-14T01:59:00Z'"
#define ALL "ntf123eabcBDA[{"
    static const struct {
        const char *name;
        const char *operand;
        const char *holds_for; /* letters */
    } cases[] = {
        {"StringEquals", "'b'", "b"},
        {"StringLessThan", "'b'", "eaBDA"},
        {"StringGreaterThan", "'b'", "c"},
        {"StringLessThanEquals", "'b'", "eabBDA"},
        {"StringGreaterThanEquals", "'b'", "bc"},
        {"StringEquals", "''", "e"},
        {"StringMatches", "'b'", "b"},
        {"StringMatches", "'*'", "eabcBDA"},
        {"StringMatches", "''", "e"},
        {"NumericEquals", "2", "2"},
        {"NumericLessThan", "2", "1"},
        {"NumericGreaterThan", "2", "3"},
        {"NumericLessThanEquals", "2", "12"},
        {"NumericGreaterThanEquals", "2", "23"},
        {"BooleanEquals", "true", "t"},
        {"BooleanEquals", "false", "f"},
        {"TimestampEquals", DURING, "D"},
        {"TimestampLessThan", DURING, "B"},
        {"TimestampGreaterThan", DURING, "A"},
        {"TimestampLessThanEquals", DURING, "BD"},
        {"TimestampGreaterThanEquals", DURING, "DA"},
        {"IsNull", "true", "n"},
        {"IsNull", "false", "tf123eabcBDA[{"},
        {"IsBoolean", "true", "tf"},
        {"IsBoolean", "false", "n123eabcBDA[{"},
        {"IsNumeric", "true", "123"},
        {"IsNumeric", "false", "ntfeabcBDA[{"},
        {"IsString", "true", "eabcBDA"},
        {"IsString", "false", "ntf123[{"},
        {"IsTimestamp", "true", "BDA"},
        {"IsTimestamp", "false", "ntf123eabc[{"},
        {"IsPresent", "true", ALL},
        {"IsPresent", "false", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            a_value(cases[i].name, cases[i].operand, k,
                    strchr(cases[i].holds_for, values[k].letter) != NULL);
}

/* A path can bring a value of any kind to compare with: two of a wrong kind
 * are no equals. */
static void operands_of_another_kind_compare_false(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *own; /* letters of the kind's values */
    } kinds[] = {
        {"String", "eabcBDA"},
        {"Numeric", "123"},
        {"Timestamp", "BDA"},
    };
    static const char *const rest[] = {"Equals", "LessThan", "GreaterThan",
                                       "LessThanEquals", "GreaterThanEquals"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *data = arena_printf(&arena, "{'x':%s}", values[i].json);
        for (size_t k = 0; k < 3 * 5; k++) {
            const char *rule =
                arena_printf(&arena, "{'Variable':'$.x','%s%sPath':'$.x'}",
                             kinds[k / 5].name, rest[k % 5]);
            bool own = strchr(kinds[k / 5].own, values[i].letter) != NULL;
            bool equal = strstr(rest[k % 5], "Equals") != NULL;
            come_out(
                &(struct sample){rule, data, own && equal ? "true" : "false"},
                1);
        }
        bool boolean = strchr("tf", values[i].letter) != NULL;
        come_out(&(struct sample){"{'Variable':'$.x',"
                                  "'BooleanEqualsPath':'$.x'}",
                                  data, boolean ? "true" : "false"},
                 1);
    }
}

static void order_is_exact(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        const char *left;
        char relation;
        const char *right;
    } pairs[] = {
        {"Numeric", "9007199254740992", '<', "9007199254740993"},
        {"Numeric", "9223372036854775807", '>', "9223372036854775806"},
        {"Numeric", "-9223372036854775808", '<', "-9223372036854775807"},
        {"Numeric", "-9223372036854775808", '<', "9223372036854775807"},
        {"Numeric", "18446744073709551616", '>', "9223372036854775807"},
        {"Numeric", "1", '=', "1.0"},
        {"Numeric", "1000", '=', "1e3"},
        {"Numeric", "0", '=', "-0"},
        {"Numeric", "0.0", '=', "-0.0"},
        {"Numeric", "-1", '<', "0"},
        {"Numeric", "0.1", '<', "0.10000000000000002"},
        {"Numeric", "1.5", '>', "1"},
        {"Numeric", "-1e308", '<', "1e308"},
        {"String", "'a'", '<', "'aa'"},
        {"String", "'Z'", '<', "'a'"},
        {"String", "'a'", '<', "'\xc3\xa4'"},
        {"String", "'e\xcc\x81'", '<', "'\xc3\xa9'"},
        {"String", "'a '", '>', "'a'"},
        {"String", "'10'", '<', "'9'"},
        /* By code point; UTF-16 would have it the other way. */
        {"String", "'\xef\xbf\xbd'", '<', "'\xf0\x9f\x8d\x9e'"},
        {"String", "'\\u007f'", '<', "'\\u0080'"},
        {"Timestamp", "'2016-03-14T01:59:00Z'", '=',
         "'2016-03-14T01:59:00.000Z'"},
        {"Timestamp", "'2016-03-14T01:59:00+01:00'", '<',
         "'2016-03-14T00:59:01Z'"},
        {"String", "'2016-03-14T01:59:00+01:00'", '>',
         "'2016-03-14T00:59:01Z'"},
    };
    static const struct {
        const char *rest;
        const char *relations;
    } operators[] = {
        {"Equals", "="},
        {"LessThan", "<"},
        {"GreaterThan", ">"},
        {"LessThanEquals", "<="},
        {"GreaterThanEquals", ">="},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char turned = pairs[i].relation == '<'   ? '>'
                      : pairs[i].relation == '>' ? '<'
                                                 : '=';
        for (size_t k = 0; k < 5; k++) {
            const char *name =
                arena_printf(&arena, "%s%s", pairs[i].kind, operators[k].rest);
            const char *there =
                strchr(operators[k].relations, pairs[i].relation);
            const char *back = strchr(operators[k].relations, turned);
            const struct sample samples[] = {
                {arena_printf(&arena, "{'Variable':'$','%s':%s}", name,
                              pairs[i].right),
                 pairs[i].left, there != NULL ? "true" : "false"},
                {arena_printf(&arena, "{'Variable':'$','%s':%s}", name,
                              pairs[i].left),
                 pairs[i].right, back != NULL ? "true" : "false"},
            };
            come_out(samples, 2);
        }
    }
}

static void rules_are_joined(void **state)
{
    (void)state;
#define TRUE "{'Variable':'$.a','IsPresent':true}"
#define FALSE "{'Variable':'$.a','IsPresent':false}"
#define FAULT "{'Variable':'$.no','StringEquals':'x'}"
#define CAUSE                                                                  \
    "Invalid path '$.no': The choice state's condition path references an "    \
    "invalid value."
    static const struct sample samples[] = {
        {"{'And':[" TRUE "," TRUE "]}", "{'a':1}", "true"},
        {"{'And':[" TRUE "," FALSE "]}", "{'a':1}", "false"},
        {"{'And':[" FALSE "," TRUE "]}", "{'a':1}", "false"},
        {"{'And':[" TRUE "]}", "{'a':1}", "true"},
        {"{'And':[" FALSE "]}", "{'a':1}", "false"},
        {"{'Or':[" TRUE "," FALSE "]}", "{'a':1}", "true"},
        {"{'Or':[" FALSE "," TRUE "]}", "{'a':1}", "true"},
        {"{'Or':[" FALSE "," FALSE "]}", "{'a':1}", "false"},
        {"{'Or':[" TRUE "]}", "{'a':1}", "true"},
        {"{'Or':[" FALSE "]}", "{'a':1}", "false"},
        {"{'Not':{'Not':" TRUE "}}", "{'a':1}", "true"},
        {"{'Next':'B','Comment':'c','Not':{'Or':[" FALSE ",{'And':[" TRUE
         ",{'Not':" TRUE "}]}]}}",
         "{'a':1}", "true"},
        /* From left to right, and no further than needed. */
        {"{'And':[" FALSE "," FAULT "]}", "{'a':1}", "false"},
        {"{'And':[" TRUE "," FAULT "]}", "{'a':1}", CAUSE},
        {"{'And':[" FAULT "," FALSE "]}", "{'a':1}", CAUSE},
        {"{'Or':[" TRUE "," FAULT "]}", "{'a':1}", "true"},
        {"{'Or':[" FALSE "," FAULT "]}", "{'a':1}", CAUSE},
        {"{'Or':[" FAULT "," TRUE "]}", "{'a':1}", CAUSE},
        {"{'Not':" FAULT "}", "{'a':1}", CAUSE},
        {"{'Not':{'Not':" FAULT "}}", "{'a':1}", CAUSE},
        {"{'Or':[{'Not':{'And':[" TRUE "," FAULT "]}}," TRUE "]}", "{'a':1}",
         CAUSE},
        {"{'And':[{'Variable':'$.no','IsPresent':true}," FAULT "]}", "{}",
         "false"},
        {"{'And':[{'Variable':'$.no','IsPresent':true}," FAULT "]}",
         "{'no':'x'}", "true"},
        {"{'Or':[{'Not':{'Variable':'$.no','IsPresent':true}}," FAULT "]}",
         "{}", "true"},
    };
    come_out(samples, sizeof samples / sizeof *samples);
}

static void absent_variables_fail(void **state)
{
    (void)state;
    static const char *const names[] = {
        "StringEquals':'x",
        "StringMatches':'*",
        "StringEqualsPath':'$.a",
        "NumericLessThanPath':'$.a",
        "BooleanEqualsPath':'$.a",
        "TimestampGreaterThanPath':'$.a",
        "TimestampLessThan':'2016-03-14T01:59:00Z",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        come_out(
            &(struct sample){
                arena_printf(&arena, "{'Variable':'$.no','%s'}", names[i]),
                "{'a':1}", CAUSE},
            1);
    static const char *const tests[] = {"IsNull",      "IsNumeric",
                                        "IsString",    "IsBoolean",
                                        "IsTimestamp", "BooleanEquals"};
    for (size_t i = 0; i < 2 * sizeof tests / sizeof *tests; i++)
        come_out(&(struct sample){arena_printf(
                                      &arena, "{'Variable':'$.no','%s':%s}",
                                      tests[i / 2], i % 2 ? "true" : "false"),
                                  "{'a':1}", CAUSE},
                 1);
    static const struct sample samples[] = {
        {"{'Variable':'$.no','IsPresent':true}", "{'a':1}", "false"},
        {"{'Variable':'$.no','IsPresent':false}", "{'a':1}", "true"},
        {"{'Variable':'$.no.further','IsPresent':true}", "{'no':1}", "false"},
        {"{'Variable':'$.no','IsPresent':true}", "{'no':null}", "true"},
        {"{'Variable':'$.no','IsPresent':true}", "[]", "false"},
        {"{'Variable':'$.a','StringEqualsPath':'$.no'}", "{'a':'x'}", CAUSE},
        {"{'Variable':'$.a','NumericEqualsPath':'$.no'}", "{'a':'x'}", CAUSE},
        {"{'Variable':'$.no','NumericEqualsPath':'$.none'}", "{}", CAUSE},
        {"{'Variable':'$.a[1]','IsNull':true}", "{'a':[null]}",
         "Invalid path '$.a[1]': The choice state's condition path references "
         "an invalid value."},
    };
    come_out(samples, sizeof samples / sizeof *samples);
}

static void paths_read_data_and_context(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"{'Variable':'$','NumericEquals':7}", "7", "true"},
        {"{'Variable':'$','IsNull':true}", "null", "true"},
        {"{'Variable':'$.a.b[1]','StringEquals':'y'}", "{'a':{'b':['x','y']}}",
         "true"},
        {"{'Variable':'$$.Execution.Id','StringEquals':'e-1'}", "1", "true"},
        {"{'Variable':'$$.Execution.Id','StringEqualsPath':'$.id'}",
         "{'id':'e-1'}", "true"},
        {"{'Variable':'$.n','NumericLessThanPath':'$$.Map.Item.Index'}",
         "{'n':1}", "true"},
        {"{'Variable':'$$.Task.Token','IsPresent':true}", "{}", "false"},
        /* Paths that can select many values give an array. */
        {"{'Variable':'$.a[*]','IsPresent':true}", "{'a':[1]}", "true"},
        {"{'Variable':'$.a[*]','IsPresent':true}", "{'a':[]}", "false"},
        {"{'Variable':'$.a[*]','IsPresent':false}", "{'a':[]}", "true"},
        {"{'Variable':'$.a','IsPresent':true}", "{'a':[]}", "true"},
        {"{'Variable':'$.a[*]','NumericEquals':1}", "{'a':[1]}", "false"},
        {"{'Variable':'$.a[*]','IsNull':true}", "{'a':[]}", "false"},
        {"{'Variable':'$.b','NumericEqualsPath':'$.a[*]'}", "{'a':[1],'b':1}",
         "false"},
    };
    come_out(samples, sizeof samples / sizeof *samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_hold_for_their_values),
        cmocka_unit_test(operands_of_another_kind_compare_false),
        cmocka_unit_test(order_is_exact),
        cmocka_unit_test(rules_are_joined),
        cmocka_unit_test(absent_variables_fail),
        cmocka_unit_test(paths_read_data_and_context),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
