/* Images: what asl_load takes and what it refuses. That a run goes on as if
 * nothing had been is tested by the fixture, around every call. */
#include "run_fixture.h"

static const char text[] = MACHINE(
    TASK("A", ",'TimeoutSeconds':60,'HeartbeatSeconds':9,'Parameters':{"
              "'u.$':"
              "'States.UUID()'},'Next':'M','Retry':[{'ErrorEquals':['X'"
              "]}]") ","
                     "'M':{'Type':'Map','ItemsPath':'$.l','Iterator':{'"
                     "StartAt':'I','States':{"
                     "'I':{'Type':'Task','Resource':'task:I','Next':'W'"
                     ",'Catch':[{"
                     "'ErrorEquals':['E'],'Next':'W'}]},'W':{'Type':'"
                     "Wait','Seconds':3,'End':"
                     "true}}},'Next':'P'},'P':{'Type':'Parallel','"
                     "Branches':[{'StartAt':'L',"
                     "'States':{'L':{'Type':'Succeed'}}},{'StartAt':'R'"
                     ",'States':{" TASK("R", ",'End':true") "}}],'End':true}");

static const struct line script[] = {{"A", "!X"},     {"A", "{'l':[1,2]}"},
                                     {"I", "!E:c"},   {"I", "echo"},
                                     {"R", "silent"}, {NULL, NULL}};

static struct asl_run *load(const struct asl_definition *definition,
                            const char *image, const char **fault)
{
    static const struct asl_origin origin = {"order-7", "shop", 0, 0, NULL};
    struct asl_origin with = origin;
    with.input = json("{}");
    return asl_load(&arena, definition, &with, image, fault);
}

static struct world *in_parallel(void)
{
    struct world *w = drive(text, "{}", script);
    assert_int_equal(asl_status(w->run), ASL_RUNNING);
    assert_int_equal(asl_tasks(w->run), 1);
    return w;
}

/* A later life of the run, with a parameter that is random, must not see
 * another one. */
static void the_effective_input_stays(void **state)
{
    (void)state;
    struct world *w = world(text, "{}", NULL, false);
    struct asl_task task, again;
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_TASK);
    w->reload = true;
    pass_through_image(w);
    asl_reissue(w->run);
    assert_int_equal(asl_due(w->run), 0);
    assert_int_equal(asl_turn(w->run, &w->env, &again), ASL_TURN_TASK);
    assert_string_equal(plain(task.input), plain(again.input));
    assert_int_equal(asl_due(w->run), 9000);
}

static void another_definition_must_fit(void **state)
{
    (void)state;
    struct world *w = in_parallel();
    const char *image = asl_image(w->run);
    static const struct {
        const char *from, *to, *fault; /* NULL: it fits */
    } cases[] = {
        {"task:I", "task:J", NULL},
        {"'TimeoutSeconds':60", "'TimeoutSeconds':61", NULL},
        {"'R'", "'Q'", "there is no state R"},
        {"'I'", "'Z'", "there is no state I"}, /* a redrive's */
        {"{'StartAt':'L','States':{'L':{'Type':'Succeed'}}},", "",
         "the state P has other branches"},
        {"'P':{'Type':'Parallel','Branches':[{'StartAt':'L','States':{'L':{"
         "'Type':'Succeed'}}},{'StartAt':'R','States':{" TASK(
             "R", ",'End':true") "}}],",
         "'P':{'Type':'Pass','Next':'R'}," TASK(
             "R", ",'End':true") ","
                                 "'Y':{'Type':'Pass',",
         "the state P is of another type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text changed = text_create(&arena, 256);
        for (const char *s = text; *s != '\0';) {
            size_t length = strlen(cases[i].from);
            bool here = strncmp(s, cases[i].from, length) == 0;
            if (here)
                text_puts(&changed, cases[i].to);
            else
                text_putc(&changed, *s);
            s += here ? length : 1;
        }
        char *all = changed.bytes;
        if (strstr(all, "'Y':") != NULL) /* R or Y, so that both are reached */
            all = arena_printf(
                &arena,
                "{'StartAt':'S','States':{'S':{'Type':'Choice',"
                "'Choices':[{'Variable':'$.x','IsPresent':true,'Next':"
                "'Y'}],'Default':'A'},%s",
                strstr(all, "'A':{"));
        const char *fault = NULL;
        struct asl_run *run = load(define(all), image, &fault);
        assert_int_equal(run == NULL, cases[i].fault != NULL);
        if (run == NULL)
            assert_string_equal(fault, cases[i].fault);
    }
}

/* The image of one task under way, with a piece of it replaced. */
static void damage_is_refused(void **state)
{
    (void)state;
    static const char good[] =
        "{'v':1,'n':9,'b':1,'r':{'s':'M','p':6,'i':{'l':[1,2,3]},'e':1,"
        "'l':[3,2,40],'z':[0,7],'c':[{'s':'I','p':2,'i':2,'n':1,'t':5}]}}";
    static const char *const cases[][2] = {
        {"'v':1", "'v':2"},
        {"'v':1", "'v':'1'"},
        {"'n':9", "'n':4"},
        {"'n':9", "'n':-1"},
        {"'b':1", "'b':2"},
        {"'b':1", "'s':7"},
        {"'b':1", "'s':1"}, /* it has no output */
        {"'r':", "'q':"},
        {"'r':{", "'r':[{"},
        {"'s':'M'", "'s':'X'"},
        {"'s':'M'", "'s':'I'"},
        {"'s':'M'", "'s':1"},
        {"'s':'I'", "'s':'A'"},
        {"'p':6", "'p':7"},
        {"'p':6", "'p':2"},
        {"'p':6", "'p':6,'a':1.5"},
        {"'p':6", "'p':6,'d':9999999999999999"},
        {"'l':[3,2,40],'z'", "'z'"},
        {"[3,2,40]", "[3,2]"},
        {"[3,2,40]", "[3,4,40]"},
        {"[3,2,40]", "[3,3,40]"},
        {"[3,2,40]", "[3,1,40]"},
        {"[3,2,40]", "[3,2,0]"},
        {"[3,2,40]", "[3,2,41]"},
        {"[3,2,40]", "[900000000000,2,40]"},
        {"[0,7]", "[0]"},
        {"[0,7]", "[1,7]"},
        {"[0,7]", "[2,7]"},
        {"[0,7]", "[0,7,0,7]"},
        {"[0,7]", "['0',7]"},
        {"[0,7]", "[]"},
        {"'n':1,'t'", "'n':0,'t'"},
        {"'n':1,'t'", "'n':2,'t'"},
        {"'t':5", "'t':10"},
        {"'t':5", "'t':0"},
        {"'t':5", "'t':5,'h':[1]"},
        {"'t':5", "'t':5,'h':[1,-1]"},
        {"'c':[{", "'c':[null,{"},
        {"}]}}", "}]},'k':{}}"},
        {"}]}}", "}]},'k':{'s':'A'}}"},
        {"}]}}", "}]},'k':{'s':'X','r':{'s':'A','i':1}}}"},
        {"}]}}", "}]},'p':[{'s':'A'}]}"},
        {"}]}}", "}]},'p':[1]}"},
        {"{'v'", "['v'"},
    };
    const struct asl_definition *definition = define(text);
    const char *fault;
    assert_non_null(load(definition, json_print(&arena, json(good)), &fault));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = strstr(good, cases[i][0]);
        char *bad = arena_printf(&arena, "%.*s%s%s", (int)(at - good), good,
                                 cases[i][1], at + strlen(cases[i][0]));
        for (char *s = bad; *s != '\0'; s++)
            *s = (char)(*s == '\'' ? '"' : *s);
        fault = NULL;
        if (load(definition, bad, &fault) != NULL)
            fail_msg("taken: %s", bad);
        assert_non_null(fault);
    }
}

/* Whatever part is left of an image, or one byte of it changed: it is refused
 * or runs, and nothing crashes. */
static void broken_images_do_no_harm(void **state)
{
    (void)state;
    struct world *w = in_parallel();
    const char *image = asl_image(w->run);
    size_t length = strlen(image);
    size_t used = arena.used;
    for (size_t i = 0; i < length; i++) {
        for (int change = 0; change < 3; change++) {
            char *bad = arena_string(&arena, image);
            bad[i] = change == 0 ? '\0' : change == 1 ? '9' : '0';
            const char *fault = NULL;
            struct asl_run *run = load(w->definition, bad, &fault);
            assert_int_equal(run == NULL, fault != NULL);
            struct asl_env env = w->env;
            struct asl_task task;
            for (int turn = 0; run != NULL && turn < 20; turn++) {
                int64_t due = asl_due(run);
                if (due != INT64_MAX && due > env.clock_ms)
                    env.clock_ms = due;
                if (asl_turn(run, &env, &task) == ASL_TURN_TASK)
                    asl_task_succeeded(run, &env, task.id, task.input);
            }
            if (run != NULL)
                asl_image(run);
            arena.used = used;
        }
    }
}

static void a_map_may_find_other_items(void **state)
{
    (void)state;
    struct world *w =
        world(MACHINE("'A':{'Type':'Map','ItemsPath':'$.l','MaxConcurrency':1,"
                      "'Iterator':{'StartAt':'I','States':{" TASK(
                          "I", ",'End':true") "}},'End':true}"),
              "{'l':[1,2],'s':[]}", (const struct line[]){{"I", "silent"}, {0}},
              false);
    go(w);
    const char *moved =
        MACHINE("'A':{'Type':'Map','ItemsPath':'$.s','MaxConcurrency':1,"
                "'Iterator':{'StartAt':'I','States':{" TASK(
                    "I", ",'End':true") "}},"
                                        "'End':true}");
    const char *fault;
    w->run = load(define(moved), asl_image(w->run), &fault);
    asl_task_succeeded(w->run, &w->env, asl_task_at(w->run, 0).id, json("1"));
    go(w);
    assert_string_equal(asl_error(w->run), "States.Runtime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_effective_input_stays),
        cmocka_unit_test(another_definition_must_fit),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(broken_images_do_no_harm),
        cmocka_unit_test(a_map_may_find_other_items),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
