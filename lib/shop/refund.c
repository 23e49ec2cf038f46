/* Refunds: see refund.h. */
#include "lib/shop/refund.h"

#include "lib/adapter/crypto.h"
#include "lib/base/clock.h"
#include "lib/shop/alarm.h"
#include "lib/shop/payment.h"

/* Gives how much of amount_minor the newest charge could bear; 0: no charge has
 * anything left. */
static int64_t queue_one(struct db *db, const char *order_id,
                         int64_t amount_minor, const char *reason,
                         int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, refund_id);
    struct db_statement *s = db_sql(
        db, "INSERT INTO refunds (refund_id, order_id, intent_id, amount_minor,"
            " reason, status, due_at_ms, created_at_ms, updated_at_ms)"
            " SELECT CAST($1 AS TEXT), c.order_id, c.gateway_id,"
            "  CASE WHEN c.left_minor < $2 THEN c.left_minor"
            "  ELSE CAST($2 AS BIGINT) END, CAST($3 AS TEXT), 'due',"
            "  CAST($4 AS BIGINT), CAST($4 AS BIGINT), CAST($4 AS BIGINT)"
            " FROM (SELECT p.entry_id, p.order_id, p.gateway_id, p.amount_minor"
            "  - COALESCE((SELECT SUM(r.amount_minor) FROM refunds r"
            "   WHERE r.order_id = p.order_id AND r.intent_id = p.gateway_id"
            "   AND r.status <> 'failed'), 0) AS left_minor"
            "  FROM payment_entries p WHERE p.order_id = $5"
            "  AND p.kind = 'charge') c"
            " WHERE c.left_minor > 0 ORDER BY c.entry_id DESC LIMIT 1"
            " RETURNING amount_minor");
    db_put_text(s, refund_id);
    db_put_int(s, amount_minor);
    db_put_text(s, reason);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    int64_t queued_minor = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return queued_minor;
}

void refund_queue(struct db *db, const char *order_id, int64_t amount_minor,
                  const char *reason, int64_t now_ms)
{
    int64_t queued_minor;
    do {
        queued_minor = queue_one(db, order_id, amount_minor, reason, now_ms);
        amount_minor -= queued_minor;
    } while (amount_minor > 0 && queued_minor > 0);
}

size_t refund_claim(struct db *db, int64_t claim_ms, int64_t limit,
                    struct refund *list, struct arena *arena)
{
    int64_t now_boot_ms = clock_boot_ms();
    struct db_statement *s = db_sql(
        db, "UPDATE refunds SET calls = calls + 1, due_boot_ms = $1,"
            " due_at_ms = $2 WHERE refund_id IN (SELECT refund_id"
            "  FROM refunds WHERE status = 'due' AND due_boot_ms <= $3"
            "  ORDER BY due_boot_ms LIMIT $4)"
            " RETURNING refund_id, order_id, amount_minor, calls, intent_id,"
            " created_at_ms");
    db_put_int(s, now_boot_ms + claim_ms);
    db_put_int(s, clock_wall_ms() + claim_ms);
    db_put_int(s, now_boot_ms);
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct refund){.refund_id = db_text(s, 0, arena),
                                        .order_id = db_text(s, 1, arena),
                                        .amount_minor = db_int(s, 2),
                                        .calls = db_int(s, 3),
                                        .intent_id = db_text(s, 4, arena),
                                        .created_at_ms = db_int(s, 5)};
    return count;
}

int64_t refund_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_boot_ms FROM refunds WHERE status = 'due'"
                   " ORDER BY due_boot_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : INT64_MAX;
    db_done(s);
    return due;
}

/* Ends one that is due; false when it had ended before. */
static bool close_refund(struct db *db, const char *refund_id,
                         const char *status, const char *message,
                         int64_t now_ms, char order_id[CRYPTO_UUID_SIZE],
                         int64_t *amount_minor)
{
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET status = $1, message = $2,"
                   " updated_at_ms = $3 WHERE refund_id = $4 AND status = 'due'"
                   " RETURNING order_id, amount_minor");
    db_put_text(s, status);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    bool closed = db_row(s);
    if (closed) {
        db_copy(s, 0, order_id, CRYPTO_UUID_SIZE);
        *amount_minor = db_int(s, 1);
    }
    db_done(s);
    return closed;
}

void refund_succeeded(struct db *db, const char *refund_id,
                      const char *gateway_id, int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    int64_t amount_minor;
    if (close_refund(db, refund_id, "succeeded", NULL, now_ms, order_id,
                     &amount_minor))
        payment_book(db, order_id, "refund", amount_minor, gateway_id, "", now_ms);
}

void refund_failed(struct db *db, const char *refund_id, const char *message,
                   int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    int64_t amount_minor;
    if (close_refund(db, refund_id, "failed", message, now_ms, order_id,
                     &amount_minor))
        alarm_raise(db, "refund_failed", order_id, message, now_ms);
}

void refund_unknown(struct db *db, const char *refund_id, int64_t delay_ms,
                    const char *message, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET message = $1, due_boot_ms = $2,"
                   " due_at_ms = $3, updated_at_ms = $4"
                   " WHERE refund_id = $5 AND status = 'due'");
    db_put_text(s, message);
    db_put_int(s, clock_boot_ms() + delay_ms);
    db_put_int(s, now_ms + delay_ms);
    db_put_int(s, now_ms);
    db_put_text(s, refund_id);
    db_run(s);
}

void refund_take_over(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "UPDATE refunds SET due_boot_ms = CASE WHEN calls < 2 THEN 0"
                   " ELSE CAST($1 AS BIGINT) + 250 * (1 << CASE"
                   "  WHEN calls < 14 THEN calls ELSE 14 END) END"
                   " WHERE status = 'due'");
    db_put_int(s, clock_boot_ms());
    db_run(s);
}

void refund_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE refunds SET status = 'failed', message = $1,"
            " updated_at_ms = $2 WHERE order_id = $3 AND status = 'due'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}
