/* The form reader (lib/web/form.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/text/text.h"
#include "lib/web/form.h"

static struct arena arena;
static struct form form;
static const char *fault;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(8 << 20);
    fault = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

/* A copy without a NUL behind it, so that ASan sees a read past the end. */
static bool read_form(const char *bytes)
{
    size_t length = strlen(bytes);
    char *exact = test_malloc(length > 0 ? length : 1);
    memcpy(exact, bytes, length);
    bool read = form_read(&arena, exact, length, &form, &fault);
    test_free(exact);
    return read;
}

static void fields_are_decoded(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a=1", "1"},           {"a=", ""},          {"a", ""},
        {"a=b+c%20d", "b c d"}, {"%61=%C3%a9", "é"}, {"a=%26%3D%25%2B", "&=%+"},
        {"a=x=y", "x=y"},       {"&&a=1&&", "1"},    {"b=2&a=1&c=3", "1"},
        {"a%5B%5D=7&a=1", "1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!read_form(cases[i][0]))
            fail_msg("%s: %s", cases[i][0], fault);
        assert_string_equal(form_value(&form, "a"), cases[i][1]);
    }
    assert_true(read_form(""));
    assert_int_equal(form.count, 0);
    assert_null(form_value(&form, "a"));
    assert_true(read_form("A=1"));
    assert_null(form_value(&form, "a"));
}

static void bad_forms_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a=%",         "a=%4",    "a=%zz",     "a=%4z",  "%=1",      "a=1&b=%",
        "a=%00",       "a%00=1",  "a=%ff",     "a=\xff", "\xc3=1",   "a=%C3",
        "a=%ED%A0%80", "a=1&a=2", "a=1&%61=1", "a&a",    "[]=1&[]=2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fault = NULL;
        if (read_form(bad[i]))
            fail_msg("accepted: %s", bad[i]);
        assert_non_null(fault);
    }
}

static void lists_may_repeat(void **state)
{
    (void)state;
    assert_true(read_form("a[]=1&a[]=2&b=3"));
    assert_int_equal(form.count, 3);
    assert_string_equal(form.fields[1].name, "a[]");
    assert_string_equal(form.fields[1].value, "2");
}

static void fields_are_limited(void **state)
{
    (void)state;
    struct text text = text_create(&arena, 4096);
    for (int i = 0; i < 250; i++)
        text_printf(&text, "f%d=%d&", i, i);
    assert_true(read_form(text.bytes));
    assert_int_equal(form.count, 250);
    text_puts(&text, "one=more");
    assert_false(read_form(text.bytes));
    assert_string_equal(fault, "too many fields");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_are_decoded),
        TEST(bad_forms_are_refused),
        TEST(lists_may_repeat),
        TEST(fields_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
