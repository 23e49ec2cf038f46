/* Executions in memory: see load.h. */
#include "lib/workflow/execution/load.h"

#include <string.h>

#include "lib/shop/execution/workflow.h"

static const struct json *read_text(struct arena *arena, const char *text,
                                    int max_depth)
{
    struct json_fault fault;
    return text == NULL
               ? NULL
               : json_read(arena, text, strlen(text), max_depth, &fault);
}

struct execution_loaded execution_load(struct db *db,
                                       const struct execution *execution,
                                       const char *hash, struct arena *arena)
{
    struct execution_loaded loaded = {.fault = "it cannot be read"};
    const struct asl_mistake *mistakes;
    const struct json *json =
        read_text(arena, workflow_find(db, hash, arena), ASL_DEPTH);
    if (json == NULL || !asl_parse(arena, json, &loaded.definition, &mistakes))
        return loaded;
    const struct json *input =
        read_text(arena, execution->input, ASL_DATA_DEPTH);
    struct asl_origin origin = {
        .execution_id = execution->order_id,
        .machine_name = "order-workflow",
        .started_wall_ms = execution->started_at_ms,
        .redrives = execution->redrives,
        .input = input != NULL ? input : json_make_object(arena)};
    loaded.run = execution->image == NULL
                     ? asl_begin(arena, loaded.definition, &origin)
                     : asl_load(arena, loaded.definition, &origin,
                                execution->image, &loaded.fault);
    return loaded;
}

struct asl_env execution_env(const struct execution *execution, int64_t now_ms)
{
    return (struct asl_env){.clock_ms = execution->clock_ms, .wall_ms = now_ms};
}
