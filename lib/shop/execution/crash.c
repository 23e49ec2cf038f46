/* Reapers that died over executions: see execution.h. crashes counts as that of
 * a piece of work (lib/shop/queue/crash.c). Called by the reaper that takes
 * over, and by staff's pages for parked ones. */
#include "lib/shop/execution/execution.h"
#include "lib/shop/execution/private.h"

size_t execution_held(struct db *db, int64_t reaper,
                      char (*order_ids)[CRYPTO_UUID_SIZE], size_t max)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE reaper <> 0"
                   " AND reaper = $1 LIMIT $2");
    db_put_int(s, reaper);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        db_copy(s, 0, order_ids[count++], CRYPTO_UUID_SIZE);
    return count;
}

void execution_take_over(struct db *db, int64_t reaper)
{
    struct db_statement *s = db_sql(
        db, "UPDATE executions SET reaper = 0, due_work_ms = CASE"
            "  WHEN due_work_ms = $1 OR due_work_ms < $2 THEN due_work_ms"
            "  ELSE $2 END WHERE reaper <> 0 AND reaper = $3");
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, reaper);
    db_run(s);
}

void execution_blame(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET crashes ="
                   " CASE crashes WHEN 0 THEN 2 ELSE crashes + 1 END"
                   " WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
}

void execution_suspect(struct db *db, int64_t reaper)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET crashes = 1 WHERE reaper <> 0"
                   " AND reaper = $1 AND crashes = 0");
    db_put_int(s, reaper);
    db_run(s);
}

bool execution_is_careful(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM executions WHERE crashes > 0"
                   " AND status = 'RUNNING' AND due_work_ms <> $1"
                   " AND (reaper <> 0 OR due_work_ms <= $2) LIMIT 1");
    db_put_int(s, EXECUTION_PARKED);
    db_put_int(s, db_clock_ms(db));
    return db_found(s);
}

char *execution_hopeless(struct db *db, int64_t deaths, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM executions WHERE crashes > 0"
                   " AND crashes > $1 LIMIT 1");
    db_put_int(s, deaths);
    return db_found_text(s, arena);
}

void execution_park(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1, reaper = 0,"
                   " crashes = 0, revision = revision + 1 WHERE order_id = $2");
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
    return db_found(s);
}

void execution_unpark(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE executions SET due_work_ms = $1, crashes = 0,"
                   " revision = revision + 1 WHERE order_id = $2"
                   " AND status = 'RUNNING' AND due_work_ms = $3");
    db_put_int(s, db_clock_ms(db));
    db_put_text(s, order_id);
    db_put_int(s, EXECUTION_PARKED);
    db_run(s);
}
