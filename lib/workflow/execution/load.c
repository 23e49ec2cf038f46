/* Executions in memory: see load.h. */
#include "lib/workflow/execution/load.h"

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
