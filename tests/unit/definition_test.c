/* What a definition answers: the section "Definitions" of lib/asl/asl.h. */
#include "tests/unit/definition_fixture.h"

#include "lib/asl/state.h"

static const struct asl_definition *definition_of(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(text), &definition, &mistakes))
        fail_msg("%s: %s", mistakes->pointer, mistakes->text);
    return definition;
}

static void definition_is_walked(void **state)
{
    (void)state;
    const struct asl_definition *def = definition_of(
        "{'Comment':'c','StartAt':'B','Version':'1.0','States':{"
        "'A':{'Type':'Task','Resource':'task:Two.waitForTaskToken',"
        "'End':true},"
        "'B':{'Type':'Task','Resource':'task:One','Next':'A','End':false,"
        "'Retry':[],'Catch':[{'ErrorEquals':['x'],'Next':'F'}]},"
        "'F':{'Type':'Fail','Error':'E1','Cause':'why'}}}");
    const struct asl_machine *root = asl_root(def);
    assert_int_equal(asl_count(root), 3);
    assert_string_equal(asl_name(asl_at(root, 0)), "A");
    const struct asl_state *b = asl_start(root);
    assert_ptr_equal(b, asl_find(def, "B"));
    assert_ptr_equal(b, asl_at(root, 1));
    assert_null(asl_find(def, "b"));
    assert_null(asl_find(def, ""));
    assert_null(asl_find(def, "Z"));
    assert_int_equal(asl_type(b), ASL_TASK);
    assert_string_equal(asl_resource(b), "task:One");
    assert_false(asl_waits_for_token(b));
    assert_int_equal(json_count(asl_json(b)), 6);
    const struct asl_state *a = asl_find(def, "A");
    assert_string_equal(asl_resource(a), "task:Two");
    assert_true(asl_waits_for_token(a));
    const struct asl_state *f = asl_find(def, "F");
    assert_null(asl_resource(f));
    assert_false(asl_waits_for_token(f));
    assert_int_equal(asl_machines(f), 0);
    static const char *const names[] = {"Task",     "Pass", "Choice",  "Wait",
                                        "Parallel", "Map",  "Succeed", "Fail"};
    for (int type = ASL_TASK; type <= ASL_FAIL; type++)
        assert_string_equal(asl_type_name((enum asl_type)type), names[type]);
}

static const char nested[] =
    "{'StartAt':'P','States':{'P':{'Type':'Parallel','Next':'M','Branches':["
    "{'StartAt':'x','States':{'y':{'Type':'Pass','End':true},"
    "'x':{'Type':'Pass','Next':'y'}}},"
    "{'StartAt':'z','States':{'z':{'Type':'Succeed'}}}]},"
    "'M':{'Type':'Map','Next':'N','Iterator':{'StartAt':'m','States':{"
    "'m':{'Type':'Fail'}}}},"
    "'N':{'Type':'Map','End':true,'ItemProcessor':{'StartAt':'n','States':{"
    "'n':{'Type':'Map','End':true,'ItemProcessor':{'StartAt':'k','States':{"
    "'k':{'Type':'Fail'}}}}}}}}}";

static void machines_are_nested(void **state)
{
    (void)state;
    const struct asl_definition *def = definition_of(nested);
    assert_int_equal(asl_count(asl_root(def)), 3);
    const struct asl_state *p = asl_find(def, "P");
    assert_int_equal(asl_machines(p), 2);
    const struct asl_machine *first = asl_machine_at(p, 0);
    assert_int_equal(asl_count(first), 2);
    assert_ptr_equal(asl_start(first), asl_find(def, "x"));
    assert_ptr_equal(asl_at(first, 0), asl_find(def, "y"));
    assert_ptr_equal(asl_start(asl_machine_at(p, 1)), asl_find(def, "z"));
    assert_int_equal(asl_machines(asl_find(def, "M")), 1);
    assert_int_equal(asl_machines(asl_find(def, "x")), 0);
    const struct asl_state *n =
        asl_start(asl_machine_at(asl_find(def, "N"), 0));
    assert_string_equal(asl_name(n), "n");
    assert_ptr_equal(n->machine, asl_machine_at(asl_find(def, "N"), 0));
    assert_ptr_equal(asl_start(asl_machine_at(n, 0)), asl_find(def, "k"));
    assert_ptr_equal(p->machine, asl_root(def));
    assert_int_equal(def->state_count, 9);
}

static void many_states_are_found(void **state)
{
    (void)state;
    char *text = arena_string(&arena, "{'StartAt':'0','States':{");
    for (int i = 0; i < 100; i++)
        text = arena_printf(&arena, "%s'%d':{'Type':'Pass','Next':'%d'},", text,
                            i, i + 1);
    const struct asl_definition *def =
        definition_of(arena_printf(&arena, "%s'100':{'Type':'Fail'}}}", text));
    for (int i = 0; i <= 100; i++)
        assert_ptr_equal(asl_find(def, arena_printf(&arena, "%d", i)),
                         asl_at(asl_root(def), (size_t)i));
    assert_null(asl_find(def, "101"));
}

/* "kind to index" of each way out, with a blank between. */
static const char *edges_of(const char *state)
{
    static const char *const kinds[] = {"next", "choice", "default", "catch"};
    const struct asl_definition *def = definition_of(arena_printf(
        &arena,
        "{'StartAt':'A','States':{'A':{%s},'B':{'Type':'Pass','Next':'C'},"
        "'C':{'Type':'Pass','Next':'D'},'D':{'Type':'Choice','Default':'A',"
        "'Choices':[{'Variable':'$.b','IsNull':true,'Next':'B'},"
        "{'Variable':'$.e','IsNull':true,'Next':'E'}]},"
        "'E':{'Type':'Fail'}}}",
        state));
    const struct asl_state *a = asl_find(def, "A");
    const char *out = "";
    for (size_t i = 0; i < asl_edges(a); i++) {
        struct asl_edge edge = asl_edge_at(a, i);
        out = arena_printf(&arena, "%s%s %s %zu;", out, kinds[edge.kind],
                           asl_name(edge.to), edge.index);
    }
    return out;
}

static void edges_are_listed(void **state)
{
    (void)state;
    assert_string_equal(edges_of("'Type':'Pass','Next':'B'"), "next B 0;");
    assert_string_equal(
        edges_of("'Type':'Task','Resource':'r','Catch':[{'ErrorEquals':['x'],"
                 "'Next':'B'},{'ErrorEquals':['y'],'Next':'B'},"
                 "{'ErrorEquals':['z'],'Next':'E'}],'Next':'D'"),
        "next D 0;catch B 0;catch B 1;catch E 2;");
    assert_string_equal(
        edges_of("'Type':'Task','Resource':'r','End':true,'Catch':["
                 "{'ErrorEquals':['x'],'Next':'B'}]"),
        "catch B 0;");
    assert_string_equal(
        edges_of("'Type':'Choice','Default':'E','Choices':["
                 "{'Variable':'$.a','IsNull':true,'Next':'C'},"
                 "{'Variable':'$.b','IsNull':true,'Next':'B'}]"),
        "choice C 0;choice B 1;default E 0;");
    assert_string_equal(
        edges_of("'Type':'Choice','Choices':["
                 "{'Variable':'$.a','IsNull':true,'Next':'B'}]"),
        "choice B 0;");
    const struct asl_definition *def =
        definition_of("{'StartAt':'A','States':{'A':{'Type':'Succeed'}}}");
    assert_int_equal(asl_edges(asl_find(def, "A")), 0);
}

static bool uses_context(const char *state)
{
    const struct asl_definition *def = definition_of(
        arena_printf(&arena, "{'StartAt':'A','States':{'A':{%s}}}", state));
    return asl_find(def, "A")->uses_context;
}

static void context_is_noticed(void **state)
{
    (void)state;
    assert_true(uses_context("'Type':'Succeed','InputPath':'$$.State.Name'"));
    assert_true(
        uses_context("'Type':'Pass','End':true,'Parameters':{'a':[{'b.$':"
                     "'States.Array(1, States.Array($$.Execution.Id))'}]}"));
    assert_false(uses_context("'Type':'Pass','End':true,'Parameters':"
                              "{'$$.a':{'b.$':'$.x'}}"));
    assert_false(uses_context(
        "'Type':'Parallel','End':true,'Branches':[{'StartAt':'B','States':{"
        "'B':{'Type':'Succeed','InputPath':'$$.State.Name'}}}]"));
    assert_true(uses_context(
        "'Type':'Map','End':true,'ItemSelector':{'a.$':'$$.Map.Item.Value'},"
        "'ItemProcessor':{'StartAt':'B','States':{'B':{'Type':'Fail'}}}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(definition_is_walked),  TEST(machines_are_nested),
        TEST(many_states_are_found), TEST(edges_are_listed),
        TEST(context_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
