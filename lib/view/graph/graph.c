/* A definition as a picture, machine by machine from the innermost: see
 * graph.h. */
#include "lib/view/graph/graph.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text/text.h"
#include "lib/view/graph/private.h"

enum { LABEL_BYTES = 120, ROW_WIDTH = 960, HEAD = 9 /* of an arrow */ };

struct size {
    int width, height;
};

/* Boxes and edges of the machines in a frame: they lie together. */
struct range {
    size_t box, box_end, edge, edge_end;
};

struct layout {
    struct arena *arena;
    struct execution_graph *graph;
    struct graph_node *nodes; /* of the machine in hand */
    struct graph_link *links;
    bool too_much;
};

static struct size lay_machine(struct layout *layout,
                               const struct asl_machine *machine,
                               struct graph_box *parent);

/* Counts no further than needed; as deep as definitions may be. */
static size_t count_states(const struct asl_machine *machine, size_t count)
{
    count += asl_count(machine);
    for (size_t i = 0; i < asl_count(machine); i++)
        for (size_t m = 0;
             m < asl_machines(asl_at(machine, i)) && count <= GRAPH_MAX_STATES;
             m++)
            count = count_states(asl_machine_at(asl_at(machine, i), m), count);
    return count;
}

static void shift(struct execution_graph *graph, struct range range, int x,
                  int y)
{
    for (size_t i = range.box; i < range.box_end; i++) {
        graph->boxes[i].x += x;
        graph->boxes[i].y += y;
    }
    for (size_t e = range.edge; e < range.edge_end; e++)
        for (size_t p = 0; p < graph->edges[e].count; p++) {
            graph->edges[e].points[p].x += x;
            graph->edges[e].points[p].y += y;
        }
}

/* The machines of a frame stand side by side, in as many rows as they need.
 * They are placed as if the frame stood at 0, 0. */
static struct range lay_frame(struct layout *layout, struct graph_box *box)
{
    struct execution_graph *graph = layout->graph;
    struct range all = {.box = graph->box_count, .edge = graph->edge_count};
    int x = GRAPH_MARGIN, y = GRAPH_BOX_HEIGHT + GRAPH_MARGIN / 2;
    int right = GRAPH_BOX_WIDTH, bottom = GRAPH_BOX_HEIGHT;
    size_t count = asl_machines(box->state);
    for (size_t i = 0; i < count && !layout->too_much; i++) {
        struct range one = {.box = graph->box_count, .edge = graph->edge_count};
        struct size size =
            lay_machine(layout, asl_machine_at(box->state, i), box);
        one.box_end = graph->box_count;
        one.edge_end = graph->edge_count;
        if (x > GRAPH_MARGIN && x + size.width > ROW_WIDTH) {
            x = GRAPH_MARGIN;
            y = bottom + GRAPH_APART;
        }
        shift(graph, one, x, y);
        x += size.width;
        right = right < x + GRAPH_MARGIN ? x + GRAPH_MARGIN : right;
        bottom = bottom < y + size.height ? y + size.height : bottom;
        x += GRAPH_APART;
    }
    all.box_end = graph->box_count;
    all.edge_end = graph->edge_count;
    box->frame = count > 0;
    box->width = right + right % 2; /* the middle is a whole pixel */
    box->height = bottom + (count > 0 ? GRAPH_MARGIN : 0);
    return all;
}

static const char *name_edge(struct arena *arena, const struct asl_edge *edge,
                             const char *before)
{
    static const char *const words[] = {[ASL_EDGE_NEXT] = "Next",
                                        [ASL_EDGE_CHOICE] = "Rule",
                                        [ASL_EDGE_DEFAULT] = "Default",
                                        [ASL_EDGE_CATCH] = "Catch"};
    if (before != NULL && strlen(before) > LABEL_BYTES)
        return before;
    bool numbered =
        edge->kind == ASL_EDGE_CHOICE || edge->kind == ASL_EDGE_CATCH;
    const char *number =
        numbered ? arena_printf(arena, " %zu", edge->index + 1) : "";
    return arena_printf(arena, "%s%s%s%s", before == NULL ? "" : before,
                        before == NULL ? "" : ", ", words[edge->kind], number);
}

/* The edges of one machine; those between the same two count once. */
static void add_edges(struct layout *layout, struct graph_box *boxes,
                      const struct asl_machine *machine)
{
    struct execution_graph *graph = layout->graph;
    for (size_t i = 0; i < asl_count(machine); i++) {
        size_t first = graph->edge_count;
        const struct asl_state *state = boxes[i].state;
        for (size_t e = 0; e < asl_edges(state); e++) {
            struct asl_edge way = asl_edge_at(state, e);
            struct graph_box *to = boxes;
            while (to->state != way.to)
                to++;
            bool is_catch = way.kind == ASL_EDGE_CATCH;
            size_t at = first;
            while (at < graph->edge_count &&
                   (graph->edges[at].to != to ||
                    graph->edges[at].is_catch != is_catch))
                at++;
            if (at == GRAPH_MAX_EDGES) {
                layout->too_much = true;
                return;
            }
            struct graph_edge *edge = &graph->edges[at];
            if (at == graph->edge_count)
                graph->edge_count++;
            edge->from = &boxes[i];
            edge->to = to;
            edge->is_catch = is_catch;
            edge->label = name_edge(layout->arena, &way, edge->label);
        }
    }
}

/* The boxes have their sizes and the edges their ends; gives both their places
 * within the machine. */
static struct size lay_rows(struct layout *layout, struct graph_rows *rows,
                            size_t start)
{
    rows->arena = layout->arena;
    rows->node_count = rows->box_count;
    rows->nodes = layout->nodes;
    rows->links = layout->links;
    for (size_t i = 0; i < rows->box_count; i++)
        rows->nodes[i] = (struct graph_node){.box = &rows->boxes[i],
                                             .width = rows->boxes[i].width};
    graph_rank(rows, start);
    if (!graph_link_rows(rows)) {
        layout->too_much = true;
        return (struct size){0};
    }
    graph_order(rows);
    graph_place(rows);
    graph_route(rows);
    return (struct size){rows->width, rows->height};
}

static struct size lay_machine(struct layout *layout,
                               const struct asl_machine *machine,
                               struct graph_box *parent)
{
    struct execution_graph *graph = layout->graph;
    struct graph_rows rows = {.boxes = graph->boxes + graph->box_count,
                              .box_count = asl_count(machine),
                              .edges = graph->edges + graph->edge_count};
    size_t start = 0;
    for (size_t i = 0; i < rows.box_count; i++) {
        rows.boxes[i] = (struct graph_box){.state = asl_at(machine, i),
                                           .parent = parent,
                                           .width = GRAPH_BOX_WIDTH,
                                           .height = GRAPH_BOX_HEIGHT};
        if (asl_at(machine, i) == asl_start(machine))
            start = i;
    }
    graph->box_count += rows.box_count;
    add_edges(layout, rows.boxes, machine);
    rows.edge_count = (size_t)(graph->edges + graph->edge_count - rows.edges);
    struct range *inner =
        arena_alloc(layout->arena, rows.box_count * sizeof *inner);
    for (size_t i = 0; i < rows.box_count && !layout->too_much; i++)
        inner[i] = lay_frame(layout, &rows.boxes[i]);
    if (layout->too_much)
        return (struct size){0};
    struct size size = lay_rows(layout, &rows, start);
    for (size_t i = 0; i < rows.box_count; i++)
        shift(graph, inner[i], rows.boxes[i].x, rows.boxes[i].y);
    return size;
}

/* Straight lines, and curves that begin and end upright between rows. */
static void write_path(struct arena *arena, struct graph_edge *edge)
{
    struct text path = text_create(arena, 64);
    const struct graph_point *p = edge->points;
    text_printf(&path, "M%d %d", p[0].x, p[0].y);
    for (size_t i = 1; i < edge->count; i++) {
        bool last = i + 1 == edge->count;
        int y = p[i].y - (last ? HEAD - 2 : 0);
        int middle = (p[i - 1].y + y) / 2;
        if (p[i].x == p[i - 1].x)
            text_printf(&path, "V%d", y);
        else if (p[i].y == p[i - 1].y)
            text_printf(&path, "H%d", p[i].x);
        else
            text_printf(&path, "C%d %d %d %d %d %d", p[i - 1].x, middle, p[i].x,
                        middle, p[i].x, y);
    }
    struct graph_point end = p[edge->count - 1];
    edge->path = path.bytes;
    edge->arrow = arena_printf(arena, "M%d %dl-5 -%dh10z", end.x, end.y, HEAD);
}

static int compare_boxes(const void *a, const void *b)
{
    const struct graph_box *const *left = a, *const *right = b;
    int order = strcmp(asl_name((*left)->state), asl_name((*right)->state));
    if (order != 0)
        return order;
    return *left < *right ? -1 : 1;
}

static void index_names(struct arena *arena, struct execution_graph *graph)
{
    graph->by_name =
        arena_alloc(arena, graph->box_count * sizeof *graph->by_name);
    for (size_t i = 0; i < graph->box_count; i++)
        graph->by_name[i] = &graph->boxes[i];
    qsort(graph->by_name, graph->box_count, sizeof *graph->by_name,
          compare_boxes);
}

struct graph_box *execution_graph_find(const struct execution_graph *graph,
                                       const char *name)
{
    size_t from = 0;
    size_t to = graph->box_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(asl_name(graph->by_name[middle]->state), name) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < graph->box_count &&
                 strcmp(asl_name(graph->by_name[from]->state), name) == 0;
    return found ? graph->by_name[from] : NULL;
}

struct execution_graph *
execution_graph_lay(struct arena *arena,
                    const struct asl_definition *definition)
{
    size_t count = count_states(asl_root(definition), 0);
    if (count > GRAPH_MAX_STATES)
        return NULL;
    struct execution_graph *graph = arena_alloc(arena, sizeof *graph);
    graph->boxes = arena_alloc(arena, count * sizeof *graph->boxes);
    graph->edges = arena_alloc(arena, GRAPH_MAX_EDGES * sizeof *graph->edges);
    struct layout layout = {
        .arena = arena,
        .graph = graph,
        .nodes = arena_alloc(arena, GRAPH_MAX_NODES * sizeof *layout.nodes),
        .links = arena_alloc(arena, GRAPH_MAX_LINKS * sizeof *layout.links)};
    struct size size = lay_machine(&layout, asl_root(definition), NULL);
    if (layout.too_much)
        return NULL;
    size_t points = 0;
    for (size_t e = 0; e < graph->edge_count; e++)
        points += graph->edges[e].count;
    if (points > GRAPH_MAX_POINTS)
        return NULL;
    shift(graph, (struct range){0, graph->box_count, 0, graph->edge_count},
          GRAPH_MARGIN, GRAPH_MARGIN);
    graph->width = size.width + 2 * GRAPH_MARGIN;
    graph->height = size.height + 2 * GRAPH_MARGIN;
    for (size_t e = 0; e < graph->edge_count; e++)
        write_path(arena, &graph->edges[e]);
    index_names(arena, graph);
    return graph;
}
