/* Findings of reconciliations: see reconciliation.h. */
#include "lib/shop/books/reconciliation.h"

#include <assert.h>
#include <string.h>

#include "lib/shop/health/alarm.h"

static const char *const kinds[] = {"gateway_only", "not_at_gateway", "amount",
                                    "refunds", "unknown"};
const struct names finding_kind_names = NAMES("finding", kinds);

enum { FINDING_REFERENCE = 256 /* a gateway's id is at most 255 long */ };

void finding_enter(struct db *db, const struct finding *finding, int64_t run,
                   int64_t now_ms)
{
    assert(strlen(finding->reference) < FINDING_REFERENCE);
    struct db_statement *s = db_sql(
        db, "INSERT INTO findings (kind, reference, order_id, amount_minor,"
            " detail, at_ms, last_run, created_at_ms)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
            " ON CONFLICT (kind, reference) DO UPDATE SET"
            " order_id = excluded.order_id,"
            " amount_minor = excluded.amount_minor, detail = excluded.detail,"
            " at_ms = excluded.at_ms, last_run = excluded.last_run,"
            " created_at_ms = CASE WHEN findings.settled_at_ms IS NULL"
            "  THEN findings.created_at_ms ELSE excluded.created_at_ms END,"
            " settled_at_ms = NULL RETURNING created_at_ms");
    db_put_name(s, &finding_kind_names, finding->kind);
    db_put_text(s, finding->reference);
    db_put_text(s, finding->order_id);
    db_put_int(s, finding->amount_minor);
    db_put_text(s, finding->detail);
    db_put_int(s, finding->at_ms);
    db_put_int(s, run);
    db_put_int(s, now_ms);
    bool is_new = db_row(s) && db_int(s, 0) == now_ms;
    db_done(s);
    if (is_new) /* one that staff closed stays closed */
        alarm_raise_about(db, ALARM_RECONCILIATION, finding->order_id,
                          finding->reference, finding->detail, now_ms);
}

/* Another finding may be about the same charge. */
static bool is_open(struct db *db, const char *reference)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM findings WHERE settled_at_ms IS NULL"
                   " AND reference = $1");
    db_put_text(s, reference);
    return db_found(s);
}

/* The next open one that the run did not meet, of what it looked at; 0: there
 * is none. */
static int64_t next_unmet(struct db *db, int64_t after, int64_t run,
                          int64_t since_ms, char reference[FINDING_REFERENCE])
{
    struct db_statement *s = db_sql(
        db, "SELECT finding_id, reference FROM findings"
            " WHERE settled_at_ms IS NULL AND finding_id > $1"
            " AND last_run < $2 AND at_ms >= $3 ORDER BY finding_id LIMIT 1");
    db_put_int(s, after);
    db_put_int(s, run);
    db_put_int(s, since_ms);
    if (!db_row(s))
        return 0;
    int64_t finding_id = db_int(s, 0);
    db_copy(s, 1, reference, FINDING_REFERENCE);
    db_done(s);
    return finding_id;
}

void finding_settle(struct db *db, int64_t run, int64_t since_ms,
                    int64_t now_ms)
{
    char reference[FINDING_REFERENCE];
    int64_t at = 0;
    while ((at = next_unmet(db, at, run, since_ms, reference)) != 0) {
        struct db_statement *s =
            db_sql(db, "UPDATE findings SET settled_at_ms = $1"
                       " WHERE finding_id = $2");
        db_put_int(s, now_ms);
        db_put_int(s, at);
        db_run(s);
        if (!is_open(db, reference))
            alarm_settle_about(db, ALARM_RECONCILIATION, reference, now_ms);
    }
}

int64_t finding_count(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM findings WHERE settled_at_ms IS NULL");
    return db_found_int(s, 0);
}

size_t finding_list(struct db *db, int64_t limit, struct finding *list,
                    struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT f.finding_id, f.kind, f.reference, f.order_id,"
            " COALESCE(o.number, 0), COALESCE(f.amount_minor, 0), f.detail,"
            " f.at_ms, f.created_at_ms FROM findings f LEFT JOIN orders o"
            " ON o.order_id = f.order_id WHERE f.settled_at_ms IS NULL"
            " ORDER BY f.finding_id DESC LIMIT $1");
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct finding){
            .finding_id = db_int(s, 0),
            .kind = (enum finding_kind)db_value(s, 1, &finding_kind_names),
            .reference = db_text(s, 2, arena),
            .order_id = db_text(s, 3, arena),
            .number = db_int(s, 4),
            .amount_minor = db_int(s, 5),
            .detail = db_text(s, 6, arena),
            .at_ms = db_int(s, 7),
            .created_at_ms = db_int(s, 8)};
    return count;
}
