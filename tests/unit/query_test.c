/* Queries (lib/web/query.h): a list's limit and cursor, a page's fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/web/query.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(8 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

static int read_query(const char *query, int64_t *limit, struct form *form)
{
    static char *no_variables[] = {NULL};
    struct request request = {.arena = &arena,
                              .method = "GET",
                              .path = "/orders",
                              .query = query,
                              .id = "test",
                              .variables = no_variables};
    struct reply reply = {.headers = text_create(&arena, 64),
                          .body = text_create(&arena, 64)};
    int status = query_read(&request, &reply, form, limit);
    if (status != 0)
        assert_non_null(strstr(reply.body.bytes, "\"status\":400"));
    return status;
}

static void limits_are_1_to_100(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int64_t limit; /* 0: refused */
    } cases[] = {{"", 20},
                 {"limit=", 20},
                 {"limit=1", 1},
                 {"limit=100", 100},
                 {"limit=101", 0},
                 {"limit=0", 0},
                 {"limit=-1", 0},
                 {"limit=+5", 0},
                 {"limit=%205", 0},
                 {"limit=5x", 0},
                 {"limit=1.5", 0},
                 {"limit=1e1", 0},
                 {"limit=99999999999999999999", 0},
                 {"limit=5&limit=6", 0},
                 {"limit=%", 0},
                 {"limit=%ff", 0},
                 {"x=%00", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct form form;
        int64_t limit = -1;
        int status = read_query(cases[i].query, &limit, &form);
        if (status != (cases[i].limit == 0 ? 400 : 0))
            fail_msg("%s: %d", cases[i].query, status);
        if (status == 0)
            assert_int_equal(limit, cases[i].limit);
    }
}

static void empty_values_are_absent(void **state)
{
    (void)state;
    struct form form;
    int64_t limit;
    assert_int_equal(read_query("cursor=&q=a%20b", &limit, &form), 0);
    assert_null(query_value(&form, "cursor"));
    assert_null(query_value(&form, "none"));
    assert_string_equal(query_value(&form, "q"), "a b");
}

static void a_page_s_query_that_is_ill_formed_says_nothing(void **state)
{
    (void)state;
    struct request request = {.arena = &arena, .query = "n=1&m=%zz"};
    struct form form = query_form(&request);
    assert_null(form_value(&form, "n"));
    request.query = "n=1";
    form = query_form(&request);
    assert_string_equal(form_value(&form, "n"), "1");
}

static void numbers_are_whole(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int64_t number; /* -1: refused */
    } cases[] = {{"", 0},      {"n=", 0},    {"n=0", 0},   {"n=17", 17},
                 {"n=-1", -1}, {"n=+1", -1}, {"n=1x", -1}, {"n=1.0", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct form form;
        int64_t limit, number;
        assert_int_equal(read_query(cases[i].query, &limit, &form), 0);
        assert_int_equal(query_number(&form, "n", &number),
                         cases[i].number >= 0);
        if (cases[i].number >= 0)
            assert_int_equal(number, cases[i].number);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(limits_are_1_to_100),
        TEST(empty_values_are_absent),
        TEST(a_page_s_query_that_is_ill_formed_says_nothing),
        TEST(numbers_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
