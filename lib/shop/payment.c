/* Payment attempts and the ledger: see payment.h. */
#include "lib/shop/payment.h"

#include "lib/adapter/crypto.h"

/* payment_status follows from the ledger and the attempts. */
static void derive_status(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db,
        "UPDATE orders SET updated_at_ms = $1, payment_status = ("
        " SELECT CASE"
        "  WHEN l.charged IS NULL AND EXISTS (SELECT 1 FROM payment_attempts"
        "   WHERE order_id = orders.order_id AND status = 'open')"
        "   THEN 'pending'"
        "  WHEN l.charged IS NULL AND EXISTS (SELECT 1 FROM payment_attempts"
        "   WHERE order_id = orders.order_id) THEN 'failed'"
        "  WHEN l.charged IS NULL THEN 'unpaid'"
        "  WHEN l.refunded = 0 THEN 'paid'"
        "  WHEN l.refunded < l.charged THEN 'partially_refunded'"
        "  ELSE 'refunded' END"
        " FROM (SELECT SUM(CASE WHEN kind = 'charge' THEN amount_minor END)"
        "   AS charged, COALESCE(SUM(CASE WHEN kind = 'refund'"
        "   THEN amount_minor END), 0) AS refunded FROM payment_entries"
        "   WHERE order_id = orders.order_id) l)"
        " WHERE order_id = $2");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

static void insert_attempt(struct db *db, const char *order_id, int64_t now_ms)
{
    char attempt_id[CRYPTO_UUID_SIZE];
    crypto_uuid(now_ms, attempt_id);
    struct db_statement *s = db_sql(
        db, "INSERT INTO payment_attempts (attempt_id, order_id, attempt_no,"
            " status, created_at_ms, updated_at_ms)"
            " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT),"
            " COALESCE(MAX(attempt_no), 0) + 1, 'open', CAST($3 AS BIGINT),"
            " CAST($3 AS BIGINT) FROM payment_attempts WHERE order_id = $2");
    db_put_text(s, attempt_id);
    db_put_text(s, order_id);
    db_put_int(s, now_ms);
    db_run(s);
    derive_status(db, order_id, now_ms);
}

struct payment_attempt payment_begin(struct db *db, const char *order_id,
                                     int64_t now_ms, struct arena *arena)
{
    if (!payment_is_open(db, order_id))
        insert_attempt(db, order_id, now_ms);
    struct payment_attempt a = {.order_id = order_id};
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET calls = calls + 1"
                   " WHERE order_id = $1 AND status = 'open'"
                   " RETURNING attempt_id, attempt_no, status, calls,"
                   " unknown_since_ms, created_at_ms");
    db_put_text(s, order_id);
    if (db_row(s)) {
        a.attempt_id = db_text(s, 0, arena);
        a.attempt_no = db_int(s, 1);
        a.status = db_text(s, 2, arena);
        a.calls = db_int(s, 3);
        a.unknown_since_ms = db_int(s, 4);
        a.created_at_ms = db_int(s, 5);
        db_done(s);
    }
    return a;
}

static bool exists(struct db_statement *s)
{
    bool found = db_row(s);
    db_done(s);
    return found;
}

bool payment_is_open(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_attempts"
                   " WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    return exists(s);
}

int64_t payment_open_since_ms(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT created_at_ms FROM payment_attempts"
                   " WHERE order_id = $1 AND status = 'open'");
    db_put_text(s, order_id);
    int64_t since_ms = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return since_ms;
}

bool payment_is_charged(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_entries"
                   " WHERE order_id = $1 AND kind = 'charge'");
    db_put_text(s, order_id);
    return exists(s);
}

bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT gateway_id, created_at_ms FROM payment_entries"
                   " WHERE order_id = $1 AND kind = 'charge'");
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

void payment_book(struct db *db, const char *order_id, const char *kind,
                  int64_t amount_minor, const char *gateway_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "INSERT INTO payment_entries (order_id, kind, amount_minor,"
                   " gateway_id, created_at_ms) VALUES ($1, $2, $3, $4, $5)");
    db_put_text(s, order_id);
    db_put_text(s, kind);
    db_put_int(s, amount_minor);
    db_put_text(s, gateway_id);
    db_put_int(s, now_ms);
    db_run(s);
    derive_status(db, order_id, now_ms);
}

void payment_succeeded(struct db *db, const char *attempt_id,
                       const char *intent_id, int64_t amount_minor,
                       int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (close_attempt(db, attempt_id, "succeeded", NULL, NULL, intent_id,
                      now_ms, order_id))
        payment_book(db, order_id, "charge", amount_minor, intent_id, now_ms);
}

void payment_failed(struct db *db, const char *attempt_id, const char *code,
                    const char *message, const char *intent_id, int64_t now_ms)
{
    char order_id[CRYPTO_UUID_SIZE];
    if (close_attempt(db, attempt_id, "failed", code, message, intent_id,
                      now_ms, order_id))
        derive_status(db, order_id, now_ms);
}

void payment_unknown(struct db *db, const char *attempt_id, const char *message,
                     int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET message = $1,"
            " unknown_since_ms = COALESCE(unknown_since_ms, $2),"
            " updated_at_ms = $2 WHERE attempt_id = $3 AND status = 'open'");
    db_put_text(s, message);
    db_put_int(s, now_ms);
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
    int64_t left = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return left;
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
