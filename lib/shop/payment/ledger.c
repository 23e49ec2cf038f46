/* The payment ledger and what derives from it: see payment.h. */
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
            "  WHEN l.newest = 'open' AND COALESCE(l.charged, 0) <= l.promised"
            "   THEN 'pending'"
            "  WHEN l.charged IS NULL AND l.newest IS NULL THEN 'unpaid'"
            "  WHEN l.charged IS NULL THEN 'failed'"
            "  WHEN l.charged - l.gone >= orders.total_minor THEN 'paid'"
            "  WHEN l.charged > l.gone THEN 'partially_refunded'"
            "  WHEN l.newest = 'failed' AND l.charged_at_ms <= l.begun_at_ms"
            "   THEN 'failed'"
            "  ELSE 'refunded' END"
            " FROM (SELECT SUM(CASE WHEN kind = 'charge' THEN amount_minor END)"
            "   AS charged, COALESCE(SUM(CASE WHEN kind IN ('refund',"
            "   'dispute') THEN amount_minor WHEN kind = 'charge' THEN 0"
            "   ELSE -amount_minor END), 0) AS gone,"
            "   COALESCE(SUM(CASE kind WHEN 'dispute' THEN amount_minor"
            "   WHEN 'dispute_reversal' THEN -amount_minor ELSE 0 END), 0)"
            "   + (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds"
            "    WHERE order_id = orders.order_id AND status <> 'failed')"
            "   AS promised,"
            "   (SELECT status FROM payment_attempts"
            "    WHERE order_id = orders.order_id"
            "    ORDER BY attempt_no DESC LIMIT 1) AS newest,"
            "   (SELECT MAX(created_at_ms) FROM payment_attempts"
            "    WHERE order_id = orders.order_id) AS begun_at_ms,"
            "   MAX(CASE WHEN kind = 'charge' THEN created_at_ms END)"
            "   AS charged_at_ms"
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

/* What is left of the charges by this column: a refund counts from when it is
 * decided until it has failed, which covers its reversal. */
#define LEFT_BY(column)                                                        \
    "COALESCE((SELECT SUM(CASE p.kind WHEN 'charge' THEN p.amount_minor"       \
    " WHEN 'dispute' THEN -p.amount_minor WHEN 'dispute_reversal'"             \
    " THEN p.amount_minor ELSE 0 END) FROM payment_entries p WHERE p." column  \
    "), 0) - COALESCE((SELECT SUM(r.amount_minor) FROM refunds r"              \
    " WHERE r." column " AND r.status <> 'failed'), 0)"

bool payment_is_paid(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM orders o WHERE o.order_id = $1 AND o.total_minor <="
            " " LEFT_BY("order_id = o.order_id") " AND EXISTS (SELECT 1"
                                                 "  FROM payment_entries c "
                                                 "WHERE c.order_id = o.order_id"
                                                 "  AND c.kind = 'charge')");
    db_put_text(s, order_id);
    return exists(s);
}

int64_t payment_left_minor(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(db, "SELECT " LEFT_BY("order_id = $1"));
    db_put_text(s, order_id);
    return number(s);
}

int64_t payment_intent_left_minor(struct db *db, const char *intent_id,
                                  const char **order_id, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db,
        "SELECT e.order_id, " LEFT_BY(
            "intent_id = $1") " FROM payment_entries e"
                              " WHERE e.gateway_id = $1 AND e.kind = 'charge'");
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

bool payment_book(struct db *db, const char *order_id, enum entry_kind kind,
                  int64_t amount_minor, const char *gateway_id,
                  const char *intent_id, int64_t now_ms)
{
    int64_t round = kind == ENTRY_CHARGE ? charge_round(db, order_id)
                                         : round_now(db, order_id);
    struct db_statement *s =
        db_sql(db, "INSERT INTO payment_entries (order_id, kind, amount_minor,"
                   " gateway_id, intent_id, round, created_at_ms)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7)"
                   " ON CONFLICT (gateway_id) DO NOTHING");
    db_put_text(s, order_id);
    db_put_name(s, &entry_kind_names, kind);
    db_put_int(s, amount_minor);
    db_put_text(s, gateway_id);
    db_put_text(s, intent_id);
    db_put_int(s, round);
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
    return exists(s);
}

int64_t payment_reversed_at_ms(struct db *db, const char *intent_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(MAX(created_at_ms), 0) FROM payment_entries"
                   " WHERE intent_id = $1 AND kind = 'refund_reversal'");
    db_put_text(s, intent_id);
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
