/* The reapers: see reaper.h. */
#include "lib/shop/queue/reaper.h"

#include "lib/shop/counter.h"

int64_t reaper_enter(struct db *db, int64_t now_ms)
{
    int64_t reaper = counter_next(db, COUNTER_REAPER);
    struct db_statement *s =
        db_sql(db, "INSERT INTO reapers (reaper, started_at_ms,"
                   " heartbeat_work_ms) VALUES ($1, $2, $3)");
    db_put_int(s, reaper);
    db_put_int(s, now_ms);
    db_put_int(s, db_clock_ms(db));
    db_run(s);
    return reaper;
}

bool reaper_beat(struct db *db, int64_t reaper)
{
    db_clock_keep(db);
    struct db_statement *s =
        db_sql(db, "UPDATE reapers SET heartbeat_work_ms = $1"
                   " WHERE reaper = $2");
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, reaper);
    return db_run(s) == 1 || db_refused(db);
}

void reaper_leave(struct db *db, int64_t reaper)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM reapers WHERE reaper = $1");
    db_put_int(s, reaper);
    db_run(s);
}

size_t reaper_others(struct db *db, int64_t reaper, struct reaper_row *list,
                     size_t max)
{
    int64_t late_work_ms = db_clock_ms(db) - REAPER_LEASE_MS;
    struct db_statement *s =
        db_sql(db, "SELECT reaper, heartbeat_work_ms FROM reapers"
                   " WHERE reaper <> $1 ORDER BY reaper LIMIT $2");
    db_put_int(s, reaper);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct reaper_row){
            .reaper = db_int(s, 0), .silent = db_int(s, 1) < late_work_ms};
    return count;
}
