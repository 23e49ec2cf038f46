/* The reaper's heartbeat: see heartbeat.h. */
#include "lib/shop/health/heartbeat.h"

int64_t heartbeat_take_over(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO reaper (only_row, fence, heartbeat_work_ms)"
                   " VALUES (1, 1, $1) ON CONFLICT (only_row)"
                   " DO UPDATE SET fence = reaper.fence + 1,"
                   " heartbeat_work_ms = excluded.heartbeat_work_ms"
                   " RETURNING fence");
    db_put_int(s, db_clock_ms(db));
    int64_t fence = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return fence;
}

bool heartbeat_beat(struct db *db, int64_t fence)
{
    db_clock_keep(db);
    struct db_statement *s =
        db_sql(db, "UPDATE reaper SET heartbeat_work_ms = $1"
                   " WHERE only_row = 1 AND fence = $2");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, fence);
    return db_run(s) == 1 || db_refused(db);
}

int64_t heartbeat_age_ms(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT heartbeat_work_ms FROM reaper WHERE only_row = 1");
    int64_t beat_work_ms = db_row(s) ? db_int(s, 0) : INT64_MIN;
    db_done(s);
    return beat_work_ms == INT64_MIN ? INT64_MAX
                                     : db_clock_ms(db) - beat_work_ms;
}

void heartbeat_probe(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO settings (name, value) VALUES"
                   " ('health_probe_work_ms', CAST($1 AS TEXT))"
                   " ON CONFLICT (name)"
                   " DO UPDATE SET value = excluded.value");
    db_put_int(s, db_clock_ms(db));
    db_run(s);
}

int64_t heartbeat_probe_age_ms(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT CAST(value AS BIGINT) FROM settings"
                   " WHERE name = 'health_probe_work_ms'");
    int64_t probe_work_ms = db_row(s) ? db_int(s, 0) : INT64_MIN;
    db_done(s);
    return probe_work_ms == INT64_MIN ? INT64_MAX
                                      : db_clock_ms(db) - probe_work_ms;
}
