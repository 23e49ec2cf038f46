/* The ways of the edges: see private.h. Between two rows an
 * edge may go anywhere; within a row it goes straight down, in its own lane or
 * below its source. */
#include "lib/view/graph/private.h"

#include <stdlib.h>

enum { PORT_APART = 26, BACK_OUT = 20, BACK_IN = 44, BACK_RISE = 7 };

struct port {
    struct graph_edge *edge;
    double to_x;
};

static int compare_ports(const void *a, const void *b)
{
    const struct port *left = a, *right = b;
    if (left->to_x != right->to_x)
        return left->to_x < right->to_x ? -1 : 1;
    return left->edge < right->edge ? -1 : 1;
}

static struct graph_node *node_of(const struct graph_rows *rows,
                                  const struct graph_box *box)
{
    return &rows->nodes[box - rows->boxes];
}

static void add_point(struct graph_edge *edge, int x, int y)
{
    struct graph_point *points = edge->points;
    size_t count = edge->count;
    if (count >= 2 && points[count - 1].x == x && points[count - 2].x == x)
        points[count - 1].y = y; /* on along the same line */
    else
        points[edge->count++] = (struct graph_point){x, y};
}

static size_t first_step(const struct graph_rows *rows,
                         const struct graph_edge *edge)
{
    return graph_lane(rows, node_of(rows, edge->from)->row,
                      (size_t)(edge->to - rows->boxes), edge->is_catch);
}

static void route_down(struct graph_rows *rows, struct graph_edge *edge, int x)
{
    size_t row = node_of(rows, edge->from)->row;
    size_t to = (size_t)(edge->to - rows->boxes);
    size_t most = 2 * (rows->nodes[to].row - row) + 2;
    edge->points = arena_alloc(rows->arena, most * sizeof *edge->points);
    add_point(edge, x, edge->from->y + edge->from->height);
    if (rows->bottoms[row] > edge->from->y + edge->from->height)
        add_point(edge, x, rows->bottoms[row]);
    for (size_t at = first_step(rows, edge); at != to;
         at = rows->nodes[at].next) {
        const struct graph_node *lane = &rows->nodes[at];
        add_point(edge, (int)lane->x, rows->tops[lane->row]);
        add_point(edge, (int)lane->x, rows->bottoms[lane->row]);
    }
    add_point(edge, edge->to->x + edge->to->width / 2, edge->to->y);
}

/* A state's one Next goes out at the middle, its catchers beside it; a
 * Choice's ways out are spread. */
static void route_box(struct graph_rows *rows, struct graph_box *box,
                      struct port *ports)
{
    size_t count = 0, plain = 0;
    for (size_t e = 0; e < rows->edge_count; e++) {
        struct graph_edge *edge = &rows->edges[e];
        if (edge->from != box || edge->back)
            continue;
        double to_x = rows->nodes[first_step(rows, edge)].x;
        plain += !edge->is_catch;
        ports[count++] = (struct port){.edge = edge, .to_x = to_x};
    }
    if (count == 0)
        return;
    qsort(ports, count, sizeof *ports, compare_ports);
    double middle = ((double)count - 1) / 2;
    for (size_t i = 0; plain == 1 && i < count; i++)
        if (!ports[i].edge->is_catch)
            middle = (double)i;
    double reach = count > 1 && middle > (double)count - 1 - middle
                       ? middle
                       : (double)count - 1 - middle;
    double apart = GRAPH_BOX_WIDTH / 2.0 - 20;
    apart =
        reach > 0 && apart / reach < PORT_APART ? apart / reach : PORT_APART;
    for (size_t i = 0; i < count; i++)
        route_down(rows, ports[i].edge,
                   box->x + box->width / 2 +
                       (int)(((double)i - middle) * apart));
}

/* Out below, to the right side, up, and in from above. */
static void route_back(struct graph_rows *rows, struct graph_edge *edge,
                       int side, int rise)
{
    const struct graph_node *from = node_of(rows, edge->from);
    const struct graph_node *to = node_of(rows, edge->to);
    int out = edge->from->x + edge->from->width - BACK_OUT;
    int in = edge->to->x + edge->to->width - BACK_IN;
    int below = rows->bottoms[from->row] + GRAPH_GAP / 2 - rise;
    int above = rows->tops[to->row] - GRAPH_GAP / 2 + rise;
    edge->points = arena_alloc(rows->arena, 6 * sizeof *edge->points);
    add_point(edge, out, edge->from->y + edge->from->height);
    add_point(edge, out, below);
    add_point(edge, side, below);
    add_point(edge, side, above);
    add_point(edge, in, above);
    add_point(edge, in, edge->to->y);
}

void graph_route(struct graph_rows *rows)
{
    struct port *ports =
        arena_alloc(rows->arena, (rows->edge_count + 1) * sizeof *ports);
    for (size_t i = 0; i < rows->box_count; i++)
        route_box(rows, &rows->boxes[i], ports);
    int backs = 0;
    int side = rows->width;
    for (size_t e = 0; e < rows->edge_count; e++)
        if (rows->edges[e].back) {
            side += GRAPH_BACK;
            route_back(rows, &rows->edges[e], side, backs++ % 3 * BACK_RISE);
        }
    rows->width = side;
}
