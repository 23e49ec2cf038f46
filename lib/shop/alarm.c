/* Alarms: see alarm.h. */
#include "lib/shop/alarm.h"

#include "lib/base/log.h"

void alarm_raise(struct db *db, const char *kind, const char *order_id,
                 const char *detail, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO alarms (kind, order_id, detail, created_at_ms)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (kind, order_id)"
                   " DO NOTHING");
    db_put_text(s, kind);
    db_put_text(s, order_id);
    db_put_text(s, detail);
    db_put_int(s, now_ms);
    if (db_run(s) > 0)
        log_error("alarm %s: order %s: %s", kind, order_id, detail);
}

void alarm_settle(struct db *db, const char *kind, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM alarms WHERE kind = $1 AND order_id = $2");
    db_put_text(s, kind);
    db_put_text(s, order_id);
    if (db_run(s) > 0)
        log_info("alarm %s: order %s: settled", kind, order_id);
}

int64_t alarm_count(struct db *db)
{
    struct db_statement *s = db_sql(db, "SELECT COUNT(*) FROM alarms");
    int64_t count = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return count;
}

static size_t read_alarms(struct db_statement *s, struct alarm *list,
                          struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct alarm){.kind = db_text(s, 0, arena),
                                       .order_id = db_text(s, 1, arena),
                                       .number = db_int(s, 2),
                                       .detail = db_text(s, 3, arena),
                                       .created_at_ms = db_int(s, 4)};
    return count;
}

#define ALARM_COLUMNS                                                          \
    "SELECT a.kind, a.order_id, o.number, a.detail, a.created_at_ms"           \
    " FROM alarms a JOIN orders o ON o.order_id = a.order_id"

size_t alarm_list(struct db *db, const char *order_id, int64_t limit,
                  struct alarm *list, struct arena *arena)
{
    struct db_statement *s;
    if (order_id != NULL) {
        s = db_sql(db, ALARM_COLUMNS " WHERE a.order_id = $1"
                                     " ORDER BY a.alarm_id DESC LIMIT $2");
        db_put_text(s, order_id);
    } else {
        s = db_sql(db, ALARM_COLUMNS " ORDER BY a.alarm_id DESC LIMIT $1");
    }
    db_put_int(s, limit);
    return read_alarms(s, list, arena);
}
