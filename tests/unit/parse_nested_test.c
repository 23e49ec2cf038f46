/* What is wrong with the machines in a Parallel or a Map, and between
 * machines: asl_parse of lib/asl/asl.h. */
#include "tests/unit/parse_fixture.h"

static void branches_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'Type':'Parallel','End':true", ": Branches is missing\n"},
        {"'Type':'Parallel','End':true,'Branches':{}",
         "/Branches: must be an array\n"},
        {"'Type':'Parallel','End':true,'Branches':[]",
         "/Branches: must not be empty\n"},
        {"'Type':'Parallel','End':true,'Branches':[null,{},{'StartAt':'X',"
         "'States':{}},{'StartAt':'B','States':[],'Version':'1.0',"
         "'TimeoutSeconds':1,'QueryLanguage':'JSONPath','Foo':1},"
         "{'StartAt':'C','Comment':'c','States':{'C':{'Type':'Pass',"
         "'Next':'C'},'D':{'Type':'Fail','Cause':1}}}]",
         "/Branches/0: must be an object\n"
         "/Branches/1: States is missing\n"
         "/Branches/1: StartAt is missing\n"
         "/Branches/2/StartAt: there is no state of this name\n"
         "/Branches/2/States: must not be empty\n"
         "/Branches/3/Version: this field is not allowed here\n"
         "/Branches/3/TimeoutSeconds: this field is not allowed here\n"
         "/Branches/3/QueryLanguage: this field is not allowed here\n"
         "/Branches/3/Foo: unknown field\n"
         "/Branches/3/States: must be an object\n"
         "/Branches/3/StartAt: there is no state of this name\n"
         "/Branches/4/States/D/Cause: must be a string\n"
         "/Branches/4/States/D: no way leads to this state\n"},
    };
    check_cases(state_mistakes, cases, sizeof cases / sizeof *cases);
}

/* Each machine needs an end of its own, and the outer one's does not count. */
static void machines_end_by_themselves(void **state)
{
    (void)state;
    assert_string_equal(
        mistakes_of("{'StartAt':'P','States':{'Z':{'Type':'Wat'},"
                    "'P':{'Type':'Parallel','Next':'P','Branches':["
                    "{'StartAt':'B','States':{'B':{'Type':'Pass','Next':'B'}}},"
                    "{'StartAt':'C','States':{'C':{'Type':'Succeed'}}}]}}}"),
        "/States/Z/Type: unknown state type\n"
        "/States/P/Branches/0/States: no state ends the machine\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'P','States':{"
                    "'P':{'Type':'Parallel','Next':'P','Branches':["
                    "{'StartAt':'B','States':{'B':{'Type':'Pas'}}},"
                    "{'StartAt':'C','States':{'C':{'Type':'Fail'}}}]}}}"),
        "/States/P/Branches/0/States/B/Type: unknown state type\n"
        "/States: no state ends the machine\n");
}

static void maps_are_checked(void **state)
{
    (void)state;
    static const char distributed[] =
        ": this field belongs to a distributed Map, which is not supported\n";
    const struct parse_case cases[] = {
        {"'Comment':''", ": ItemProcessor is missing\n"},
        {"'Iterator':1", "/Iterator: must be an object\n"},
        {"'ItemProcessor':[]", "/ItemProcessor: must be an object\n"},
        {"'Iterator':{'StartAt':'B','States':{'B':{'Type':'Fail'}},"
         "'ProcessorConfig':{}}",
         "/Iterator/ProcessorConfig: this field is not allowed here\n"},
        {"'Iterator':{'StartAt':'B','States':{'B':{'Type':'Fail'}}},"
         "'ItemProcessor':{'StartAt':'C','States':{'C':{'Type':'Fail'}}},"
         "'ItemSelector':{},'Parameters':{},'MaxConcurrency':0,"
         "'MaxConcurrencyPath':'$.m'",
         "/Parameters: ItemSelector and Parameters exclude each other\n"
         "/Iterator: ItemProcessor and Iterator exclude each other\n"
         "/MaxConcurrencyPath: MaxConcurrency and MaxConcurrencyPath exclude "
         "each other\n"},
        {"'ItemProcessor':{'StartAt':'B','States':{'B':{'Type':'Fail'}},"
         "'Comment':'','ProcessorConfig':{'Mode':'INLINE'}},"
         "'MaxConcurrency':-1,'ItemSelector':[]",
         "/MaxConcurrency: must be a whole number from 0 to 99999999\n"
         "/ItemSelector: must be an object\n"},
        {"'ItemProcessor':{'StartAt':'B','States':{'B':{'Type':'Fail'}},"
         "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'EXPRESS',"
         "'Foo':1}}",
         arena_printf(&arena,
                      "/ItemProcessor/ProcessorConfig/Mode: a distributed Map "
                      "is not supported\n"
                      "/ItemProcessor/ProcessorConfig/ExecutionType%s"
                      "/ItemProcessor/ProcessorConfig/Foo: unknown field\n",
                      distributed)},
        {"'ItemProcessor':{'StartAt':'B','States':{'B':{'Type':'Fail'}},"
         "'ProcessorConfig':{'Mode':'inline'}}",
         "/ItemProcessor/ProcessorConfig/Mode: must be INLINE\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(
            state_mistakes(arena_printf(&arena, "'Type':'Map','End':true,%s",
                                        cases[i].text)),
            cases[i].mistakes);
    static const char *const fields[] = {"ItemReader",
                                         "ItemBatcher",
                                         "ResultWriter",
                                         "Label",
                                         "ToleratedFailureCount",
                                         "ToleratedFailureCountPath",
                                         "ToleratedFailurePercentage",
                                         "ToleratedFailurePercentagePath"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_string_equal(
            state_mistakes(arena_printf(
                &arena,
                "'Type':'Map','End':true,'%s':1,'Iterator':{'StartAt':'B',"
                "'States':{'B':{'Type':'Fail'}}}",
                fields[i])),
            arena_printf(&arena, "/%s%s", fields[i], distributed));
}

static void ways_stay_in_their_machine(void **state)
{
    (void)state;
    static const char outside[] =
        ": this state is not in the same States: no way leads into or out of "
        "a branch or an iteration\n";
    assert_string_equal(
        mistakes_of(
            "{'StartAt':'B','States':{'P':{'Type':'Parallel','Next':'C',"
            "'Branches':[{'StartAt':'B','States':{'B':{'Type':'Pass',"
            "'Next':'Z'},'E':{'Type':'Task','Resource':'r','End':true,'Catch':"
            "[{'ErrorEquals':['x'],'Next':'C'}]}}},"
            "{'StartAt':'P','States':{'C':{'Type':'Choice','Default':'E',"
            "'Choices':[{'Variable':'$','IsNull':true,'Next':'Y'}]}}}]},"
            "'Z':{'Type':'Succeed'}}}"),
        arena_printf(&arena,
                     "/StartAt%s"
                     "/States/P/Branches/0/States/B/Next%s"
                     "/States/P/Branches/0/States/E/Catch/0/Next%s"
                     "/States/P/Branches/0/States/E: "
                     "no way leads to this state\n"
                     "/States/P/Branches/1/StartAt%s"
                     "/States/P/Branches/1/States/C/Choices/0/Next: "
                     "there is no state of this name\n"
                     "/States/P/Branches/1/States/C/Default%s"
                     "/States/P/Branches/1/States: no state ends the machine\n"
                     "/States/P/Next%s",
                     outside, outside, outside, outside, outside, outside));
}

static void names_are_unique_everywhere(void **state)
{
    (void)state;
    static const char twice[] = ": another state has this name: each must be "
                                "the only one in the whole definition\n";
    assert_string_equal(
        mistakes_of(
            "{'StartAt':'A','States':{'A':{'Type':'Parallel','Next':'B',"
            "'Branches':[{'StartAt':'B','States':{'B':{'Type':'Pass','Next':"
            "'C'},'C':{'Type':'Fail'}}},{'StartAt':'C','States':{'C':{'Type':"
            "'Map','End':true,'Iterator':{'StartAt':'C','States':{'C':{'Type':"
            "'Pass','Next':'A'},'A':{'Type':'Fail'}}}}}}]},"
            "'B':{'Type':'Succeed'}}}"),
        arena_printf(&arena,
                     "/States/A/Branches/0/States/B%s"
                     "/States/A/Branches/1/States/C%s"
                     "/States/A/Branches/1/States/C/Iterator/States/C%s"
                     "/States/A/Branches/1/States/C/Iterator/States/A%s",
                     twice, twice, twice, twice));
}

/* As deep as ASL_DEPTH allows, and one machine deeper. */
static void nesting_has_an_end(void **state)
{
    (void)state;
    for (int maps = 32; maps <= 33; maps++) {
        struct text out = text_create(&arena, 4096);
        text_puts(&out, "{'StartAt':'0','States':{");
        for (int i = 0; i < maps; i++)
            text_printf(&out,
                        "'%d':{'Type':'Map','End':true,'Iterator':{'StartAt':"
                        "'%d','States':{",
                        i, i + 1);
        text_printf(&out, "'%d':{'Type':'Fail'}", maps);
        for (int i = 0; i < maps; i++)
            text_puts(&out, "}}}");
        text_puts(&out, "}}");
        assert_string_equal(
            mistakes_of(out.bytes),
            maps == 32 ? ""
                       : ": arrays and objects are nested more than 100 "
                         "deep\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(branches_are_checked),
        TEST(machines_end_by_themselves),
        TEST(maps_are_checked),
        TEST(ways_stay_in_their_machine),
        TEST(names_are_unique_everywhere),
        TEST(nesting_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
