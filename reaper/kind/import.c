/* Goes on with an import of products: what its command has not applied, for it
 * may have died. While it lives, it is helped. */
#include "lib/shop/product/import.h"
#include "lib/shop/health/alarm.h"
#include "reaper/kinds.h"

enum {
    IMPORT_AGAIN_MS = 5 /* between parts: others have the lock meanwhile */
};

void import_begin(struct reaper *reaper, const struct work *work,
                  int64_t now_ms)
{
    arena_reset(&reaper->step_arena);
    if (import_go_on(reaper->db, now_ms, &reaper->step_arena))
        /* Unless that was the last part: then the work is gone. */
        work_again(reaper->db, work, IMPORT_AGAIN_MS, WORK_ANEW);
    else
        work_done(reaper->db, work);
}

void import_give_up(struct reaper *reaper, const struct work *work,
                    int64_t now_ms)
{
    arena_reset(&reaper->step_arena);
    import_stuck(reaper->db, work->subject, now_ms, &reaper->step_arena);
}
