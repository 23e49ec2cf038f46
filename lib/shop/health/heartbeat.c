/* The reaper's heartbeat: see heartbeat.h. */
#include "lib/shop/health/heartbeat.h"

#include <string.h>

#include "lib/base/clock.h"

int64_t heartbeat_take_over(struct db *db, bool *rebooted)
{
    char now_boot[CLOCK_BOOT_ID_SIZE];
    char last_boot[CLOCK_BOOT_ID_SIZE] = "";
    clock_boot_id(now_boot);
    struct db_statement *s =
        db_sql(db, "SELECT boot_id FROM reaper WHERE only_row = 1");
    bool known = db_row(s);
    if (known)
        db_copy(s, 0, last_boot, sizeof last_boot);
    db_done(s);
    *rebooted = known && strcmp(last_boot, now_boot) != 0;
    s = db_sql(db, "INSERT INTO reaper (only_row, fence, boot_id,"
                   " heartbeat_boot_ms, heartbeat_at_ms)"
                   " VALUES (1, 1, $1, $2, $3) ON CONFLICT (only_row)"
                   " DO UPDATE SET fence = reaper.fence + 1,"
                   " boot_id = excluded.boot_id,"
                   " heartbeat_boot_ms = excluded.heartbeat_boot_ms,"
                   " heartbeat_at_ms = excluded.heartbeat_at_ms"
                   " RETURNING fence");
    db_put_text(s, now_boot);
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    int64_t fence = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return fence;
}

bool heartbeat_beat(struct db *db, int64_t fence)
{
    struct db_statement *s =
        db_sql(db, "UPDATE reaper SET heartbeat_boot_ms = $1,"
                   " heartbeat_at_ms = $2 WHERE only_row = 1 AND fence = $3");
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    db_put_int(s, fence);
    return db_run(s) == 1 || db_refused(db);
}

int64_t heartbeat_age_ms(struct db *db)
{
    char now_boot[CLOCK_BOOT_ID_SIZE];
    clock_boot_id(now_boot);
    struct db_statement *s = db_sql(db, "SELECT heartbeat_boot_ms FROM reaper"
                                        " WHERE only_row = 1 AND boot_id = $1");
    db_put_text(s, now_boot);
    int64_t age = db_row(s) ? clock_boot_ms() - db_int(s, 0) : INT64_MAX;
    db_done(s);
    return age;
}

void heartbeat_probe(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO settings (name, value) VALUES"
                   " ('health_probe_boot_ms', CAST($1 AS TEXT))"
                   " ON CONFLICT (name)"
                   " DO UPDATE SET value = excluded.value");
    db_put_int(s, clock_boot_ms());
    db_run(s);
}

int64_t heartbeat_probe_age_ms(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT CAST(value AS BIGINT) FROM settings"
                   " WHERE name = 'health_probe_boot_ms'");
    int64_t age_ms = db_row(s) ? clock_boot_ms() - db_int(s, 0) : INT64_MAX;
    db_done(s);
    return age_ms < 0 ? INT64_MAX : age_ms; /* of a longer boot before */
}
