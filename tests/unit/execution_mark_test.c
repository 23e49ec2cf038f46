/* What events say of a picture's states and edges. */
#define _GNU_SOURCE
#include "tests/unit/definition_fixture.h"

#include "lib/view/graph/graph.h"

static const char order[] =
    "{'StartAt':'Check','States':{"
    "'Check':{'Type':'Task','Resource':'task:X','Next':'Both',"
    "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'Undo'}]},"
    "'Both':{'Type':'Parallel','Next':'Loop','Branches':["
    "{'StartAt':'Pay','States':{'Pay':{'Type':'Task','Resource':'task:X',"
    "'End':true}}},"
    "{'StartAt':'Sleep','States':{'Sleep':{'Type':'Wait','Seconds':9,"
    "'Next':'Pick'},'Pick':{'Type':'Choice','Choices':[{'Variable':'$.x',"
    "'IsPresent':true,'Next':'Pass'}]},'Pass':{'Type':'Pass','End':true}}}],"
    "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'Undo'}]},"
    "'Loop':{'Type':'Map','Next':'Done','Iterator':{'StartAt':'Item',"
    "'States':{'Item':{'Type':'Task','Resource':'task:X','End':true}}}},"
    "'Undo':{'Type':'Task','Resource':'task:X','Next':'Fail'},"
    "'Fail':{'Type':'Fail'},'Done':{'Type':'Succeed'}}}";

#define CHECKED                                                                \
    "ExecutionStarted - ,TaskStateEntered Check,TaskScheduled Check,"          \
    "TaskSucceeded Check,TaskStateExited Check,"
#define FORKED                                                                 \
    CHECKED "ParallelStateEntered Both,ParallelStateStarted Both,"             \
            "TaskStateEntered Pay,TaskScheduled Pay,WaitStateEntered Sleep,"

/* "Type State" or "Type State {detail}", parted by ","; a detail holds none. */
static struct execution_graph *follow(const char *events)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(order), &definition, &mistakes))
        fail_msg("%s: %s", mistakes->pointer, mistakes->text);
    struct execution_graph *graph = execution_graph_lay(&arena, definition);
    assert_non_null(graph);
    char *rest = arena_string(&arena, events);
    for (char *event; (event = strtok_r(rest, ",", &rest)) != NULL;) {
        char *type = strtok_r(event, " ", &event);
        char *state = strtok_r(event, " ", &event);
        const char *detail = strtok_r(event, "", &event);
        execution_graph_event(graph, type,
                              strcmp(state, "-") == 0 ? NULL : state,
                              detail == NULL ? NULL : json(detail));
    }
    return graph;
}

static enum graph_condition condition(const struct execution_graph *graph,
                                      const char *name)
{
    struct graph_box *box = execution_graph_find(graph, name);
    if (box == NULL)
        fail_msg("no box %s", name);
    return box->condition;
}

static void every_condition_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *events, *name;
        enum graph_condition wanted;
    } cases[] = {
        {"", "Check", GRAPH_NOT_REACHED},
        {"TaskStateEntered Check", "Check", GRAPH_RUNNING},
        {CHECKED, "Check", GRAPH_SUCCEEDED},
        {CHECKED, "Both", GRAPH_NOT_REACHED},
        {"TaskStateEntered Check,TaskScheduled Check,TaskFailed Check "
         "{'error':'E'},ExecutionFailed -",
         "Check", GRAPH_FAILED},
        {"TaskStateEntered Check,TaskScheduled Check,TaskTimedOut Check "
         "{'retry_after_ms':5}",
         "Check", GRAPH_RUNNING},
        {"TaskStateEntered Check,TaskScheduled Check,TaskFailed Check "
         "{'caught':'Undo'},TaskStateExited Check",
         "Check", GRAPH_CAUGHT},
        {"FailStateEntered Fail,ExecutionFailed -", "Fail", GRAPH_FAILED},
        {"TaskStateEntered Check,ExecutionAborted -", "Check", GRAPH_ABORTED},
        {"TaskStateEntered Check,ExecutionTimedOut -", "Check", GRAPH_ABORTED},
        {FORKED, "Both", GRAPH_RUNNING},
        {FORKED "TaskFailed Pay {'error':'E'},WaitStateAborted Sleep,"
                "ParallelStateFailed Both {'caught':'Undo'}",
         "Sleep", GRAPH_ABORTED},
        {FORKED "TaskFailed Pay {'error':'E'},WaitStateAborted Sleep,"
                "ParallelStateFailed Both {'caught':'Undo'},"
                "ParallelStateExited Both",
         "Both", GRAPH_CAUGHT},
        {FORKED "WaitStateExited Sleep,ChoiceStateEntered Pick,"
                "TaskStateAborted Pay,ParallelStateFailed Both {'error':'E'}",
         "Pick", GRAPH_FAILED},
        {FORKED "TaskFailed Pay {'error':'E'},WaitStateAborted Sleep,"
                "ParallelStateFailed Both {'error':'E'},ExecutionFailed -,"
                "ExecutionRedriven Pay",
         "Both", GRAPH_RUNNING},
        {FORKED "TaskFailed Pay {'error':'E'},WaitStateAborted Sleep,"
                "ParallelStateFailed Both {'error':'E'},ExecutionFailed -,"
                "ExecutionRedriven - {'state':'Pay'}",
         "Pay", GRAPH_RUNNING},
        {"MapStateEntered Loop,TaskStateEntered Item,TaskStateEntered Item,"
         "TaskStateExited Item",
         "Item", GRAPH_RUNNING},
        {"MapStateEntered Loop,TaskStateEntered Item,TaskStateEntered Item,"
         "TaskStateExited Item,TaskStateExited Item",
         "Item", GRAPH_SUCCEEDED},
        {"TaskStateExited Check,TaskSucceeded Nowhere,Strange Check", "Check",
         GRAPH_SUCCEEDED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct execution_graph *graph = follow(cases[i].events);
        if (condition(graph, cases[i].name) != cases[i].wanted)
            fail_msg("case %zu: %s is %d", i, cases[i].name,
                     (int)condition(graph, cases[i].name));
    }
}

static void retries_and_visits_are_counted(void **state)
{
    (void)state;
    struct execution_graph *graph =
        follow("TaskStateEntered Check,TaskScheduled Check,TaskFailed Check "
               "{'retry_after_ms':5},TaskScheduled Check {'attempt':2},"
               "TaskFailed Check {'retry_after_ms':9},TaskScheduled Check "
               "{'attempt':3},TaskStateExited Check,ParallelStateEntered Both,"
               "ParallelStateFailed Both {'retry_after_ms':9}");
    assert_int_equal(execution_graph_find(graph, "Check")->retries, 2);
    assert_int_equal(execution_graph_find(graph, "Check")->entered, 1);
    assert_int_equal(execution_graph_find(graph, "Both")->retries, 1);
    assert_int_equal(condition(graph, "Both"), GRAPH_RUNNING);
}

/* "A>B A!C": taken, the second by a catcher; in the order of the document. */
static const char *taken(const struct execution_graph *graph)
{
    const char *list = "";
    for (size_t e = 0; e < graph->edge_count; e++)
        if (graph->edges[e].taken)
            list = arena_printf(&arena, "%s%s%s%s%s", list,
                                *list == '\0' ? "" : " ",
                                asl_name(graph->edges[e].from->state),
                                graph->edges[e].is_catch ? "!" : ">",
                                asl_name(graph->edges[e].to->state));
    return list;
}

static void edges_are_taken_one_by_one(void **state)
{
    (void)state;
    static const struct {
        const char *events, *wanted;
    } cases[] = {
        {CHECKED, ""},
        {CHECKED "ParallelStateEntered Both", "Check>Both"},
        {FORKED "WaitStateExited Sleep,TaskSucceeded Pay,TaskStateExited Pay,"
                "ChoiceStateEntered Pick,ChoiceStateExited Pick,"
                "PassStateEntered Pass",
         "Check>Both Sleep>Pick Pick>Pass"},
        {"TaskStateEntered Check,TaskFailed Check {'caught':'Undo'},"
         "TaskStateExited Check,TaskStateEntered Undo,TaskStateExited Undo,"
         "FailStateEntered Fail",
         "Check!Undo Undo>Fail"},
        {"TaskStateEntered Check,TaskFailed Check {'error':'E'},"
         "TaskStateEntered Undo",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(taken(follow(cases[i].events)), cases[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_is_told),
        cmocka_unit_test(retries_and_visits_are_counted),
        cmocka_unit_test(edges_are_taken_one_by_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
