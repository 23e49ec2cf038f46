/* What is wrong with Retry and Catch: asl_parse of lib/asl/asl.h. */
#include "tests/unit/parse_fixture.h"

static const char *task_mistakes(const char *fields)
{
    return state_mistakes(arena_printf(
        &arena, "'Type':'Task','Resource':'r','End':true,%s", fields));
}

static void retriers_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Retry':{}", "/Retry: must be an array\n"},
        {"'Retry':[]", ""},
        {"'Retry':[1,{},{'ErrorEquals':'x'},{'ErrorEquals':[]},"
         "{'ErrorEquals':['x',1,null,'']}]",
         "/Retry/0: must be an object\n"
         "/Retry/1: ErrorEquals is missing\n"
         "/Retry/2/ErrorEquals: must be an array\n"
         "/Retry/3/ErrorEquals: must not be empty\n"
         "/Retry/4/ErrorEquals/1: must be a string\n"
         "/Retry/4/ErrorEquals/2: must be a string\n"
         "/Retry/4/ErrorEquals/3: must not be empty\n"},
        {"'Retry':[{'ErrorEquals':['x'],'IntervalSeconds':0,'MaxAttempts':-1,"
         "'MaxDelaySeconds':1.5,'BackoffRate':0.99,'JitterStrategy':'HALF',"
         "'Next':'A','Foo':1}]",
         "/Retry/0/Next: this field is not allowed here\n"
         "/Retry/0/Foo: unknown field\n"
         "/Retry/0/IntervalSeconds: "
         "must be a whole number from 1 to 99999999\n"
         "/Retry/0/MaxAttempts: must be a whole number from 0 to 99999999\n"
         "/Retry/0/MaxDelaySeconds: "
         "must be a whole number from 1 to 99999999\n"
         "/Retry/0/BackoffRate: must be a number of at least 1.0\n"
         "/Retry/0/JitterStrategy: must be FULL or NONE\n"},
        {"'Retry':[{'ErrorEquals':['x'],'IntervalSeconds':100000000,"
         "'MaxAttempts':'3','BackoffRate':'2','JitterStrategy':1}]",
         "/Retry/0/JitterStrategy: must be a string\n"
         "/Retry/0/IntervalSeconds: "
         "must be a whole number from 1 to 99999999\n"
         "/Retry/0/MaxAttempts: must be a whole number from 0 to 99999999\n"
         "/Retry/0/BackoffRate: must be a number of at least 1.0\n"},
        {"'Retry':[{'ErrorEquals':['x'],'IntervalSeconds':99999999,"
         "'MaxAttempts':0,'MaxDelaySeconds':1,'BackoffRate':1,"
         "'JitterStrategy':'NONE','Comment':'c'}]",
         ""},
    };
    check_cases(task_mistakes, cases, sizeof cases / sizeof *cases);
}

static void catchers_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Catch':'x'", "/Catch: must be an array\n"},
        {"'Catch':[{},2,{'ErrorEquals':['x'],'Next':'B'},{'ErrorEquals':['x'],"
         "'Next':'A','ResultPath':'$$.x','MaxAttempts':1,'Output':1,"
         "'Assign':{}}]",
         "/Catch/0: ErrorEquals is missing\n"
         "/Catch/0: Next is missing\n"
         "/Catch/1: must be an object\n"
         "/Catch/2/Next: there is no state of this name\n"
         "/Catch/3/ResultPath: must not begin with $$: the context object "
         "cannot be changed\n"
         "/Catch/3/MaxAttempts: this field is not allowed here\n"
         "/Catch/3/Output: this field belongs to JSONata or to variables, "
         "which are not supported\n"
         "/Catch/3/Assign: this field belongs to JSONata or to variables, "
         "which are not supported\n"},
        {"'Catch':[{'ErrorEquals':['x'],'ResultPath':'$.a[0].b','Next':'A',"
         "'Comment':''},{'ErrorEquals':['x'],'ResultPath':null,'Next':'A'}]",
         ""},
    };
    check_cases(task_mistakes, cases, sizeof cases / sizeof *cases);
}

static void all_stands_alone_and_last(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Retry':[{'ErrorEquals':['x']},{'ErrorEquals':['States.ALL']}],"
         "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'A'}]",
         ""},
        {"'Retry':[{'ErrorEquals':['States.ALL']},"
         "{'ErrorEquals':['x','States.ALL']}],'Catch':"
         "[{'ErrorEquals':['States.ALL','x'],'Next':'A'},"
         "{'ErrorEquals':['x'],'Next':'A'}]",
         "/Retry/0/ErrorEquals: States.ALL must be in the last entry\n"
         "/Retry/1/ErrorEquals: States.ALL must stand alone\n"
         "/Catch/0/ErrorEquals: States.ALL must stand alone\n"
         "/Catch/0/ErrorEquals: States.ALL must be in the last entry\n"},
    };
    check_cases(task_mistakes, cases, sizeof cases / sizeof *cases);
}

static const char *retry_mistakes(const char *error)
{
    return task_mistakes(
        arena_printf(&arena, "'Retry':[{'ErrorEquals':['%s']}]", error));
}

static void reserved_names_are_known(void **state)
{
    (void)state;
    static const char *const known[] = {
        "States.TaskFailed",
        "States.Timeout",
        "States.HeartbeatTimeout",
        "States.Permissions",
        "States.ResultPathMatchFailure",
        "States.ParameterPathFailure",
        "States.BranchFailed",
        "States.NoChoiceMatched",
        "States.IntrinsicFailure",
        "States.DataLimitExceeded",
        "States.Runtime",
        "States.ExceedToleratedFailureThreshold",
        "States.ItemReaderFailed",
        "States.ResultWriterFailed",
        "States.QueryEvaluationError",
        "States.Http.StatusCode.429",
        "states.Own",
        "States",
        "Own.States.ALL"};
    static const char *const unknown[] = {
        "States.",    "States.All",  "States.taskFailed",
        "States.Own", "States.Http", "States.Timeout "};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_string_equal(retry_mistakes(known[i]), "");
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_string_equal(
            retry_mistakes(unknown[i]),
            "/Retry/0/ErrorEquals/0: there is no such error name among the "
            "reserved ones, which begin with States.\n");
}

static void only_some_types_have_them(void **state)
{
    (void)state;
    static const char *const with[] = {
        "'Type':'Parallel','End':true,'Branches':[{'StartAt':'B','States':"
        "{'B':{'Type':'Fail'}}}]",
        "'Type':'Map','End':true,'ItemProcessor':{'StartAt':'B','States':"
        "{'B':{'Type':'Fail'}}}"};
    const char *fields = "'Retry':[{'ErrorEquals':['x']}],"
                         "'Catch':[{'ErrorEquals':['x'],'Next':'A'}]";
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        assert_string_equal(
            state_mistakes(arena_printf(&arena, "%s,%s", with[i], fields)), "");
        assert_string_equal(
            state_mistakes(
                arena_printf(&arena, "%s,'Retry':1,'Catch':1", with[i])),
            "/Retry: must be an array\n/Catch: must be an array\n");
    }
    static const char *const without[][2] = {{"Pass", "'End':true"},
                                             {"Wait", "'Seconds':1,'End':true"},
                                             {"Choice", "'Choices':1"},
                                             {"Succeed", "'Comment':''"},
                                             {"Fail", "'Comment':''"}};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        assert_string_equal(
            state_mistakes(arena_printf(&arena,
                                        "'Retry':7,'Catch':7,"
                                        "'Type':'%s',%s",
                                        without[i][0], without[i][1])),
            arena_printf(&arena,
                         "/Retry: this field is not allowed in a %s\n"
                         "/Catch: this field is not allowed in a %s\n%s",
                         without[i][0], without[i][0],
                         i == 2 ? "/Choices: must be an array\n" : ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(retriers_are_checked),      TEST(catchers_are_checked),
        TEST(all_stands_alone_and_last), TEST(reserved_names_are_known),
        TEST(only_some_types_have_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
