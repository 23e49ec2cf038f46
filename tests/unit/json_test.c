/* What the JSON reader makes of a document (lib/adapter/json/json.h); what it
 * refuses is in json_scan_test.c. */
#include "tests/unit/json_fixture.h"

#include <string.h>
#include <time.h>

#include "lib/base/text/text.h"

static void prints(const char *text, const char *expected)
{
    assert_string_equal(json_print(&arena, read_ok(text)), expected);
}

static void kinds_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(json_kind(read_ok("null")), JSON_NULL);
    assert_int_equal(json_kind(read_ok("true")), JSON_BOOL);
    assert_int_equal(json_kind(read_ok("false")), JSON_BOOL);
    assert_int_equal(json_kind(read_ok("-1.5e3")), JSON_NUMBER);
    assert_int_equal(json_kind(read_ok("\"x\"")), JSON_STRING);
    assert_int_equal(json_kind(read_ok("[]")), JSON_ARRAY);
    assert_int_equal(json_kind(read_ok("{}")), JSON_OBJECT);
    assert_true(json_is_true(read_ok("true")));
    assert_false(json_is_true(read_ok("false")));
    assert_false(json_is_true(read_ok("1")));
}

static void tree_is_walked_in_order(void **state)
{
    (void)state;
    const struct json *order =
        read_ok(" {\"b\" : [1, \"two\", null] ,\r\n\t\"a\":{\"B\":true}} ");
    assert_int_equal(json_count(order), 2);
    assert_null(json_name(order));
    const struct json *b = json_first(order);
    assert_string_equal(json_name(b), "b");
    assert_ptr_equal(b, json_member(order, "b"));
    assert_int_equal(json_count(b), 3);
    const struct json *one = json_first(b);
    assert_null(json_name(one));
    assert_string_equal(json_number_text(one), "1");
    assert_string_equal(json_string(json_next(one)), "two");
    const struct json *null = json_next(json_next(one));
    assert_int_equal(json_kind(null), JSON_NULL);
    assert_null(json_next(null));
    const struct json *a = json_next(b);
    assert_true(json_is_true(json_member(a, "B")));
    assert_null(json_member(a, "b"));
    assert_null(json_member(b, "b"));
    assert_null(json_next(a));
}

static void other_kinds_and_null_give_nothing(void **state)
{
    (void)state;
    int64_t number = 7;
    const struct json *values[] = {NULL, read_ok("null")};
    for (size_t i = 0; i < 2; i++) {
        const struct json *none = json_member(values[i], "x");
        assert_null(none);
        assert_null(json_first(values[i]));
        assert_int_equal(json_count(values[i]), 0);
        assert_null(json_string(values[i]));
        assert_null(json_number_text(values[i]));
        assert_false(json_is_true(values[i]));
        assert_false(json_integer(values[i], &number));
        assert_true(json_double(values[i]) == 0);
    }
    assert_int_equal(number, 7);
    assert_null(json_string(read_ok("1")));
    assert_null(json_number_text(read_ok("\"1\"")));
    assert_false(json_integer(read_ok("\"1\""), &number));
}

static void thousand_levels_fit(void **state)
{
    (void)state;
    char deep[2002];
    memset(deep, '[', 1001);
    memset(deep + 1001, ']', 1001);
    struct json_fault fault;
    const struct json *value = json_read(&arena, deep + 1, 2000, 1000, &fault);
    assert_non_null(value);
    assert_int_equal(strlen(json_print(&arena, value)), 2000);
    assert_null(json_read(&arena, deep, sizeof deep, 1000, &fault));
    assert_int_equal(fault.offset, 1000);
}

static void numbers_keep_their_text(void **state)
{
    (void)state;
    prints("{ \"1\" : 50.00, \"-\": [1E2, \"3\\\"4\", 0.10], \"\\\\\":-0 }",
           "{\"1\":50.00,\"-\":[1E2,\"3\\\"4\",0.10],\"\\\\\":-0}");
    struct text digits = text_create(&arena, 300);
    text_puts(&digits, "[1");
    for (int i = 0; i < 200; i++)
        text_putc(&digits, (char)('0' + i % 10));
    text_puts(&digits, ".5,2]");
    prints(digits.bytes, digits.bytes);
}

static void integers_are_exact(void **state)
{
    (void)state;
    int64_t n = 5;
    assert_true(json_integer(read_ok("9007199254740993"), &n));
    assert_true(n == 9007199254740993);
    assert_true(json_integer(read_ok("9223372036854775807"), &n));
    assert_true(n == INT64_MAX);
    assert_true(json_integer(read_ok("-9223372036854775808"), &n));
    assert_true(n == INT64_MIN);
    assert_true(json_integer(read_ok("-0"), &n));
    assert_true(n == 0);
    static const char *const two[] = {"2.0", "2e0", "20e-1", "0.02E+2",
                                      "200.000e-2"};
    for (size_t i = 0; i < sizeof two / sizeof two[0]; i++) {
        n = 5;
        if (!json_integer(read_ok(two[i]), &n) || n != 2)
            fail_msg("%s", two[i]);
    }
    n = 5;
    assert_false(json_integer(read_ok("9223372036854775808"), &n));
    assert_false(json_integer(read_ok("-9223372036854775809"), &n));
    assert_false(json_integer(read_ok("1.5"), &n));
    assert_false(json_integer(read_ok("1e-3"), &n));
    assert_false(json_integer(read_ok("2.00000000000000000001"), &n));
    assert_false(json_integer(read_ok("1e19"), &n));
    assert_true(n == 5);
}

static void doubles_are_finite(void **state)
{
    (void)state;
    assert_true(json_double(read_ok("1.25")) == 1.25);
    assert_true(json_double(read_ok("-1e308")) == -1e308);
    assert_true(json_double(read_ok("1e-999")) == 0);
    refused("1e999", 0, "a number out of range");
    refused("[\"1\", {\"a\":-1e309}]", 11, "a number out of range");
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    assert_string_equal(json_string(read_ok("\"\"")), "");
    assert_string_equal(
        json_string(read_ok("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"")),
        "a\"\\/\b\f\n\r\tA\xc3\xa9");
    assert_string_equal(json_string(read_ok("\"\\u20AC\\ud83D\\uDE00\"")),
                        "\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string_equal(json_string(read_ok("\"\\u0001\x7f\"")), "\x01\x7f");
}

static void keys_stand_once(void **state)
{
    (void)state;
    read_ok("{\"a\":1,\"A\":2,\"\":3}");
    read_ok("[{\"a\":1},{\"a\":2},{\"b\":{\"a\":{\"a\":1}}}]");
    refused("{\"a\":1,\"a\":1}", 7, "a key stands twice");
    refused("{\"a\":1,\"b\":2,\"\\u0061\":3}", 13, "a key stands twice");
    refused("{\"\":1,\"\":2}", 6, "a key stands twice");
    refused("[{\"x\":{\"\\n\":1,\"b\":\"\\\"\",\"\\u000a\":2}}]", 23,
            "a key stands twice");
    refused("{\"\xc3\xa9\":1,\"\\u00E9\":1}", 8, "a key stands twice");
}

/* Purpose-made bodies: the most keys, the most values in 64 KiB. */
static void big_documents_are_quick(void **state)
{
    (void)state;
    struct text keys = text_create(&arena, 1 << 17);
    text_putc(&keys, '{');
    for (int i = 0; keys.length < 65536; i++)
        text_printf(&keys, "%s\"%x\":0", i > 0 ? "," : "", i);
    text_putc(&keys, '}');
    struct text values = text_create(&arena, 1 << 17);
    text_putc(&values, '[');
    while (values.length < 65534)
        text_puts(&values, "1,");
    text_puts(&values, "1]");
    clock_t began = clock();
    read_ok(keys.bytes);
    assert_true(clock() - began < CLOCKS_PER_SEC / 5);
    size_t before = arena.used;
    began = clock();
    read_ok(values.bytes);
    assert_true(clock() - began < CLOCKS_PER_SEC / 5);
    assert_true(arena.used - before <= 56 * values.length);
}

static void print_is_compact_and_escaped(void **state)
{
    (void)state;
    prints("[ ]", "[]");
    prints("{ }", "{}");
    prints(" [ true , false , null , { } , \"\" ] ",
           "[true,false,null,{},\"\"]");
    prints("{\"\\u0022\\/\":\"\\u001f\\n\\\\\xc3\xa9\\u20ac\"}",
           "{\"\\\"/\":\"\\u001f\\n\\\\\xc3\xa9\xe2\x82\xac\"}");
    prints("[[1,[2,{\"a\":[3]}]],4]", "[[1,[2,{\"a\":[3]}]],4]");
    const struct json *order = read_ok("{\"a\":[1,2],\"b\":{\"c\":3}}");
    assert_string_equal(json_print(&arena, json_member(order, "b")),
                        "{\"c\":3}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(kinds_are_told_apart),
        TEST(tree_is_walked_in_order),
        TEST(other_kinds_and_null_give_nothing),
        TEST(thousand_levels_fit),
        TEST(numbers_keep_their_text),
        TEST(integers_are_exact),
        TEST(doubles_are_finite),
        TEST(strings_are_unescaped),
        TEST(keys_stand_once),
        TEST(big_documents_are_quick),
        TEST(print_is_compact_and_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
