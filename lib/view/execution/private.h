/* What the files of this folder share. */
#ifndef VIEW_EXECUTION_PRIVATE_H
#define VIEW_EXECUTION_PRIVATE_H

#include "lib/adapter/page.h"
#include "lib/shop/execution/history.h"
#include "lib/view/graph/graph.h"

enum { EXECUTION_PAGE_EVENTS = 250, EXECUTION_PAGE_NAMES = 512 };

/* How long states and tasks took. A state's name tells its visits apart only
 * while one of them goes on at a time; the others have no time. */
struct execution_span {
    const char *state;
    int64_t entered_ms, scheduled_ms;
    int entered, scheduled;              /* how many go on now */
    bool entered_mixed, scheduled_mixed; /* several did since none did */
};

struct execution_timing {
    struct arena *arena;
    struct execution_span *spans;
    size_t count;
    int64_t after; /* of events after this one the times are kept */
    int64_t took_ms[EXECUTION_PAGE_EVENTS]; /* -1: none */
};

struct execution_timing *execution_timing_begin(struct arena *arena,
                                                int64_t after);
void execution_timing_event(struct execution_timing *timing,
                            const struct history_event *event);

/* Fills the section GRAPH; state is the one that the execution is in, or NULL.
 */
void execution_page_graph(struct page *page,
                          const struct execution_graph *graph,
                          const char *state, bool whole, struct arena *arena);

/* Fills one section EVENT. *room: how many bytes of input and output the page
 * still has room for. */
void execution_page_event(struct page *page, const struct history_event *event,
                          int64_t took_ms, size_t *room, struct arena *arena);

#endif
