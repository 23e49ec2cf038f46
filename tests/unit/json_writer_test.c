/* The JSON writer (lib/base/text/json_writer.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text/json_writer.h"

static void commas_and_brackets(void **state)
{
    (void)state;
    struct arena arena = arena_create(1 << 20);
    struct text text = text_create(&arena, 1);
    struct json_writer w = json_writer(&text);
    json_open(&w, '[');
    json_open(&w, '{');
    json_close(&w, '}');
    json_open(&w, '{');
    json_int_member(&w, "a", INT64_MAX);
    json_string_member(&w, "b", NULL);
    json_key(&w, "c");
    json_open(&w, '[');
    json_put_bool(&w, true);
    json_put_bool(&w, false);
    json_put_null(&w);
    json_put_raw(&w, "{\"x\":1}");
    json_put_int(&w, INT64_MIN);
    json_close(&w, ']');
    json_key(&w, "t");
    json_put_time(&w, 0);
    json_close(&w, '}');
    json_close(&w, ']');
    assert_string_equal(text.bytes,
                        "[{},{\"a\":9223372036854775807,\"b\":null,\"c\":"
                        "[true,false,null,{\"x\":1},-9223372036854775808],"
                        "\"t\":\"1970-01-01T00:00:00.000Z\"}]");
    arena_destroy(&arena);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"plain é 😀 </script>", "\"plain é 😀 </script>\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"a\nb", "\"a\\nb\""},
        {"\r\t\b\f\x01\x1f", "\"\\u000d\\u0009\\u0008\\u000c\\u0001\\u001f\""},
        {"\x7f", "\"\x7f\""},
        {"\"", "\"\\\"\""}};
    struct arena arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_create(&arena, 1);
        struct json_writer w = json_writer(&text);
        json_put_string(&w, cases[i][0]);
        assert_string_equal(text.bytes, cases[i][1]);
        struct text key = text_create(&arena, 1);
        w = json_writer(&key);
        json_key(&w, cases[i][0]);
        assert_memory_equal(key.bytes, cases[i][1], text.length);
    }
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_brackets),
        cmocka_unit_test(strings_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
