/* From left to right, and where: see private.h. The order is
 * the barycentre method's (Sugiyama, Tagawa and Toda 1981): each row goes by
 * the middle of what its nodes are linked to, down and up in turn, and the
 * order with the fewest crossings is kept. Places within that order are those
 * with the least sum of squared distances from where the nodes would best
 * stand (pool adjacent violators). */
#include "lib/view/graph/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER_SWEEPS = 6, PLACE_SWEEPS = 8, MAX_COUNTED_LINKS = 1500 };

/* Of a lane's next part, against all else that leads into it. */
#define LANE_PULL 1e6

struct place {
    double aim;
    size_t order; /* breaks ties: as it was */
    size_t node;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->aim != right->aim)
        return left->aim < right->aim ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

/* Stands the row's nodes side by side, around 0. */
static void pack(struct graph_rows *rows, size_t row)
{
    double at = 0;
    for (size_t i = 0; i < rows->row_lengths[row]; i++) {
        struct graph_node *node = &rows->nodes[rows->rows[row][i]];
        node->x = at + node->width / 2.0;
        at += node->width + GRAPH_APART;
    }
    for (size_t i = 0; i < rows->row_lengths[row]; i++)
        rows->nodes[rows->rows[row][i]].x -= (at - GRAPH_APART) / 2;
}

/* Every node of the row aims at the middle of what it is linked to in the row
 * before (down) or after; a lane at its own part there, to be straight. */
static void aim(struct graph_rows *rows, size_t row, bool down)
{
    for (size_t i = 0; i < rows->row_lengths[row]; i++) {
        struct graph_node *node = &rows->nodes[rows->rows[row][i]];
        node->aim = node->weight = 0;
    }
    for (size_t l = 0; l < rows->link_count; l++) {
        const struct graph_link *link = &rows->links[l];
        struct graph_node *node = &rows->nodes[down ? link->to : link->from];
        if (node->row != row)
            continue;
        const struct graph_node *other =
            &rows->nodes[down ? link->from : link->to];
        bool lane = node->box == NULL && other->box == NULL;
        double weight = lane ? LANE_PULL : link->weight;
        node->aim += weight * other->x;
        node->weight += weight;
    }
    for (size_t i = 0; i < rows->row_lengths[row]; i++) {
        struct graph_node *node = &rows->nodes[rows->rows[row][i]];
        if (node->weight > 0)
            node->aim /= node->weight;
        else
            node->aim = node->x;
        if (node->weight == 0)
            node->weight = 0.1;
        else if (node->box == NULL)
            node->weight = node->is_catch ? GRAPH_FAINT : 1; /* makes way */
    }
}

static void sort_row(struct graph_rows *rows, size_t row, struct place *places)
{
    size_t count = rows->row_lengths[row];
    for (size_t i = 0; i < count; i++) {
        size_t at = rows->rows[row][i];
        places[i] = (struct place){rows->nodes[at].aim, i, at};
    }
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++)
        rows->rows[row][i] = places[i].node;
    pack(rows, row);
}

static size_t crossings(const struct graph_rows *rows)
{
    size_t count = 0;
    for (size_t a = 0; a < rows->link_count; a++)
        for (size_t b = a + 1; b < rows->link_count; b++) {
            const struct graph_node *from = &rows->nodes[rows->links[a].from];
            const struct graph_node *other = &rows->nodes[rows->links[b].from];
            if (from->row != other->row)
                continue;
            double up = from->x - other->x;
            double down = rows->nodes[rows->links[a].to].x -
                          rows->nodes[rows->links[b].to].x;
            count += (up < 0 && down > 0) || (up > 0 && down < 0);
        }
    return count;
}

/* The rows lie in one array, one after the other. */
static void fill_rows(struct graph_rows *rows, struct place *places)
{
    struct arena *arena = rows->arena;
    rows->rows = arena_alloc(arena, rows->row_count * sizeof *rows->rows);
    rows->row_lengths = arena_alloc(arena, rows->row_count * sizeof(size_t));
    for (size_t i = 0; i < rows->node_count; i++)
        rows->row_lengths[rows->nodes[i].row]++;
    size_t *at = arena_alloc(arena, rows->node_count * sizeof *at);
    for (size_t r = 0; r < rows->row_count; r++) {
        rows->rows[r] = at;
        at += rows->row_lengths[r];
        rows->row_lengths[r] = 0;
    }
    for (size_t i = 0; i < rows->node_count; i++) {
        struct graph_node *node = &rows->nodes[i];
        node->aim = (double)node->order;
        rows->rows[node->row][rows->row_lengths[node->row]++] = i;
    }
    for (size_t r = 0; r < rows->row_count; r++)
        sort_row(rows, r, places);
}

void graph_order(struct graph_rows *rows)
{
    struct arena *arena = rows->arena;
    struct place *places =
        arena_alloc(arena, rows->node_count * sizeof *places);
    fill_rows(rows, places);
    if (rows->link_count > MAX_COUNTED_LINKS)
        return; /* the first order must do */
    size_t size = rows->node_count * sizeof(size_t);
    size_t *best = arena_alloc(arena, size);
    memcpy(best, rows->rows[0], size);
    size_t fewest = crossings(rows);
    for (int sweep = 0; sweep < ORDER_SWEEPS && fewest > 0; sweep++) {
        bool down = sweep % 2 == 0;
        for (size_t i = 1; i < rows->row_count; i++) {
            size_t row = down ? i : rows->row_count - 1 - i;
            aim(rows, row, down);
            sort_row(rows, row, places);
        }
        size_t count = crossings(rows);
        if (count < fewest) {
            fewest = count;
            memcpy(best, rows->rows[0], size);
        }
    }
    memcpy(rows->rows[0], best, size);
    for (size_t r = 0; r < rows->row_count; r++)
        pack(rows, r);
}

struct block {
    double sum, weight; /* of aims, less the room before each */
    size_t end;
};

/* As near to the aims as the order and the room between allow. */
static void settle(struct graph_rows *rows, size_t row, struct block *blocks)
{
    size_t count = 0;
    double before = 0;
    for (size_t i = 0; i < rows->row_lengths[row]; i++) {
        const struct graph_node *node = &rows->nodes[rows->rows[row][i]];
        double aimed = node->aim - before - node->width / 2.0;
        before += node->width + GRAPH_APART;
        blocks[count++] =
            (struct block){aimed * node->weight, node->weight, i + 1};
        while (count > 1 &&
               blocks[count - 2].sum * blocks[count - 1].weight >=
                   blocks[count - 1].sum * blocks[count - 2].weight) {
            blocks[count - 2].sum += blocks[count - 1].sum;
            blocks[count - 2].weight += blocks[count - 1].weight;
            blocks[count - 2].end = blocks[count - 1].end;
            count--;
        }
    }
    before = 0;
    for (size_t i = 0, b = 0; i < rows->row_lengths[row]; i++) {
        if (i == blocks[b].end)
            b++;
        struct graph_node *node = &rows->nodes[rows->rows[row][i]];
        node->x = blocks[b].sum / blocks[b].weight + before + node->width / 2.0;
        before += node->width + GRAPH_APART;
    }
}

/* Whole pixels from 0 on; rounding must not bring neighbours together. */
static void round_places(struct graph_rows *rows)
{
    double least = 0;
    for (size_t i = 0; i < rows->node_count; i++) {
        double left = rows->nodes[i].x - rows->nodes[i].width / 2.0;
        least = i == 0 || left < least ? left : least;
    }
    for (size_t r = 0; r < rows->row_count; r++) {
        int free_from = 0;
        for (size_t i = 0; i < rows->row_lengths[r]; i++) {
            struct graph_node *node = &rows->nodes[rows->rows[r][i]];
            int left = (int)floor(node->x - node->width / 2.0 - least + 0.001);
            if (left < free_from)
                left = free_from;
            node->x = left + node->width / 2;
            free_from = left + node->width + GRAPH_APART;
            if (rows->width < left + node->width)
                rows->width = left + node->width;
            if (node->box != NULL)
                node->box->x = left;
        }
    }
}

/* Room over the first row and under the last is for what goes round. */
static void place_rows(struct graph_rows *rows)
{
    struct arena *arena = rows->arena;
    rows->tops = arena_alloc(arena, rows->row_count * sizeof(int));
    rows->bottoms = arena_alloc(arena, rows->row_count * sizeof(int));
    bool over = false, under = false;
    for (size_t e = 0; e < rows->edge_count; e++) {
        const struct graph_edge *edge = &rows->edges[e];
        over = over ||
               (edge->back && rows->nodes[edge->to - rows->boxes].row == 0);
        under =
            under || (edge->back && rows->nodes[edge->from - rows->boxes].row ==
                                        rows->row_count - 1);
    }
    int y = over ? GRAPH_GAP : 0;
    for (size_t r = 0; r < rows->row_count; r++) {
        rows->tops[r] = rows->bottoms[r] = y;
        for (size_t i = 0; i < rows->row_lengths[r]; i++) {
            struct graph_box *box = rows->nodes[rows->rows[r][i]].box;
            if (box == NULL)
                continue;
            box->y = y;
            if (rows->bottoms[r] < y + box->height)
                rows->bottoms[r] = y + box->height;
        }
        y = rows->bottoms[r] + GRAPH_GAP;
    }
    rows->height = y - (under ? 0 : GRAPH_GAP);
}

void graph_place(struct graph_rows *rows)
{
    struct arena *arena = rows->arena;
    struct block *blocks =
        arena_alloc(arena, rows->node_count * sizeof *blocks);
    for (int sweep = 0; sweep < PLACE_SWEEPS; sweep++) {
        bool down = sweep % 2 == 0;
        for (size_t i = 0; i < rows->row_count; i++) {
            size_t row = down ? i : rows->row_count - 1 - i;
            if (row == (down ? 0 : rows->row_count - 1))
                continue;
            aim(rows, row, down);
            settle(rows, row, blocks);
        }
    }
    round_places(rows);
    place_rows(rows);
}
