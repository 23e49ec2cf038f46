/* Which row a state stands in, and the lanes through the rows between: see
 * private.h. */
#include "lib/view/graph/private.h"

enum { UNSEEN, OPEN, DONE };

struct walk {
    struct graph_rows *rows;
    int *seen;
    size_t *finished; /* boxes, in the order they are done with */
    size_t count;
    size_t order;
};

/* As deep as there are states: GRAPH_MAX_STATES. */
static void visit(struct walk *walk, size_t at)
{
    struct graph_rows *rows = walk->rows;
    walk->seen[at] = OPEN;
    rows->nodes[at].order = walk->order++;
    for (size_t e = 0; e < rows->edge_count; e++) {
        struct graph_edge *edge = &rows->edges[e];
        if (edge->from != &rows->boxes[at])
            continue;
        size_t to = (size_t)(edge->to - rows->boxes);
        edge->back = walk->seen[to] == OPEN;
        if (walk->seen[to] == UNSEEN)
            visit(walk, to);
    }
    walk->seen[at] = DONE;
    walk->finished[walk->count++] = at;
}

void graph_rank(struct graph_rows *rows, size_t start)
{
    struct arena *arena = rows->arena;
    struct walk walk = {
        .rows = rows,
        .seen = arena_alloc(arena, rows->box_count * sizeof(int)),
        .finished = arena_alloc(arena, rows->box_count * sizeof(size_t))};
    visit(&walk, start);
    for (size_t i = 0; i < rows->box_count; i++)
        if (walk.seen[i] == UNSEEN)
            visit(&walk, i); /* no way leads to it */
    rows->row_count = 1;
    for (size_t i = rows->box_count; i-- > 0;) {
        struct graph_node *node = &rows->nodes[walk.finished[i]];
        for (size_t e = 0; e < rows->edge_count; e++) {
            struct graph_edge *edge = &rows->edges[e];
            if (edge->from != node->box || edge->back)
                continue;
            struct graph_node *to = &rows->nodes[edge->to - rows->boxes];
            if (to->row <= node->row)
                to->row = node->row + 1;
            if (rows->row_count <= to->row)
                rows->row_count = to->row + 1;
        }
    }
}

size_t graph_lane(const struct graph_rows *rows, size_t row, size_t to,
                  bool is_catch)
{
    if (rows->nodes[to].row == row + 1)
        return to;
    for (size_t i = rows->box_count; i < rows->node_count; i++) {
        const struct graph_node *node = &rows->nodes[i];
        if (node->row == row + 1 && node->to == to &&
            node->is_catch == is_catch)
            return i;
    }
    return rows->node_count;
}

/* Joins what leads to the same node; false: there are too many. */
static bool add_link(struct graph_rows *rows, size_t from, size_t to,
                     double weight)
{
    for (size_t i = 0; i < rows->link_count; i++)
        if (rows->links[i].from == from && rows->links[i].to == to) {
            if (rows->links[i].weight < weight)
                rows->links[i].weight = weight;
            return true;
        }
    if (rows->link_count == GRAPH_MAX_LINKS)
        return false;
    rows->links[rows->link_count++] = (struct graph_link){from, to, weight};
    return true;
}

static bool link_edge(struct graph_rows *rows, const struct graph_edge *edge)
{
    size_t from = (size_t)(edge->from - rows->boxes);
    size_t to = (size_t)(edge->to - rows->boxes);
    double weight = edge->is_catch ? GRAPH_FAINT : 8;
    for (size_t row = rows->nodes[from].row; row < rows->nodes[to].row; row++) {
        size_t next = graph_lane(rows, row, to, edge->is_catch);
        bool begun = next < rows->node_count;
        if (!begun) {
            if (rows->node_count == GRAPH_MAX_NODES)
                return false;
            rows->nodes[rows->node_count++] =
                (struct graph_node){.to = to,
                                    .is_catch = edge->is_catch,
                                    .row = row + 1,
                                    .width = GRAPH_LANE,
                                    /* to the right of the states */
                                    .order = GRAPH_MAX_NODES + to};
        }
        if (!add_link(rows, from, next, weight))
            return false;
        if (rows->nodes[from].box == NULL)
            rows->nodes[from].next = next;
        if (begun)
            return true; /* the rest of the lane is there */
        from = next;
        weight = edge->is_catch ? GRAPH_FAINT : 2;
    }
    return true;
}

bool graph_link_rows(struct graph_rows *rows)
{
    for (size_t e = 0; e < rows->edge_count; e++)
        if (!rows->edges[e].back && !link_edge(rows, &rows->edges[e]))
            return false;
    return true;
}
