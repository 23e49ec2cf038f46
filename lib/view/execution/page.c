/* An order's execution on the staff page: see page.h. */
#include "lib/view/execution/page.h"

#include <string.h>

#include "lib/shop/execution/workflow.h"
#include "lib/view/execution/private.h"
#include "lib/view/order_page.h"
#include "lib/workflow/definition.h"
#include "lib/workflow/execution/load.h"
#include "lib/workflow/execution/steer.h"

/* Of inputs and outputs on one page, and of the history's text read for it;
 * escaping makes at most six bytes of one. */
enum { PAGE_BYTES = 1024 * 1024, READ_BYTES = 512 * 1024 };

struct reading {
    struct execution_graph *graph; /* or NULL */
    struct execution_timing *timing;
};

static const char *const titles[] = {[EXECUTION_RUNNING] = "Running",
                                     [EXECUTION_SUCCEEDED] = "Succeeded",
                                     [EXECUTION_FAILED] = "Failed",
                                     [EXECUTION_TIMED_OUT] = "Timed out",
                                     [EXECUTION_ABORTED] = "Stopped"};

static void fill_summary(struct page *page, struct web *web,
                         const struct execution *execution, struct arena *arena)
{
    page_set(page, "EXECUTION_STATUS",
             names_of(&execution_status_names, execution->status));
    page_set(page, "EXECUTION_TITLE", titles[execution->status]);
    if (execution->state != NULL)
        page_set(page_section(page, "EXECUTION_IN"), "EXECUTION_STATE",
                 execution->state);
    order_page_time(page, "STARTED_AT", execution->started_at_ms, arena);
    if (execution->ended_at_ms != 0)
        order_page_time(page_section(page, "EXECUTION_ENDED"), "ENDED_AT",
                        execution->ended_at_ms, arena);
    page_set(page, "REDRIVES",
             arena_printf(arena, "%lld", (long long)execution->redrives));
    const char *current = workflow_current_hash(web->reader, arena);
    page_set(page, "DEFINITION",
             arena_printf(arena, "%.12s", execution->definition_hash));
    page_section(page, current != NULL &&
                               strcmp(current, execution->definition_hash) == 0
                           ? "DEFINITION_CURRENT"
                           : "DEFINITION_OTHER");
    if (execution->error != NULL || execution->cause != NULL) {
        struct page *failed = page_section(page, "EXECUTION_FAILED");
        page_set(failed, "EXECUTION_ERROR", execution->error);
        page_set(failed, "EXECUTION_CAUSE", execution->cause);
    }
    if (execution->thinned)
        page_set(page_section(page, "THINNED"), "THINNED_DAYS",
                 arena_printf(arena, "%lld",
                              (long long)web->settings->history_days));
}

static void fill_steering(struct page *page, struct web *web,
                          const struct order *order, const char *csrf,
                          struct arena *arena)
{
    struct execution_offers offers = {0};
    execution_offers(web->reader, order, &offers, arena);
    if (!offers.stop && !offers.retry && offers.redrive_from == NULL)
        return;
    struct page *steer = page_section(page, "STEER");
    page_set(steer, "STEER_CSRF", csrf);
    page_set(
        steer, "STEER_URL",
        arena_printf(arena, "/admin/orders/%s/execution", order->order_id));
    if (offers.retry)
        page_section(steer, "CAN_RETRY");
    if (offers.stop)
        page_section(steer, "CAN_STOP");
    if (offers.redrive_from == NULL)
        return;
    struct page *redrive = page_section(steer, "CAN_REDRIVE");
    page_set(redrive, "REDRIVE_FROM", offers.redrive_from);
    page_section(redrive,
                 offers.current_differs ? "REDRIVE_CHOICE" : "REDRIVE_OWN");
}

static void take_event(void *context, const struct history_event *event)
{
    struct reading *reading = context;
    execution_timing_event(reading->timing, event);
    if (reading->graph != NULL)
        execution_graph_event(reading->graph, event->type, event->state,
                              event->detail);
}

static void fill_link(struct page *page, const char *section,
                      const struct order *order, int64_t after,
                      struct arena *arena)
{
    page_set(page_section(page, section), "EVENTS_URL",
             arena_printf(arena, "/admin/orders/%s?events=%lld#history",
                          order->order_id, (long long)(after > 0 ? after : 0)));
}

static void fill_events(struct page *page, struct web *web,
                        const struct order *order,
                        const struct execution_timing *timing,
                        struct arena *work, struct arena *arena)
{
    bool more;
    size_t room = PAGE_BYTES;
    int64_t after = timing->after;
    struct history_event *events;
    size_t count = history_read(web->reader, order->order_id, after, READ_BYTES,
                                &events, &more, work);
    for (size_t i = 0; i < count; i++) {
        int64_t at = events[i].id - after - 1;
        if (i == EXECUTION_PAGE_EVENTS) {
            more = true;
            count = i;
            break;
        }
        if (events[i].type != NULL)
            execution_page_event(
                page, &events[i],
                at < EXECUTION_PAGE_EVENTS ? timing->took_ms[at] : -1, &room,
                arena);
    }
    if (count == 0)
        page_section(page, "NO_EVENTS");
    if (after > 0)
        fill_link(page, "EVENTS_BEFORE", order, after - EXECUTION_PAGE_EVENTS,
                  arena);
    if (more)
        fill_link(page, "EVENTS_AFTER", order, events[count - 1].id, arena);
}

void execution_page_fill(struct page *page, struct web *web,
                         const struct order *order, const char *csrf,
                         int64_t events_after, struct arena *arena)
{
    struct execution execution;
    if (!execution_find(web->reader, order->order_id, &execution, arena))
        return;
    struct page *section = page_section(page, "EXECUTION");
    fill_summary(section, web, &execution, arena);
    fill_steering(section, web, order, csrf, arena);
    if (events_after >= 0)
        page_section(section, "EVENTS_OPEN");
    if (events_after < 0 || events_after > execution.last_event)
        events_after = 0;
    struct arena work = arena_create(EXECUTION_ARENA);
    struct workflow workflow;
    bool readable =
        workflow_read(web->reader, execution.definition_hash, &workflow, &work);
    struct reading reading = {
        .graph = readable ? execution_graph_lay(&work, workflow.asl) : NULL,
        .timing = execution_timing_begin(arena, events_after)};
    bool whole = execution_events_each(web->reader, order->order_id,
                                       EXECUTION_EVENTS_PAGE, &work, take_event,
                                       &reading);
    if (reading.graph != NULL)
        execution_page_graph(section, reading.graph, execution.state, whole,
                             arena);
    else
        page_section(section, readable ? "GRAPH_TOO_BIG" : "GRAPH_UNREADABLE");
    fill_events(section, web, order, reading.timing, &work, arena);
    arena_destroy(&work);
}
