/* How long states and tasks took: see private.h. */
#include <string.h>

#include "lib/view/execution/private.h"

struct execution_timing *execution_timing_begin(struct arena *arena,
                                                int64_t after)
{
    struct execution_timing *timing = arena_alloc(arena, sizeof *timing);
    timing->arena = arena;
    timing->after = after;
    timing->spans =
        arena_alloc(arena, EXECUTION_PAGE_NAMES * sizeof *timing->spans);
    for (size_t i = 0; i < EXECUTION_PAGE_EVENTS; i++)
        timing->took_ms[i] = -1;
    return timing;
}

/* NULL: there are more states than times are kept of. */
static struct execution_span *find_span(struct execution_timing *timing,
                                        const char *state)
{
    for (size_t i = 0; i < timing->count; i++)
        if (strcmp(timing->spans[i].state, state) == 0)
            return &timing->spans[i];
    if (timing->count == EXECUTION_PAGE_NAMES)
        return NULL;
    struct execution_span *span = &timing->spans[timing->count++];
    span->state = arena_string(timing->arena, state);
    return span;
}

static void begin(int *open, bool *mixed, int64_t *since_ms, int64_t at_ms)
{
    *mixed = (*open)++ > 0;
    *since_ms = at_ms;
}

static int64_t end(int *open, bool *mixed, int64_t since_ms, int64_t at_ms)
{
    bool known = *open == 1 && !*mixed && at_ms >= since_ms;
    if (*open > 0)
        (*open)--;
    if (*open == 0)
        *mixed = false;
    return known ? at_ms - since_ms : -1;
}

void execution_timing_event(struct execution_timing *timing,
                            const struct history_event *event)
{
    const char *type = event->type;
    struct execution_span *span =
        event->state == NULL ? NULL : find_span(timing, event->state);
    if (strcmp(type, "ExecutionRedriven") == 0)
        for (size_t i = 0; i < timing->count; i++)
            timing->spans[i].entered = timing->spans[i].scheduled = 0;
    if (span == NULL)
        return;
    int64_t took_ms = -1;
    if (text_ends_in(type, "StateEntered"))
        begin(&span->entered, &span->entered_mixed, &span->entered_ms,
              event->at_ms);
    else if (text_ends_in(type, "StateExited") ||
             text_ends_in(type, "StateAborted"))
        took_ms = end(&span->entered, &span->entered_mixed, span->entered_ms,
                      event->at_ms);
    else if (strcmp(type, "TaskScheduled") == 0)
        begin(&span->scheduled, &span->scheduled_mixed, &span->scheduled_ms,
              event->at_ms);
    else if (strcmp(type, "TaskSucceeded") == 0 ||
             strcmp(type, "TaskFailed") == 0 ||
             strcmp(type, "TaskTimedOut") == 0)
        took_ms = end(&span->scheduled, &span->scheduled_mixed,
                      span->scheduled_ms, event->at_ms);
    if (text_ends_in(type, "StateAborted"))
        span->scheduled = 0;
    if (event->id > timing->after &&
        event->id <= timing->after + EXECUTION_PAGE_EVENTS)
        timing->took_ms[event->id - timing->after - 1] = took_ms;
}
