/* Signs of life: see heartbeat.h. */
#include "lib/shop/health/heartbeat.h"

int64_t heartbeat_age_ms(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(MAX(heartbeat_work_ms), -1) FROM reapers");
    int64_t beat_work_ms = db_row(s) ? db_int(s, 0) : -1;
    db_done(s);
    return beat_work_ms < 0 ? INT64_MAX : db_clock_ms(db) - beat_work_ms;
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
    int64_t probe_work_ms = db_found_int(s, INT64_MIN);
    return probe_work_ms == INT64_MIN ? INT64_MAX
                                      : db_clock_ms(db) - probe_work_ms;
}
