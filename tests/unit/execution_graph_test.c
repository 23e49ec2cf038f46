/* The picture of a definition: what stands where, and where its edges lead. */
#include "tests/unit/definition_fixture.h"

#include "lib/base/text/text.h"
#include "lib/view/graph/graph.h"

#define TASK(name, rest)                                                       \
    "'" name "':{'Type':'Task','Resource':'task:ValidateOrder'," rest "}"
#define LINE(name, next) TASK(name, "'Next':'" next "'")
#define LAST(name) TASK(name, "'End':true")
#define MACHINE(start, states) "{'StartAt':'" start "','States':{" states "}}"

static const char linear[] =
    MACHINE("A", LINE("A", "B") "," LINE("B", "C") "," LAST("C"));
static const char choice[] =
    MACHINE("A", "'A':{'Type':'Choice','Choices':[{'Variable':'$.x',"
                 "'NumericEquals':1,'Next':'B'},{'Variable':'$.x',"
                 "'NumericEquals':2,'Next':'C'},{'Variable':'$.x',"
                 "'NumericEquals':3,'Next':'B'}],'Default':'D'}," LINE(
                     "B", "D") "," LINE("C", "D") "," LAST("D"));
static const char catching[] = MACHINE(
    "A",
    TASK(
        "A",
        "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'F'}]"
        ",'Next':'B'") "," TASK("B",
                                "'Catch':[{'ErrorEquals':['E'],'Next':'F'},"
                                "{'ErrorEquals':['States.ALL'],'Next':'F'}],'"
                                "Next':'"
                                "C'") "," TASK("C",
                                               "'Catch':[{'ErrorEquals':['"
                                               "States.ALL'"
                                               "],'Next':'F'}],"
                                               "'Next':'D'") "," LAST("D") ",'"
                                                                           "F':"
                                                                           "{'"
                                                                           "Typ"
                                                                           "e':"
                                                                           "'"
                                                                           "Fai"
                                                                           "l'"
                                                                           "}");
static const char loop[] = MACHINE(
    "A", LINE("A", "B") "," LINE(
             "B", "C") ","
                       "'C':{'Type':'Choice','Choices':[{'Variable':'$.x',"
                       "'IsPresent':true,'Next':'A'},{'Variable':'$.y',"
                       "'IsPresent':true,'Next':'C'}],'Default':'D'},"
                       "'D':{'Type':'Succeed'}");
#define BRANCH(p) MACHINE(p "1", LINE(p "1", p "2") "," LAST(p "2"))
static const char parallel[] = MACHINE(
    "A",
    LINE("A", "P") ",'P':{'Type':'Parallel','Branches':[" BRANCH("B") "," BRANCH(
        "C") "," BRANCH("D") "," BRANCH("E") "," BRANCH("G") "],'Next':'Z','"
                                                             "Catch':[{'"
                                                             "ErrorEquals':"
                                                             "['States.ALL'],'"
                                                             "Next':'F'}]}"
                                                             "," LAST(
                                                                 "Z") ",'F':{'"
                                                                      "Type':"
                                                                      "'Fail'"
                                                                      "}");
static const char map[] =
    MACHINE("M", "'M':{'Type':'Map','Iterator':" MACHINE(
                     "N", "'N':{'Type':'Map','Next':'O','Iterator':" BRANCH(
                              "P") "}," LAST("O")) ",'Next':'Z'}," LAST("Z"));
static const struct asl_definition *define(const char *text)
{
    const struct asl_definition *definition;
    const struct asl_mistake *mistakes;
    if (!asl_parse(&arena, json(text), &definition, &mistakes))
        fail_msg("%s: %s %s", text, mistakes->pointer, mistakes->text);
    return definition;
}

static struct execution_graph *lay(const char *text)
{
    struct execution_graph *graph = execution_graph_lay(&arena, define(text));
    assert_non_null(graph);
    return graph;
}

static struct graph_box *box(const struct execution_graph *graph,
                             const char *name)
{
    struct graph_box *found = execution_graph_find(graph, name);
    if (found == NULL)
        fail_msg("no box %s", name);
    return found;
}

static struct graph_edge *edge(const struct execution_graph *graph,
                               const char *from, const char *to, bool is_catch)
{
    for (size_t e = 0; e < graph->edge_count; e++)
        if (graph->edges[e].from == box(graph, from) &&
            graph->edges[e].to == box(graph, to) &&
            graph->edges[e].is_catch == is_catch)
            return &graph->edges[e];
    fail_msg("no edge %s to %s", from, to);
    return NULL;
}

static bool is_within(const struct graph_box *inner,
                      const struct graph_box *frame)
{
    for (; inner != NULL; inner = inner->parent)
        if (inner == frame)
            return true;
    return false;
}

/* Boxes overlap only where one stands in the other, and then wholly, under
 * the frame's own three lines. */
static void check_boxes(const struct execution_graph *graph)
{
    for (size_t i = 0; i < graph->box_count; i++) {
        const struct graph_box *a = &graph->boxes[i];
        assert_true(a->x >= 0 && a->y >= 0);
        assert_true(a->x + a->width <= graph->width);
        assert_true(a->y + a->height <= graph->height);
        assert_true(a->width >= GRAPH_BOX_WIDTH);
        for (size_t k = 0; k < graph->box_count; k++) {
            const struct graph_box *b = &graph->boxes[k];
            if (a == b || is_within(b, a))
                continue;
            if (a->parent == b) {
                assert_true(a->x > b->x && a->y >= b->y + GRAPH_BOX_HEIGHT);
                assert_true(a->x + a->width < b->x + b->width);
                assert_true(a->y + a->height < b->y + b->height);
            } else if (!is_within(a, b) && a->x < b->x + b->width &&
                       b->x < a->x + a->width && a->y < b->y + b->height &&
                       b->y < a->y + a->height) {
                fail_msg("%s lies on %s", asl_name(a->state),
                         asl_name(b->state));
            }
        }
    }
}

/* The least rectangle around a piece of an edge; curves stay in theirs. */
static bool touches(const struct graph_point *p, const struct graph_box *b)
{
    int left = p[0].x < p[1].x ? p[0].x : p[1].x;
    int right = p[0].x < p[1].x ? p[1].x : p[0].x;
    int top = p[0].y < p[1].y ? p[0].y : p[1].y;
    int bottom = p[0].y < p[1].y ? p[1].y : p[0].y;
    return left < b->x + b->width && right > b->x && top < b->y + b->height &&
           bottom > b->y;
}

static void check_edges(const struct execution_graph *graph)
{
    for (size_t e = 0; e < graph->edge_count; e++) {
        const struct graph_edge *edge = &graph->edges[e];
        const struct graph_point *p = edge->points;
        const struct graph_point *end = p + edge->count - 1;
        assert_true(edge->count >= 2);
        assert_int_equal(p->y, edge->from->y + edge->from->height);
        assert_in_range(p->x, edge->from->x + 1,
                        edge->from->x + edge->from->width - 1);
        assert_int_equal(end->y, edge->to->y);
        assert_in_range(end->x, edge->to->x + 1,
                        edge->to->x + edge->to->width - 1);
        assert_true(end->y > end[-1].y); /* the head points down */
        for (size_t i = 0; i + 1 < edge->count; i++)
            for (size_t k = 0; k < graph->box_count; k++)
                if (!is_within(edge->from, &graph->boxes[k]) &&
                    touches(p + i, &graph->boxes[k]))
                    fail_msg("%s to %s goes through %s",
                             asl_name(edge->from->state),
                             asl_name(edge->to->state),
                             asl_name(graph->boxes[k].state));
        for (size_t i = 0; i < edge->count; i++)
            assert_true(p[i].x >= 0 && p[i].x <= graph->width && p[i].y >= 0 &&
                        p[i].y <= graph->height);
        assert_true(strlen(edge->path) > 0 && strlen(edge->arrow) > 0);
    }
}

static void nothing_overlaps(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t boxes, edges;
    } cases[] = {{linear, 3, 2}, {choice, 4, 5},    {catching, 5, 6},
                 {loop, 4, 5},   {parallel, 14, 8}, {map, 6, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct execution_graph *graph = lay(cases[i].text);
        assert_int_equal(graph->box_count, cases[i].boxes);
        assert_int_equal(graph->edge_count, cases[i].edges);
        check_boxes(graph);
        check_edges(graph);
    }
}

static void rows_follow_the_longest_way(void **state)
{
    (void)state;
    struct execution_graph *graph = lay(linear);
    assert_true(box(graph, "A")->y < box(graph, "B")->y);
    assert_true(box(graph, "B")->y < box(graph, "C")->y);
    assert_int_equal(box(graph, "A")->x, box(graph, "C")->x);
    graph = lay(choice);
    assert_int_equal(box(graph, "B")->y, box(graph, "C")->y);
    assert_true(box(graph, "B")->x < box(graph, "C")->x);
    assert_true(box(graph, "D")->y > box(graph, "C")->y);
    assert_string_equal(edge(graph, "A", "B", false)->label, "Rule 1, Rule 3");
    assert_string_equal(edge(graph, "A", "D", false)->label, "Default");
    graph = lay(catching);
    assert_int_equal(box(graph, "F")->y, box(graph, "D")->y);
    assert_string_equal(edge(graph, "B", "F", true)->label, "Catch 1, Catch 2");
    graph = lay(parallel);
    assert_int_equal(box(graph, "B1")->y, box(graph, "D1")->y);
    assert_true(box(graph, "G1")->y > box(graph, "B2")->y); /* no room beside */
    assert_true(box(graph, "Z")->y > box(graph, "G2")->y);
    assert_true(box(graph, "P")->frame);
}

static void loops_go_round_at_the_side(void **state)
{
    (void)state;
    struct execution_graph *graph = lay(loop);
    assert_true(edge(graph, "C", "A", false)->back);
    assert_true(edge(graph, "C", "C", false)->back);
    assert_false(edge(graph, "C", "D", false)->back);
    assert_true(box(graph, "A")->y < box(graph, "C")->y);
    const struct graph_edge *up = edge(graph, "C", "A", false);
    bool beside = false;
    for (size_t i = 0; i < up->count; i++)
        beside =
            beside || up->points[i].x > box(graph, "A")->x + GRAPH_BOX_WIDTH;
    assert_true(beside);
}

/* A chain in which every state has a catcher leading to the last. */
static const char *chain(int count, bool all_to_all)
{
    struct text text = text_create(&arena, 1 << 20);
    text_puts(&text, "{'StartAt':'S0','States':{");
    for (int i = 0; i < count; i++) {
        text_printf(&text, "'S%d':{'Type':'Task','Resource':'task:X',", i);
        if (i < count - 1)
            text_printf(&text, "'Next':'S%d','Catch':[", i + 1);
        else
            text_puts(&text, "'End':true,'Catch':[");
        for (int k = all_to_all ? 0 : count; k < count; k++)
            text_printf(&text, "{'ErrorEquals':['E%d'],'Next':'S%d'},", k, k);
        text_puts(&text, "{'ErrorEquals':['States.ALL'],'Next':'F'}]},");
    }
    text_puts(&text, "'F':{'Type':'Fail'}}}");
    return text.bytes;
}

static void big_ones_are_drawn_up_to_a_bound(void **state)
{
    (void)state;
    struct execution_graph *graph = lay(chain(299, false));
    assert_int_equal(graph->box_count, GRAPH_MAX_STATES);
    check_boxes(graph);
    check_edges(graph);
    check_edges(lay(chain(20, true)));
    assert_null(execution_graph_lay(&arena, define(chain(300, false))));
    assert_null(execution_graph_lay(&arena, define(chain(60, true))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_overlaps),
        cmocka_unit_test(rows_follow_the_longest_way),
        cmocka_unit_test(loops_go_round_at_the_side),
        cmocka_unit_test(big_ones_are_drawn_up_to_a_bound),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
