/* Intrinsic functions (lib/asl/intrinsic/intrinsic.h): how calls are read, and
 * those on strings, objects and numbers. */
#include "tests/unit/intrinsic_fixture.h"

#include <stdio.h>

#include "lib/base/text/text.h"

struct example {
    const char *call;
    const char *data;
    const char *result; /* or the cause */
};

#define EACH(examples, check)                                                  \
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)            \
    check(examples[i].call, examples[i].data, examples[i].result)

static void calls_are_read(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.Array()", "{}", "[]"},
        {"States.Array( )", "{}", "[]"},
        {"States.Array('Foo', 2020, $.someJson, null)",
         "{'someJson':{'random':'abcdefg'},'zebra':'stripe'}",
         "['Foo',2020,{'random':'abcdefg'},null]"},
        {"States.Array( 'a' ,\t-1.5e3 , true,false )", "{}",
         "['a',-1.5e3,true,false]"},
        {"States.Array(States.Array($), States.Array($.a))", "{'a':1}",
         "[[{'a':1}],[1]]"},
        {"States.Array($$.State.Name)", "{}", "['Here']"},
        {"States.Array($['a,b'], $.c[0,1], $.c[?(@ > 1)], 1)",
         "{'a,b':'x','c':[1,2]}", "['x',[1,2],[2],1]"},
        {"States.Array($['a)'])", "{'a)':7}", "[7]"},
        {"States.Array('', 'a, b) (', '\\'', '\\{\\}', '{', '\\\\')", "{}",
         "['','a, b) (','\\u0027','{}','{','\\\\']"},
        {"States.Array('\u00fc\"')", "{}", "['\u00fc\\\"']"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const char *mistake = intrinsic_check(&arena, examples[i].call);
        if (mistake != NULL)
            fail_msg("%s: %s", examples[i].call, mistake);
        char *want = json_print(&arena, json(examples[i].result));
        char *got =
            json_print(&arena, value_of(examples[i].call, examples[i].data));
        assert_string_equal(got, want);
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const char scalar[] =
        "an argument must be a string in apostrophes, a number, true, false, "
        "null, a path or a function";
    static const char escape[] = "a backslash in a string may only stand "
                                 "before ' { } or another backslash";
    static const char nothing[] =
        "neither a path, which begins with $, nor a function";
    static const struct {
        const char *call;
        const char *mistake;
    } examples[] = {
        {"", nothing},
        {"(1)", nothing},
        {" States.UUID()", nothing},
        {"States.Foo()", "there is no function States.Foo"},
        {"States.uuid()", "there is no function States.uuid"},
        {"States.UUID", "States.UUID: a ( must follow at once"},
        {"States.UUID ()", "States.UUID: a ( must follow at once"},
        {"States.UUID() ", "States.UUID: something follows the last )"},
        {"States.UUID(1)", "States.UUID takes 0 arguments, not 1"},
        {"States.Format()", "States.Format takes at least 1 argument, not 0"},
        {"States.MathRandom(1)",
         "States.MathRandom takes at least 2 arguments, not 1"},
        {"States.MathRandom(1,2,3,4)",
         "States.MathRandom takes at most 3 arguments, not 4"},
        {"States.ArrayLength(States.Array(), 2)",
         "States.ArrayLength takes 1 argument, not 2"},
        {"States.Array(", scalar},
        {"States.Array(1,)", scalar},
        {"States.Array(,1)", scalar},
        {"States.Array(01)", scalar},
        {"States.Array(True)", scalar},
        {"States.Array(\"a\")", scalar},
        {"States.Array({})", scalar},
        {"States.Array([1])", scalar},
        {"States.Array(1 2)",
         "States.Array: a comma or ) must stand after argument 1"},
        {"States.Array(1",
         "States.Array: a comma or ) must stand after argument 1"},
        {"States.Array('a)", "a string has no apostrophe at its end"},
        {"States.Array('a\\')", "a string has no apostrophe at its end"},
        {"States.Array('\\n')", escape},
        {"States.Array('\\", escape},
        {"States.Format('{} {}', 1)", "States.Format: the template has {} 2 "
                                      "times, but 1 values follow it"},
        {"States.Format('\\{}', 1)", "States.Format: the template has {} 0 "
                                     "times, but 1 values follow it"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        size_t used = arena.used;
        const char *mistake = intrinsic_check(&arena, examples[i].call);
        if (mistake == NULL)
            fail_msg("taken: %s", examples[i].call);
        assert_string_equal(mistake, examples[i].mistake);
        assert_in_range(arena.used - used, 1, 600);
        fails(examples[i].call, "{}", examples[i].mistake);
    }
}

static void mistakes_of_paths_are_cut_short(void **state)
{
    (void)state;
    const char *mistake = intrinsic_check(&arena, "States.Array($.)");
    assert_non_null(mistake);
    assert_memory_equal(mistake, "the path $.: ", 13);
    /* A message cut short stays UTF-8. */
    char call[1024] = "States.Array($..[";
    while (strlen(call) < 900)
        strcat(call, "\u20ac");
    mistake = intrinsic_check(&arena, call);
    assert_non_null(mistake);
    assert_in_range(strlen(mistake), 500, 511);
    assert_true(text_is_utf8(mistake, strlen(mistake)));
}

static const char *nested(size_t depth)
{
    char call[1024] = "";
    for (size_t i = 0; i < depth; i++)
        strcat(call, "States.Array(");
    for (size_t i = 0; i < depth; i++)
        strcat(call, ")");
    return arena_string(&arena, call);
}

static void calls_nest_ten_deep(void **state)
{
    (void)state;
    gives(nested(10), "{}", "[[[[[[[[[[]]]]]]]]]]");
    fails(nested(11), "{}", "functions are nested more than 10 deep");
    /* AWS's own example. */
    gives("States.Format('{}.{}.{}', States.ArrayGetItem(States.StringSplit("
          "States.ArrayGetItem(States.StringSplit($.Arn, '/'), 2), '.'), 0), "
          "States.ArrayGetItem(States.StringSplit(States.ArrayGetItem("
          "States.StringSplit($.Arn, '/'), 2), '.'), 1), 2)",
          "{'Arn':'image/x/1.2'}", "'1.2.2'");
}

static void paths_may_select_nothing(void **state)
{
    (void)state;
    fails_with("States.Format('{}', States.JsonToString( $.a.b ))", "{'a':1}",
               "States.ParameterPathFailure",
               "States.JsonToString: the path $.a.b: it selects nothing");
    gives("States.ArrayLength($.a[*].b)", "{'a':[{'b':1},{'c':2}]}", "1");
    gives("States.ArrayLength($..none)", "{'a':1}", "0");
}

static void strings_are_made(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.Format('Your name is {}, we are in the year {}', $.name, "
         "2020)",
         "{'name':'Foo'}", "'Your name is Foo, we are in the year 2020'"},
        {"States.Format($.t, $.name)", "{'t':'I am {}.','name':'Arnav'}",
         "'I am Arnav.'"},
        {"States.Format('{}{}{}{}', true, false, null, -1.50)", "{}",
         "'truefalsenull-1.50'"},
        {"States.Format('\\{{}\\}{ }{', '{}')", "{}", "'{{}}{ }{'"},
        {"States.Format($)", "'\\\\{ }'", "'\\\\{ }'"},
        {"States.StringToJson('[1, null]')", "{}", "[1,null]"},
        {"States.StringSplit('1,2,3,4,5', ',')", "{}", "['1','2','3','4','5']"},
        {"States.StringSplit('This.is+a,test=string', '.+,=')", "{}",
         "['This','is','a','test','string']"},
        /* As Step Functions answered: what is empty is dropped. */
        {"States.StringSplit(', , ,', ',')", "{}", "[' ',' ']"},
        {"States.StringSplit(',,,,', ',')", "{}", "[]"},
        {"States.StringSplit('', ',')", "{}", "[]"},
        {"States.StringSplit('a,b', '')", "{}", "['a,b']"},
        {"States.StringSplit('a\u20acb\u00acc', 'x\u20ac')", "{}",
         "['a','b\u00acc']"},
        {"States.Base64Encode('Data to encode')", "{}",
         "'RGF0YSB0byBlbmNvZGU='"},
        {"States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "{}",
         "'Data to encode'"},
        {"States.Base64Decode(States.Base64Encode(''))", "{}", "''"},
        {"States.Hash('input data', 'SHA-1')", "{}",
         "'aaff4a450a104cd177d28d18d74485e8cae074b7'"},
        {"States.Hash($, 'MD5')", "{'a':1}",
         "'bb6cb5c68df4652941caf652a366f2d8'"},
    };
    EACH(examples, gives);
    const struct json *number =
        value_of("States.ArrayGetItem(States.Array(States.StringToJson("
                 "'{\"number\": 20}')), 0)",
                 "{}");
    assert_string_equal(json_print(&arena, number), "{\"number\":20}");
    assert_string_equal(
        json_string(value_of("States.JsonToString($.someJson)",
                             "{'someJson':{'name': 'Foo', 'year': 2020}}")),
        "{\"name\":\"Foo\",\"year\":2020}");
}

static void strings_fail(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.Format(1)", "{}",
         "States.Format: argument 1 must be a string, not a number"},
        {"States.Format($, 1)", "'{}{}'",
         "States.Format: the template has {} 2 times, but 1 values follow it"},
        {"States.Format('{}{}', 1, $)", "{}",
         "States.Format: argument 3 is an array or an object; put "
         "States.JsonToString around it"},
        {"States.StringToJson('{')", "{}",
         "States.StringToJson: the string is not JSON: the document ends "
         "too soon at byte 1"},
        {"States.StringToJson(null)", "{}",
         "States.StringToJson: argument 1 must be a string, not null"},
        {"States.StringSplit($, ',')", "[]",
         "States.StringSplit: argument 1 must be a string, not an array"},
        {"States.StringSplit('a', true)", "[]",
         "States.StringSplit: argument 2 must be a string, not a boolean"},
        {"States.Base64Decode('YQ')", "{}",
         "States.Base64Decode: the string is not Base64"},
        {"States.Base64Decode('gA==')", "{}",
         "States.Base64Decode: what is encoded is not UTF-8 text"},
        {"States.Base64Decode('AA==')", "{}",
         "States.Base64Decode: what is encoded is not UTF-8 text"},
        {"States.Hash('a', 'SHA-224')", "{}",
         "States.Hash: argument 2 must be MD5, SHA-1, SHA-256, SHA-384 or "
         "SHA-512"},
    };
    EACH(examples, fails);
}

static void objects_are_merged(void **state)
{
    (void)state;
    static const char data[] = "{'x':{'a':{'a1':1,'a2':2},'b':2},"
                               "'y':{'c':3,'a':{'a3':1,'a4':2}}}";
    gives("States.JsonMerge($.x, $.y, false)", data,
          "{'a':{'a3':1,'a4':2},'b':2,'c':3}");
    gives("States.JsonMerge($.x, $.x, false)", data,
          "{'a':{'a1':1,'a2':2},'b':2}");
    gives("States.JsonMerge($.x, $.y, true)", data,
          "{'a':{'a1':1,'a2':2,'a3':1,'a4':2},'b':2,'c':3}");
    fails("States.JsonMerge($.x, $.y, null)", data,
          "States.JsonMerge: argument 3 must be true or false");
    fails("States.JsonMerge($.x, 1, false)", data,
          "States.JsonMerge: argument 2 must be an object, not a number");
}

/* As Step Functions answered. */
static void numbers_are_rounded_and_added(void **state)
{
    (void)state;
    static const struct {
        double a, b;
        int sum;
    } examples[] = {{111, -1, 110},     {1.49, 1.50, 3}, {-1.49, -1.50, -2},
                    {-1.50, -1.51, -3}, {0.5, 0, 1},     {2.5, 0, 3},
                    {-0.5, 0.5, 1},     {-0.5, 0, 0},    {-1.5, 0, -1},
                    {-2.5, 0, -2},      {-3.5, 0, -3}};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        char call[80], sum[16];
        snprintf(call, sizeof call, "States.MathAdd(%g,%g)", examples[i].a,
                 examples[i].b);
        snprintf(sum, sizeof sum, "%d", examples[i].sum);
        gives(call, "{}", sum);
    }
    gives("States.MathAdd(0.49999999999999994, 0)", "{}", "0");
    gives("States.MathAdd(2147483647, -2147483648)", "{}", "-1");
    gives("States.MathAdd(2147483647, 1e0)", "{}", "2147483648");
    fails("States.MathAdd(1, 2147483648)", "{}",
          "States.MathAdd: argument 2 is outside -2147483648 to 2147483647");
    fails("States.MathAdd(1e300, 1)", "{}",
          "States.MathAdd: argument 1 is beyond -2^53 and 2^53");
    fails("States.MathAdd('1', 1)", "{}",
          "States.MathAdd: argument 1 must be a number, not a string");
}

static void random_numbers_keep_to_their_range(void **state)
{
    (void)state;
    bool seen[3] = {false};
    for (int i = 0; i < 300; i++) {
        int64_t number = 0;
        assert_true(
            json_integer(value_of("States.MathRandom(-1, 2)", "{}"), &number));
        assert_true(number >= -1 && number < 2);
        seen[number + 1] = true;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
    gives("States.MathRandom(5, 6)", "{}", "5");
    const char *seeded = "States.MathRandom(0, 1000000, 7)";
    char *first = json_print(&arena, value_of(seeded, "{}"));
    gives(seeded, "{}", first);
    assert_string_not_equal(
        first,
        json_print(&arena, value_of("States.MathRandom(0, 1000000, 8)", "{}")));
    gives("States.MathRandom(-9007199254740992, 9007199254740992, 3)", "{}",
          json_print(&arena, value_of("States.MathRandom(-9007199254740992, "
                                      "9007199254740992, 3)",
                                      "{}")));
    fails("States.MathRandom(2, 2)", "{}",
          "States.MathRandom: the end, 2, is not above the start, 2");
}

static void a_uuid_is_of_version_4(void **state)
{
    (void)state;
    const char *uuid = json_string(value_of("States.UUID()", "{}"));
    assert_int_equal(strlen(uuid), 36);
    assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
    assert_int_equal(uuid[14], '4');
    assert_non_null(strchr("89ab", uuid[19]));
    assert_string_not_equal(uuid, json_string(value_of("States.UUID()", "{}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_read),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(mistakes_of_paths_are_cut_short),
        cmocka_unit_test(calls_nest_ten_deep),
        cmocka_unit_test(paths_may_select_nothing),
        cmocka_unit_test(strings_are_made),
        cmocka_unit_test(strings_fail),
        cmocka_unit_test(objects_are_merged),
        cmocka_unit_test(numbers_are_rounded_and_added),
        cmocka_unit_test(random_numbers_keep_to_their_range),
        cmocka_unit_test(a_uuid_is_of_version_4),
    };
    return cmocka_run_group_tests_name("intrinsic", tests, setup, teardown);
}
