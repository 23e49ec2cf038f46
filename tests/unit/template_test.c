/* Payload templates (lib/asl/template.h). */
#include "lib/asl/template.h"
#include "tests/unit/intrinsic_fixture.h"

#include "lib/base/text/text.h"

static const char data[] =
    "{'flagged':7,'vals':[0,10,20,30,40,50],'name':'Ann','none':null}";

static const struct json *fill(const char *template, const struct scope *scope)
{
    struct fault fault = {0};
    const struct json *value = template_fill(json(template), scope, &fault);
    if (value == NULL)
        fail_msg("%s: %s: %s", template, fault.error, fault.cause);
    return value;
}

static void templates_are_filled(void **state)
{
    (void)state;
    static const struct {
        const char *template;
        const char *result;
    } examples[] = {
        /* The specification's own. */
        {"{'flagged':true,'parts':{'first.$':'$.vals[0]',"
         "'last3.$':'$.vals[-3:]'},'where.$':'$$.State.Name'}",
         "{'flagged':true,'parts':{'first':0,'last3':[30,40,50]},"
         "'where':'Here'}"},
        {"{'a':[1,{'n.$':'$.name'},'$.name',[[{'x.$':'$.none'}]],2]}",
         "{'a':[1,{'n':'Ann'},'$.name',[[{'x':null}]],2]}"},
        {"{'n.$':'States.ArrayLength($.vals)','all.$':'$'}",
         "{'n':6,'all':{'flagged':7,'vals':[0,10,20,30,40,50],"
         "'name':'Ann','none':null}}"},
        {"{'$':'$.name','.$':'$.name','a$':'$','a.$b':'$'}",
         "{'$':'$.name','':'Ann','a$':'$','a.$b':'$'}"},
        {"{'all.$':'$..nothing','x.$.$':'$.name'}", "{'all':[],'x.$':'Ann'}"},
        /* The later one wins, in the place of the first. */
        {"{'x':1,'y':2,'x.$':'$.name'}", "{'x':'Ann','y':2}"},
        {"{'x.$':'$.name','y':2,'x':1}", "{'x':1,'y':2}"},
        {"[{'x.$':'$.flagged'}]", "[{'x':7}]"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct json *value = fill(examples[i].template, scope_of(data));
        assert_string_equal(json_print(&arena, value),
                            quoted(examples[i].result));
    }
}

static void a_template_without_expressions_is_itself(void **state)
{
    (void)state;
    static const char *const templates[] = {
        "{}", "[]", "1", "'$.name'", "{'a':[{'b':{'c':'$.name'}}],'d':null}"};
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        const struct json *template = json(templates[i]);
        struct fault fault = {0};
        assert_ptr_equal(template_fill(template, scope_of(data), &fault),
                         template);
        assert_null(fault.error);
    }
}

static void what_is_selected_is_shared(void **state)
{
    (void)state;
    const struct json *template =
        json("{'keep':{'a':[1,2]},'x.$':'$.vals','l':[{'k':1},{'y.$':'$'}]}");
    char *before = json_print(&arena, template);
    const struct scope *scope = scope_of(data);
    struct fault fault = {0};
    const struct json *value = template_fill(template, scope, &fault);
    assert_non_null(value);
    assert_ptr_equal(json_first(json_member(value, "x")),
                     json_first(json_member(scope->data, "vals")));
    assert_ptr_equal(json_first(json_member(value, "keep")),
                     json_first(json_member(template, "keep")));
    assert_string_equal(json_print(&arena, template), before);
}

static void templates_fail(void **state)
{
    (void)state;
    static const struct {
        const char *template;
        const char *error;
        const char *cause;
    } examples[] = {
        {"{'a':[{'x.$':'$.gone'}]}", "States.ParameterPathFailure",
         "x.$: the path $.gone: it selects nothing"},
        {"{'x.$':'$$.Map.Item'}", "States.ParameterPathFailure",
         "x.$: the path $$.Map.Item: it selects nothing"},
        {"{'x.$':{'y.$':'$'}}", "States.ParameterPathFailure",
         "x.$: it must be a string"},
        {"{'x.$':'States.ArrayGetItem($.vals, 6)'}", "States.IntrinsicFailure",
         "x.$: States.ArrayGetItem: index 6 is outside an array of 6"},
        {"{'x.$':'States.Format($.gone)'}", "States.ParameterPathFailure",
         "x.$: States.Format: the path $.gone: it selects nothing"},
        {"{'x.$':'name'}", "States.IntrinsicFailure",
         "x.$: there is no function name"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct fault fault = {0};
        assert_null(
            template_fill(json(examples[i].template), scope_of(data), &fault));
        assert_string_equal(fault.error, examples[i].error);
        assert_string_equal(fault.cause, examples[i].cause);
    }
}

static void templates_have_their_limits(void **state)
{
    (void)state;
    struct text large = text_create(&arena, 1 << 20);
    text_putc(&large, '\'');
    for (int i = 0; i < 140000; i++)
        text_putc(&large, 'a');
    text_putc(&large, '\'');
    const struct scope *scope = scope_of(large.bytes);
    fill("{'x.$':'$'}", scope);
    struct fault fault = {0};
    assert_null(template_fill(json("{'x.$':'$','y.$':'$'}"), scope, &fault));
    assert_string_equal(fault.error, "States.DataLimitExceeded");
    fault = (struct fault){0};
    assert_null(
        template_fill(json("[{'x.$':'States.ArrayLength(States.Array($,1))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,2))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,3))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,4))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,5))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,6))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,7))'},"
                           "{'x.$':'States.ArrayLength(States.Array($,8))'}]"),
                      scope, &fault));
    assert_string_equal(fault.error, "States.IntrinsicFailure");

    struct text deep = text_create(&arena, 1024);
    for (int i = 0; i < ASL_DATA_DEPTH; i++)
        text_putc(&deep, '[');
    for (int i = 0; i < ASL_DATA_DEPTH; i++)
        text_putc(&deep, ']');
    fault = (struct fault){0};
    assert_null(
        template_fill(json("{'x.$':'$'}"), scope_of(deep.bytes), &fault));
    assert_string_equal(fault.error, "States.DataLimitExceeded");
    assert_string_equal(
        fault.cause,
        "what the expressions select is nested more than 200 deep");
    fill("{'x.$':'$[0]'}", scope_of(deep.bytes));
}

static void expressions_are_checked_and_taken(void **state)
{
    (void)state;
    assert_null(template_check_expression(&arena, "$"));
    assert_null(template_check_expression(&arena, "$$.State.Name"));
    assert_null(template_check_expression(&arena, "$.vals[?(@ > 20)]"));
    assert_null(template_check_expression(&arena, "States.UUID()"));
    static const char *const wrong[] = {
        "", "$.", "$[", "name", "States.Id()", "States.UUID(", " $"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (template_check_expression(&arena, wrong[i]) == NULL)
            fail_msg("taken: %s", wrong[i]);
    struct fault fault = {0};
    const struct scope *scope = scope_of(data);
    assert_string_equal(json_string(template_value("$.name", scope, &fault)),
                        "Ann");
    assert_string_equal(json_string(template_value(
                            "States.Format('{}!', $.name)", scope, &fault)),
                        "Ann!");
    assert_null(fault.error);
    assert_null(template_value("$.gone", scope, &fault));
    assert_string_equal(fault.error, "States.ParameterPathFailure");
    assert_string_equal(fault.cause, "the path $.gone: it selects nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_are_filled),
        cmocka_unit_test(a_template_without_expressions_is_itself),
        cmocka_unit_test(what_is_selected_is_shared),
        cmocka_unit_test(templates_fail),
        cmocka_unit_test(templates_have_their_limits),
        cmocka_unit_test(expressions_are_checked_and_taken),
    };
    return cmocka_run_group_tests_name("template", tests, setup, teardown);
}
