/* Intrinsic functions (lib/asl/intrinsic/intrinsic.h): those on arrays, and the
 * limits of all. */
#include "tests/unit/intrinsic_fixture.h"

#include "lib/base/text/text.h"

struct example {
    const char *call;
    const char *data;
    const char *result; /* or the cause */
};

#define EACH(examples, check)                                                  \
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)            \
    check(examples[i].call, examples[i].data, examples[i].result)

static void arrays_are_cut_and_read(void **state)
{
    (void)state;
    static const char nine[] = "{'a':[1,2,3,4,5,6,7,8,9],'n':5}";
    static const struct example examples[] = {
        {"States.ArrayPartition($.a,4)", nine, "[[1,2,3,4],[5,6,7,8],[9]]"},
        {"States.ArrayPartition($.a,3)", nine, "[[1,2,3],[4,5,6],[7,8,9]]"},
        {"States.ArrayPartition($.a,9e15)", nine, "[[1,2,3,4,5,6,7,8,9]]"},
        {"States.ArrayPartition($.a,8.5)", nine, "[[1,2,3,4,5,6,7,8,9]]"},
        {"States.ArrayPartition(States.Array(),1)", nine, "[]"},
        {"States.ArrayGetItem($.a,$.n)", nine, "6"},
        {"States.ArrayGetItem($.a,0)", nine, "1"},
        {"States.ArrayGetItem($.a,8)", nine, "9"},
        {"States.ArrayLength($.a)", nine, "9"},
        {"States.ArrayLength(States.Array())", nine, "0"},
    };
    EACH(examples, gives);
}

static void ranges_are_made(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.ArrayRange(1, 9, 2)", "{}", "[1,3,5,7,9]"},
        {"States.ArrayRange(0, 10, 3)", "{}", "[0,3,6,9]"},
        {"States.ArrayRange(1, 9, 9)", "{}", "[1]"},
        {"States.ArrayRange(2, -3, -2)", "{}", "[2,0,-2]"},
        {"States.ArrayRange(3, 3, -7)", "{}", "[3]"},
        {"States.ArrayRange(2, 1, 1)", "{}", "[]"},
        {"States.ArrayRange(1, 2, -1)", "{}", "[]"},
        {"States.ArrayRange(0.5, 2.4, 1.2)", "{}", "[1,2]"},
        {"States.ArrayLength(States.ArrayRange(1, 1000, 1))", "{}", "1000"},
        {"States.ArrayRange(-9007199254740992, 9007199254740992, "
         "9007199254740992)",
         "{}", "[-9007199254740992,0,9007199254740992]"},
    };
    EACH(examples, gives);
}

static void values_are_found(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.ArrayContains($.a, $.n)", "{'a':[1,2,3],'n':3}", "true"},
        {"States.ArrayContains($.a, 4)", "{'a':[1,2,3]}", "false"},
        {"States.ArrayContains($.a, 1.0)", "{'a':[1]}", "true"},
        {"States.ArrayContains($.a, 1)", "{'a':['1',true,[1]]}", "false"},
        {"States.ArrayContains($.a, null)", "{'a':[]}", "false"},
        {"States.ArrayContains($.a, null)", "{'a':[0,null]}", "true"},
        {"States.ArrayContains($.a, $.o)",
         "{'a':[{'x':1,'y':[2]},{'y':[{}],'x':1}],'o':{'x':1,'y':[{}]}}",
         "true"},
        {"States.ArrayContains($.a, $.o)",
         "{'a':[{'x':1},{'x':1,'y':3}],'o':{'x':1,'y':2}}", "false"},
        {"States.ArrayContains($.a, 9007199254740993)",
         "{'a':[9007199254740992]}", "false"},
    };
    EACH(examples, gives);
}

static void duplicates_are_dropped(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.ArrayUnique($)", "[1,2,3,3,3,3,3,3,4]", "[1,2,3,4]"},
        {"States.ArrayUnique($)", "[3,1,3.0,2,1,30e-1]", "[3,1,2]"},
        {"States.ArrayUnique($)", "[0,-0,0.0,-0.0,0.5,5e-1]", "[0,0.5]"},
        {"States.ArrayUnique($)",
         "[null,null,true,true,false,'a','a','null',[],[],[null],[null],"
         "{'a':1,'b':2},{'b':2,'a':1},{'a':1,'b':1}]",
         "[null,true,false,'a','null',[],[null],{'a':1,'b':2},"
         "{'a':1,'b':1}]"},
        {"States.ArrayUnique($)", "[]", "[]"},
        {"States.ArrayUnique($)", "[['a','b'],['a,b'],['a','b']]",
         "[['a','b'],['a,b']]"},
    };
    EACH(examples, gives);
}

static void arrays_fail(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"States.ArrayPartition($, 1)", "{}",
         "States.ArrayPartition: argument 1 must be an array, not an object"},
        {"States.ArrayPartition($, 0)", "[1]",
         "States.ArrayPartition: the chunk size is 0, not 1 or more"},
        {"States.ArrayPartition($, -2)", "[1]",
         "States.ArrayPartition: the chunk size is -2, not 1 or more"},
        {"States.ArrayContains(1, 1)", "{}",
         "States.ArrayContains: argument 1 must be an array, not a number"},
        {"States.ArrayGetItem($, 7)", "[1,2,3]",
         "States.ArrayGetItem: index 7 is outside an array of 3"},
        {"States.ArrayGetItem($, -1)", "[1,2,3]",
         "States.ArrayGetItem: index -1 is outside an array of 3"},
        {"States.ArrayGetItem($, 0)", "[]",
         "States.ArrayGetItem: index 0 is outside an array of 0"},
        {"States.ArrayGetItem($, 'a')", "[1]",
         "States.ArrayGetItem: argument 2 must be a number, not a string"},
        {"States.ArrayLength('a')", "{}",
         "States.ArrayLength: argument 1 must be an array, not a string"},
        {"States.ArrayUnique(null)", "{}",
         "States.ArrayUnique: argument 1 must be an array, not null"},
        {"States.ArrayRange(1, 2, 0)", "{}",
         "States.ArrayRange: the step is 0"},
        {"States.ArrayRange(1, 2, 0.4)", "{}",
         "States.ArrayRange: the step is 0"},
        {"States.ArrayRange(1, 1001, 1)", "{}",
         "States.ArrayRange: 1001 elements are more than 1000"},
        {"States.ArrayRange(9007199254740992, -9007199254740992, -1)", "{}",
         "States.ArrayRange: 18014398509481985 elements are more than 1000"},
    };
    EACH(examples, fails);
}

/* {"a":"<count times what>"} */
static const char *data_of(const char *what, size_t count)
{
    struct text text = text_create(&arena, 1024);
    text_puts(&text, "{'a':'");
    for (size_t i = 0; i < count; i++)
        text_puts(&text, what);
    text_puts(&text, "'}");
    return text.bytes;
}

static void strings_have_their_limits(void **state)
{
    (void)state;
    const char *most = data_of("\u00fc", 10000);
    const char *more = data_of("a", 10001);
    value_of("States.Hash($.a, 'MD5')", most);
    value_of("States.Base64Encode($.a)", most);
    static const char *const calls[] = {"States.Hash($.a, 'MD5')",
                                        "States.Base64Encode($.a)",
                                        "States.Base64Decode($.a)"};
    static const char *const causes[] = {
        "States.Hash: argument 1 is longer than 10000 characters",
        "States.Base64Encode: argument 1 is longer than 10000 characters",
        "States.Base64Decode: argument 1 is longer than 10000 characters"};
    for (size_t i = 0; i < 3; i++)
        fails(calls[i], more, causes[i]);
    fails("States.Hash($, 'MD5')", data_of("a", 50000),
          "States.Hash: the value is longer than 40000 bytes of JSON");
    char *call = arena_alloc(&arena, 65537 + 1);
    memset(call, 'a', 65537);
    assert_string_equal(intrinsic_check(&arena, call),
                        "longer than 65536 bytes");
}

static void results_have_their_limits(void **state)
{
    (void)state;
    const char *large = data_of("a", 200000);
    static const char longer[] =
        "States.Format: the result is longer than 262144 bytes";
    fails("States.Format('{}{}', $.a, $.a)", large, longer);
    fails("States.Array($.a, $.a)", large,
          "States.Array: the result is longer than 262144 bytes of JSON");
    fails("States.JsonToString($..*)",
          arena_printf(&arena, "{'b':%s,'c':%s}", data_of("a", 130000),
                       data_of("b", 130000)),
          "States.JsonToString: the value is longer than 262144 bytes of JSON");
    fails("States.StringSplit($.a, ',')", data_of("a,", 100000),
          "States.StringSplit: the result is longer than 262144 bytes of JSON");
    fails("States.Array(States.ArrayLength(States.Array($.a)), "
          "States.ArrayLength(States.Array($.a)), "
          "States.ArrayLength(States.Array($.a)), "
          "States.ArrayLength(States.Array($.a)), "
          "States.ArrayLength(States.Array($.a)), "
          "States.ArrayLength(States.Array($.a)))",
          large,
          "States.Array: the functions of this template together make more "
          "than 1048576 bytes of JSON");
}

static void results_are_as_deep_as_data(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 1024);
    for (int i = 0; i < ASL_DATA_DEPTH; i++)
        text_putc(&text, '[');
    for (int i = 0; i < ASL_DATA_DEPTH; i++)
        text_putc(&text, ']');
    gives("States.ArrayGetItem(States.Array(1, 2), 0)", text.bytes, "1");
    gives("States.ArrayGetItem($, 0)", text.bytes,
          arena_copy(&arena, text.bytes + 1, text.length - 2));
    fails("States.Array($)", text.bytes,
          "States.Array: the result is nested more than 200 deep");
}

/* Data made to be slow: each pair compared would take minutes. */
static void large_arrays_take_no_longer(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 1 << 20);
    text_putc(&text, '[');
    for (int i = 0; i < 32000; i++)
        text_printf(&text, "%s%d", i == 0 ? "" : ",", 100000 + i);
    text_putc(&text, ']');
    gives("States.ArrayLength(States.ArrayUnique($))", text.bytes, "32000");
    text.length = 0;
    for (int i = 0; i < 20000; i++)
        text_printf(&text, "%s'%d':1", i == 0 ? "{" : ",", i);
    text_putc(&text, '}');
    const struct json *merged =
        value_of("States.JsonMerge($, $, false)", text.bytes);
    assert_int_equal(json_count(merged), 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_cut_and_read),
        cmocka_unit_test(ranges_are_made),
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(duplicates_are_dropped),
        cmocka_unit_test(arrays_fail),
        cmocka_unit_test(strings_have_their_limits),
        cmocka_unit_test(results_have_their_limits),
        cmocka_unit_test(results_are_as_deep_as_data),
        cmocka_unit_test(large_arrays_take_no_longer),
    };
    return cmocka_run_group_tests_name("intrinsic array", tests, setup,
                                       teardown);
}
