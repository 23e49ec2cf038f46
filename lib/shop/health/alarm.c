/* Alarms: see alarm.h. */
#include "lib/shop/health/alarm.h"

#include "lib/base/log/log.h"

static const char *const kinds[] = {[ALARM_PARKED] = "parked",
                                    [ALARM_UNFINISHED] = "unfinished",
                                    [ALARM_WORKFLOW_FAILED] = "workflow_failed",
                                    [ALARM_PAYMENT_UNKNOWN] = "payment_unknown",
                                    [ALARM_PAYMENT_ODD] = "payment_odd",
                                    [ALARM_PAYMENT_FOREIGN] = "payment_foreign",
                                    [ALARM_DOUBLE_PAYMENT] = "double_payment",
                                    [ALARM_LATE_PAYMENT] = "late_payment",
                                    [ALARM_DISPUTE] = "dispute",
                                    [ALARM_REFUND_UNKNOWN] = "refund_unknown",
                                    [ALARM_REFUND_FAILED] = "refund_failed",
                                    [ALARM_MANUAL_REFUND] = "manual_refund",
                                    [ALARM_CREDIT_NOTE] = "credit_note",
                                    [ALARM_PAPER_COPY] = "paper_copy",
                                    [ALARM_MAIL_FAILED] = "mail_failed",
                                    [ALARM_MAIL_SERVER] = "mail_server",
                                    [ALARM_STOCK_HELD] = "stock_held",
                                    [ALARM_WEBHOOK_FAILED] = "webhook_failed",
                                    [ALARM_RECONCILIATION] = "reconciliation",
                                    [ALARM_RECONCILIATION_FAILED] =
                                        "reconciliation_failed",
                                    [ALARM_DAMAGE] = "damage",
                                    [ALARM_IMPORT] = "import"};
const struct names alarm_kind_names = NAMES("alarm", kinds);

void alarm_raise_about(struct db *db, enum alarm_kind kind,
                       const char *order_id, const char *subject,
                       const char *detail, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO alarms (kind, order_id, subject, detail,"
                   " created_at_ms) VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (kind, COALESCE(order_id, ''), subject)"
                   " WHERE closed_at_ms IS NULL DO NOTHING");
    db_put_name(s, &alarm_kind_names, kind);
    db_put_text(s, order_id);
    db_put_text(s, subject);
    db_put_text(s, detail);
    db_put_int(s, now_ms);
    if (db_run(s) > 0)
        log_error("alarm %s: order %s: %s", names_of(&alarm_kind_names, kind),
                  order_id == NULL ? "-" : order_id, detail);
}

bool alarm_was_raised(struct db *db, enum alarm_kind kind, const char *order_id,
                      const char *subject)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM alarms WHERE order_id = $1 AND kind = $2"
                   " AND subject = $3 LIMIT 1");
    db_put_text(s, order_id);
    db_put_name(s, &alarm_kind_names, kind);
    db_put_text(s, subject);
    return db_found(s);
}

void alarm_raise_once(struct db *db, enum alarm_kind kind, const char *order_id,
                      const char *subject, const char *detail, int64_t now_ms)
{
    if (!alarm_was_raised(db, kind, order_id, subject))
        alarm_raise_about(db, kind, order_id, subject, detail, now_ms);
}

void alarm_reword(struct db *db, enum alarm_kind kind, const char *subject,
                  const char *detail)
{
    struct db_statement *s =
        db_sql(db, "UPDATE alarms SET detail = $1 WHERE kind = $2"
                   " AND subject = $3 AND closed_at_ms IS NULL"
                   " AND detail <> $1");
    db_put_text(s, detail);
    db_put_name(s, &alarm_kind_names, kind);
    db_put_text(s, subject);
    if (db_run(s) > 0)
        log_warning("alarm %s: %s: %s", names_of(&alarm_kind_names, kind),
                    subject, detail);
}

void alarm_raise(struct db *db, enum alarm_kind kind, const char *order_id,
                 const char *detail, int64_t now_ms)
{
    alarm_raise_about(db, kind, order_id, "", detail, now_ms);
}

void alarm_settle(struct db *db, enum alarm_kind kind, const char *order_id,
                  int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE alarms SET closed_at_ms = $1 WHERE kind = $2"
                   " AND order_id = $3 AND closed_at_ms IS NULL");
    db_put_int(s, now_ms);
    db_put_name(s, &alarm_kind_names, kind);
    db_put_text(s, order_id);
    if (db_run(s) > 0)
        log_info("alarm %s: order %s: settled",
                 names_of(&alarm_kind_names, kind), order_id);
}

void alarm_settle_about(struct db *db, enum alarm_kind kind,
                        const char *subject, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE alarms SET closed_at_ms = $1 WHERE kind = $2"
                   " AND subject = $3 AND closed_at_ms IS NULL");
    db_put_int(s, now_ms);
    db_put_name(s, &alarm_kind_names, kind);
    db_put_text(s, subject);
    if (db_run(s) > 0)
        log_info("alarm %s: %s: settled", names_of(&alarm_kind_names, kind),
                 subject);
}

bool alarm_close(struct db *db, int64_t alarm_id, const char *by,
                 int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE alarms SET closed_at_ms = $1, closed_by = $2"
                   " WHERE alarm_id = $3 AND closed_at_ms IS NULL");
    db_put_int(s, now_ms);
    db_put_text(s, by);
    db_put_int(s, alarm_id);
    return db_run(s) == 1;
}

int64_t alarm_count(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM alarms WHERE closed_at_ms IS NULL");
    return db_found_int(s, 0);
}

static size_t read_alarms(struct db_statement *s, struct alarm *list,
                          struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct alarm){
            .alarm_id = db_int(s, 0),
            .kind = (enum alarm_kind)db_value(s, 1, &alarm_kind_names),
            .order_id = db_text(s, 2, arena),
            .number = db_int(s, 3),
            .subject = db_text(s, 4, arena),
            .detail = db_text(s, 5, arena),
            .created_at_ms = db_int(s, 6)};
    return count;
}

#define ALARM_COLUMNS                                                          \
    "SELECT a.alarm_id, a.kind, a.order_id, COALESCE(o.number, 0),"            \
    " a.subject, a.detail, a.created_at_ms FROM alarms a"                      \
    " LEFT JOIN orders o ON o.order_id = a.order_id"                           \
    " WHERE a.closed_at_ms IS NULL"

size_t alarm_list(struct db *db, const char *order_id, int64_t limit,
                  struct alarm *list, struct arena *arena)
{
    struct db_statement *s;
    if (order_id != NULL) {
        s = db_sql(db, ALARM_COLUMNS " AND a.order_id = $1"
                                     " ORDER BY a.alarm_id DESC LIMIT $2");
        db_put_text(s, order_id);
    } else {
        s = db_sql(db, ALARM_COLUMNS " ORDER BY a.alarm_id DESC LIMIT $1");
    }
    db_put_int(s, limit);
    return read_alarms(s, list, arena);
}
