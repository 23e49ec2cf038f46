/* The payment ledger and what derives from it: see payment.h. */
#include <assert.h>
#include <string.h>

#include "lib/shop/payment/private.h"

static const char *const entry_kinds[] = {"charge", "refund", "refund_reversal",
                                          "dispute", "dispute_reversal"};
const struct names entry_kind_names = NAMES("ledger entry", entry_kinds);

/* payment_status follows from the ledger and the attempts. Money that is about
 * to go back counts for those who look at it, but no longer as the order's
 * payment once another attempt is open. */
void payment_derive_status(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE orders SET updated_at_ms = $1, payment_status = ("
            " SELECT CASE"
            "  WHEN a.newest = 'open' AND b.left_minor <= 0 THEN 'pending'"
            "  WHEN b.charges = 0 AND a.newest IS NULL THEN 'unpaid'"
            "  WHEN b.charges = 0 THEN 'failed'"
            "  WHEN b.kept_minor >= b.total_minor THEN 'paid'"
            "  WHEN b.kept_minor > 0 THEN 'partially_refunded'"
            "  WHEN a.newest = 'failed' AND b.charged_at_ms <= a.begun_at_ms"
            "   THEN 'failed'"
            "  ELSE 'refunded' END"
            " FROM order_balances b, (SELECT MAX(created_at_ms) AS begun_at_ms,"
            "   (SELECT status FROM payment_attempts WHERE order_id = $2"
            "    ORDER BY attempt_no DESC LIMIT 1) AS newest"
            "   FROM payment_attempts WHERE order_id = $2) a"
            " WHERE b.order_id = $2) WHERE order_id = $2");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

bool payment_is_paid(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM order_balances WHERE order_id = $1"
                   " AND charges > 0 AND owed_minor <= 0");
    db_put_text(s, order_id);
    return db_found(s);
}

int64_t payment_left_minor(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT left_minor FROM order_balances WHERE order_id = $1");
    db_put_text(s, order_id);
    return db_found_int(s, 0);
}

bool payment_was_given_back(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM order_balances WHERE order_id = $1"
                   " AND charged_minor > promised_minor");
    db_put_text(s, order_id);
    return !db_found(s);
}

int64_t payment_intent_left_minor(struct db *db, const char *intent_id,
                                  const char **order_id, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id, left_minor FROM charge_balances"
                   " WHERE intent_id = $1");
    db_put_text(s, intent_id);
    if (!db_row(s))
        return -1;
    if (order_id != NULL)
        *order_id = db_text(s, 0, arena);
    int64_t left_minor = db_int(s, 1);
    db_done(s);
    return left_minor;
}

bool payment_charge(struct db *db, const char *order_id, const char **intent_id,
                    int64_t *charged_at_ms, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT intent_id, charged_at_ms FROM charge_balances"
                   " WHERE order_id = $1 ORDER BY entry_id DESC LIMIT 1");
    db_put_text(s, order_id);
    if (!db_row(s))
        return false;
    *intent_id = db_text(s, 0, arena);
    *charged_at_ms = db_int(s, 1);
    db_done(s);
    return true;
}

bool payment_book(struct db *db, const char *order_id, enum entry_kind kind,
                  int64_t amount_minor, const char *gateway_id,
                  const char *intent_id, int64_t now_ms)
{
    assert(amount_minor >= 0);
    assert(kind != ENTRY_CHARGE || strcmp(gateway_id, intent_id) == 0);
    struct db_statement *s =
        db_sql(db, "INSERT INTO payment_entries (order_id, kind, amount_minor,"
                   " gateway_id, intent_id, nth, created_at_ms)"
                   " VALUES ($1, $2, $3, $4, $5, (SELECT COUNT(*)"
                   "  FROM payment_entries WHERE order_id = $1 AND kind = $2),"
                   " $6) ON CONFLICT (gateway_id) DO NOTHING");
    db_put_text(s, order_id);
    db_put_name(s, &entry_kind_names, kind);
    db_put_int(s, amount_minor);
    db_put_text(s, gateway_id);
    db_put_text(s, intent_id);
    db_put_int(s, now_ms);
    bool booked = db_run(s) == 1;
    payment_derive_status(db, order_id, now_ms);
    return booked;
}

bool payment_is_booked(struct db *db, const char *gateway_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM payment_entries WHERE gateway_id = $1");
    db_put_text(s, gateway_id);
    return db_found(s);
}

int64_t payment_reversed_at_ms(struct db *db, const char *intent_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(MAX(created_at_ms), 0) FROM payment_entries"
                   " WHERE intent_id = $1 AND kind = 'refund_reversal'");
    db_put_text(s, intent_id);
    return db_found_int(s, 0);
}

static const char *const row_kinds[] = {"attempt", "charge",
                                        "refund",  "refund_reversal",
                                        "dispute", "dispute_reversal"};
static const char *const row_states[] = {"open", "due", "failed", "booked"};
static const struct names row_kind_names = NAMES("payment row", row_kinds);
static const struct names row_state_names = NAMES("row's state", row_states);

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
        list[count++] = (struct payment_row){
            .created_at_ms = db_int(s, 0),
            .kind = (enum payment_row_kind)db_value(s, 1, &row_kind_names),
            .state = (enum payment_row_state)db_value(s, 2, &row_state_names),
            .reference = db_text(s, 3, arena),
            .amount_minor = db_int(s, 4)};
    return count;
}
