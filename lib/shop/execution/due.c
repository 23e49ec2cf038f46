/* When executions are due: see execution.h. Called by the reaper's cycle, and
 * to wake one by whoever has news for it. */
#include "lib/base/clock.h"
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

size_t execution_due(struct db *db, int64_t now_work_ms, size_t limit,
                     char (*order_ids)[CRYPTO_UUID_SIZE])
{
    struct db_statement *s = db_sql(
        db, "SELECT order_id FROM executions WHERE status = 'RUNNING'"
            " AND due_work_ms <= $1 ORDER BY due_work_ms, order_id LIMIT $2");
    db_put_int(s, now_work_ms < EXECUTION_WHEN_WOKEN
                      ? now_work_ms
                      : EXECUTION_WHEN_WOKEN - 1);
    db_put_int(s, (int64_t)limit);
    size_t count = 0;
    while (db_row(s))
        db_copy(s, 0, order_ids[count++], CRYPTO_UUID_SIZE);
    return count;
}

int64_t execution_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_work_ms FROM executions WHERE status = 'RUNNING'"
                   " ORDER BY due_work_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : INT64_MAX;
    db_done(s);
    return due < EXECUTION_WHEN_WOKEN ? due : INT64_MAX;
}

void execution_wake(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1 WHERE order_id = $2"
                   " AND status = 'RUNNING' AND due_work_ms > $1"
                   " AND due_work_ms <> $3");
    db_put_int(s, db_clock_ms(db));
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    db_run(s);
}

void execution_release_queued(struct db *db, int64_t limit)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET queued = 0, due_work_ms ="
                   " CASE WHEN due_work_ms < $1 THEN due_work_ms ELSE $1 END"
                   " WHERE order_id IN (SELECT order_id FROM executions"
                   "  WHERE status = 'RUNNING' AND queued = 1"
                   "  AND due_work_ms <> $2"
                   "  ORDER BY queued, order_id LIMIT $3)");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, limit);
    db_run(s);
}

void execution_take_over(struct db *db, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1"
                   " WHERE status = 'RUNNING' AND due_work_ms > $1"
                   " AND due_work_ms <> $2 AND fence <> 0 AND fence <> $3");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, fence);
    db_run(s);
    execution_release_queued(db, INT64_MAX);
}

void execution_hold(struct db *db, const char *order_id, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET fence = $1,"
                   " crashes = CASE WHEN CAST($1 AS BIGINT) = 0"
                   "  THEN 0 ELSE crashes END"
                   " WHERE order_id = $2 AND status = 'RUNNING'");
    db_put_int(s, fence);
    db_put_text(s, order_id);
    db_run(s);
}
