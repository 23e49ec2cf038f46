/* Executions in memory: see load.h. */
#include "lib/workflow/execution/load.h"

#include <assert.h>
#include <string.h>

#include "lib/workflow/definition.h"

const struct json *execution_input(const struct execution *execution,
                                   struct arena *arena)
{
    struct json_fault fault;
    const char *text = execution->input;
    return text == NULL
               ? json_make_object(arena)
               : json_read(arena, text, strlen(text), ASL_DATA_DEPTH, &fault);
}

struct execution_loaded
execution_load_under(const struct execution *execution,
                     const struct asl_definition *definition,
                     const struct json *input, struct arena *arena)
{
    struct execution_loaded loaded = {.definition = definition,
                                      .fault = "its input cannot be read"};
    const struct asl_origin origin = {.execution_id = execution->order_id,
                                      .machine_name = "order-workflow",
                                      .started_wall_ms =
                                          execution->started_at_ms,
                                      .redrives = execution->redrives,
                                      .input = input};
    if (input != NULL)
        loaded.run = execution->image == NULL
                         ? asl_begin(arena, definition, &origin)
                         : asl_load(arena, definition, &origin,
                                    execution->image, &loaded.fault);
    return loaded;
}

struct execution_loaded execution_load(struct db *db,
                                       const struct execution *execution,
                                       const char *hash, struct arena *arena)
{
    struct workflow workflow;
    if (!workflow_read(db, hash, &workflow, arena))
        return (struct execution_loaded){.fault = "it cannot be read"};
    return execution_load_under(execution, workflow.asl,
                                execution_input(execution, arena), arena);
}

struct asl_env execution_env(const struct execution *execution, int64_t now_ms)
{
    return (struct asl_env){.clock_ms = execution->clock_ms, .wall_ms = now_ms};
}

enum {
    PART_BYTES = 256 * 1024, /* of the history's text, at a time */
    MOST_PARTS = 100         /* of a page; one of small events takes 25 */
};

/* As much of memory as reading for a page may fill, in all. */
static const size_t most_filled = (size_t)1 << 30;

bool execution_events_each(struct db *db, const char *order_id,
                           enum execution_events extent, struct arena *work,
                           void (*each)(void *context,
                                        const struct history_event *event),
                           void *context)
{
    assert(work->cap >= EXECUTION_ARENA);
    bool all = extent == EXECUTION_EVENTS_ALL;
    size_t before = work->used, filled = 0;
    int64_t after = 0;
    bool more = true;
    for (int part = 0;
         more && (all || (part < MOST_PARTS && filled < most_filled)); part++) {
        struct history_event *events;
        size_t count =
            history_read(db, order_id, after, PART_BYTES, &events, &more, work);
        for (size_t i = 0; i < count; i++)
            if (events[i].type != NULL)
                each(context, &events[i]);
        if (count == 0)
            break;
        after = events[count - 1].id;
        filled += work->used - before;
        work->used = before;
    }
    work->used = before;
    return !more;
}
