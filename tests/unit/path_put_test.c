/* Putting values at paths (lib/asl/path/path.h), and selecting in one call. */
#include "tests/unit/path_fixture.h"

static void values_are_put(void **state)
{
    (void)state;
    static const struct {
        const char *path, *data, *result; /* the value put is 'v' */
    } cases[] = {
        {"$", "{'a':1}", "'v'"},
        {"$.a", "{'a':1,'b':2}", "{'a':'v','b':2}"},
        {"$.c", "{'a':1,'b':2}", "{'a':1,'b':2,'c':'v'}"},
        {"$.a.b.c", "{}", "{'a':{'b':{'c':'v'}}}"},
        {"$['a']['b']", "{'a':{'x':1}}", "{'a':{'x':1,'b':'v'}}"},
        {"$.a.b", "{'a':{'b':{'c':1}},'d':{}}", "{'a':{'b':'v'},'d':{}}"},
        {"$.a", "{'a':null}", "{'a':'v'}"},
        {"$.a[1]", "{'a':[1,2,3]}", "{'a':[1,'v',3]}"},
        {"$.a[-1]", "{'a':[1,2,3]}", "{'a':[1,2,'v']}"},
        {"$[0].b", "[{'a':1},2]", "[{'a':1,'b':'v'},2]"},
        {"$[0][1].c.d", "[[0,{}],1]", "[[0,{'c':{'d':'v'}}],1]"},
        {"$.a[3]", "{'a':[1,2,3]}", NULL},
        {"$.a[-4]", "{'a':[1,2,3]}", NULL},
        {"$.a[0]", "{'a':[]}", NULL},
        {"$.a[0]", "{}", NULL},
        {"$.a[0]", "{'a':{'0':1}}", NULL},
        {"$[0]", "{}", NULL},
        {"$.a", "[1]", NULL},
        {"$.a", "null", NULL},
        {"$.a", "'text'", NULL},
        {"$.a.b", "{'a':null}", NULL},
        {"$.a.b", "{'a':1}", NULL},
        {"$.a.b", "{'a':[{}]}", NULL},
        {"$.a.b.c", "{'a':{'b':false}}", NULL},
        {"$.a[0].b", "{'a':[1]}", NULL},
        {"$.*", "{'a':1}", NULL},
        {"$..a", "{'a':1}", NULL},
        {"$['a','b']", "{'a':1}", NULL},
        {"$$", "{'a':1}", NULL},
        {"$$.a", "{'a':1}", NULL},
    };
    const struct json *value = json("'v'");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct json *data = json(cases[i].data);
        const char *before = json_print(&arena, data);
        const struct json *got =
            path_put(&arena, parsed(cases[i].path), data, value);
        if ((got == NULL) != (cases[i].result == NULL))
            fail_msg("%s in %s", cases[i].path, cases[i].data);
        if (got != NULL)
            assert_string_equal(json_print(&arena, got),
                                json_print(&arena, json(cases[i].result)));
        assert_string_equal(json_print(&arena, data), before);
    }
}

static void selecting_says_what_failed(void **state)
{
    (void)state;
    const struct scope scope = {.arena = &arena, .data = json("{'a':[1,2]}")};
    struct fault fault = {0};
    assert_string_equal(
        json_print(&arena, path_select("$.a[*]", &scope, &fault)), "[1,2]");
    assert_non_null(path_select("$.b[*]", &scope, &fault));
    assert_null(fault.error);
    assert_null(path_select("$.b", &scope, &fault));
    assert_string_equal(fault.error, "States.Runtime");
    assert_string_equal(fault.cause, "the path $.b selects nothing");
    assert_null(path_select("$.b[", &scope, &fault));
    assert_string_equal(fault.error, "States.Runtime");
    assert_string_equal(fault.cause, "the path $.b[: a ] is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_put),
        cmocka_unit_test(selecting_says_what_failed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
