/* What the JSON reader accepts and refuses (lib/adapter/json/scan.h), each
 * rule both ways. */
#include "tests/unit/json_fixture.h"

#include <dirent.h>
#include <string.h>

#include "lib/base/system/file.h"

static void grammar_is_rfc_8259(void **state)
{
    (void)state;
    refused("", 0, "the document ends too soon");
    refused(" \n", 2, "the document ends too soon");
    refused("{", 1, "the document ends too soon");
    refused("[1,", 3, "the document ends too soon");
    refused("\"a", 2, "the document ends too soon");
    refused("\"a\\", 3, "the document ends too soon");
    refused("{\"a\"", 4, "the document ends too soon");
    refused("{\"a\":", 5, "the document ends too soon");
    refused("[1 2]", 3, "a comma or closing bracket is expected");
    refused("[1}", 2, "a comma or closing bracket is expected");
    refused("{\"a\":1]", 6, "a comma or closing bracket is expected");
    refused("[1,]", 3, "a value is expected");
    refused("[,1]", 1, "a value is expected");
    refused("[1,,2]", 3, "a value is expected");
    refused("{\"a\":1,}", 7, "a name in quotes is expected");
    refused("{a:1}", 1, "a name in quotes is expected");
    refused("{1:1}", 1, "a name in quotes is expected");
    refused("{\"a\" 1}", 5, "a colon is expected");
    refused("{\"a\"::1}", 5, "a value is expected");
    refused("tru", 0, "a value is expected");
    refused("True", 0, "a value is expected");
    refused("nulL", 0, "a value is expected");
    refused("'a'", 0, "a value is expected");
    refused("NaN", 0, "a value is expected");
    refused("]", 0, "a value is expected");
    refused("[1] // note", 4, "something follows the document");
    refused("/**/[1]", 0, "a value is expected");
    refused("\f1", 0, "a value is expected");
    refused("\xc2\xa0"
            "1",
            0, "a value is expected");
}

static void nothing_may_follow(void **state)
{
    (void)state;
    read_ok("{} \t\r\n");
    refused("{}{}", 2, "something follows the document");
    refused("1 2", 2, "something follows the document");
    refused("truely", 4, "something follows the document");
    refused_bytes("{}\0", 3, 2, "something follows the document");
}

static void depth_is_capped(void **state)
{
    (void)state;
    read_ok("[[[[[[[[1]]]]]]]]");
    read_ok("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":[]}}}}}}}");
    read_ok("[[],[],[],[],[],[],[],[],[],[]]");
    refused("[[[[[[[[[1]]]]]]]]]", 8, "nested too deeply");
    refused("[[[[[[[{\"a\":[]}]]]]]]]", 12, "nested too deeply");
    struct json_fault fault;
    assert_non_null(json_read(&arena, "1", 1, 0, &fault));
    assert_null(json_read(&arena, "[]", 2, 0, &fault));
}

static const struct json *read_at_most(const char *text, size_t values,
                                       struct json_fault *fault)
{
    return json_read_within(&arena, text, strlen(text),
                            (struct json_limits){8, values}, fault);
}

/* Every value counts, groups included; names do not. */
static void values_are_capped(void **state)
{
    (void)state;
    struct json_fault fault;
    assert_non_null(read_at_most("1", 1, &fault));
    assert_non_null(read_at_most("[0,\"a\",null]", 4, &fault));
    assert_null(read_at_most("[0,\"a\",null]", 3, &fault));
    assert_true(fault.too_many);
    assert_int_equal(fault.offset, 7);
    assert_string_equal(fault.detail, "too many values");
    assert_non_null(read_at_most("{\"a\":{},\"b\":[[]]}", 4, &fault));
    assert_null(read_at_most("{\"a\":{},\"b\":[[]]}", 3, &fault));
    assert_true(fault.too_many);
    assert_null(read_at_most("[0,0", 3, &fault));
    assert_false(fault.too_many);
}

/* As json.h promises: whoever sends bytes cannot make them much more. */
static void what_is_refused_takes_no_memory(void **state)
{
    (void)state;
    enum { LENGTH = 512 * 1024, VALUES = 1000 };
    static const struct {
        const char *text;
        size_t values;
    } pieces[] = {{"0,", 1}, {"[],", 1}, {"\"\",", 1}, {"{\"a\":0},", 2}};
    struct arena own = arena_create(64 << 20);
    char *bytes = arena_alloc(&arena, LENGTH);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t piece = strlen(pieces[i].text), length = 1;
        struct json_fault fault;
        bytes[0] = '[';
        for (; length + piece < LENGTH; length += piece)
            memcpy(bytes + length, pieces[i].text, piece);
        bytes[length - 1] = ']';
        assert_null(json_read_within(&own, bytes, length,
                                     (struct json_limits){8, VALUES}, &fault));
        assert_true(fault.too_many);
        assert_in_range(own.used, length, length + 64);
        arena_reset(&own);
        assert_non_null(json_read(&own, bytes, length, 8, &fault));
        size_t values = 1 + length / piece * pieces[i].values;
        assert_true(own.used <= 3 * length + 128 * values + 256);
        arena_reset(&own);
    }
    arena_destroy(&own);
}

static void numbers_follow_the_grammar(void **state)
{
    (void)state;
    static const char *const good[] = {
        "0",   "-0",   "7",       "10",   "-12.50", "0.0",
        "1e5", "1E+5", "1.5e-07", "2e00", "0e1",    "123456789012345678901",
    };
    static const char *const bad[] = {"-",   "01",   "-01", "1.",   "1.e5",
                                      "-.5", "1e",   "1e+", "--1",  "1.5.2",
                                      "0x1", "1_0",  "+1",  ".5",   "-Infinity",
                                      "1f",  "1e5e", "00",  "1,000"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_string_equal(json_number_text(read_ok(good[i])), good[i]);
    }
    struct json_fault fault;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_bytes(bad[i], strlen(bad[i]), &fault) != NULL)
            fail_msg("accepted: %s", bad[i]);
        char *inside = arena_printf(&arena, "[%s]", bad[i]);
        if (strcmp(bad[i], "1,000") != 0 &&
            read_bytes(inside, strlen(inside), &fault) != NULL)
            fail_msg("accepted: %s", inside);
    }
    refused("[1.]", 3, "not a number");
    refused("[-a]", 2, "not a number");
    refused("[1e]", 3, "not a number");
    refused("[007]", 1, "not a number");
}

static void escapes_are_checked(void **state)
{
    (void)state;
    refused("\"\\a\"", 2, "an unknown escape");
    refused("\"\\U0041\"", 2, "an unknown escape");
    refused("\"\\\n\"", 2, "an unknown escape");
    refused("\"\\u12g4\"", 3, "four hexadecimal digits are expected");
    refused("\"\\u 123\"", 3, "four hexadecimal digits are expected");
    refused("\"\\u123\"", 3, "four hexadecimal digits are expected");
    refused("\"a\nb\"", 2, "a control character in a string");
    refused("\"a\tb\"", 2, "a control character in a string");
    refused("\"\x1f\"", 1, "a control character in a string");
}

static void nul_is_refused(void **state)
{
    (void)state;
    refused("\"a\\u0000\"", 8, "a NUL character");
    refused("{\"\\u0000\":1}", 8, "a NUL character");
    refused_bytes("\"a\0b\"", 5, 2, "a control character in a string");
    refused_bytes("[1\0]", 4, 2, "a comma or closing bracket is expected");
    refused_bytes("\0", 1, 0, "a value is expected");
}

static void lone_surrogates_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\"\\ud800\"",        "\"\\udbffx\"",        "\"\\udc00\"",
        "\"\\ud800\\ud800\"", "\"\\ud800\\u0041\"",  "\"\\ud800\\n\"",
        "\"\\udfff\\ud800\"", "\"\\ud83d \\ude00\"", "\"\\ud800\\uzzzz\"",
        "\"\\ud800\\ue000\""};
    struct json_fault fault;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_bytes(bad[i], strlen(bad[i]), &fault) != NULL)
            fail_msg("accepted: %s", bad[i]);
        assert_string_equal(fault.detail, "a lone surrogate");
    }
    read_ok("\"\\ud7ff\\ue000\\udbff\\udfff\"");
}

static void utf8_is_well_formed(void **state)
{
    (void)state;
    read_ok("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbb\xbf\"");
    read_ok("\"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"");
    static const char *const bad[] = {"\x80",
                                      "\xc3",
                                      "\xc0\x80",
                                      "\xe0\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf0\x80\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xff",
                                      "\xe2\x82"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refused(arena_printf(&arena, "[\"a%s\"]", bad[i]), 3,
                "not valid UTF-8");
        refused(arena_printf(&arena, "{\"%s\":1}", bad[i]), 2,
                "not valid UTF-8");
    }
    refused("\xef\xbb\xbf{}", 0, "a byte-order mark");
    refused("\xff\xfe", 0, "a value is expected");
}

/* What the fuzzer once broke: it need only not break again. */
static void crashers_stay_fixed(void **state)
{
    (void)state;
    static const char folder[] = "tests/fuzz/crashers/json";
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        size_t length;
        char *path = arena_printf(&arena, "%s/%s", folder, entry->d_name);
        char *bytes = file_read(&arena, path, 1 << 20, &length);
        struct json_fault fault;
        const struct json *value =
            bytes == NULL ? NULL : read_bytes(bytes, length, &fault);
        if (value != NULL)
            read_ok(json_print(&arena, value));
    }
    closedir(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grammar_is_rfc_8259),
        TEST(nothing_may_follow),
        TEST(depth_is_capped),
        TEST(values_are_capped),
        TEST(what_is_refused_takes_no_memory),
        TEST(numbers_follow_the_grammar),
        TEST(escapes_are_checked),
        TEST(nul_is_refused),
        TEST(lone_surrogates_are_refused),
        TEST(utf8_is_well_formed),
        TEST(crashers_stay_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
