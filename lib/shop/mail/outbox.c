/* The outbox: see outbox.h. */
#include "lib/shop/mail/outbox.h"

#include <assert.h>
#include <stdio.h>

#include "lib/adapter/crypto.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/queue/work.h"

static const char *const kinds[] = {"confirmation", "failed", "cancelled",
                                    "refunded"};
const struct names mail_kind_names = NAMES("mail", kinds);

static void queue(struct db *db, const char *order_id, enum mail_kind kind,
                  const char *refund_id, int64_t now_ms)
{
    char outbox_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, outbox_id);
    struct db_statement *s = db_sql(
        db, "INSERT INTO outbox (outbox_id, order_id, kind, refund_id,"
            " recipient, status, created_at_ms, updated_at_ms,"
            " round) SELECT CAST($1 AS TEXT), order_id, CAST($2 AS TEXT),"
            "  CAST($3 AS TEXT), customer_email, 'due',"
            "  CAST($4 AS BIGINT), CAST($4 AS BIGINT),"
            "  COALESCE((SELECT redrives FROM executions e"
            "   WHERE e.order_id = orders.order_id), 0) FROM orders"
            "  WHERE order_id = $5 AND customer_email IS NOT NULL"
            " ON CONFLICT (order_id, kind, round, refund_id) DO NOTHING");
    db_put_text(s, outbox_id);
    db_put_name(s, &mail_kind_names, kind);
    db_put_text(s, refund_id);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    if (db_run(s) == 1)
        work_queue(db, &(struct work_order){.kind = WORK_MAIL,
                                            .subject = outbox_id,
                                            .order_id = order_id,
                                            .due_work_ms = db_clock_ms(db)});
}

void outbox_queue(struct db *db, const char *order_id, enum mail_kind kind,
                  int64_t now_ms)
{
    assert(kind != MAIL_REFUND);
    queue(db, order_id, kind, "", now_ms);
}

void outbox_queue_refund(struct db *db, const char *order_id,
                         const char *refund_id, int64_t now_ms)
{
    queue(db, order_id, MAIL_REFUND, refund_id, now_ms);
}

static size_t read_mails(struct db_statement *s, struct outbox_mail *list,
                         struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct outbox_mail){
            .outbox_id = db_text(s, 0, arena),
            .order_id = db_text(s, 1, arena),
            .kind = (enum mail_kind)db_value(s, 2, &mail_kind_names),
            .recipient = db_text(s, 3, arena),
            .created_at_ms = db_int(s, 4),
            .refund_id = db_text(s, 5, arena)};
    return count;
}

bool outbox_find(struct db *db, const char *outbox_id, struct outbox_mail *out,
                 struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT outbox_id, order_id, kind, recipient,"
                   " created_at_ms, refund_id FROM outbox"
                   " WHERE outbox_id = $1");
    db_put_text(s, outbox_id);
    return read_mails(s, out, arena) > 0;
}

void outbox_sent(struct db *db, const char *outbox_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE outbox SET status = 'sent', message = NULL,"
            " updated_at_ms = $1 WHERE outbox_id = $2 AND status = 'due'");
    db_put_int(s, now_ms);
    db_put_text(s, outbox_id);
    db_run(s);
}

void outbox_waits(struct db *db, const char *outbox_id, const char *message,
                  int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE outbox SET message = $1, updated_at_ms = $2"
                   " WHERE outbox_id = $3 AND status = 'due'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, outbox_id);
    db_run(s);
}

void outbox_failed(struct db *db, const char *outbox_id, const char *order_id,
                   const char *message, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE outbox SET status = 'failed', message = $1,"
            " updated_at_ms = $2 WHERE outbox_id = $3 AND status = 'due'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, outbox_id);
    char detail[400];
    snprintf(detail, sizeof detail, "A mail could not be sent: %s", message);
    if (db_run(s) > 0)
        alarm_raise(db, ALARM_MAIL_FAILED, order_id, detail, now_ms);
}

void outbox_settle_alarm(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM outbox WHERE order_id = $1"
                   " AND status = 'failed' AND superseded = 0 LIMIT 1");
    db_put_text(s, order_id);
    if (!db_found(s))
        alarm_settle(db, ALARM_MAIL_FAILED, order_id, now_ms);
}

/* One of the order's that wait, but for those about refunds where they are
 * spared; false: there is none. */
static bool find_waiting(struct db *db, const char *order_id, bool spare,
                         char outbox_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s = db_sql(
        db,
        "SELECT outbox_id FROM outbox WHERE order_id = $1"
        " AND status = 'due' AND (kind <> 'refunded' OR CAST($2 AS BIGINT) = 0)"
        " LIMIT 1");
    db_put_text(s, order_id);
    db_put_int(s, spare ? 1 : 0);
    return db_found_copy(s, outbox_id, CRYPTO_UUID_SIZE);
}

static void fail_waiting(struct db *db, const char *order_id, bool spare,
                         const char *message, int64_t now_ms)
{
    char outbox_id[CRYPTO_UUID_SIZE];
    while (find_waiting(db, order_id, spare, outbox_id)) {
        struct db_statement *s =
            db_sql(db, "UPDATE outbox SET status = 'failed', message = $1,"
                       " updated_at_ms = $2 WHERE outbox_id = $3");
        db_put_text(s, message);
        db_put_int(s, now_ms);
        db_put_text(s, outbox_id);
        db_run(s);
        work_drop(db, WORK_MAIL, outbox_id);
    }
}

void outbox_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms)
{
    fail_waiting(db, order_id, false, message, now_ms);
}

void outbox_supersede(struct db *db, const char *order_id, const char *message,
                      int64_t now_ms)
{
    fail_waiting(db, order_id, true, message, now_ms);
    struct db_statement *s =
        db_sql(db, "UPDATE outbox SET superseded = 1, message = $1,"
                   " updated_at_ms = $2 WHERE order_id = $3"
                   " AND status = 'failed' AND superseded = 0"
                   " AND kind <> 'refunded'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    if (db_run(s) > 0)
        outbox_settle_alarm(db, order_id, now_ms);
}
