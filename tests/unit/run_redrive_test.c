/* Going back to what failed. */
#include "run_fixture.h"

/* Redrives a run that has ended, with other answers, to its next end. */
static void redrive(struct world *w, const struct line *script,
                    const struct asl_again *first, size_t count)
{
    pass_through_image(w);
    assert_true(asl_redrive(w->run, &w->env, first, count));
    assert_null(asl_failed_state(w->run));
    assert_int_equal(asl_status(w->run), ASL_RUNNING);
    assert_null(asl_error(w->run));
    assert_null(asl_output(w->run));
    if (!w->reload)
        *w->events = text_create(&arena, 256);
    pass_through_image(w);
    w->script = script;
    memset(w->said, 0, sizeof w->said);
    go(w);
}

/* The run until it ends, in both modes, and then the redrive of both. */
static struct world *drive_twice(const char *definition, const char *input,
                                 const struct line *before,
                                 const struct line *after,
                                 const struct asl_again *first, size_t count)
{
    struct world *worlds[2];
    for (int i = 0; i < 2; i++) {
        worlds[i] = world(definition, input, before, i == 1);
        go(worlds[i]);
        redrive(worlds[i], after, first, count);
    }
    assert_string_equal(outcome(worlds[0]), outcome(worlds[1]));
    assert_string_equal(history(worlds[0]), history(worlds[1]));
    return worlds[1];
}

/* What the history says after the redrive. */
static const char *after_redrive(struct world *w)
{
    const char *at = strstr(history(w), "ExecutionRedriven");
    assert_non_null(at);
    return at;
}

static const struct line a_fails[] = {{"A", "!E:c"}, {NULL, NULL}};
static const struct line b_fails[] = {{"A", "{'a':1}"}, {"B", "!E"}, {0}};
static const struct line all_well[] = {{NULL, NULL}};

static void a_task_goes_on_where_it_failed(void **state)
{
    (void)state;
    struct world *w = drive_twice(
        MACHINE(TASK("A", ",'Next':'B'") "," TASK(
            "B", ",'End':true,'Retry':[{'ErrorEquals':['E'],"
                 "'MaxAttempts':2}]")),
        "{}", b_fails, (const struct line[]){{"B", "!E"}, {"B", "echo"}, {0}},
        NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED {'a':1}");
    /* Its retries are counted from nought; it is not entered again. */
    assert_string_equal(
        after_redrive(w),
        "ExecutionRedriven(B) TaskScheduled(B){'resource':'task:B'} "
        "TaskFailed(B){'error':'E','retry_after_ms':1000} "
        "TaskScheduled(B){'resource':'task:B','attempt':2} "
        "TaskSucceeded(B){'output':{'a':1}} TaskStateExited(B) "
        "ExecutionSucceeded{'output':{'a':1}}");
    assert_int_equal(w->last_task, 8); /* 2 entries and 4 tasks before */
}

static void ids_and_entries_go_on(void **state)
{
    (void)state;
    struct world *w =
        world(MACHINE(TASK("A", ",'End':true")), "{}", a_fails, false);
    struct asl_task before, after;
    asl_turn(w->run, &w->env, &before);
    assert_false(asl_redrive(w->run, &w->env, NULL, 0)); /* it runs */
    answer(w, &before);
    assert_true(asl_redrive(w->run, &w->env, NULL, 0));
    assert_false(asl_redrive(w->run, &w->env, NULL, 0));
    assert_int_equal(asl_turn(w->run, &w->env, &after), ASL_TURN_TASK);
    assert_int_equal(after.id, before.id + 1);
    assert_int_equal(after.entry, before.entry);
    assert_int_equal(after.attempt, 1);
    asl_task_succeeded(w->run, &w->env, before.id, json("1"));
    assert_true(asl_awaits(w->run, after.id));
}

static void the_task_counts_also_where_it_was_caught(void **state)
{
    (void)state;
    static const char text[] = MACHINE(TASK(
        "A",
        ",'Next':'B','Catch':[{'ErrorEquals':['E'],'Next':'U'"
        "}]") "," TASK("U",
                       ",'Next':'F'") ",'F':{'Type':'Fail','Error':'Undone'},"
                                      "'B':{'Type':'Succeed'}");
    struct world *w = drive(text, "{'x':1}", a_fails);
    assert_string_equal(outcome(w), "FAILED Undone");
    assert_string_equal(asl_failed_state(w->run), "A");
    w = drive_twice(text, "{'x':1}", a_fails, all_well, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED {'x':1}");
    /* A later Task's failure takes its place. */
    static const struct line both[] = {{"A", "!E"}, {"U", "!E2"}, {0}};
    w = drive(text, "{}", both);
    assert_string_equal(asl_failed_state(w->run), "U");
}

static void a_success_after_a_caught_failure_can_be_redriven(void **state)
{
    (void)state;
    struct world *w = drive_twice(
        MACHINE(TASK("A", ",'End':true,'Catch':[{'ErrorEquals':['E'],"
                          "'Next':'B'}]") ",'B':{'Type':'Succeed'}"),
        "7", a_fails, all_well, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED 7");
    struct world *never = drive(MACHINE("'A':{'Type':'Succeed'}"), "{}", NULL);
    assert_null(asl_failed_state(never->run));
    assert_false(asl_redrive(never->run, &never->env, NULL, 0));
}

static void a_state_that_is_no_task_is_entered_again(void **state)
{
    (void)state;
    static const char text[] = MACHINE(
        TASK("A", ",'Next':'C'") ",'C':{'Type':'Choice','Choices':[{'Variable':"
                                 "'$.x','IsPresent':true,'Next':'S'}]},'S':{"
                                 "'Type':'Succeed'}");
    struct world *w = drive(text, "{}", NULL);
    assert_string_equal(asl_failed_state(w->run), "C");
    w = drive_twice(text, "{}", all_well, all_well, NULL, 0);
    assert_string_equal(
        after_redrive(w),
        "ExecutionRedriven(C) ChoiceStateEntered(C) ExecutionFailed{"
        "'error':'States.NoChoiceMatched','cause':'No rule held, and there is "
        "no Default.'}");
}

static void other_branches_are_not_run_again(void **state)
{
    (void)state;
    static const char text[] = MACHINE(
        "'A':{'Type':'Parallel','Branches':["
        "{'StartAt':'D','States':{" TASK(
            "D",
            ",'End':true") "}},"
                           "{'StartAt':'S','States':{" TASK(
                               "S",
                               ",'End':true") "}},"
                                              "{'StartAt':'W','States':{'W':{'"
                                              "Type':'Wait','Seconds':1,'Next':"
                                              "'X'}," TASK(
                                                  "X",
                                                  ",'End':true") "}}],'End':"
                                                                 "true}");
    struct world *w =
        drive_twice(text, "5",
                    (const struct line[]){
                        {"D", "'done'"}, {"S", "silent"}, {"X", "!E"}, {0}},
                    (const struct line[]){{"S", "'late'"}, {0}}, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED ['done','late',5]");
    assert_string_equal(
        after_redrive(w),
        "ExecutionRedriven(X) TaskScheduled(S){'resource':'task:S'} "
        "TaskSucceeded(S){'output':'late'} TaskStateExited(S) "
        "TaskScheduled(X){'resource':'task:X'} "
        "TaskSucceeded(X){'output':5} TaskStateExited(X) "
        "ParallelStateSucceeded(A) ParallelStateExited(A) "
        "ExecutionSucceeded{'output':['done','late',5]}");
}

static void other_iterations_are_not_run_again(void **state)
{
    (void)state;
    struct world *w = drive_twice(
        MACHINE("'A':{'Type':'Map','MaxConcurrency':1,'Iterator':{'StartAt':"
                "'I','States':{" TASK("I", ",'End':true") "}},'End':true}"),
        "[1,2,3]", (const struct line[]){{"I", "'one'"}, {"I", "!E"}, {0}},
        all_well, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED ['one',2,3]");
    assert_null(strstr(after_redrive(w), "MapIterationStarted(A){'index':1}"));
    assert_non_null(
        strstr(after_redrive(w), "MapIterationStarted(A){'index':2}"));
}

static void a_time_out_is_gone_back_from(void **state)
{
    (void)state;
    static const char text[] =
        "{'TimeoutSeconds':5,'StartAt':'W','States':{'W':{'Type':'Wait',"
        "'Seconds':3,'Next':'A'}," TASK("A", ",'End':true") "}}";
    struct world *w =
        drive_twice(text, "1", (const struct line[]){{"A", "silent"}, {0}},
                    (const struct line[]){{"A", "silent"}, {0}}, NULL, 0);
    assert_int_equal(asl_status(w->run), ASL_TIMED_OUT);
    assert_int_equal(w->env.clock_ms, 10000); /* counted anew */
    redrive(w, all_well, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED 1");
}

/* States run again before the one that failed. */

static const char shop[] = MACHINE(
    TASK("A", ",'Next':'B','Retry':[{'ErrorEquals':['Busy']}],'"
              "Catch':[{"
              "'ErrorEquals':['Gone'],'ResultPath':'$.e','Next':'G'}"
              "]") "," TASK("B", ",'Next':'P'") ",'P':{'Type':'Parallel',"
                                                "'Branches':[{'StartAt':"
                                                "'L','States':{" TASK(
                                                    "L", ",'End':true,'Catch':"
                                                         "[{'ErrorEquals':["
                                                         "'States.ALL'],'Next'"
                                                         ":'N'}]") ",'N':{'"
                                                                   "Type':'"
                                                                   "Succeed'}}"
                                                                   "}],'End':"
                                                                   "true},'G':"
                                                                   "{'Type':'"
                                                                   "Pass','"
                                                                   "End':"
                                                                   "true}");

static void states_are_run_again_before(void **state)
{
    (void)state;
    struct asl_again first[] = {{"A", json("'in A'")}, {"P", json("'in P'")}};
    struct world *w = drive_twice(
        shop, "{}", b_fails,
        (const struct line[]){{"A", "!Busy"}, {"A", "1"}, {0}}, first, 2);
    assert_string_equal(outcome(w), "SUCCEEDED [{'a':1}]");
    static const char expected[] =
        "ExecutionRedriven(B) TaskStateEntered(A) "
        "TaskScheduled(A){'resource':'task:A'} "
        "TaskFailed(A){'error':'Busy','retry_after_ms':1000} "
        "TaskScheduled(A){'resource':'task:A','attempt':2} "
        "TaskSucceeded(A){'output':1} TaskStateExited(A) "
        "ParallelStateEntered(P) ParallelStateStarted(P) "
        "TaskStateEntered(L) TaskScheduled(L){'resource':'task:L'} "
        "TaskSucceeded(L){'output':'in P'} TaskStateExited(L) "
        "ParallelStateSucceeded(P) ParallelStateExited(P) TaskScheduled(B)";
    char *events = arena_string(&arena, after_redrive(w));
    events[sizeof expected - 1] = '\0';
    assert_string_equal(events, expected);
}

static void one_of_them_may_be_caught(void **state)
{
    (void)state;
    struct asl_again first[] = {{"A", json("{'in':'A'}")}, {"P", json("1")}};
    struct world *w =
        drive_twice(shop, "{}", b_fails,
                    (const struct line[]){{"A", "!Gone"}, {0}}, first, 2);
    assert_string_equal(outcome(w),
                        "SUCCEEDED {'in':'A','e':{'Error':'Gone'}}");
    /* It is now what failed, with all that was to follow it. */
    assert_string_equal(asl_failed_state(w->run), "A");
    redrive(w, all_well, NULL, 0);
    assert_string_equal(outcome(w), "SUCCEEDED [{'a':1}]");
    assert_non_null(strstr(strstr(after_redrive(w) + 1, "ExecutionRedriven(A)"),
                           "TaskSucceeded(L){'output':1}"));
}

static void one_of_them_may_fail(void **state)
{
    (void)state;
    struct asl_again first[] = {{"A", json("1")}, {"L", json("2")}};
    struct world *w =
        drive_twice(shop, "{}", b_fails,
                    (const struct line[]){{"A", "!Odd"}, {0}}, first, 2);
    assert_string_equal(outcome(w), "FAILED Odd");
    /* L's catcher leads on in a branch that is not being run. */
    redrive(w, (const struct line[]){{"L", "!X"}, {0}}, NULL, 0);
    assert_string_equal(outcome(w), "FAILED X");
    assert_string_equal(asl_failed_state(w->run), "L");
    struct asl_again more = {"A", json("3")};
    redrive(w, all_well, &more, 1);
    assert_string_equal(outcome(w), "SUCCEEDED [{'a':1}]");
}

static void an_unknown_state_changes_nothing(void **state)
{
    (void)state;
    struct asl_again first[] = {{"A", json("1")}, {"Nowhere", json("1")}};
    struct world *w = drive(shop, "{}", b_fails);
    assert_false(asl_redrive(w->run, &w->env, first, 2));
    assert_int_equal(asl_status(w->run), ASL_FAILED);
    assert_string_equal(asl_failed_state(w->run), "B");
    assert_string_equal(asl_current(w->run), "B");
}

/* Map iterations that each fail and are caught: what is kept of the last one
 * must not pile up. */
static void many_failures_take_little_room(void **state)
{
    (void)state;
    struct text items = text_create(&arena, 64);
    for (int i = 0; i < 2000; i++)
        text_puts(&items, i == 0 ? "[1" : ",1");
    text_putc(&items, ']');
    struct world *w = world(
        MACHINE("'A':{'Type':'Map','Iterator':{'StartAt':'I','States':{" TASK(
            "I", ",'End':true,'Catch':[{'ErrorEquals':['E'],'Next':'"
                 "C'}]") ","
                         "'C':{'Type':'Pass','Result':0,'End':true}}}"
                         ",'End':true}"),
        items.bytes, (const struct line[]){{"I", "!E"}, {0}}, false);
    size_t used = arena.used;
    go(w);
    assert_int_equal(asl_status(w->run), ASL_SUCCEEDED);
    assert_true(arena.used - used < (32 << 20));
    assert_string_equal(asl_failed_state(w->run), "I");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_goes_on_where_it_failed),
        cmocka_unit_test(ids_and_entries_go_on),
        cmocka_unit_test(the_task_counts_also_where_it_was_caught),
        cmocka_unit_test(a_success_after_a_caught_failure_can_be_redriven),
        cmocka_unit_test(a_state_that_is_no_task_is_entered_again),
        cmocka_unit_test(other_branches_are_not_run_again),
        cmocka_unit_test(other_iterations_are_not_run_again),
        cmocka_unit_test(a_time_out_is_gone_back_from),
        cmocka_unit_test(states_are_run_again_before),
        cmocka_unit_test(one_of_them_may_be_caught),
        cmocka_unit_test(one_of_them_may_fail),
        cmocka_unit_test(an_unknown_state_changes_nothing),
        cmocka_unit_test(many_failures_take_little_room),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
