/* The events of an execution, one by one: see history_walk.h. */
#include "lib/workflow/execution/history_walk.h"

enum {
    PART_BYTES = 256 * 1024, /* of the history's text, at a time */
    MOST_PARTS = 100         /* a history of small events takes 25 */
};

/* As much of it as a page may fill, in all. */
static const size_t most_filled = (size_t)1 << 30;

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
