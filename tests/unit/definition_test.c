/* What a definition answers when it runs (lib/asl/definition.h). */
#include "tests/unit/definition_fixture.h"

#include <string.h>

static const struct asl_definition *definition_of(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(text), &definition, &mistakes))
        fail_msg("%s: %s", mistakes->pointer, mistakes->text);
    return definition;
}

static const struct asl_state *task(const char *fields)
{
    return asl_start(definition_of(arena_printf(
        &arena,
        "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'r',"
        "'Next':'B',%s},'B':{'Type':'Succeed'},'C':{'Type':'Fail'},"
        "'D':{'Type':'Fail'},'E':{'Type':'Task','Resource':'e','End':true,"
        "'Catch':[{'ErrorEquals':['x'],'Next':'C'},"
        "{'ErrorEquals':['y'],'Next':'D'},"
        "{'ErrorEquals':['z'],'Next':'E'}]}}}",
        fields)));
}

static const char *const catch_e =
    "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'E'}]";

static void definition_is_walked(void **state)
{
    (void)state;
    const struct asl_definition *def = definition_of(
        "{'Comment':'c','StartAt':'B','Version':'1.0','States':{"
        "'A':{'Type':'Task','Resource':'task:Two','End':true,'Comment':''},"
        "'B':{'Type':'Task','Resource':'task:One','Next':'A','End':false,"
        "'Retry':[],'Catch':[{'ErrorEquals':['x'],'Next':'F','Comment':'c'},"
        "{'ErrorEquals':['y'],'Next':'G'},{'ErrorEquals':['z'],'Next':'S'}]},"
        "'F':{'Type':'Fail','Error':'E1','Cause':'why'},"
        "'G':{'Type':'Fail'},'S':{'Type':'Succeed','Comment':'done'}}}");
    assert_int_equal(asl_count(def), 5);
    assert_string_equal(asl_state_name(asl_at(def, 0)), "A");
    const struct asl_state *b = asl_start(def);
    assert_ptr_equal(b, asl_find(def, "B"));
    assert_ptr_equal(b, asl_at(def, 1));
    assert_null(asl_find(def, "b"));
    assert_int_equal(asl_state_type(b), ASL_TASK);
    assert_string_equal(asl_state_resource(b), "task:One");
    assert_int_equal(asl_state_retriers(b), 0);
    assert_null(asl_state_error(b));
    const struct asl_state *a = asl_state_next(b);
    assert_ptr_equal(a, asl_find(def, "A"));
    assert_null(asl_state_next(a));
    const struct asl_state *f = asl_find(def, "F");
    assert_int_equal(asl_state_type(f), ASL_FAIL);
    assert_string_equal(asl_state_error(f), "E1");
    assert_string_equal(asl_state_cause(f), "why");
    assert_null(asl_state_resource(f));
    const struct asl_state *g = asl_find(def, "G");
    assert_null(asl_state_error(g));
    assert_null(asl_state_cause(g));
    assert_int_equal(asl_state_type(asl_find(def, "S")), ASL_SUCCEED);
}

static void success_goes_on_or_ends(void **state)
{
    (void)state;
    const struct asl_definition *def =
        definition_of("{'StartAt':'A','States':{"
                      "'A':{'Type':'Task','Resource':'r','Next':'B',"
                      "'Catch':[{'ErrorEquals':['x'],'Next':'S'},"
                      "{'ErrorEquals':['y'],'Next':'F'}]},"
                      "'B':{'Type':'Task','Resource':'r','End':true},"
                      "'S':{'Type':'Succeed'},'F':{'Type':'Fail'}}}");
    struct asl_decision d = asl_after_success(asl_find(def, "A"));
    assert_int_equal(d.verdict, ASL_GO);
    assert_ptr_equal(d.next, asl_find(def, "B"));
    d = asl_after_success(asl_find(def, "B"));
    assert_int_equal(d.verdict, ASL_END_SUCCEEDED);
    d = asl_after_success(asl_find(def, "S"));
    assert_int_equal(d.verdict, ASL_END_SUCCEEDED);
    d = asl_after_success(asl_find(def, "F"));
    assert_int_equal(d.verdict, ASL_END_FAILED);
}

static void retry_has_defaults(void **state)
{
    (void)state;
    const struct asl_state *a = task(
        arena_printf(&arena, "'Retry':[{'ErrorEquals':['x']}],%s", catch_e));
    assert_int_equal(asl_state_retriers(a), 1);
    static const int64_t waits[] = {1000, 2000, 4000};
    for (int made = 0; made < 3; made++) {
        struct asl_decision d = asl_after_error(a, "x", &made, 1, 0.5);
        assert_int_equal(d.verdict, ASL_RETRY);
        assert_int_equal(d.retrier, 0);
        assert_int_equal(d.delay_ms, waits[made]);
    }
    int made = 3;
    struct asl_decision d = asl_after_error(a, "x", &made, 1, 0.5);
    assert_int_equal(d.verdict, ASL_GO);
    assert_string_equal(asl_state_name(d.next), "E");
    d = asl_after_error(a, "x", NULL, 0, 0.5);
    assert_int_equal(d.verdict, ASL_RETRY);
}

/* The example of "Complex retry scenarios". */
static void retriers_count_apart(void **state)
{
    (void)state;
    const struct asl_state *a = task(arena_printf(
        &arena,
        "'Retry':[{'ErrorEquals':['ErrorA','ErrorB'],'IntervalSeconds':1,"
        "'BackoffRate':2,'MaxAttempts':2},{'ErrorEquals':['ErrorC'],"
        "'IntervalSeconds':5}],%s",
        catch_e));
    int made[2] = {0, 0};
    static const struct {
        const char *error;
        size_t retrier;
        int64_t delay_ms;
    } steps[] = {{"ErrorA", 0, 1000}, {"ErrorB", 0, 2000}, {"ErrorC", 1, 5000}};
    for (size_t i = 0; i < 3; i++) {
        struct asl_decision d = asl_after_error(a, steps[i].error, made, 2, 0);
        assert_int_equal(d.verdict, ASL_RETRY);
        assert_int_equal(d.retrier, steps[i].retrier);
        assert_int_equal(d.delay_ms, steps[i].delay_ms);
        made[d.retrier]++;
    }
    struct asl_decision d = asl_after_error(a, "ErrorB", made, 2, 0);
    assert_int_equal(d.verdict, ASL_GO);
    assert_string_equal(asl_state_name(d.next), "E");
}

static void first_retrier_decides(void **state)
{
    (void)state;
    const struct asl_state *a = task(arena_printf(
        &arena,
        "'Retry':[{'ErrorEquals':['States.Timeout'],'MaxAttempts':0},"
        "{'ErrorEquals':['States.ALL'],'IntervalSeconds':7}],%s",
        catch_e));
    assert_int_equal(asl_after_error(a, "States.Timeout", NULL, 0, 0).verdict,
                     ASL_GO);
    struct asl_decision d = asl_after_error(a, "other", NULL, 0, 0);
    assert_int_equal(d.verdict, ASL_RETRY);
    assert_int_equal(d.retrier, 1);
    assert_int_equal(d.delay_ms, 7000);
}

static void delay_is_capped_and_jittered(void **state)
{
    (void)state;
    const struct asl_state *a = task(arena_printf(
        &arena,
        "'Retry':[{'ErrorEquals':['cap'],'IntervalSeconds':3,"
        "'MaxDelaySeconds':4,'MaxAttempts':9},{'ErrorEquals':['jitter'],"
        "'IntervalSeconds':10,'JitterStrategy':'FULL'},"
        "{'ErrorEquals':['huge'],'BackoffRate':1e300,'MaxAttempts':99999999},"
        "{'ErrorEquals':['slow'],'IntervalSeconds':2,'BackoffRate':1.5}],%s",
        catch_e));
    int made[4] = {0, 0, 99999998, 1};
    assert_int_equal(asl_after_error(a, "cap", made, 4, 0.9).delay_ms, 3000);
    made[0] = 1;
    assert_int_equal(asl_after_error(a, "cap", made, 4, 0.9).delay_ms, 4000);
    assert_int_equal(asl_after_error(a, "jitter", made, 4, 0).delay_ms, 0);
    assert_int_equal(asl_after_error(a, "jitter", made, 4, 0.25).delay_ms,
                     2500);
    made[1] = 1;
    assert_int_equal(asl_after_error(a, "jitter", made, 4, 0.25).delay_ms,
                     5000);
    assert_true(asl_after_error(a, "huge", made, 4, 0).delay_ms == 99999999000);
    assert_int_equal(asl_after_error(a, "slow", made, 4, 0).delay_ms, 3000);
}

static void first_catcher_decides(void **state)
{
    (void)state;
    const struct asl_state *e =
        asl_after_error(task(catch_e), "boom", NULL, 0, 0).next;
    static const char *const targets[][2] = {
        {"x", "C"}, {"y", "D"}, {"z", "E"}};
    for (size_t i = 0; i < 3; i++) {
        struct asl_decision d = asl_after_error(e, targets[i][0], NULL, 0, 0);
        assert_int_equal(d.verdict, ASL_GO);
        assert_string_equal(asl_state_name(d.next), targets[i][1]);
    }
    assert_int_equal(asl_after_error(e, "X", NULL, 0, 0).verdict,
                     ASL_END_FAILED);
    assert_int_equal(asl_after_error(e, "States.ALL", NULL, 0, 0).verdict,
                     ASL_END_FAILED);
}

static bool catches(const char *wanted, const char *error)
{
    const struct asl_state *a = asl_start(definition_of(arena_printf(
        &arena,
        "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'r',"
        "'End':true,'Catch':[{'ErrorEquals':['%s'],'Next':'A'}]}}}",
        wanted)));
    return asl_after_error(a, error, NULL, 0, 0).verdict == ASL_GO;
}

static void wildcards_match_by_rule(void **state)
{
    (void)state;
    assert_true(catches("Card.Declined", "Card.Declined"));
    assert_false(catches("Card.Declined", "card.declined"));
    assert_false(catches("Card", "Card.Declined"));
    assert_true(catches("States.ALL", "Card.Declined"));
    assert_true(catches("States.ALL", "States.Timeout"));
    assert_true(catches("States.ALL", "States.TaskFailed"));
    assert_false(catches("States.ALL", "States.DataLimitExceeded"));
    assert_false(catches("States.ALL", "States.Runtime"));
    assert_true(catches("States.TaskFailed", "Card.Declined"));
    assert_true(catches("States.TaskFailed", "States.Permissions"));
    assert_false(catches("States.TaskFailed", "States.Timeout"));
    assert_false(catches("States.TaskFailed", "States.Runtime"));
    assert_true(catches("States.Timeout", "States.Timeout"));
    assert_true(
        catches("States.DataLimitExceeded", "States.DataLimitExceeded"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(definition_is_walked),  TEST(success_goes_on_or_ends),
        TEST(retry_has_defaults),    TEST(retriers_count_apart),
        TEST(first_retrier_decides), TEST(delay_is_capped_and_jittered),
        TEST(first_catcher_decides), TEST(wildcards_match_by_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
