/* The events of an execution, one by one: see history_walk.h. */
#include "lib/workflow/execution/history_walk.h"

#include <string.h>

#include "lib/shop/execution/workflow.h"

enum {
    PART_BYTES = 256 * 1024, /* of the history's text, at a time */
    MOST_PARTS = 100         /* a history of small events takes 25 */
};

/* Taken as it is touched: that of a common order is a few hundred KiB. One row
 * of a history may be 2 MiB and take sixty times as much. */
static const size_t work_bytes = (size_t)512 << 20;

/* As much of it as a page may fill, in all. */
static const size_t most_filled = (size_t)1 << 30;

struct arena execution_events_arena(void)
{
    return arena_create(work_bytes);
}

const struct asl_definition *
execution_events_definition(struct db *db, const struct execution *execution,
                            struct arena *work)
{
    struct json_fault fault;
    const struct asl_mistake *mistakes;
    const struct asl_definition *definition = NULL;
    const char *text = workflow_find(db, execution->definition_hash, work);
    const struct json *json =
        text == NULL ? NULL
                     : json_read(work, text, strlen(text), ASL_DEPTH, &fault);
    if (json != NULL)
        asl_parse(work, json, &definition, &mistakes);
    return definition;
}

bool execution_events_each(struct db *db, const char *order_id,
                           struct arena *work,
                           void (*each)(void *context,
                                        const struct history_event *event),
                           void *context)
{
    size_t before = work->used, filled = 0;
    int64_t after = 0;
    bool more = true;
    for (int part = 0; more && part < MOST_PARTS && filled < most_filled;
         part++) {
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
