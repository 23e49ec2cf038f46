/* Parallel and Map. */
#include "run_fixture.h"

#define PARALLEL(more)                                                         \
    MACHINE("'A':{'Type':'Parallel','Branches':[{'StartAt':'L','States':"      \
            "{" TASK("L", ",'End':true") "}},{'StartAt':'R','States':{" TASK(  \
                "R", ",'End':true") "}}]" more "},'B':{'Type':'Succeed'}")
#define MAP(fields, state)                                                     \
    MACHINE("'A':{'Type':'Map'" fields                                         \
            ",'ItemProcessor':{'StartAt':'I','States':{" state                 \
            "}},'End':true}")
#define ITERATE TASK("I", ",'End':true")

static void branches_run_side_by_side(void **state)
{
    (void)state;
    struct world *w =
        drive(PARALLEL(",'InputPath':'$.in','ResultSelector':{'l.$':'$[0]',"
                       "'r.$':'$[1].v'},'ResultPath':'$.out','Next':'B'"),
              "{'in':5}",
              (const struct line[]){
                  {"R", "{'v':6}"}, {"L", "later"}, {"L", "echo"}, {0}});
    assert_string_equal(outcome(w), "SUCCEEDED {'in':5,'out':{'l':5,'r':6}}");
    assert_int_equal(w->env.clock_ms, 500);
    assert_string_equal(
        history(w),
        "ExecutionStarted{'input':{'in':5}} ParallelStateEntered(A) "
        "ParallelStateStarted(A) TaskStateEntered(L) "
        "TaskScheduled(L){'resource':'task:L'} TaskStateEntered(R) "
        "TaskScheduled(R){'resource':'task:R'} "
        "TaskSucceeded(R){'output':{'v':6}} TaskStateExited(R) "
        "TaskSucceeded(L){'output':5} TaskStateExited(L) "
        "ParallelStateSucceeded(A) ParallelStateExited(A) "
        "SucceedStateEntered(B) SucceedStateExited(B) "
        "ExecutionSucceeded{'output':{'in':5,'out':{'l':5,'r':6}}}");
}

static void a_failed_branch_ends_the_others(void **state)
{
    (void)state;
    static const struct line script[] = {
        {"L", "silent"}, {"R", "!E:c"}, {NULL, NULL}};
    struct world *w = drive(PARALLEL(",'Next':'B'"), "{}", script);
    assert_string_equal(outcome(w), "FAILED E: c");
    assert_non_null(strstr(history(w),
                           "TaskFailed(R){'error':'E','cause':'c'} "
                           "TaskStateAborted(L) ParallelStateFailed(A) "
                           "ExecutionFailed{'error':'E','cause':'c'}"));
    assert_string_equal(asl_failed_state(w->run), "R");
    static const char *const caught[] = {"States.BranchFailed", "E",
                                         "States.ALL", "States.TaskFailed"};
    for (size_t i = 0; i < 4; i++) {
        w = drive(arena_printf(&arena,
                               PARALLEL(",'Catch':[{'ErrorEquals':['%s'],"
                                        "'Next':'B'}],'Next':'B'"),
                               caught[i]),
                  "{}", script);
        assert_string_equal(outcome(w), "SUCCEEDED {'Error':'E','Cause':'c'}");
    }
}

static void a_parallel_is_tried_again_as_a_whole(void **state)
{
    (void)state;
    struct world *w =
        drive(PARALLEL(",'Retry':[{'ErrorEquals':['States.BranchFailed']}],"
                       "'Parameters':{'n.$':'$$.State.RetryCount'},'Next':'B'"),
              "{}", (const struct line[]){{"R", "!E"}, {"R", "echo"}, {0}});
    assert_string_equal(outcome(w), "SUCCEEDED [{'n':1},{'n':1}]");
    assert_int_equal(w->env.clock_ms, 1000);
    assert_non_null(strstr(history(w),
                           "ParallelStateFailed(A) ParallelStateStarted(A) "
                           "TaskStateEntered(L)"));
}

static void a_map_goes_through_its_items(void **state)
{
    (void)state;
    static const struct {
        const char *definition, *input, *outcome;
    } cases[] = {
        {MAP("", ITERATE), "[1,2,3]", "SUCCEEDED [1,2,3]"},
        {MAP("", ITERATE), "[]", "SUCCEEDED []"},
        {MAP("", ITERATE), "{}", "FAILED States.Runtime"},
        {MAP(",'ItemsPath':'$.l','ResultPath':'$.r'", ITERATE), "{'l':['a']}",
         "SUCCEEDED {'l':['a'],'r':['a']}"},
        {MAP(",'ItemsPath':'$.no'", ITERATE), "{}", "FAILED States.Runtime"},
        {MAP(",'InputPath':'$.in','ItemsPath':'$.l','ItemSelector':{'k.$':"
             "'$.k','i.$':'$$.Map.Item.Index','v.$':'$$.Map.Item.Value'}",
             ITERATE),
         "{'in':{'k':9,'l':['a','b']}}",
         "SUCCEEDED [{'k':9,'i':0,'v':'a'},{'k':9,'i':1,'v':'b'}]"},
        {MAP(",'Parameters':{'v.$':'$$.Map.Item.Value'}", ITERATE), "[7]",
         "SUCCEEDED [{'v':7}]"},
        {MAP("", "'I':{'Type':'Wait','Seconds':1,'Next':'J'},'J':{'Type':"
                 "'Pass','Parameters':{'i.$':'$$.Map.Item.Index','v.$':"
                 "'$$.Map.Item.Value.x','own.$':'$.x'},'End':true}"),
         "[{'x':1},{'x':2}]",
         "SUCCEEDED [{'i':0,'v':1,'own':1},{'i':1,'v':2,'own':2}]"},
        {MAP(",'ItemSelector':{'v.$':'$.no'}", ITERATE), "[1]",
         "FAILED States.ParameterPathFailure"},
        {MAP(",'ItemsPath':'$.l','MaxConcurrencyPath':'$.m'", ITERATE),
         "{'l':[1,2,3],'m':1}", "SUCCEEDED [1,2,3]"},
        {MAP(",'ItemsPath':'$.l','MaxConcurrencyPath':'$.m'", ITERATE),
         "{'l':[1],'m':-1}", "FAILED States.Runtime"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = drive(cases[i].definition, cases[i].input, NULL);
        size_t length = strlen(cases[i].outcome);
        if (strncmp(outcome(w), cases[i].outcome, length) != 0)
            fail_msg("%s: %s", cases[i].definition, outcome(w));
    }
}

static void iterations_are_told_of(void **state)
{
    (void)state;
    struct world *w = drive(MAP(",'MaxConcurrency':1", ITERATE), "[1,2]", NULL);
    assert_string_equal(
        history(w), "ExecutionStarted{'input':[1,2]} MapStateEntered(A) "
                    "MapStateStarted(A) MapIterationStarted(A){'index':0} "
                    "TaskStateEntered(I) TaskScheduled(I){'resource':'task:I'} "
                    "TaskSucceeded(I){'output':1} TaskStateExited(I) "
                    "MapIterationSucceeded(A){'index':0} "
                    "MapIterationStarted(A){'index':1} "
                    "TaskStateEntered(I) TaskScheduled(I){'resource':'task:I'} "
                    "TaskSucceeded(I){'output':2} TaskStateExited(I) "
                    "MapIterationSucceeded(A){'index':1} MapStateSucceeded(A) "
                    "MapStateExited(A) ExecutionSucceeded{'output':[1,2]}");
    w = drive(MAP(",'MaxConcurrency':2", ITERATE), "[1,2,3]",
              (const struct line[]){{"I", "silent"}, {"I", "!E"}, {0}});
    assert_string_equal(outcome(w), "FAILED E");
    assert_non_null(strstr(history(w),
                           "TaskFailed(I){'error':'E'} "
                           "MapIterationFailed(A){'index':1,'error':'E'} "
                           "TaskStateAborted(I) "
                           "MapIterationAborted(A){'index':0} "
                           "MapStateFailed(A) ExecutionFailed{'error':'E'}"));
}

static const char *numbers(int count)
{
    struct text text = text_create(&arena, 64);
    for (int i = 0; i < count; i++)
        text_printf(&text, "%c%d", i == 0 ? '[' : ',', i);
    text_putc(&text, ']');
    return text.bytes;
}

static void concurrency_has_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *most;
        int expected;
    } cases[] = {{"", 40},
                 {",'MaxConcurrency':0", 40},
                 {",'MaxConcurrency':7", 7},
                 {",'MaxConcurrency':1000", 40}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w =
            drive(arena_printf(&arena,
                               MAP("%s", TASK("I", ",'End':true,'TimeoutSeconds"
                                                   "':9,'Retry':[{'ErrorEquals'"
                                                   ":['States.Timeout']}]")),
                               cases[i].most),
                  numbers(50), (const struct line[]){{"I", "silent"}, {0}});
        assert_int_equal(asl_status(w->run), ASL_FAILED);
        assert_int_equal(w->most_out, cases[i].expected);
        assert_string_equal(outcome(drive(MAP("", ITERATE), numbers(50), NULL)),
                            arena_printf(&arena, "SUCCEEDED %s", numbers(50)));
    }
}

static void forks_nest(void **state)
{
    (void)state;
    struct world *w = drive(
        MAP("", "'I':{'Type':'Parallel','Branches':[{'StartAt':'L','States':{"
                "'L':{'Type':'Map','Iterator':{'StartAt':'X','States':{'X':{"
                "'Type':'Pass','Parameters':{'v.$':'$','i.$':"
                "'$$.Map.Item.Index'},'End':true}}},'End':true}}},{'StartAt':"
                "'R','States':{'R':{'Type':'Pass','Parameters':{'i.$':"
                "'$$.Map.Item.Index'},'End':true}}}],'End':true}"),
        "[[1,2],[]]", NULL);
    assert_string_equal(outcome(w),
                        "SUCCEEDED [[[{'v':1,'i':0},{'v':2,'i':1}],{'i':0}],"
                        "[[],{'i':1}]]");
}

static void an_inner_fork_is_aborted_with_all_in_it(void **state)
{
    (void)state;
    struct world *w = drive(
        MACHINE("'A':{'Type':'Parallel','Branches':[{'StartAt':'M','States':{"
                "'M':{'Type':'Map','Iterator':{'StartAt':'I','States':{" ITERATE
                "}},'End':true}}},{'StartAt':'W','States':{'W':{'Type':'Wait',"
                "'Seconds':1,'Next':'F'},'F':{'Type':'Fail','Error':'E'}}},{"
                "'StartAt':'V','States':{'V':{'Type':'Wait','Seconds':9,"
                "'End':true}}}],'End':true}"),
        "[1]", (const struct line[]){{"I", "silent"}, {0}});
    assert_non_null(strstr(history(w),
                           "FailStateEntered(F) TaskStateAborted(I) "
                           "MapIterationAborted(M){'index':0} "
                           "MapStateAborted(M) WaitStateAborted(V) "
                           "ParallelStateFailed(A)"));
    assert_string_equal(asl_failed_state(w->run), "F");
}

static void a_map_too_big_ends_the_execution(void **state)
{
    (void)state;
    char *big = arena_alloc(&arena, 200001);
    memset(big, 'x', 200000);
    big[0] = big[199999] = '\'';
    struct world *w = drive(MAP("", ITERATE), numbers(30),
                            (const struct line[]){{"I", big}, {0}});
    assert_string_equal(asl_error(w->run), "States.DataLimitExceeded");
    assert_true(strlen(asl_image(w->run)) <= ASL_IMAGE_BYTES);
    assert_non_null(strstr(history(w), "MapIterationSucceeded(A){'index':7}"));
    assert_null(strstr(history(w), "MapIterationSucceeded(A){'index':12}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_run_side_by_side),
        cmocka_unit_test(a_failed_branch_ends_the_others),
        cmocka_unit_test(a_parallel_is_tried_again_as_a_whole),
        cmocka_unit_test(a_map_goes_through_its_items),
        cmocka_unit_test(iterations_are_told_of),
        cmocka_unit_test(concurrency_has_bounds),
        cmocka_unit_test(forks_nest),
        cmocka_unit_test(an_inner_fork_is_aborted_with_all_in_it),
        cmocka_unit_test(a_map_too_big_ends_the_execution),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
