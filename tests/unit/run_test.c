/* Executions: each type of state, retries, timeouts, tokens. */
#include "run_fixture.h"

struct expected {
    const char *definition;
    const char *input;
    const char *outcome;
};

static const struct line failing[] = {{"A", "!Card.Declined:no money"},
                                      {NULL, NULL}};

static void each_type_runs(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {MACHINE(TASK("A", ",'End':true")), "{'x':1}", "SUCCEEDED {'x':1}"},
        {MACHINE("'A':{'Type':'Pass','Next':'B'},'B':{'Type':'Succeed'}"),
         "[1]", "SUCCEEDED [1]"},
        {MACHINE("'A':{'Type':'Pass','Result':{'y':2},'End':true}"), "{}",
         "SUCCEEDED {'y':2}"},
        {MACHINE("'A':{'Type':'Pass','Result':null,'End':true}"), "{}",
         "SUCCEEDED null"},
        {MACHINE("'A':{'Type':'Succeed','InputPath':'$.a','OutputPath':"
                 "'$.b'}"),
         "{'a':{'b':[3]}}", "SUCCEEDED [3]"},
        {MACHINE("'A':{'Type':'Succeed','InputPath':null}"), "{'a':1}",
         "SUCCEEDED {}"},
        {MACHINE("'A':{'Type':'Succeed','InputPath':'$.no'}"), "{}",
         "FAILED States.Runtime"},
        {MACHINE("'A':{'Type':'Fail','Error':'E','Cause':'C'}"), "{}",
         "FAILED E: C"},
        {MACHINE("'A':{'Type':'Fail'}"), "{}", "FAILED"},
        {MACHINE("'A':{'Type':'Fail','ErrorPath':'$.e','CausePath':"
                 "'States.Format(`no {}`, $.c)'}"),
         "{'e':'X','c':'luck'}", "FAILED X: no luck"},
        {MACHINE("'A':{'Type':'Fail','ErrorPath':'$.e'}"), "{'e':1}",
         "FAILED States.Runtime"},
        {MACHINE("'A':{'Type':'Choice','Choices':[{'Variable':'$.n',"
                 "'NumericGreaterThan':5,'Next':'B'}],'Default':'C'},"
                 "'B':{'Type':'Pass','Result':'big','End':true},"
                 "'C':{'Type':'Pass','Result':'small','End':true}"),
         "{'n':6}", "SUCCEEDED 'big'"},
        {MACHINE("'A':{'Type':'Choice','OutputPath':'$.n','Choices':[{"
                 "'Variable':'$.n','NumericGreaterThan':5,'Next':'B'}],"
                 "'Default':'B'},'B':{'Type':'Succeed'}"),
         "{'n':4}", "SUCCEEDED 4"},
        {MACHINE("'A':{'Type':'Choice','Choices':[{'Variable':'$.n',"
                 "'NumericEquals':5,'Next':'B'}]},'B':{'Type':'Succeed'}"),
         "{'n':4}", "FAILED States.NoChoiceMatched"},
        {MACHINE("'A':{'Type':'Choice','Choices':[{'Variable':'$.m',"
                 "'NumericEquals':5,'Next':'B'}],'Default':'B'},"
                 "'B':{'Type':'Succeed'}"),
         "{'n':4}", "FAILED States.Runtime"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = drive(cases[i].definition, cases[i].input, NULL);
        size_t length = strlen(cases[i].outcome);
        if (strncmp(outcome(w), cases[i].outcome, length) != 0)
            fail_msg("%s: %s", cases[i].definition, outcome(w));
    }
}

static void history_is_as_step_functions_writes_it(void **state)
{
    (void)state;
    struct world *w =
        drive(MACHINE(TASK("A", ",'Parameters':{'p':1},'Next':'B'") "," TASK(
                  "B", ",'ResultPath':null,'End':true")),
              "{'x':1}", NULL);
    assert_string_equal(
        history(w),
        "ExecutionStarted{'input':{'x':1}} TaskStateEntered(A) "
        "TaskScheduled(A){'resource':'task:A','parameters':{'p':1}} "
        "TaskSucceeded(A){'output':{'p':1}} TaskStateExited(A) "
        "TaskStateEntered(B) TaskScheduled(B){'resource':'task:B'} "
        "TaskSucceeded(B){'output':{'p':1}} TaskStateExited(B) "
        "ExecutionSucceeded{'output':{'p':1}}");
    w = drive(MACHINE("'A':{'Type':'Fail','Error':'E'}"), "{}", NULL);
    assert_string_equal(history(w), "ExecutionStarted{'input':{}} "
                                    "FailStateEntered(A) "
                                    "ExecutionFailed{'error':'E'}");
}

static void retry_waits_and_counts(void **state)
{
    (void)state;
    static const struct line script[] = {
        {"A", "!X"}, {"A", "!Y"}, {"A", "!X"}, {"A", "{'ok':1}"}, {NULL, NULL}};
    const char *text = MACHINE(
        TASK("A", ",'Retry':[{'ErrorEquals':['X'],'IntervalSeconds':2,"
                  "'BackoffRate':3,'MaxAttempts':2},{'ErrorEquals':"
                  "['States.ALL'],'IntervalSeconds':7,'MaxAttempts':1}],"
                  "'Parameters':{'n.$':'$$.State.RetryCount'},'End':true"));
    struct world *w = drive(text, "{}", script);
    assert_string_equal(outcome(w), "SUCCEEDED {'ok':1}");
    assert_int_equal(w->env.clock_ms, 2000 + 7000 + 6000);
    assert_non_null(strstr(history(w), "'retry_after_ms':6000"));
    assert_non_null(strstr(history(w), "TaskScheduled(A){'resource':'task:A',"
                                       "'parameters':{'n':3},'attempt':4}"));
    assert_int_equal(w->last_task, 5); /* 1 is the entering */
    assert_null(asl_failed_state(w->run));

    w = drive(text, "{}", failing); /* the second retrier has one attempt */
    assert_string_equal(outcome(w), "FAILED Card.Declined: no money");
    assert_int_equal(w->env.clock_ms, 7000);
    assert_string_equal(asl_failed_state(w->run), "A");
}

static void hurry_makes_retries_due(void **state)
{
    (void)state;
    struct world *w =
        world(MACHINE(TASK("A", ",'End':true,'Retry':[{'ErrorEquals':["
                                "'States.ALL']}]")),
              "{}", (const struct line[]){{"A", "!X"}, {"A", "1"}, {0}}, false);
    struct asl_task task;
    assert_false(asl_hurry(w->run));
    assert_null(asl_current(w->run));
    assert_int_equal(asl_due(w->run), 0);
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_TASK);
    answer(w, &task);
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_WAIT);
    assert_int_equal(asl_due(w->run), 1000);
    assert_true(asl_hurry(w->run));
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_TASK);
    assert_int_equal(task.attempt, 2);
    assert_string_equal(asl_current(w->run), "A");
}

static void catch_puts_the_error_into_the_raw_input(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "SUCCEEDED {'Error':'Card.Declined','Cause':'no money'}"},
        {",'ResultPath':'$.e'", "SUCCEEDED {'x':1,'e':{'Error':"
                                "'Card.Declined','Cause':'no money'}}"},
        {",'ResultPath':null", "SUCCEEDED {'x':1}"},
        {",'ResultPath':'$.x.y'", "FAILED States.ResultPathMatchFailure"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = arena_printf(
            &arena,
            MACHINE(TASK("A", ",'InputPath':null,'Catch':[{'ErrorEquals':"
                              "['Other'],'Next':'A'},{'ErrorEquals':["
                              "'States.TaskFailed'],'Next':'B'%s}],'Next':"
                              "'B'") ",'B':{'Type':'Succeed'}"),
            cases[i][0]);
        struct world *w = drive(text, "{'x':1}", failing);
        assert_int_equal(strncmp(outcome(w), cases[i][1], strlen(cases[i][1])),
                         0);
        assert_non_null(strstr(history(w), "'caught':'B'}"));
        assert_string_equal(asl_failed_state(w->run), "A");
    }
}

static void wait_ends_by_seconds_or_time(void **state)
{
    (void)state;
    /* It starts at 2023-11-14T22:13:20Z. */
    static const struct {
        const char *wait, *input;
        int64_t clock_ms; /* -1: it fails */
    } cases[] = {
        {"'Seconds':30", "{}", 30000},
        {"'Seconds':0", "{}", 0},
        {"'SecondsPath':'$.s'", "{'s':1.5}", 1500},
        {"'SecondsPath':'$.s'", "{'s':-1}", -1},
        {"'SecondsPath':'$.s'", "{'s':1e300}", -1},
        {"'SecondsPath':'$.s'", "{'s':'1'}", -1},
        {"'SecondsPath':'$.s'", "{}", -1},
        {"'Timestamp':'2023-11-14T22:14:20Z'", "{}", 60000},
        {"'Timestamp':'2001-01-01T00:00:00Z'", "{}", 0},
        {"'TimestampPath':'$.t'", "{'t':'2023-11-14T23:13:21.0001+01:00'}",
         1001},
        {"'TimestampPath':'$.t'", "{'t':'tomorrow'}", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = drive(
            arena_printf(&arena, MACHINE("'A':{'Type':'Wait',%s,'End':true}"),
                         cases[i].wait),
            cases[i].input, NULL);
        if (cases[i].clock_ms < 0)
            assert_string_equal(asl_error(w->run), "States.Runtime");
        else
            assert_int_equal(w->env.clock_ms, cases[i].clock_ms);
        assert_int_equal(asl_status(w->run),
                         cases[i].clock_ms < 0 ? ASL_FAILED : ASL_SUCCEEDED);
    }
}

static void tasks_time_out(void **state)
{
    (void)state;
    static const struct line silent[] = {{"A", "silent"}, {NULL, NULL}};
    static const struct line later[] = {{"A", "later"}, {NULL, NULL}};
    static const char *const limits[][2] = {
        {"'TimeoutSeconds':3", "FAILED States.Timeout"},
        {"'TimeoutSecondsPath':'$.s'", "FAILED States.Timeout"},
        {"'HeartbeatSeconds':3,'TimeoutSeconds':9",
         "FAILED States.HeartbeatTimeout"},
        {"'HeartbeatSecondsPath':'$.s'", "FAILED States.HeartbeatTimeout"},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const char *text = arena_printf(
            &arena, MACHINE(TASK("A", ",'End':true,%s")), limits[i][0]);
        struct world *w = drive(text, "{'s':3}", silent);
        assert_int_equal(
            strncmp(outcome(w), limits[i][1], strlen(limits[i][1])), 0);
        assert_int_equal(w->env.clock_ms, 3000);
        assert_non_null(strstr(history(w), "TaskTimedOut(A)"));
        /* Being put off does not stop the clock. */
        assert_int_equal(drive(text, "{'s':3}", later)->env.clock_ms, 3000);
    }
    struct world *w =
        drive(MACHINE(TASK("A", ",'End':true,'TimeoutSecondsPath':'$.s'")),
              "{'s':0}", silent);
    assert_string_equal(asl_error(w->run), "States.Runtime");
    assert_non_null(strstr(history(w), "TaskFailed(A)"));
}

static void a_machine_times_out(void **state)
{
    (void)state;
    struct world *w = drive("{'TimeoutSeconds':5,'StartAt':'A','States':{" TASK(
                                "A", ",'End':true") "}}",
                            "{}", (const struct line[]){{"A", "silent"}, {0}});
    assert_int_equal(asl_status(w->run), ASL_TIMED_OUT);
    assert_string_equal(asl_error(w->run), "States.Timeout");
    assert_int_equal(w->env.clock_ms, 5000);
    assert_non_null(strstr(history(w), " ExecutionTimedOut{"));
    assert_string_equal(asl_failed_state(w->run), "A");
    assert_false(asl_awaits(w->run, w->last_task));
}

static void heartbeats_put_it_off(void **state)
{
    (void)state;
    struct world *w =
        world(MACHINE(TASK("A", ",'End':true,'HeartbeatSeconds':3")), "{}",
              NULL, false);
    struct asl_task task;
    asl_turn(w->run, &w->env, &task);
    assert_int_equal(asl_due(w->run), 3000);
    w->env.clock_ms = 2500;
    asl_task_heartbeat(w->run, &w->env, task.id);
    assert_int_equal(asl_due(w->run), 5500);
    w->env.clock_ms = 5500;
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_ENDED);
}

static void a_put_off_task_keeps_its_id(void **state)
{
    (void)state;
    struct world *w = drive(
        MACHINE(TASK("A", ",'End':true")), "{}",
        (const struct line[]){{"A", "later"}, {"A", "later"}, {"A", "1"}, {0}});
    assert_string_equal(outcome(w), "SUCCEEDED 1");
    assert_int_equal(w->env.clock_ms, 1000);
    assert_int_equal(w->last_task, 2);
    assert_string_equal(history(w),
                        "ExecutionStarted{'input':{}} TaskStateEntered(A) "
                        "TaskScheduled(A){'resource':'task:A'} "
                        "TaskSucceeded(A){'output':1} TaskStateExited(A) "
                        "ExecutionSucceeded{'output':1}");
}

static void a_token_outlives_its_bearer(void **state)
{
    (void)state;
    static const char text[] = MACHINE(
        "'A':{'Type':'Task','Resource':'task:A.waitForTaskToken','Parameters':"
        "{'t.$':'$$.Task.Token'},'End':true}," TASK("B", ",'End':true"));
    char *linked = arena_string(&arena, text); /* B must be reachable */
    memcpy(strstr(linked, "'End':true"), "'Next':'B'", 10);
    struct world *w = world(
        linked, "{}",
        (const struct line[]){{"A", "started"}, {"B", "echo"}, {0}}, true);
    go(w);
    assert_int_equal(asl_status(w->run), ASL_RUNNING);
    assert_int_equal(asl_tasks(w->run), 1);
    struct asl_task task = asl_task_at(w->run, 0);
    assert_string_equal(plain(task.input), "{'t':'token-2'}");
    assert_true(task.waits_for_token);
    asl_reissue(w->run);
    struct asl_task other;
    assert_int_equal(asl_turn(w->run, &w->env, &other), ASL_TURN_WAIT);
    asl_task_later(w->run, &w->env, task.id, 0);
    assert_int_equal(asl_turn(w->run, &w->env, &other), ASL_TURN_WAIT);
    assert_true(asl_awaits(w->run, task.id));
    asl_task_succeeded(w->run, &w->env, 999, json("1"));
    asl_task_succeeded(w->run, &w->env, task.id, json("{'r':1}"));
    assert_false(asl_awaits(w->run, task.id));
    go(w);
    assert_string_equal(outcome(w), "SUCCEEDED {'r':1}");
    assert_non_null(strstr(history(w), "TaskSubmitted(A)"));
}

static void tasks_under_way_are_issued_again(void **state)
{
    (void)state;
    struct world *w =
        world(MACHINE(TASK("A", ",'End':true")), "{}", NULL, false);
    struct asl_task task, again;
    assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_TASK);
    assert_int_equal(asl_turn(w->run, &w->env, &again), ASL_TURN_WAIT);
    asl_reissue(w->run);
    assert_true(asl_awaits(w->run, task.id));
    assert_int_equal(asl_turn(w->run, &w->env, &again), ASL_TURN_TASK);
    assert_int_equal(again.id, task.id);
    assert_int_equal(again.entry, task.entry);
    assert_int_equal(again.attempt, 1);
}

static void a_loop_gives_way_after_each_step(void **state)
{
    (void)state;
    struct world *w = world(
        MACHINE("'A':{'Type':'Pass','Next':'B'},'B':{'Type':'Choice','Choices':"
                "[{'Variable':'$.x','IsPresent':true,'Next':'C'}],'Default':"
                "'A'},'C':{'Type':'Succeed'}"),
        "{}", NULL, false);
    struct asl_task task;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(asl_turn(w->run, &w->env, &task), ASL_TURN_MOVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_runs),
        cmocka_unit_test(history_is_as_step_functions_writes_it),
        cmocka_unit_test(retry_waits_and_counts),
        cmocka_unit_test(hurry_makes_retries_due),
        cmocka_unit_test(catch_puts_the_error_into_the_raw_input),
        cmocka_unit_test(wait_ends_by_seconds_or_time),
        cmocka_unit_test(tasks_time_out),
        cmocka_unit_test(a_machine_times_out),
        cmocka_unit_test(heartbeats_put_it_off),
        cmocka_unit_test(a_put_off_task_keeps_its_id),
        cmocka_unit_test(a_token_outlives_its_bearer),
        cmocka_unit_test(tasks_under_way_are_issued_again),
        cmocka_unit_test(a_loop_gives_way_after_each_step),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
