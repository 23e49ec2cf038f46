/* A workflow's definition as a picture: where each state's box and each edge
 * stands, and what an execution's events say of them. Pure; execution/page.c
 * fills it into the page.
 *
 * The states of a machine stand in rows, by the longest way from its start. An
 * edge that leads back to an earlier row goes round at the right side. An edge
 * that passes rows has a lane through them; all edges to the same state share
 * it. A Parallel and a Map are frames around their machines. No box overlaps
 * another. No edge overlaps a box, save one that it leaves, enters or lies in.
 */
#ifndef VIEW_GRAPH_GRAPH_H
#define VIEW_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/asl/asl.h"

enum {
    GRAPH_MAX_STATES = 300,
    GRAPH_MAX_EDGES = 1200, /* those with the same ends count once */
    GRAPH_MAX_POINTS = 20000,
    GRAPH_BOX_WIDTH = 208, /* px; a frame may be wider and higher */
    GRAPH_BOX_HEIGHT = 66
};

enum graph_condition {
    GRAPH_NOT_REACHED,
    GRAPH_RUNNING,
    GRAPH_SUCCEEDED,
    GRAPH_FAILED,
    GRAPH_CAUGHT, /* it failed, and a catcher led on */
    GRAPH_ABORTED
};

struct graph_box {
    const struct asl_state *state;
    struct graph_box *parent; /* the frame it stands in, or NULL */
    bool frame;
    int x, y, width, height;
    enum graph_condition condition;
    int64_t entered; /* how often */
    int64_t retries;
    int64_t open;                 /* entered and not left yet */
    int64_t left;                 /* left, and no follower entered yet */
    const struct asl_state *next; /* where a catcher leads to, until then */
};

struct graph_point {
    int x, y;
};

struct graph_edge {
    struct graph_box *from, *to;
    bool is_catch;
    bool back;                  /* to an earlier row, or to itself */
    bool taken;                 /* its target was entered after its source */
    const char *label;          /* "Next", "rule 1, Default", "Catch 2" */
    struct graph_point *points; /* from box to box */
    size_t count;
    const char *path;  /* SVG's d, up to the arrow head */
    const char *arrow; /* likewise, of the head */
};

struct execution_graph {
    int width, height;
    struct graph_box *boxes; /* a frame comes before what stands in it */
    size_t box_count;
    struct graph_edge *edges;
    size_t edge_count;
    struct graph_box **by_name; /* of all boxes */
};

/* NULL: the definition is beyond the bounds above. */
struct execution_graph *
execution_graph_lay(struct arena *arena,
                    const struct asl_definition *definition);

/* Takes the next event of the execution; give all, in their order. A detail
 * that is NULL or not as expected is passed over. */
void execution_graph_event(struct execution_graph *graph, const char *type,
                           const char *state, const struct json *detail);

/* The box of a state; NULL: there is none. */
struct graph_box *execution_graph_find(const struct execution_graph *graph,
                                       const char *name);

#endif
