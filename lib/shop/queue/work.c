/* The queue of work: see work.h. Here: putting down, claiming and ending. */
#include "lib/shop/queue/work.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {[WORK_EVENT] = "event",
                                    [WORK_CHARGE] = "charge",
                                    [WORK_REFUND] = "refund",
                                    [WORK_RECEIPT] = "receipt",
                                    [WORK_CREDIT_NOTE] = "credit_note",
                                    [WORK_MAIL] = "mail",
                                    [WORK_RECONCILIATION] = "reconciliation",
                                    [WORK_IMPORT] = "import"};
const struct names work_kind_names = NAMES("kind of work", kinds);

/* A token is never seen twice, though a row goes and comes back: a row begins
 * with the work clock's. */
static void put(struct db *db, struct db_statement *s,
                const struct work_order *order)
{
    assert(db_in_transaction(db) && order->due_work_ms >= 0 &&
           strlen(order->subject) < WORK_SUBJECT_SIZE);
    db_put_name(s, &work_kind_names, order->kind);
    db_put_text(s, order->subject);
    db_put_text(s, order->order_id);
    db_put_text(s, order->host == NULL ? "" : order->host);
    db_put_int(s, order->due_work_ms);
    db_put_int(s, db_clock_ms(db));
}

void work_queue(struct db *db, const struct work_order *order)
{
    struct db_statement *s = db_sql(
        db, "INSERT INTO work (kind, subject, order_id, host, due_work_ms,"
            " token) VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (kind, subject) DO UPDATE SET"
            " due_work_ms = excluded.due_work_ms WHERE work.reaper = 0");
    put(db, s, order);
    db_run(s);
}

void work_drop(struct db *db, enum work_kind kind, const char *subject)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM work WHERE kind = $1 AND subject = $2");
    db_put_name(s, &work_kind_names, kind);
    db_put_text(s, subject);
    db_run(s);
}

void work_move(struct db *db, enum work_kind kind, const char *subject,
               int64_t due_work_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE work SET due_work_ms = $1"
                   " WHERE kind = $2 AND subject = $3 AND reaper = 0");
    db_put_int(s, due_work_ms);
    db_put_name(s, &work_kind_names, kind);
    db_put_text(s, subject);
    db_run(s);
}

void work_hasten(struct db *db, enum work_kind kind, const char *subject,
                 int64_t due_work_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE work SET due_work_ms = $1 WHERE kind = $2"
                   " AND subject = $3 AND reaper = 0 AND due_work_ms > $1");
    db_put_int(s, due_work_ms);
    db_put_name(s, &work_kind_names, kind);
    db_put_text(s, subject);
    db_run(s);
}

/* The order in which they were due, which RETURNING does not keep to. */
static void insert_sorted(struct work *list, int64_t *due, size_t count,
                          const struct work *one, int64_t due_work_ms)
{
    while (count > 0 && (due[count - 1] > due_work_ms ||
                         (due[count - 1] == due_work_ms &&
                          strcmp(list[count - 1].subject, one->subject) > 0))) {
        list[count] = list[count - 1];
        due[count] = due[count - 1];
        count--;
    }
    list[count] = *one;
    due[count] = due_work_ms;
}

/* Of each host as many as its cap at most are looked at, however many are due:
 * the hosts are stepped through, not counted. */
size_t work_claim(struct db *db, enum work_kind kind, int64_t reaper,
                  int64_t limit, int64_t host_cap, struct work *list)
{
    int64_t due[WORK_CLAIM_MAX];
    assert(db_in_transaction(db) && reaper != 0 && limit <= WORK_CLAIM_MAX);
    if (limit <= 0)
        return 0;
    struct db_statement *s = db_sql(
        db,
        "WITH RECURSIVE hosts (host) AS (SELECT MIN(host) FROM work"
        "  WHERE kind = $1 AND reaper = 0"
        " UNION ALL SELECT (SELECT MIN(n.host) FROM work n"
        "   WHERE n.kind = $1 AND n.reaper = 0 AND n.host > h.host)"
        "  FROM hosts h WHERE h.host >= '')"
        " UPDATE work SET reaper = $2, token = token + 1, tries = tries + 1"
        " WHERE kind = $1 AND subject IN (SELECT c.subject FROM"
        "  (SELECT w.subject, w.due_work_ms, w.host, ROW_NUMBER() OVER"
        "    (PARTITION BY w.host ORDER BY w.due_work_ms, w.subject) AS place"
        "   FROM hosts h JOIN work w ON w.kind = $1 AND w.subject IN"
        "    (SELECT x.subject FROM work x WHERE x.kind = $1 AND x.reaper = 0"
        "     AND x.host = h.host AND x.due_work_ms <= $3"
        "     ORDER BY x.due_work_ms, x.subject LIMIT $4)) c"
        "  WHERE c.host = '' OR c.place + (SELECT COUNT(*) FROM work b"
        "   WHERE b.host = c.host AND b.reaper <> 0) <= $5"
        "  ORDER BY c.due_work_ms, c.subject LIMIT $4)"
        " RETURNING subject, order_id, tries, token, due_work_ms");
    db_put_name(s, &work_kind_names, kind);
    db_put_int(s, reaper);
    db_put_int(s, db_clock_ms(db));
    db_put_int(s, limit);
    db_put_int(s, host_cap);
    size_t count = 0;
    while (db_row(s)) {
        struct work one = {.kind = kind,
                           .tries = db_int(s, 2),
                           .reaper = reaper,
                           .token = db_int(s, 3)};
        db_copy(s, 0, one.subject, sizeof one.subject);
        db_copy(s, 1, one.order_id, sizeof one.order_id);
        assert(count < (size_t)limit);
        insert_sorted(list, due, count++, &one, db_int(s, 4));
    }
    return count;
}

enum work_hold work_look(struct db *db, const struct work *work)
{
    enum work_hold hold = WORK_GONE;
    struct db_statement *s = db_sql(
        db, "SELECT reaper, token FROM work WHERE kind = $1 AND subject = $2");
    db_put_name(s, &work_kind_names, work->kind);
    db_put_text(s, work->subject);
    if (db_row(s))
        hold = db_int(s, 0) == work->reaper && db_int(s, 1) == work->token
                   ? WORK_HELD
                   : WORK_LOST;
    db_done(s);
    return hold;
}

/* Runs a statement whose last parameters say which claim it ends. False: that
 * claim had ended before. */
static bool end_claim(struct db_statement *s, const struct work *work)
{
    db_put_name(s, &work_kind_names, work->kind);
    db_put_text(s, work->subject);
    db_put_int(s, work->reaper);
    db_put_int(s, work->token);
    return db_run(s) == 1;
}

bool work_done(struct db *db, const struct work *work)
{
    assert(work->reaper != 0);
    struct db_statement *s =
        db_sql(db, "DELETE FROM work WHERE kind = $1 AND subject = $2"
                   " AND reaper = $3 AND token = $4");
    return end_claim(s, work);
}

bool work_again(struct db *db, const struct work *work, int64_t delay_ms,
                enum work_count count)
{
    assert(work->reaper != 0 && delay_ms >= 0);
    int64_t tries = count == WORK_ANEW   ? 0
                    : count == WORK_SEEN ? work->tries - 1
                                         : work->tries;
    struct db_statement *s =
        db_sql(db, "UPDATE work SET reaper = 0, crashes = 0, tries = $1,"
                   " due_work_ms = $2 WHERE kind = $3 AND subject = $4"
                   " AND reaper = $5 AND token = $6");
    db_put_int(s, tries);
    db_put_int(s, delay_ms == WORK_NEVER ? WORK_NEVER
                                         : db_clock_ms(db) + delay_ms);
    return end_claim(s, work);
}

int64_t work_backoff_ms(int64_t first_ms, int64_t max_ms, int64_t tries)
{
    int64_t delay_ms = first_ms;
    for (; tries > 1 && delay_ms < max_ms; tries--)
        delay_ms *= 2;
    return delay_ms < max_ms ? delay_ms : max_ms;
}

int64_t work_next_due(struct db *db, enum work_kind kind, int64_t host_cap)
{
    struct db_statement *s =
        db_sql(db, "WITH RECURSIVE hosts (host) AS (SELECT MIN(host) FROM work"
                   "  WHERE kind = $1 AND reaper = 0"
                   " UNION ALL SELECT (SELECT MIN(n.host) FROM work n"
                   "   WHERE n.kind = $1 AND n.reaper = 0 AND n.host > h.host)"
                   "  FROM hosts h WHERE h.host >= '')"
                   " SELECT COALESCE(MIN((SELECT MIN(x.due_work_ms) FROM work x"
                   "  WHERE x.kind = $1 AND x.reaper = 0 AND x.host = h.host)),"
                   "  9223372036854775807) FROM hosts h WHERE h.host = ''"
                   "  OR (SELECT COUNT(*) FROM work b WHERE b.host = h.host"
                   "   AND b.reaper <> 0) < $2");
    db_put_name(s, &work_kind_names, kind);
    db_put_int(s, host_cap);
    return db_found_int(s, INT64_MAX);
}

bool work_is_queued(struct db *db, enum work_kind kind, const char *subject)
{
    struct work any = {.kind = kind};
    snprintf(any.subject, sizeof any.subject, "%s", subject);
    return work_look(db, &any) != WORK_GONE;
}

int64_t work_count(struct db *db, enum work_kind kind)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM work WHERE kind = $1");
    db_put_name(s, &work_kind_names, kind);
    return db_found_int(s, 0);
}
