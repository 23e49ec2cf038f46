/* What an execution's events say of its states and edges: see
 * graph.h. Events name states, not visits: when a state is in hand
 * several times at once, as in a Map, it is running until the last has ended.
 */
#include <string.h>

#include "lib/view/graph/private.h"

static bool is_one_of(const char *type, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(type, *names) == 0)
            return true;
    return false;
}

/* The one whose source was left for it; a catcher's only where it led here. */
static void follow(struct execution_graph *graph, const struct graph_box *box)
{
    for (size_t e = 0; e < graph->edge_count; e++) {
        struct graph_edge *edge = &graph->edges[e];
        struct graph_box *from = edge->from;
        if (edge->to != box || from->left == 0 ||
            edge->is_catch != (from->next != NULL) ||
            (edge->is_catch && from->next != box->state))
            continue;
        edge->taken = true;
        from->left--;
        from->next = NULL;
        return;
    }
}

static void enter(struct execution_graph *graph, struct graph_box *box)
{
    follow(graph, box);
    box->entered++;
    box->open++;
    box->condition = GRAPH_RUNNING;
}

static void leave(struct graph_box *box)
{
    if (box->open > 0)
        box->open--;
    box->left++;
    if (box->open == 0)
        box->condition = box->next != NULL ? GRAPH_CAUGHT : GRAPH_SUCCEEDED;
}

static bool stands_in(const struct graph_box *box, const struct graph_box *in)
{
    for (box = box->parent; box != NULL; box = box->parent)
        if (box == in)
            return true;
    return in == NULL;
}

/* Of those left in hand by what ended around them, the states that are no
 * waiting work are where it failed: theirs is no event of its own. */
static void end_inner(struct execution_graph *graph, const struct graph_box *in,
                      bool failed)
{
    for (size_t i = 0; i < graph->box_count; i++) {
        struct graph_box *box = &graph->boxes[i];
        if (box->open == 0 || !stands_in(box, in))
            continue;
        enum asl_type type = asl_type(box->state);
        bool at_once = type != ASL_TASK && type != ASL_PARALLEL &&
                       type != ASL_MAP && type != ASL_WAIT;
        box->open = 0;
        box->condition =
            failed && (at_once || in == NULL) ? GRAPH_FAILED : GRAPH_ABORTED;
    }
}

static void fail(struct execution_graph *graph, struct graph_box *box,
                 const struct json *detail)
{
    const char *caught = json_string(json_member(detail, "caught"));
    bool again = json_member(detail, "retry_after_ms") != NULL;
    const struct graph_box *to =
        caught == NULL ? NULL : execution_graph_find(graph, caught);
    if (asl_machines(box->state) > 0)
        end_inner(graph, box, true);
    if (again) {
        if (asl_type(box->state) != ASL_TASK)
            box->retries++; /* a Task's is counted when it begins */
        return;
    }
    box->condition = GRAPH_FAILED;
    box->next = to == NULL ? NULL : to->state;
    if (to == NULL && box->open > 0 && --box->open > 0)
        box->condition = GRAPH_RUNNING;
}

static void begin_task(struct graph_box *box, const struct json *detail)
{
    int64_t attempt = 1;
    json_integer(json_member(detail, "attempt"), &attempt);
    if (box->open == 0)
        box->open = 1; /* a redrive goes on in it without entering it */
    box->condition = GRAPH_RUNNING;
    if (attempt > 1)
        box->retries++;
}

static void redrive(struct execution_graph *graph, struct graph_box *box)
{
    for (size_t i = 0; i < graph->box_count; i++) {
        graph->boxes[i].left = 0;
        graph->boxes[i].next = NULL;
    }
    for (; box != NULL; box = box->parent) {
        box->condition = GRAPH_RUNNING;
        box->open = 1;
    }
}

static void mark_state(struct execution_graph *graph, const char *type,
                       struct graph_box *box, const struct json *detail)
{
    static const char *const failures[] = {"TaskFailed", "TaskTimedOut",
                                           "ParallelStateFailed",
                                           "MapStateFailed", NULL};
    if (text_ends_in(type, "StateEntered")) {
        enter(graph, box);
    } else if (text_ends_in(type, "StateExited")) {
        leave(box);
    } else if (strcmp(type, "TaskScheduled") == 0) {
        begin_task(box, detail);
    } else if (is_one_of(type, failures)) {
        fail(graph, box, detail);
    } else if (text_ends_in(type, "StateAborted") && box->open > 0) {
        box->open--;
        if (box->open == 0)
            box->condition = GRAPH_ABORTED;
    }
}

void execution_graph_event(struct execution_graph *graph, const char *type,
                           const char *state, const struct json *detail)
{
    static const char *const stops[] = {"ExecutionAborted", "ExecutionTimedOut",
                                        NULL};
    if (type == NULL)
        return;
    if (state == NULL)
        state = json_string(json_member(detail, "state"));
    struct graph_box *box =
        state == NULL ? NULL : execution_graph_find(graph, state);
    if (strcmp(type, "ExecutionRedriven") == 0)
        redrive(graph, box);
    else if (strcmp(type, "ExecutionFailed") == 0)
        end_inner(graph, NULL, true);
    else if (is_one_of(type, stops))
        end_inner(graph, NULL, false);
    else if (box != NULL)
        mark_state(graph, type, box, detail);
}
