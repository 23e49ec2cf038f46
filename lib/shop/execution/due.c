/* When executions are due: see execution.h. Called by the reaper's cycle, and
 * to wake one by whoever has news for it. */
#include "lib/base/time/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/private.h"

int64_t execution_due_after(int64_t now_work_ms, int64_t delay_ms)
{
    if (delay_ms <= 0)
        return now_work_ms;
    return delay_ms < EXECUTION_WHEN_WOKEN - now_work_ms
               ? now_work_ms + delay_ms
               : EXECUTION_WHEN_WOKEN;
}

size_t execution_due(struct db *db, int64_t reaper, size_t limit,
                     char (*order_ids)[CRYPTO_UUID_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE status = 'RUNNING'"
                   " AND due_work_ms <= $1 AND (reaper = 0 OR reaper = $2)"
                   " ORDER BY due_work_ms, order_id LIMIT $3");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, reaper);
    db_put_int(s, (int64_t)limit);
    size_t count = 0;
    while (db_row(s))
        db_copy(s, 0, order_ids[count++], CRYPTO_UUID_SIZE);
    return count;
}

int64_t execution_next_due(struct db *db, int64_t reaper)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_work_ms FROM executions WHERE status = 'RUNNING'"
                   " AND (reaper = 0 OR reaper = $1)"
                   " ORDER BY due_work_ms LIMIT 1");
    db_put_int(s, reaper);
    int64_t due = db_row(s) ? db_int(s, 0) : INT64_MAX;
    db_done(s);
    return due < EXECUTION_WHEN_WOKEN ? due : INT64_MAX;
}

/* Before all that has yet to begin: what is under way is finished first, or an
 * order would wait at every turn for each that came after it. */
void execution_wake(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = 0 WHERE order_id = $1"
                   " AND status = 'RUNNING' AND due_work_ms <> $2");
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    db_run(s);
}
