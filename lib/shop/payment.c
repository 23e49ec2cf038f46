/* Payment attempts and the ledger: see payment.h. */
#include "lib/shop/payment.h"

#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/clock.h"

/* When an attempt that is set aside is due. */
#define PAYMENT_NEVER INT64_MAX

/* payment_status follows from the ledger and the attempts. Money that is about
 * to go back counts for those who look at it, but no longer as the order's
 * payment once another attempt is open. */
static void derive_status(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE orders SET updated_at_ms = $1, payment_status = ("
            " SELECT CASE"
            "  WHEN l.newest = 'open' AND COALESCE(l.charged, 0) <= l.promised"
            "   THEN 'pending'"
            "  WHEN l.charged IS NULL AND l.newest IS NULL THEN 'unpaid'"
            "  WHEN l.charged IS NULL THEN 'failed'"
            "  WHEN l.charged - l.refunded >= orders.total_minor THEN 'paid'"
            "  WHEN l.charged > l.refunded THEN 'partially_refunded'"
            "  WHEN l.newest = 'failed' THEN 'failed'"
            "  ELSE 'refunded' END"
            " FROM (SELECT SUM(CASE WHEN kind = 'charge' THEN amount_minor END)"
            "   AS charged, COALESCE(SUM(CASE WHEN kind = 'refund'"
            "   THEN amount_minor END), 0) AS refunded,"
            "   (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds"
            "    WHERE order_id = orders.order_id AND status <> 'failed')"
            "   AS promised,"
            "   (SELECT status FROM payment_attempts"
            "    WHERE order_id = orders.order_id"
            "    ORDER BY attempt_no DESC LIMIT 1) AS newest"
            "   FROM payment_entries WHERE order_id = orders.order_id) l)"
            " WHERE order_id = $2");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

static bool exists(struct db_statement *s)
{
    bool found = db_row(s);
    db_done(s);
    return found;
}

static int64_t number(struct db_statement *s)
{
    int64_t value = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return value;
}

bool payment_is_open(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_attempts"
                   " WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    return exists(s);
}

void payment_begin(struct db *db, const char *order_id, int64_t now_ms)
{
    if (payment_is_open(db, order_id))
        return;
    char attempt_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, attempt_id);
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_attempts (attempt_id, order_id, attempt_no,"
            " status, due_boot_ms, due_at_ms, created_at_ms, updated_at_ms)"
            " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),"
            " COALESCE(MAX(attempt_no), 0) + 1, 'open', CAST($3 AS BIGINT),"
            " CAST($4 AS BIGINT), CAST($4 AS BIGINT), CAST($4 AS BIGINT)"
            " FROM payment_attempts WHERE order_id = $2");
    db_put_text(s, attempt_id);
    db_put_text(s, order_id);
    db_put_int(s, clock_boot_ms());
    db_put_int(s, now_ms);
    db_run(s);
    derive_status(db, order_id, now_ms);
}

size_t payment_claim(struct db *db, int64_t claim_ms, int64_t limit,
                     struct payment_attempt *list, struct arena *arena)
{
    int64_t now_boot_ms = clock_boot_ms();
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET calls = calls + 1, due_boot_ms = $1,"
            " due_at_ms = $2 WHERE attempt_id IN (SELECT attempt_id"
            "  FROM payment_attempts WHERE status = 'open'"
            "  AND due_boot_ms <= $3 ORDER BY due_boot_ms LIMIT $4)"
            " RETURNING attempt_id, order_id, attempt_no, status, calls,"
            " unknown_since_ms, intent_id, message, created_at_ms");
    db_put_int(s, now_boot_ms + claim_ms);
    db_put_int(s, clock_wall_ms() + claim_ms);
    db_put_int(s, now_boot_ms);
    db_put_int(s, limit);
    size_t count = 0;
    while (db_row(s))
        list[count++] =
            (struct payment_attempt){.attempt_id = db_text(s, 0, arena),
                                     .order_id = db_text(s, 1, arena),
                                     .attempt_no = db_int(s, 2),
                                     .status = db_text(s, 3, arena),
                                     .calls = db_int(s, 4),
                                     .unknown_since_ms = db_int(s, 5),
                                     .intent_id = db_text(s, 6, arena),
                                     .message = db_text(s, 7, arena),
                                     .created_at_ms = db_int(s, 8)};
    return count;
}

int64_t payment_next_due(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "SELECT due_boot_ms FROM payment_attempts"
                   " WHERE status = 'open' ORDER BY due_boot_ms LIMIT 1");
    int64_t due = db_row(s) ? db_int(s, 0) : PAYMENT_NEVER;
    db_done(s);
    return due;
}

void payment_take_over(struct db *db)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = 0"
                   " WHERE status = 'open' AND due_boot_ms < $1");
    db_put_int(s, PAYMENT_NEVER);
    db_run(s);
}

bool payment_hurry(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = $1,"
                   " due_at_ms = $2 WHERE order_id = $3 AND status = 'open'");
    db_put_int(s, clock_boot_ms());
    db_put_int(s, clock_wall_ms());
    db_put_text(s, order_id);
    return db_run(s) == 1;
}

void payment_set_aside(struct db *db, const char *order_id, const char *message,
                       int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET due_boot_ms = $1,"
                   " message = $2, updated_at_ms = $3"
                   " WHERE order_id = $4 AND status = 'open'");
    db_put_int(s, PAYMENT_NEVER);
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

bool payment_is_paid(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM orders o WHERE o.order_id = $1 AND o.total_minor <="
            " (SELECT SUM(p.amount_minor) FROM payment_entries p"
            "  WHERE p.order_id = o.order_id AND p.kind = 'charge')"
            " - COALESCE((SELECT SUM(r.amount_minor) FROM refunds r"
            "  WHERE r.order_id = o.order_id AND r.status <> 'failed'), 0)");
    db_put_text(s, order_id);
    return exists(s);
}

bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT gateway_id, created_at_ms FROM payment_entries"
                   " WHERE order_id = $1 AND kind = 'charge'"
                   " ORDER BY entry_id DESC LIMIT 1");
    db_put_text(s, order_id);
    if (!db_row(s))
        return false;
    *intent_id = db_text(s, 0, arena);
    *charged_at_ms = db_int(s, 1);
    db_done(s);
    return true;
}

/* Closes an open attempt; its order_id, or NULL when it was closed before. */
static bool close_attempt(struct db *db, const char *attempt_id,
                          const char *status, const char *code,
                          const char *message, const char *intent_id,
                          int64_t now_ms, char order_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET status = $1, code = $2,"
            " message = $3, intent_id = $4, updated_at_ms = $5"
            " WHERE attempt_id = $6 AND status = 'open' RETURNING order_id");
    db_put_text(s, status);
    db_put_text(s, code);
    db_put_text(s, message);
    db_put_text(s, intent_id);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    bool closed = db_row(s);
    if (closed)
        db_copy(s, 0, order_id, CRYPTO_UUID_SIZE);
    db_done(s);
    return closed;
}

static int64_t round_now(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT redrives FROM executions WHERE order_id = $1");
    db_put_text(s, order_id);
    return number(s);
}

/* Later than every charge's before: a workflow may refund and charge again by
 * itself, without a redrive, and what the gateway took must be booked. */
static int64_t charge_round(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(MAX(round) + 1, 0) FROM payment_entries"
                   " WHERE order_id = $1 AND kind = 'charge'");
    db_put_text(s, order_id);
    int64_t next = number(s);
    int64_t now = round_now(db, order_id);
    return now > next ? now : next;
}

void payment_book(struct db *db, const char *order_id, const char *kind,
                  int64_t amount_minor, const char *gateway_id, int64_t now_ms)
{
    int64_t round = strcmp(kind, "charge") == 0 ? charge_round(db, order_id)
                                                : round_now(db, order_id);
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_entries (order_id, kind, amount_minor,"
            " gateway_id, round, created_at_ms) VALUES ($1, $2, $3, $4, $5,"
            " $6)");
    db_put_text(s, order_id);
    db_put_text(s, kind);
    db_put_int(s, amount_minor);
    db_put_text(s, gateway_id);
    db_put_int(s, round);
    db_put_int(s, now_ms);
    db_run(s);
    derive_status(db, order_id, now_ms);
}

bool payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (!close_attempt(db, attempt_id, "succeeded", NULL, NULL, intent_id,
                       now_ms, order_id))
        return false;
    payment_book(db, order_id, "charge", amount_minor, intent_id, now_ms);
    return true;
}

bool payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (!close_attempt(db, attempt_id, "failed", code, message, intent_id,
                       now_ms, order_id))
        return false;
    derive_status(db, order_id, now_ms);
    return true;
}

/* What is set aside stays so. */
void payment_unknown(struct db *db, const char *attempt_id, int64_t delay_ms,
                     const char *message, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET message = $1,"
            " unknown_since_ms = COALESCE(unknown_since_ms, $2),"
            " updated_at_ms = $2, due_boot_ms = CASE WHEN due_boot_ms = $3"
            "  THEN due_boot_ms ELSE CAST($4 AS BIGINT) END, due_at_ms = $5"
            " WHERE attempt_id = $6 AND status = 'open'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
    db_put_int(s, PAYMENT_NEVER);
    db_put_int(s, clock_boot_ms() + delay_ms);
    db_put_int(s, now_ms + delay_ms);
    db_put_text(s, attempt_id);
    db_run(s);
}

int64_t payment_left_minor(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "SELECT COALESCE((SELECT SUM(amount_minor) FROM payment_entries"
            "  WHERE order_id = $1 AND kind = 'charge'), 0)"
            " - COALESCE((SELECT SUM(amount_minor) FROM refunds"
            "  WHERE order_id = $1 AND status <> 'failed'), 0)");
    db_put_text(s, order_id);
    return number(s);
}

size_t payment_history(struct db *db, const char *order_id,
                       struct payment_row *list, size_t max,
                       struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT a.created_at_ms, 'attempt', a.status,"
            "  COALESCE(a.message, a.intent_id), o.total_minor"
            " FROM payment_attempts a JOIN orders o"
            "  ON o.order_id = a.order_id WHERE a.order_id = $1"
            "  AND a.status <> 'succeeded'"
            " UNION ALL SELECT created_at_ms, kind, 'booked', gateway_id,"
            "  amount_minor FROM payment_entries WHERE order_id = $1"
            " UNION ALL SELECT created_at_ms, 'refund', status,"
            "  COALESCE(message, reason), amount_minor FROM refunds"
            "  WHERE order_id = $1 AND status <> 'succeeded'"
            " ORDER BY 1 LIMIT $2");
    db_put_text(s, order_id);
    db_put_int(s, (int64_t)max);
    size_t count = 0;
    while (db_row(s))
        list[count++] = (struct payment_row){.created_at_ms = db_int(s, 0),
                                             .kind = db_text(s, 1, arena),
                                             .state = db_text(s, 2, arena),
                                             .reference = db_text(s, 3, arena),
                                             .amount_minor = db_int(s, 4)};
    return count;
}
