/* What is wrong with a machine and its ways: asl_parse of lib/asl/asl.h. */
#include "tests/unit/parse_fixture.h"

#include <dirent.h>

#include "lib/base/system/file.h"

static void machine_fields_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"[]", ": must be an object\n"},
        {"{}", ": States is missing\n"
               ": StartAt is missing\n"},
        {"{'StartAt':1,'States':[]}", "/States: must be an object\n"
                                      "/StartAt: must be a string\n"},
        {"{'StartAt':'A','States':{}}",
         "/StartAt: there is no state of this name\n"
         "/States: must not be empty\n"},
        {"{'StartAt':'a','States':{'A':{'Type':'Succeed'}}}",
         "/StartAt: there is no state of this name\n"},
        {"{'StartAt':'A','Version':'2.0','Comment':1,'TimeoutSeconds':0,"
         "'QueryLanguage':'JSONata','Foo':1,'Next':'A','And':[],"
         "'ProcessorConfig':{},'States':{'A':{'Type':'Succeed'}}}",
         "/Version: must be 1.0\n"
         "/Comment: must be a string\n"
         "/TimeoutSeconds: must be a whole number from 1 to 99999999\n"
         "/QueryLanguage: JSONata is not supported\n"
         "/Foo: unknown field\n"
         "/Next: this field is not allowed here\n"
         "/And: this field is not allowed here\n"
         "/ProcessorConfig: this field is not allowed here\n"},
        {"{'StartAt':'A','Version':1.0,'QueryLanguage':'XPath',"
         "'TimeoutSeconds':1.5,'States':{'A':{'Type':'Succeed'}}}",
         "/Version: must be a string\n"
         "/QueryLanguage: must be JSONPath\n"
         "/TimeoutSeconds: must be a whole number from 1 to 99999999\n"},
        {"{'StartAt':'A','Version':'1.0','QueryLanguage':'JSONPath','Comment':"
         "'','TimeoutSeconds':99999999,'States':{'A':{'Type':'Succeed'}}}",
         ""},
    };
    check_cases(mistakes_of, cases, sizeof cases / sizeof *cases);
}

static void state_types_are_checked(void **state)
{
    (void)state;
    assert_string_equal(
        mistakes_of("{'StartAt':'A','States':{'A':1,'B':{},'C':{'Type':2},"
                    "'E':{'Type':'task'},'F':{'Type':'Fail','End':true}}}"),
        "/States/A: must be an object\n"
        "/States/B: Type is missing\n"
        "/States/C/Type: must be a string\n"
        "/States/E/Type: unknown state type\n"
        "/States/F/End: this field is not allowed in a Fail\n");
}

static void ways_out_are_checked(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"'End':true", ""},
        {"'End':true,'Next':'A'", "/End: End and Next exclude each other\n"},
        {"'End':'true'", "/End: must be true or false\n"},
        {"'End':false", ": Next is missing\n"
                        "/States: no state ends the machine\n"},
        {"'Comment':''", ": Next is missing\n"
                         "/States: no state ends the machine\n"},
        {"'Next':'a'", "/Next: there is no state of this name\n"
                       "/States: no state ends the machine\n"},
        {"'Next':null,'End':true", "/End: End and Next exclude each other\n"
                                   "/Next: must be a string\n"},
        {"'Next':'A'", "/States: no state ends the machine\n"},
    };
    static const char *const types[] = {
        "'Type':'Task','Resource':'r'", "'Type':'Pass'",
        "'Type':'Wait','Seconds':0",
        "'Type':'Parallel','Branches':[{'StartAt':'B','States':{'B':"
        "{'Type':'Fail'}}}]",
        "'Type':'Map','Iterator':{'StartAt':'B','States':{'B':"
        "{'Type':'Fail'}}}"};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            assert_string_equal(state_mistakes(arena_printf(
                                    &arena, "%s,%s", types[t], cases[i].text)),
                                cases[i].mistakes);
}

static void every_state_is_reachable(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'r',"
         "'Next':'D','Catch':[{'ErrorEquals':['x'],'Next':'C'}]},"
         "'B':{'Type':'Pass','Next':'E'},'C':{'Type':'Fail'},"
         "'D':{'Type':'Succeed'},'E':{'Type':'Fail'}}}",
         "/States/B: no way leads to this state\n"
         "/States/E: no way leads to this state\n"},
        {"{'StartAt':'A','States':{'A':{'Type':'Choice','Choices':"
         "[{'Variable':'$.x','IsNull':true,'Next':'B'},{'Not':{'Variable':"
         "'$.x','IsNull':true},'Next':'C'}],'Default':'D'},"
         "'B':{'Type':'Fail'},'C':{'Type':'Fail'},'D':{'Type':'Fail'},"
         "'E':{'Type':'Fail'}}}",
         "/States/E: no way leads to this state\n"},
        /* A state that cannot be read may lead anywhere. */
        {"{'StartAt':'A','States':{'A':{'Type':'Chioce'},"
         "'B':{'Type':'Succeed'}}}",
         "/States/A/Type: unknown state type\n"},
        {"{'StartAt':'A','States':{'A':{'Type':'Choice','Choices':[1]},"
         "'B':{'Type':'Succeed'}}}",
         "/States/A/Choices/0: must be an object\n"},
    };
    check_cases(mistakes_of, cases, sizeof cases / sizeof *cases);
}

static void long_chains_are_followed(void **state)
{
    (void)state;
    struct text out = text_create(&arena, 1 << 20);
    text_puts(&out, "{'StartAt':'0','States':{");
    for (int i = 0; i < 3000; i++)
        text_printf(&out, "'%d':{'Type':'Pass','Next':'%d'},", i, i + 1);
    text_puts(&out, "'3000':{'Type':'Succeed'}}}");
    assert_string_equal(mistakes_of(out.bytes), "");
}

static const char *of_one_name(const char *name)
{
    return mistakes_of(
        arena_printf(&arena, "{'StartAt':'%s','States':{'%s':{'Type':'Fail'}}}",
                     name, name));
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
    assert_string_equal(of_one_name(name), "");
    name[160] = 'x';
    assert_string_equal(
        of_one_name(name),
        arena_printf(&arena,
                     "/States/%s: a state's name has at most 80 characters\n",
                     name));
}

static const char *nested_arrays(int depth)
{
    struct text out = text_create(&arena, 512);
    text_puts(&out, "'Type':'Pass','End':true,'Result':");
    for (int i = 0; i < depth; i++)
        text_putc(&out, '[');
    for (int i = 0; i < depth; i++)
        text_putc(&out, ']');
    return out.bytes;
}

static void depth_has_an_end(void **state)
{
    (void)state;
    assert_string_equal(state_mistakes(nested_arrays(ASL_DEPTH - 3)), "");
    assert_string_equal(state_mistakes(nested_arrays(ASL_DEPTH - 2)),
                        ": arrays and objects are nested more than 100 deep\n");
}

/* A long name over many mistakes would be written for each. */
static void mistakes_have_an_end(void **state)
{
    (void)state;
    struct text out = text_create(&arena, 1 << 20);
    text_puts(&out, "'Type':'Pass','End':true,'Parameters':{'");
    for (int i = 0; i < 200000; i++)
        text_putc(&out, 'x');
    text_puts(&out, "':{'0.$':1");
    for (int i = 1; i < 1000; i++)
        text_printf(&out, ",'%d.$':1", i);
    text_puts(&out, "}}");
    size_t used = arena.used;
    const char *lines = state_mistakes(out.bytes);
    assert_true(arena.used - used < 32 << 20);
    size_t count = 0;
    for (const char *s = lines; *s != '\0'; s++)
        count += *s == '\n';
    assert_int_equal(count, 7);
    assert_non_null(strstr(lines, "\n: there are more mistakes than these\n"));
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
        const struct json *value =
            json_read(&arena, bytes, length, 2 * ASL_DEPTH, &fault);
        const struct asl_definition *definition;
        const struct asl_mistake *mistakes;
        if (value != NULL)
            asl_parse(&arena, value, &definition, &mistakes);
    }
    closedir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(machine_fields_are_checked), TEST(state_types_are_checked),
        TEST(ways_out_are_checked),       TEST(every_state_is_reachable),
        TEST(long_chains_are_followed),   TEST(names_are_escaped_and_short),
        TEST(depth_has_an_end),           TEST(mistakes_have_an_end),
        TEST(crashers_stay_fixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
