/* What is wrong with a state of each type: asl_parse of lib/asl/asl.h. */
#include "tests/unit/parse_fixture.h"

/* A right state of each type, in the order of enum asl_type. */
static const char *const right[] = {
    "'Type':'Task','Resource':'r','End':true",
    "'Type':'Pass','End':true",
    "'Type':'Choice','Default':'A','Choices':"
    "[{'Variable':'$.x','IsNull':true,'Next':'A'}]",
    "'Type':'Wait','Seconds':1,'End':true",
    "'Type':'Parallel','End':true,'Branches':[{'StartAt':'B','States':"
    "{'B':{'Type':'Fail'}}}]",
    "'Type':'Map','End':true,'ItemProcessor':{'StartAt':'B','States':"
    "{'B':{'Type':'Fail'}}}",
    "'Type':'Succeed'",
    "'Type':'Fail'"};

/* The specification's "Table of State Types and Fields (JSONPath)", and the
 * fields of one type. T P C W L (ParalleL) M S F: where the field may be. */
static void fields_have_their_places(void **state)
{
    (void)state;
    static const char letters[] = "TPCWLMSF";
    static const char *const fields[][2] = {
        {"'Comment':''", "TPCWLMSF"},
        {"'QueryLanguage':'JSONPath'", "TPCWLMSF"},
        {"'InputPath':'$'", "TPCWLMS"},
        {"'OutputPath':'$'", "TPCWLMS"},
        {"'ResultPath':'$'", "TPLM"},
        {"'Parameters':{}", "TPLM"},
        {"'ResultSelector':{}", "TLM"},
        {"'Retry':[]", "TLM"},
        {"'Catch':[]", "TLM"},
        {"'TimeoutSeconds':2", "T"},
        {"'TimeoutSecondsPath':'$.x'", "T"},
        {"'HeartbeatSeconds':1", "T"},
        {"'HeartbeatSecondsPath':'$.x'", "T"},
        {"'Credentials':{'a':1}", "T"},
        {"'Result':null", "P"},
        {"'ItemsPath':'$.x'", "M"},
        {"'ItemSelector':{}", "M"},
        {"'MaxConcurrency':0", "M"},
        {"'MaxConcurrencyPath':'$.x'", "M"},
        {"'Error':''", "F"},
        {"'ErrorPath':'$.x'", "F"},
        {"'Cause':''", "F"},
        {"'CausePath':'$.x'", "F"},
        {"'Variable':'$'", ""},
        {"'StringEquals':''", ""},
        {"'IntervalSeconds':1", ""},
        {"'Mode':'INLINE'", ""},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        for (size_t type = 0; letters[type] != '\0'; type++) {
            const char *found = state_mistakes(
                arena_printf(&arena, "%s,%s", fields[i][0], right[type]));
            const char *colon = strchr(fields[i][0], ':');
            const char *refused = arena_printf(
                &arena, "/%.*s: this field is not allowed in a %s\n",
                (int)(colon - fields[i][0] - 2), fields[i][0] + 1,
                asl_type_name((enum asl_type)type));
            bool allowed = strchr(fields[i][1], letters[type]) != NULL;
            bool choice = type == ASL_CHOICE; /* a way to no end */
            if (allowed && choice)
                assert_string_equal(found,
                                    "/States: no state ends the machine\n");
            else if (allowed)
                assert_string_equal(found, "");
            else
                assert_memory_equal(found, refused, strlen(refused));
        }
    }
}

static void paths_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Succeed','InputPath':null,'OutputPath':null", ""},
        {"'Type':'Succeed','InputPath':'$$.Execution.Id',"
         "'OutputPath':'$..a[?(@.b > 1)]'",
         ""},
        {"'Type':'Succeed','InputPath':1,'OutputPath':'x'",
         "/InputPath: must be a string\n"
         "/OutputPath: is no path: a path begins with $\n"},
        {"'Type':'Pass','End':true,'ResultPath':null", ""},
        {"'Type':'Pass','End':true,'ResultPath':'$.a[*]'",
         "/ResultPath: must be a reference path: of member names and indexes "
         "only\n"},
        {"'Type':'Pass','End':true,'ResultPath':'$$.a'",
         "/ResultPath: must not begin with $$: the context object cannot be "
         "changed\n"},
        {"'Type':'Map','End':true,'ItemProcessor':{'StartAt':'B','States':"
         "{'B':{'Type':'Fail'}}},'ItemsPath':null,'MaxConcurrencyPath':7",
         "/ItemsPath: must be a string\n"
         "/MaxConcurrencyPath: must be a string\n"},
        {"'Type':'Fail','ErrorPath':'$.a.b','CausePath':"
         "'States.Format(\\u0027{}\\u0027, $$.State.Name)'",
         ""},
        {"'Type':'Fail','ErrorPath':'$.a[0,1]','CausePath':'States.No()'",
         "/ErrorPath: must be a reference path: of member names and indexes "
         "only\n"
         "/CausePath: there is no function States.No\n"},
        {"'Type':'Fail','ErrorPath':null,'CausePath':'$.a','Cause':'b',"
         "'Error':'c'",
         "/ErrorPath: must be a string\n"
         "/ErrorPath: Error and ErrorPath exclude each other\n"
         "/CausePath: Cause and CausePath exclude each other\n"},
        {"'Type':'Fail','Error':1,'Cause':null", "/Error: must be a string\n"
                                                 "/Cause: must be a string\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

static void templates_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Pass','End':true,'Parameters':{'a.$':'$.x','b':[{'c.$':"
         "'$$.State.Name'},['$.no',1]],'d':{'e.$':'States.UUID()'},'$':1,"
         "'a':{'a':1},'.$':'$'}",
         "/Parameters/a.$: the same field stands here without .$ too\n"},
        {"'Type':'Pass','End':true,'Parameters':'$'",
         "/Parameters: must be an object\n"},
        {"'Type':'Task','Resource':'r','End':true,'Parameters':{'a.$':1,"
         "'b':[0,{'c/.$':'x'}]},'ResultSelector':{'d':{'e.$':'$.x.',"
         "'f.$':null}},'Credentials':[]",
         "/Parameters/a.$: must be a string\n"
         "/Parameters/b/1/c~1.$: there is no function x\n"
         "/ResultSelector/d/e.$: is no path: a name is missing after .\n"
         "/ResultSelector/d/f.$: must be a string\n"
         "/Credentials: must be an object\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

static void tasks_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Task','End':true", ": Resource is missing\n"},
        {"'Type':'Task','Resource':'','End':true",
         "/Resource: must not be empty\n"},
        {"'Type':'Task','Resource':'.waitForTaskToken','End':true",
         "/Resource: must not be empty before .waitForTaskToken\n"},
        {"'Type':'Task','Resource':7,'End':true",
         "/Resource: must be a string\n"},
        {"'Type':'Task','Resource':'r','End':true,'TimeoutSeconds':0,"
         "'HeartbeatSeconds':'1'",
         "/TimeoutSeconds: must be a whole number from 1 to 99999999\n"
         "/HeartbeatSeconds: must be a whole number from 1 to 99999999\n"},
        {"'Type':'Task','Resource':'r','End':true,'TimeoutSeconds':5,"
         "'HeartbeatSeconds':5",
         "/HeartbeatSeconds: must be smaller than TimeoutSeconds\n"},
        {"'Type':'Task','Resource':'r','End':true,'TimeoutSeconds':5,"
         "'HeartbeatSeconds':4",
         ""},
        {"'Type':'Task','Resource':'r','End':true,'TimeoutSeconds':5,"
         "'TimeoutSecondsPath':'$.t','HeartbeatSeconds':4,"
         "'HeartbeatSecondsPath':'$.h'",
         "/TimeoutSecondsPath: TimeoutSeconds and TimeoutSecondsPath exclude "
         "each other\n"
         "/HeartbeatSecondsPath: HeartbeatSeconds and HeartbeatSecondsPath "
         "exclude each other\n"},
        {"'Type':'Task','Resource':'r','End':true,'Foo':1,"
         "'QueryLanguage':'JSONata','Arguments':1,'Output':1,'Assign':1,"
         "'Items':1,'Comment':{}",
         "/Foo: unknown field\n"
         "/QueryLanguage: JSONata is not supported\n"
         "/Arguments: this field belongs to JSONata or to variables, which "
         "are not supported\n"
         "/Output: this field belongs to JSONata or to variables, which are "
         "not supported\n"
         "/Assign: this field belongs to JSONata or to variables, which are "
         "not supported\n"
         "/Items: this field belongs to JSONata or to variables, which are "
         "not supported\n"
         "/Comment: must be a string\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

static void waits_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Wait','End':true",
         ": Seconds, SecondsPath, Timestamp or TimestampPath is missing\n"},
        {"'Type':'Wait','End':true,'Seconds':0", ""},
        {"'Type':'Wait','End':true,'Timestamp':'2016-03-14T01:59:00Z'", ""},
        {"'Type':'Wait','End':true,'SecondsPath':'$.a[0]'", ""},
        {"'Type':'Wait','End':true,'TimestampPath':'$$.Execution.StartTime'",
         ""},
        {"'Type':'Wait','End':true,'Seconds':-1",
         "/Seconds: must be a whole number from 0 to 99999999\n"},
        {"'Type':'Wait','End':true,'Timestamp':'2016-03-14 01:59:00Z'",
         "/Timestamp: must be a timestamp such as 2016-03-14T01:59:00Z\n"},
        {"'Type':'Wait','End':true,'Seconds':1,'SecondsPath':'$.a[:1]',"
         "'TimestampPath':1",
         "/SecondsPath: must be a reference path: of member names and "
         "indexes only\n"
         "/TimestampPath: must be a string\n"
         "/SecondsPath: only one of Seconds, SecondsPath, Timestamp and "
         "TimestampPath may be given\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

static void choices_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Choice'", ": Choices is missing\n"},
        {"'Type':'Choice','Choices':{}", "/Choices: must be an array\n"},
        {"'Type':'Choice','Choices':[],'Default':'B'",
         "/Choices: must not be empty\n"
         "/Default: there is no state of this name\n"
         "/States: no state ends the machine\n"},
        {"'Type':'Choice','Default':1,'Next':'A','Choices':["
         "{'Variable':'$.x','IsNull':true},"
         "{'Variable':'x','IsNull':true,'Next':'B'},"
         "{'Not':{'Variable':'$.x','IsNull':1},'Next':'A'}]",
         "/Next: this field is not allowed in a Choice\n"
         "/Choices/0: Next is missing\n"
         "/Choices/1/Variable: is no path: a path begins with $\n"
         "/Choices/1/Next: there is no state of this name\n"
         "/Choices/2/Not/IsNull: must be true or false\n"
         "/Default: must be a string\n"
         "/States: no state ends the machine\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_have_their_places), TEST(paths_are_checked),
        TEST(templates_are_checked),    TEST(tasks_are_checked),
        TEST(waits_are_checked),        TEST(choices_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
