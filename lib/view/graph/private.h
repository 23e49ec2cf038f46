/* What the files of this folder share: one machine while it is laid out. Its
 * states and the places of lanes are nodes in rows; links lead from one row to
 * the next. */
#ifndef VIEW_GRAPH_PRIVATE_H
#define VIEW_GRAPH_PRIVATE_H

#include "lib/view/graph/graph.h"

enum {
    GRAPH_LANE = 12,   /* the width of a lane's node */
    GRAPH_APART = 28,  /* between neighbours of a row */
    GRAPH_GAP = 52,    /* between rows */
    GRAPH_BACK = 14,   /* between what goes round at the side */
    GRAPH_MARGIN = 16, /* within a frame and around the whole */
    GRAPH_MAX_NODES = 3000,
    GRAPH_MAX_LINKS = 6000
};

/* What catchers lead to must not bend the way of an execution that goes well:
 * the weight of their links beside the others'. */
#define GRAPH_FAINT 1e-6

struct graph_node {
    struct graph_box *box; /* NULL: a lane's place in this row */
    size_t to;             /* of a lane: the node it leads to */
    bool is_catch;         /* of a lane */
    size_t next;           /* of a lane: its node in the row below */
    size_t row;
    size_t order; /* what the first order within the row goes by */
    int width;
    double x;      /* the middle */
    double aim;    /* where it would best stand */
    double weight; /* and how strongly */
};

/* Between nodes of neighbouring rows. */
struct graph_link {
    size_t from, to;
    double weight; /* how much it wants to be straight */
};

struct graph_rows {
    struct arena *arena;
    struct graph_edge *edges; /* of this machine */
    size_t edge_count;
    struct graph_box *boxes; /* likewise; node i is box i */
    size_t box_count;
    struct graph_node *nodes;
    size_t node_count;
    struct graph_link *links;
    size_t link_count;
    size_t row_count;
    size_t **rows; /* the nodes of each, from left to right */
    size_t *row_lengths;
    int *tops, *bottoms; /* of each row, px */
    int width, height;
};

/* Finds what leads back and gives each box its row. */
void graph_rank(struct graph_rows *rows, size_t start);

/* Adds the lanes and the links; false: there are too many. */
bool graph_link_rows(struct graph_rows *rows);

/* Puts the nodes of each row in their order. */
void graph_order(struct graph_rows *rows);

/* Gives every node its x, every row its y, the boxes both. */
void graph_place(struct graph_rows *rows);

/* Gives every edge its points. */
void graph_route(struct graph_rows *rows);

/* The node, in the row below `row`, of the lane to that node; the node itself
 * when it stands there. */
size_t graph_lane(const struct graph_rows *rows, size_t row, size_t to,
                  bool is_catch);

#endif
