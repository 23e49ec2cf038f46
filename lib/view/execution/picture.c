/* The picture of a definition into the page's SVG: see
 * private.h. */
#include "lib/base/text/text.h"
#include "lib/view/execution/private.h"

enum { NAME_PADDING = 28 };

static const struct {
    const char *word, *sign, *title;
} conditions[] = {[GRAPH_NOT_REACHED] = {"not-reached", "○", "Not reached"},
                  [GRAPH_RUNNING] = {"running", "▶", "Running"},
                  [GRAPH_SUCCEEDED] = {"succeeded", "✓", "Succeeded"},
                  [GRAPH_FAILED] = {"failed", "✗", "Failed"},
                  [GRAPH_CAUGHT] = {"caught", "↷", "Failed, caught"},
                  [GRAPH_ABORTED] = {"aborted", "■", "Aborted"}};

/* About, at the size of a box's name. */
static int width_of(uint32_t c)
{
    if (c >= 0x1100)
        return 15;
    if (c == 'i' || c == 'j' || c == 'l' || c == '.' || c == ' ')
        return 5;
    if (c == 'm' || c == 'w' || c == 'M' || c == 'W')
        return 13;
    return c < 'a' ? 10 : 9;
}

static const char *shorten(struct arena *arena, const char *name, int room)
{
    int used = 0;
    const char *fits = name; /* with an ellipsis behind it */
    for (const char *at = name; *at != '\0';) {
        used += width_of(text_next(&at));
        if (used <= room - 13)
            fits = at;
    }
    if (used <= room)
        return name;
    return arena_printf(arena, "%.*s…", (int)(fits - name), name);
}

static const char *times(struct arena *arena, const struct graph_box *box)
{
    const char *visits =
        box->entered < 2
            ? ""
            : arena_printf(arena, " ×%lld", (long long)box->entered);
    if (box->retries == 0)
        return visits;
    return arena_printf(arena, "%s, %lld retr%s", visits,
                        (long long)box->retries,
                        box->retries == 1 ? "y" : "ies");
}

/* What its condition is called, with its sign before it. */
static const char *condition_text(struct arena *arena,
                                  const struct graph_box *box)
{
    return arena_printf(arena, "%s %s%s", conditions[box->condition].sign,
                        conditions[box->condition].title, times(arena, box));
}

static void set_number(struct page *page, const char *marker, int number,
                       struct arena *arena)
{
    page_set(page, marker, arena_printf(arena, "%d", number));
}

static void fill_box(struct page *row, const struct graph_box *box, bool now,
                     struct arena *arena)
{
    const char *name = asl_name(box->state);
    if (now)
        page_section(row, "BOX_NOW");
    page_set(row, "BOX_CONDITION", conditions[box->condition].word);
    page_set(row, "BOX_TITLE", name);
    page_set(row, "BOX_NAME", shorten(arena, name, box->width - NAME_PADDING));
    page_set(row, "BOX_TYPE", asl_type_name(asl_type(box->state)));
    page_set(row, "BOX_STATE", condition_text(arena, box));
    set_number(row, "BOX_X", box->x, arena);
    set_number(row, "BOX_Y", box->y, arena);
    set_number(row, "BOX_WIDTH", box->width, arena);
    set_number(row, "BOX_HEIGHT", box->height, arena);
    set_number(row, "BOX_INNER_X", box->x + 4, arena);
    set_number(row, "BOX_INNER_Y", box->y + 4, arena);
    set_number(row, "BOX_INNER_WIDTH", box->width - 8, arena);
    set_number(row, "BOX_INNER_HEIGHT", box->height - 8, arena);
    set_number(row, "BOX_TEXT_X", box->x + 14, arena);
    set_number(row, "BOX_NAME_Y", box->y + 23, arena);
    set_number(row, "BOX_TYPE_Y", box->y + 39, arena);
    set_number(row, "BOX_STATE_Y", box->y + 56, arena);
    if (box->frame)
        page_set(row, "BOX_FRAME", "yes");
}

static void fill_edge(struct page *row, const struct graph_edge *edge,
                      struct arena *arena)
{
    page_set(row, "EDGE_KIND", edge->is_catch ? "catch" : "next");
    page_set(row, "EDGE_TAKEN", edge->taken ? "yes" : "no");
    page_set(row, "EDGE_PATH", edge->path);
    page_set(row, "EDGE_ARROW", edge->arrow);
    page_set(row, "EDGE_TITLE",
             arena_printf(arena, "%s → %s: %s%s", asl_name(edge->from->state),
                          asl_name(edge->to->state), edge->label,
                          edge->taken ? ", taken" : ""));
}

/* Without the signs, which nobody wants read out. */
static const char *describe(struct arena *arena,
                            const struct execution_graph *graph)
{
    struct text text = text_create(arena, 1024);
    for (size_t i = 0; i < graph->box_count; i++) {
        const struct graph_box *box = &graph->boxes[i];
        text_printf(&text, "%s%s, %s: %s%s.", i == 0 ? "" : " ",
                    asl_name(box->state), asl_type_name(asl_type(box->state)),
                    conditions[box->condition].title, times(arena, box));
    }
    return text.bytes;
}

void execution_page_graph(struct page *page,
                          const struct execution_graph *graph,
                          const char *state, bool whole, struct arena *arena)
{
    struct page *picture = page_section(page, "GRAPH");
    const struct graph_box *now =
        state == NULL ? NULL : execution_graph_find(graph, state);
    set_number(picture, "GRAPH_WIDTH", graph->width, arena);
    set_number(picture, "GRAPH_HEIGHT", graph->height, arena);
    page_set(picture, "GRAPH_TEXT", describe(arena, graph));
    for (size_t i = 0; i < graph->box_count; i++)
        fill_box(page_section(picture, "BOX"), &graph->boxes[i],
                 &graph->boxes[i] == now, arena);
    if (now != NULL)
        page_set(page_section(picture, "GRAPH_NOW"), "GRAPH_STATE", state);
    /* What was taken lies on top. */
    for (int taken = 0; taken < 2; taken++)
        for (size_t e = 0; e < graph->edge_count; e++)
            if (graph->edges[e].taken == (taken == 1))
                fill_edge(page_section(picture, "EDGE"), &graph->edges[e],
                          arena);
    if (!whole)
        page_section(picture, "GRAPH_CUT");
}
