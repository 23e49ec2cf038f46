/* Data through a state, the context object, and the limits on data. */
#include "run_fixture.h"

static void data_flows_through_a_task(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *input, *answer, *outcome;
    } cases[] = {
        {"", "{'x':1}", "{'r':2}", "SUCCEEDED {'r':2}"},
        {"'InputPath':'$.x',", "{'x':[1]}", "echo", "SUCCEEDED [1]"},
        {"'InputPath':null,", "{'x':[1]}", "echo", "SUCCEEDED {}"},
        {"'InputPath':'$.x','Parameters':{'in.$':'$','k':'v'},", "{'x':[1]}",
         "echo", "SUCCEEDED {'in':[1],'k':'v'}"},
        {"'ResultSelector':{'just.$':'$.a'},", "{}", "{'a':1,'b':2}",
         "SUCCEEDED {'just':1}"},
        {"'ResultPath':'$.r',", "{'x':1}", "2", "SUCCEEDED {'x':1,'r':2}"},
        {"'ResultPath':null,", "{'x':1}", "2", "SUCCEEDED {'x':1}"},
        {"'ResultPath':'$',", "{'x':1}", "2", "SUCCEEDED 2"},
        {"'InputPath':'$.x','ResultPath':'$.r',", "{'x':{'y':1}}", "2",
         "SUCCEEDED {'x':{'y':1},'r':2}"}, /* into the raw input */
        {"'ResultPath':'$.r','OutputPath':'$.x',", "{'x':1}", "2",
         "SUCCEEDED 1"},
        {"'OutputPath':null,", "{'x':1}", "2", "SUCCEEDED {}"},
        {"'InputPath':'$.no',", "{}", "1", "FAILED States.Runtime"},
        {"'OutputPath':'$.no',", "{}", "{}", "FAILED States.Runtime"},
        {"'Parameters':{'a.$':'$.no'},", "{}", "{}",
         "FAILED States.ParameterPathFailure"},
        {"'Parameters':{'a.$':'States.ArrayGetItem($,4)'},", "[1]", "{}",
         "FAILED States.IntrinsicFailure"},
        {"'ResultSelector':{'a.$':'$.no'},", "{}", "{}",
         "FAILED States.ParameterPathFailure"},
        {"'ResultPath':'$.x.y',", "{'x':1}", "2",
         "FAILED States.ResultPathMatchFailure"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w =
            drive(arena_printf(&arena, MACHINE(TASK("A", ",%s'End':true")),
                               cases[i].fields),
                  cases[i].input,
                  (const struct line[]){{"A", cases[i].answer}, {NULL, NULL}});
        size_t length = strlen(cases[i].outcome);
        if (strncmp(outcome(w), cases[i].outcome, length) != 0)
            fail_msg("%s: %s", cases[i].fields, outcome(w));
        /* A Task's trouble with its data is the Task's failure. */
        bool failed = asl_status(w->run) == ASL_FAILED;
        assert_int_equal(strstr(history(w), " TaskFailed(A)") != NULL, failed);
        if (failed)
            assert_string_equal(asl_failed_state(w->run), "A");
    }
}

static void a_task_may_catch_trouble_with_its_data(void **state)
{
    (void)state;
    struct world *w =
        drive(MACHINE(TASK("A", ",'Parameters':{'a.$':'$.no'},'Retry':[{"
                                "'ErrorEquals':['States."
                                "ParameterPathFailure']}],"
                                "'Catch':[{'ErrorEquals':['States.ALL'],"
                                "'ResultPath':'$.e','Next':'B'}],'Next':'"
                                "B'") ","
                                      "'B':{'Type':'Succeed','OutputPath':"
                                      "'$.e.Error'}"),
              "{}", NULL);
    assert_string_equal(outcome(w), "SUCCEEDED 'States.ParameterPathFailure'");
    assert_int_equal(w->env.clock_ms, 1000 + 2000 + 4000);
    assert_null(strstr(history(w), "TaskScheduled"));
}

static void a_pass_and_a_choice_end_by_their_data(void **state)
{
    (void)state;
    struct world *w =
        drive(MACHINE("'A':{'Type':'Pass','ResultPath':'$.x.y','End':true}"),
              "{'x':1}", NULL);
    assert_string_equal(asl_error(w->run), "States.ResultPathMatchFailure");
    assert_string_equal(asl_failed_state(w->run), "A");
    w = drive(MACHINE("'A':{'Type':'Pass','Parameters':{'n.$':'$.x'},"
                      "'ResultPath':'$.p','End':true}"),
              "{'x':1}", NULL);
    assert_string_equal(outcome(w), "SUCCEEDED {'x':1,'p':{'n':1}}");
}

static void the_context_object_says_all(void **state)
{
    (void)state;
    struct world *w = drive(
        MACHINE("'A':{'Type':'Wait','Seconds':2,'Next':'B'},"
                "'B':{'Type':'Pass','Parameters':{'c.$':'$$'},'End':true}"),
        "{'x':1}", NULL);
    assert_string_equal(
        outcome(w),
        "SUCCEEDED {'c':{'Execution':{'Id':'order-7','Input':{'x':1},'Name':"
        "'order-7','RedriveCount':0,'StartTime':'2023-11-14T22:13:20.000Z'},"
        "'State':{'EnteredTime':'2023-11-14T22:13:22.000Z','Name':'B',"
        "'RetryCount':0},'StateMachine':{'Id':'shop','Name':'shop'}}}");
}

static void the_time_of_entering_stays(void **state)
{
    (void)state;
    struct world *w =
        drive(MACHINE(TASK("A", ",'ResultSelector':{'t.$':"
                                "'$$.State.EnteredTime'},'End':true")),
              "{}", (const struct line[]){{"A", "later"}, {"A", "{}"}, {0}});
    assert_int_equal(w->env.clock_ms, 500);
    assert_string_equal(outcome(w),
                        "SUCCEEDED {'t':'2023-11-14T22:13:20.000Z'}");
}

/* A text of so many bytes, as JSON. */
static const char *text_of(size_t bytes)
{
    char *text = arena_alloc(&arena, bytes + 1);
    memset(text, 'x', bytes);
    text[0] = text[bytes - 1] = '\'';
    return text;
}

static void results_may_be_only_so_long(void **state)
{
    (void)state;
    const char *text = MACHINE(TASK("A", ",'End':true"));
    struct world *w = drive(
        text, "{}", (const struct line[]){{"A", text_of(ASL_DATA_BYTES)}, {0}});
    assert_int_equal(asl_status(w->run), ASL_SUCCEEDED);
    w = drive(text, "{}",
              (const struct line[]){{"A", text_of(ASL_DATA_BYTES + 1)}, {0}});
    assert_string_equal(asl_error(w->run), "States.DataLimitExceeded");
    assert_non_null(strstr(history(w), " TaskFailed(A)"));
    w = drive(text, text_of(ASL_DATA_BYTES + 1), NULL);
    assert_string_equal(asl_error(w->run), "States.DataLimitExceeded");
}

static void a_state_may_not_double_its_data_for_ever(void **state)
{
    (void)state;
    struct world *w = drive(
        MACHINE("'A':{'Type':'Pass','Parameters':{'a.$':'$','b.$':'$'},"
                "'Next':'A2'},'A2':{'Type':'Choice','Choices':[{'Variable':"
                "'$.stop','IsPresent':true,'Next':'B'}],'Default':'A'},"
                "'B':{'Type':'Succeed'}"),
        "{}", NULL);
    assert_string_equal(asl_error(w->run), "States.DataLimitExceeded");
    w = drive(MACHINE("'A':{'Type':'Pass','Parameters':{'a.$':'$'},"
                      "'Next':'A2'},'A2':{'Type':'Choice','Choices':[{"
                      "'Variable':'$.stop','IsPresent':true,'Next':'B'}],"
                      "'Default':'A'},'B':{'Type':'Succeed'}"),
              "{}", NULL);
    assert_string_equal(asl_error(w->run), "States.DataLimitExceeded");
}

static void causes_are_cut_and_made_text(void **state)
{
    (void)state;
    char *cause = arena_alloc(&arena, 40001);
    for (size_t i = 0; i < 40000; i += 2)
        memcpy(cause + i, "\xc3\xa9", 2);
    memmove(cause + 1, cause, 39999);
    cause[0] = '-';
    cause[39999] = '\0';
    struct asl_task task;
    struct world *w =
        world(MACHINE(TASK("A", ",'End':true")), "{}", NULL, false);
    asl_turn(w->run, &w->env, &task);
    asl_task_failed(w->run, &w->env, task.id, "E\xff", cause);
    assert_string_equal(asl_error(w->run), "E?");
    assert_int_equal(strlen(asl_cause(w->run)), 32 * 1024 - 1);
    assert_true(text_is_utf8(asl_cause(w->run), 32 * 1024 - 1));
    w->reload = true;
    pass_through_image(w);
    assert_string_equal(asl_error(w->run), "E?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_flows_through_a_task),
        cmocka_unit_test(a_task_may_catch_trouble_with_its_data),
        cmocka_unit_test(a_pass_and_a_choice_end_by_their_data),
        cmocka_unit_test(the_context_object_says_all),
        cmocka_unit_test(the_time_of_entering_stays),
        cmocka_unit_test(results_may_be_only_so_long),
        cmocka_unit_test(a_state_may_not_double_its_data_for_ever),
        cmocka_unit_test(causes_are_cut_and_made_text),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
