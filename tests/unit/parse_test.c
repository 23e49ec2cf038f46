/* What is wrong with a definition: asl_parse of lib/asl/definition.h. */
#include "tests/unit/definition_fixture.h"

#include <dirent.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/text.h"

/* The mistakes, one a line; "" for a definition that is right. */
static const char *mistakes_of(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    bool right = asl_parse(&arena, json(text), &definition, &mistakes);
    assert_true(right == (definition != NULL));
    assert_true(right == (mistakes == NULL));
    struct text out = text_create(&arena, 256);
    for (; mistakes != NULL; mistakes = mistakes->next)
        text_printf(&out, "%s: %s\n", mistakes->pointer, mistakes->text);
    return out.bytes;
}

/* A machine of the one state A with the fields given besides its Type. */
static const char *task_mistakes(const char *fields)
{
    return mistakes_of(arena_printf(
        &arena,
        "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'r',%s}}}",
        fields));
}

static void machine_fields_are_checked(void **state)
{
    (void)state;
    assert_string_equal(mistakes_of("[]"), ": must be an object\n");
    assert_string_equal(mistakes_of("{}"), ": States is missing\n"
                                           ": StartAt is missing\n");
    assert_string_equal(mistakes_of("{'StartAt':1,'States':[]}"),
                        "/States: must be an object\n"
                        "/StartAt: must be a string\n");
    assert_string_equal(mistakes_of("{'StartAt':'A','States':{}}"),
                        "/StartAt: there is no state of this name\n"
                        "/States: must not be empty\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'a','States':{'A':{'Type':'Succeed'}}}"),
        "/StartAt: there is no state of this name\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','Version':'2.0','Comment':1,"
                    "'TimeoutSeconds':9,'QueryLanguage':'JSONata','Foo':1,"
                    "'Next':'A','States':{'A':{'Type':'Succeed'}}}"),
        "/Comment: must be a string\n"
        "/TimeoutSeconds: this field is not supported\n"
        "/QueryLanguage: this field is not supported\n"
        "/Foo: unknown field\n"
        "/Next: this field is not allowed here\n"
        "/Version: must be 1.0\n");
    assert_string_equal(mistakes_of("{'StartAt':'A','Version':1.0,"
                                    "'States':{'A':{'Type':'Succeed'}}}"),
                        "/Version: must be a string\n");
}

static void state_types_are_checked(void **state)
{
    (void)state;
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':1,'B':{},'C':{'Type':2},"
                    "'D':{'Type':'Pass','Next':'A'},'E':{'Type':'task'},"
                    "'F':{'Type':'Map'}}}"),
        "/States/A: must be an object\n"
        "/States/B: Type is missing\n"
        "/States/C/Type: must be a string\n"
        "/States/D/Type: this state type is not supported\n"
        "/States/E/Type: unknown state type\n"
        "/States/F/Type: this state type is not supported\n");
}

static void state_fields_are_checked(void **state)
{
    (void)state;
    assert_string_equal(
        task_mistakes("'End':true,'TimeoutSeconds':1,'ResultPath':'$',"
                      "'Error':'e','Rsource':'x','Comment':{}"),
        "/States/A/TimeoutSeconds: this field is not supported\n"
        "/States/A/ResultPath: this field is not supported\n"
        "/States/A/Error: this field is not allowed here\n"
        "/States/A/Rsource: unknown field\n"
        "/States/A/Comment: must be a string\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Succeed',"
                    "'Next':'A','Retry':[],'InputPath':'$'}}}"),
        "/States/A/Next: this field is not allowed here\n"
        "/States/A/Retry: this field is not allowed here\n"
        "/States/A/InputPath: this field is not supported\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Fail','Error':1,"
                    "'Cause':null,'End':true,'CausePath':'$.x'}}}"),
        "/States/A/End: this field is not allowed here\n"
        "/States/A/CausePath: this field is not supported\n"
        "/States/A/Error: must be a string\n"
        "/States/A/Cause: must be a string\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Task'}}}"),
        "/States/A: Resource is missing\n"
        "/States/A: Next is missing\n"
        "/States: no state ends the execution\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Task',"
                    "'Resource':'','End':true}}}"),
        "/States/A/Resource: must not be empty\n");
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Task',"
                    "'Resource':7,'End':true}}}"),
        "/States/A/Resource: must be a string\n");
}

static void ways_out_are_checked(void **state)
{
    (void)state;
    assert_string_equal(task_mistakes("'End':true"), "");
    assert_string_equal(task_mistakes("'End':true,'Next':'A'"),
                        "/States/A/End: End and Next exclude each other\n");
    assert_string_equal(task_mistakes("'End':'true'"),
                        "/States/A/End: must be true or false\n");
    assert_string_equal(task_mistakes("'End':false"),
                        "/States/A: Next is missing\n"
                        "/States: no state ends the execution\n");
    assert_string_equal(task_mistakes("'Next':'a'"),
                        "/States/A/Next: there is no state of this name\n"
                        "/States: no state ends the execution\n");
    assert_string_equal(task_mistakes("'Next':null,'End':true"),
                        "/States/A/End: End and Next exclude each other\n"
                        "/States/A/Next: must be a string\n");
    assert_string_equal(task_mistakes("'Next':'A'"),
                        "/States: no state ends the execution\n");
}

static void every_state_is_reachable(void **state)
{
    (void)state;
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Task',"
                    "'Resource':'r','Next':'D','Catch':[{'ErrorEquals':"
                    "['x'],'Next':'C'}]},'B':{'Type':'Task','Resource':'r',"
                    "'Next':'E'},'C':{'Type':'Fail'},'D':{'Type':'Succeed'},"
                    "'E':{'Type':'Fail'}}}"),
        "/States/B: no way leads to this state\n"
        "/States/E: no way leads to this state\n");
    /* A type without known edges may lead anywhere. */
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':{'Type':'Choice'},"
                    "'B':{'Type':'Succeed'}}}"),
        "/States/A/Type: this state type is not supported\n");
}

static void long_chains_are_followed(void **state)
{
    (void)state;
    struct text out = text_create(&arena, 1 << 20);
    text_puts(&out, "{'StartAt':'0','States':{");
    for (int i = 0; i < 3000; i++)
        text_printf(&out, "'%d':{'Type':'Task','Resource':'r','Next':'%d'},", i,
                    i + 1);
    text_puts(&out, "'3000':{'Type':'Succeed'}}}");
    assert_string_equal(mistakes_of(out.bytes), "");
}

static void names_are_escaped_and_short(void **state)
{
    (void)state;
    assert_string_equal(
        mistakes_of("{'StartAt':'a/b~c','States':{'a/b~c':"
                    "{'Type':'Succeed','~/':1},'':{'Type':'Fail'}}}"),
        "/States/a~1b~0c/~0~1: unknown field\n"
        "/States/: no way leads to this state\n");
    char name[2 * 81 + 1] = {0};
    for (int i = 0; i < 80; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    assert_string_equal(
        mistakes_of(arena_printf(
            &arena, "{'StartAt':'%s','States':{'%s':{'Type':'Fail'}}}", name,
            name)),
        "");
    name[160] = 'x';
    assert_string_equal(
        mistakes_of(arena_printf(
            &arena, "{'StartAt':'%s','States':{'%s':{'Type':'Fail'}}}", name,
            name)),
        arena_printf(&arena,
                     "/States/%s: a state's name has at most 80 characters\n",
                     name));
}

static void retriers_are_checked(void **state)
{
    (void)state;
    assert_string_equal(task_mistakes("'End':true,'Retry':{}"),
                        "/States/A/Retry: must be an array\n");
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[1,{},{'ErrorEquals':'x'},"
                      "{'ErrorEquals':[]},{'ErrorEquals':['x',1,null]}]"),
        "/States/A/Retry/0: must be an object\n"
        "/States/A/Retry/1: ErrorEquals is missing\n"
        "/States/A/Retry/2/ErrorEquals: must be an array\n"
        "/States/A/Retry/3/ErrorEquals: must not be empty\n"
        "/States/A/Retry/4/ErrorEquals/1: must be a string\n"
        "/States/A/Retry/4/ErrorEquals/2: must be a string\n");
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[{'ErrorEquals':['x'],"
                      "'IntervalSeconds':0,'MaxAttempts':-1,"
                      "'MaxDelaySeconds':1.5,'BackoffRate':0.99,"
                      "'JitterStrategy':'HALF','Next':'A','Foo':1}]"),
        "/States/A/Retry/0/Next: this field is not allowed here\n"
        "/States/A/Retry/0/Foo: unknown field\n"
        "/States/A/Retry/0/IntervalSeconds: "
        "must be a whole number from 1 to 99999999\n"
        "/States/A/Retry/0/MaxAttempts: "
        "must be a whole number from 0 to 99999999\n"
        "/States/A/Retry/0/MaxDelaySeconds: "
        "must be a whole number from 1 to 99999999\n"
        "/States/A/Retry/0/BackoffRate: must be a number of at least 1.0\n"
        "/States/A/Retry/0/JitterStrategy: must be FULL or NONE\n");
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[{'ErrorEquals':['x'],"
                      "'IntervalSeconds':100000000,'MaxAttempts':'3',"
                      "'BackoffRate':'2','JitterStrategy':1}]"),
        "/States/A/Retry/0/IntervalSeconds: "
        "must be a whole number from 1 to 99999999\n"
        "/States/A/Retry/0/MaxAttempts: "
        "must be a whole number from 0 to 99999999\n"
        "/States/A/Retry/0/BackoffRate: must be a number of at least 1.0\n"
        "/States/A/Retry/0/JitterStrategy: must be a string\n");
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[{'ErrorEquals':['x'],"
                      "'IntervalSeconds':99999999,'MaxAttempts':0,"
                      "'MaxDelaySeconds':1,'BackoffRate':1,"
                      "'JitterStrategy':'NONE','Comment':'c'}]"),
        "");
}

static void catchers_are_checked(void **state)
{
    (void)state;
    assert_string_equal(task_mistakes("'End':true,'Catch':'x'"),
                        "/States/A/Catch: must be an array\n");
    assert_string_equal(
        task_mistakes("'End':true,'Catch':[{},{'ErrorEquals':['x'],"
                      "'Next':'B'},{'ErrorEquals':['x'],'Next':'A',"
                      "'ResultPath':'$','MaxAttempts':1}]"),
        "/States/A/Catch/0: ErrorEquals is missing\n"
        "/States/A/Catch/0: Next is missing\n"
        "/States/A/Catch/1/Next: there is no state of this name\n"
        "/States/A/Catch/2/ResultPath: this field is not supported\n"
        "/States/A/Catch/2/MaxAttempts: this field is not allowed here\n");
}

static void all_stands_alone_and_last(void **state)
{
    (void)state;
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[{'ErrorEquals':['x']},"
                      "{'ErrorEquals':['States.ALL']}],'Catch':"
                      "[{'ErrorEquals':['States.ALL'],'Next':'A'}]"),
        "");
    assert_string_equal(
        task_mistakes("'End':true,'Retry':[{'ErrorEquals':['States.ALL']},"
                      "{'ErrorEquals':['x','States.ALL']}],'Catch':"
                      "[{'ErrorEquals':['States.ALL','x'],'Next':'A'},"
                      "{'ErrorEquals':['x'],'Next':'A'}]"),
        "/States/A/Retry/0/ErrorEquals: "
        "States.ALL must be in the last entry\n"
        "/States/A/Retry/1/ErrorEquals: States.ALL must stand alone\n"
        "/States/A/Catch/0/ErrorEquals: States.ALL must stand alone\n"
        "/States/A/Catch/0/ErrorEquals: "
        "States.ALL must be in the last entry\n");
}

/* What the fuzzer once broke: it need only not break again. */
static void crashers_stay_fixed(void **state)
{
    (void)state;
    static const char folder[] = "tests/fuzz/crashers/definition";
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        size_t length;
        char *path = arena_printf(&arena, "%s/%s", folder, entry->d_name);
        char *bytes = file_read(&arena, path, 1 << 20, &length);
        if (bytes == NULL)
            continue;
        struct json_fault fault;
        const struct json *value = json_read(&arena, bytes, length, 32, &fault);
        const struct asl_definition *definition;
        const struct asl_mistake *mistakes;
        if (value != NULL)
            asl_parse(&arena, value, &definition, &mistakes);
    }
    closedir(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(machine_fields_are_checked),  TEST(state_types_are_checked),
        TEST(state_fields_are_checked),    TEST(ways_out_are_checked),
        TEST(every_state_is_reachable),    TEST(long_chains_are_followed),
        TEST(names_are_escaped_and_short), TEST(retriers_are_checked),
        TEST(catchers_are_checked),        TEST(all_stands_alone_and_last),
        TEST(crashers_stay_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
