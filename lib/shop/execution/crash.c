/* Crashes of the reaper over executions: see execution.h. Called by the reaper
 * when it starts, and by staff's pages for parked ones. */
#include "lib/base/clock.h"
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/private.h"

void execution_blame(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET crashes = crashes + 1 WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}

/* Fences count up by one, and what an earlier reaper held keeps its fence until
 * its next turn: only what the one that died last held was in hand. */
void execution_blame_held(struct db *db, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET crashes = crashes + 1"
                   " WHERE status = 'RUNNING' AND due_work_ms < $1"
                   " AND fence <> 0 AND fence = $2");
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, fence - 1);
    db_run(s);
}

bool execution_is_careful(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM executions WHERE crashes > 0"
                   " AND status = 'RUNNING' AND due_work_ms <> $1"
                   " AND (fence <> 0 OR due_work_ms <= $2) LIMIT 1");
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, db_clock_ms(db));
    bool careful = db_row(s);
    db_done(s);
    return careful;
}

char *execution_hopeless(struct db *db, int64_t crashes, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE crashes > 0"
                   " AND crashes >= $1 LIMIT 1");
    db_put_int(s, crashes);
    char *order_id = db_row(s) ? db_text(s, 0, arena) : NULL;
    db_done(s);
    return order_id;
}

/* The fence stays, as in execution_take_over. */
void execution_park(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1, queued = 0,"
                   " crashes = 0, step = step + 1 WHERE order_id = $2");
    db_put_int(s, EXECUTION_PARKED);
    db_put_text(s, order_id);
    db_run(s);
}

bool execution_is_parked(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM executions WHERE order_id = $1"
                   " AND status = 'RUNNING' AND due_work_ms = $2");
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    bool parked = db_row(s);
    db_done(s);
    return parked;
}

void execution_unpark(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1, crashes = 0,"
                   " step = step + 1 WHERE order_id = $2"
                   " AND status = 'RUNNING' AND due_work_ms = $3");
    db_put_int(s, db_clock_ms(db));
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    db_run(s);
}
