/* Which retrier or catcher takes an error: see recover.h. */
#include "run_fixture.h"

#include "lib/asl/run/recover.h"
#include "lib/asl/state.h"

static uint64_t given;

static uint64_t give(void *context)
{
    (void)context;
    return given;
}

static const struct asl_state *state_with(const char *fields)
{
    const struct asl_definition *definition = define(arena_printf(
        &arena,
        MACHINE(TASK(
            "A",
            ",%s,'Next':'B'") ",'B':{'Type':'Choice','Choices':[{'Variable':'$."
                              "x',"
                              "'IsPresent':true,'Next':'C'}],'Default':'C'},"
                              "'C':{'Type':'Succeed'}"),
        fields));
    return asl_find(definition, "A");
}

static struct recover ask(const struct asl_state *state, const char *error,
                          bool from_branch, const int *retries)
{
    struct asl_env env = {.random = give};
    return recover_from(state, error, from_branch, retries, &env);
}

static void names_match(void **state)
{
    (void)state;
    static const struct {
        const char *wanted, *error;
        bool from_branch, matches;
    } cases[] = {
        {"E", "E", false, true},
        {"E", "e", false, false},
        {"E", NULL, false, false},
        {"States.ALL", "E", false, true},
        {"States.ALL", NULL, false, true},
        {"States.ALL", "States.Timeout", false, true},
        {"States.ALL", "States.Runtime", false, false},
        {"States.ALL", "States.DataLimitExceeded", false, false},
        {"States.ALL", "States.Runtime", true, false},
        {"States.Runtime", "States.Runtime", false, true},
        {"States.DataLimitExceeded", "States.DataLimitExceeded", false, true},
        {"States.TaskFailed", "E", false, true},
        {"States.TaskFailed", "States.Timeout", false, false},
        {"States.TaskFailed", "States.HeartbeatTimeout", false, true},
        {"States.TaskFailed", "States.Runtime", false, false},
        {"States.TaskFailed", "States.DataLimitExceeded", false, false},
        {"States.Timeout", "States.Timeout", false, true},
        {"States.Timeout", "States.HeartbeatTimeout", false, true},
        {"States.HeartbeatTimeout", "States.Timeout", false, false},
        {"States.BranchFailed", "E", false, false},
        {"States.BranchFailed", "E", true, true},
        {"States.BranchFailed", NULL, true, true},
        {"States.BranchFailed", "States.Runtime", true, true},
        {"States.BranchFailed", "States.BranchFailed", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct asl_state *task =
            state_with(arena_printf(&arena,
                                    "'Catch':[{'ErrorEquals':['Z'],'Next':'C'},"
                                    "{'ErrorEquals':['%s'],'Next':'B'}]",
                                    cases[i].wanted));
        struct recover got =
            ask(task, cases[i].error, cases[i].from_branch, NULL);
        bool caught = got.how == RECOVER_CATCH && got.index == 1;
        if (caught != cases[i].matches || (!caught && got.how != RECOVER_NOT))
            fail_msg("%s against %s", cases[i].wanted, cases[i].error);
    }
}

static void the_first_retrier_decides(void **state)
{
    (void)state;
    const struct asl_state *task =
        state_with("'Retry':[{'ErrorEquals':['X'],'MaxAttempts':1},"
                   "{'ErrorEquals':['X','Y'],'MaxAttempts':3},"
                   "{'ErrorEquals':['N'],'MaxAttempts':0}],"
                   "'Catch':[{'ErrorEquals':['X'],'Next':'C'}]");
    static const struct {
        const char *error;
        int retries[3];
        enum recovery how;
        size_t index;
    } cases[] = {
        {"X", {0, 0, 0}, RECOVER_RETRY, 0}, {"X", {1, 0, 0}, RECOVER_CATCH, 0},
        {"Y", {1, 2, 0}, RECOVER_RETRY, 1}, {"Y", {1, 3, 0}, RECOVER_NOT, 0},
        {"N", {0, 0, 0}, RECOVER_NOT, 0},   {"Q", {0, 0, 0}, RECOVER_NOT, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recover got = ask(task, cases[i].error, false, cases[i].retries);
        assert_int_equal(got.how, cases[i].how);
        assert_int_equal(got.index, cases[i].index);
    }
}

static void waits_grow_to_their_cap(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        int retries;
        uint64_t random;
        int64_t delay_ms;
    } cases[] = {
        {"", 0, 0, 1000},
        {"", 2, 0, 4000},
        {",'IntervalSeconds':3,'BackoffRate':1.5", 1, 0, 4500},
        {",'IntervalSeconds':3,'MaxDelaySeconds':10", 2, 0, 10000},
        {",'MaxDelaySeconds':10,'BackoffRate':1e300,'MaxAttempts':9", 8, 0,
         10000},
        {",'JitterStrategy':'FULL'", 1, UINT64_C(1) << 63, 1000},
        {",'JitterStrategy':'FULL'", 1, 0, 0},
        {",'JitterStrategy':'FULL'", 1, UINT64_MAX, 2000},
        {",'JitterStrategy':'NONE'", 1, 0, 2000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        given = cases[i].random;
        struct recover got =
            ask(state_with(arena_printf(
                    &arena, "'Retry':[{'ErrorEquals':['States.ALL']%s}]",
                    cases[i].fields)),
                "E", false, &cases[i].retries);
        assert_int_equal(got.how, RECOVER_RETRY);
        assert_int_equal(got.delay_ms, cases[i].delay_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match),
        cmocka_unit_test(the_first_retrier_decides),
        cmocka_unit_test(waits_grow_to_their_cap),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
