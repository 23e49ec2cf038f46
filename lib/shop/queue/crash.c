/* Reapers that died over work: see work.h. crashes is 0 where nothing is held
 * against a piece, 1 where it was one of several that a dead reaper held, and
 * one more for each reaper that died of it alone. */
#include "lib/shop/queue/work.h"

enum { CRASH_WAIT_MS = 1000 /* more after each death but the first */ };

static struct work read_work(struct db_statement *s)
{
    struct work one = {.kind = (enum work_kind)db_value(s, 0, &work_kind_names),
                       .tries = db_int(s, 3),
                       .reaper = db_int(s, 4),
                       .token = db_int(s, 5)};
    db_copy(s, 1, one.subject, sizeof one.subject);
    db_copy(s, 2, one.order_id, sizeof one.order_id);
    return one;
}

#define WORK_COLUMNS "SELECT kind, subject, order_id, tries, reaper, token"

size_t work_held(struct db *db, int64_t reaper, struct work *list, size_t max)
{
    struct db_statement *s =
        db_sql(db, WORK_COLUMNS " FROM work WHERE reaper <> 0"
                                " AND reaper = $1 LIMIT $2");
    db_put_int(s, reaper);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        list[count++] = read_work(s);
    return count;
}

void work_blame(struct db *db, enum work_kind kind, const char *subject)
{
    int64_t now_work_ms = db_clock_ms(db);
    struct db_statement *s = db_sql(
        db, "UPDATE work SET reaper = 0,"
            " crashes = CASE crashes WHEN 0 THEN 2 ELSE crashes + 1 END,"
            " due_work_ms = CASE WHEN crashes > 1"
            "  THEN CAST($1 AS BIGINT) + (crashes - 1) * CAST($2 AS BIGINT)"
            "  ELSE CAST($1 AS BIGINT) END"
            " WHERE kind = $3 AND subject = $4");
    db_put_int(s, now_work_ms);
    db_put_int(s, CRASH_WAIT_MS);
    db_put_name(s, &work_kind_names, kind);
    db_put_text(s, subject);
    db_run(s);
}

void work_suspect(struct db *db, int64_t reaper)
{
    struct db_statement *s =
        db_sql(db, "UPDATE work SET crashes = 1 WHERE reaper <> 0"
                   " AND reaper = $1 AND crashes = 0");
    db_put_int(s, reaper);
    db_run(s);
}

void work_take_over(struct db *db, int64_t reaper)
{
    struct db_statement *s = db_sql(db, "UPDATE work SET reaper = 0"
                                        " WHERE reaper <> 0 AND reaper = $1");
    db_put_int(s, reaper);
    db_run(s);
}

bool work_is_careful(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM work WHERE crashes > 0"
                   " AND (reaper <> 0 OR due_work_ms <= $1) LIMIT 1");
    db_put_int(s, db_clock_ms(db));
    return db_found(s);
}

bool work_hopeless(struct db *db, int64_t deaths, struct work *out)
{
    struct db_statement *s =
        db_sql(db, WORK_COLUMNS " FROM work WHERE crashes > 0 AND crashes > $1"
                                " LIMIT 1");
    db_put_int(s, deaths);
    bool found = db_row(s);
    if (found)
        *out = read_work(s);
    db_done(s);
    return found;
}
