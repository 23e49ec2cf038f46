/* The invariants: see audit.h. Each statement yields the breaks of one rule,
 * an order or SKU a row, and whether it is still in hand. They walk whole
 * tables, which only this module may: here the shop's own rules, in
 * gateway.c the gateway's journal, in papers.c the documents. */
#include <unistd.h>

#include "lib/shop/books/private.h"

/* count yields one number, or is NULL; breaks yields rows of (what,
 * in_hand). */
void audit_judge(struct audit_line *line, struct arena *arena,
                 struct db_statement *count, struct db_statement *breaks)
{
    line->checked = true;
    if (count != NULL) {
        line->count = db_row(count) ? db_int(count, 0) : 0;
        db_done(count);
    }
    while (db_row(breaks)) {
        if (db_int(breaks, 1) != 0) {
            line->in_hand++;
            continue;
        }
        if (line->broken++ == 0)
            line->first = db_text(breaks, 0, arena);
    }
}

static void check_stock(struct db *db, struct audit_line *line,
                        struct arena *arena)
{
    audit_judge(
        line, arena, db_sql(db, "SELECT COUNT(*) FROM variants"),
        db_sql(
            db,
            "/* whole table */ SELECT 'SKU ' || v.sku, 0 FROM variants v"
            " WHERE v.on_hand < 0 OR v.on_hand <> COALESCE((SELECT SUM(delta)"
            "  FROM stock_entries e WHERE e.sku = v.sku), 0)"
            " OR v.reserved <> COALESCE((SELECT SUM(quantity)"
            "  FROM reservations r WHERE r.sku = v.sku), 0)"
            " UNION ALL SELECT 'order ' || o.number || ', SKU ' || e.sku, 0"
            " FROM (SELECT order_id, sku, SUM(delta) AS delta"
            "  FROM stock_entries WHERE order_id IS NOT NULL"
            "  GROUP BY order_id, sku) e"
            " JOIN orders o ON o.order_id = e.order_id"
            " LEFT JOIN order_lines l"
            "  ON l.order_id = e.order_id AND l.sku = e.sku"
            " WHERE e.delta > 0 OR e.delta < -COALESCE(l.quantity, 0)"));
    /* Rows of an import that was taken. */
    line->in_hand += db_found_int(
        db_sql(db, "SELECT COALESCE(SUM(row_count), 0) FROM import_parts"), 0);
}

/* An order that was redriven, paid twice or paid too late may be charged again
 * while the refund of its charge before is still under way: then more is in
 * hand, not kept. What a bank took back in a dispute is not kept either. The
 * refunds themselves are summed here: they are what the balance's
 * refunded_minor is held against. */
static void check_charges(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    audit_judge(
        line, arena,
        db_sql(db, "/* whole table */ SELECT COUNT(*) FROM payment_entries"
                   " WHERE kind = 'charge'"),
        db_sql(db,
               "/* whole table */ SELECT 'order ' || o.number, CASE"
               "  WHEN p.odd = 0"
               "  AND p.refunded_minor = p.settled_minor"
               "  AND p.promised_minor <= p.charged_minor"
               "  AND p.disputed_minor >= 0 AND p.owed_minor >= 0"
               "  THEN 1 ELSE 0 END"
               " FROM (SELECT b.*, (SELECT COUNT(*) FROM payment_entries e"
               "    WHERE e.order_id = b.order_id AND e.kind = 'charge'"
               "    AND e.amount_minor <> b.total_minor) AS odd,"
               "   (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds r"
               "    WHERE r.order_id = b.order_id AND r.status = 'succeeded')"
               "    AS settled_minor FROM order_balances b) p"
               " JOIN orders o ON o.order_id = p.order_id"
               " WHERE p.odd > 0"
               " OR p.refunded_minor <> p.settled_minor"
               " OR p.promised_minor > p.charged_minor"
               " OR p.disputed_minor < 0 OR p.kept_minor > p.total_minor"));
}

/* A refund that staff make of an order that is served leaves it served: what
 * counts is what it had paid when it was confirmed, taking each charge for the
 * order's total, which is another rule's. The refunds until then are summed
 * here, since a balance is always today's. */
static void check_paid(struct db *db, struct audit_line *line,
                       struct arena *arena)
{
    audit_judge(
        line, arena,
        db_sql(db, "/* whole table */ SELECT COUNT(*) FROM orders"
                   " WHERE payment_status = 'paid'"),
        db_sql(
            db,
            "/* whole table */ SELECT 'order ' || o.number,"
            "  CASE WHEN e.status = 'RUNNING' OR EXISTS (SELECT 1"
            "   FROM refunds f WHERE f.order_id = o.order_id"
            "   AND f.status = 'due') OR EXISTS (SELECT 1"
            "   FROM payment_attempts a WHERE a.order_id = o.order_id"
            "   AND a.status = 'open') THEN 1 ELSE 0 END"
            " FROM orders o LEFT JOIN executions e ON e.order_id = o.order_id"
            " WHERE o.payment_status IN ('paid', 'partially_refunded')"
            " AND o.status NOT IN ('CONFIRMED', 'COMPLETED')"
            " UNION ALL SELECT 'order ' || o.number || ' is not paid', 0"
            " FROM orders o JOIN order_balances b ON b.order_id = o.order_id"
            " WHERE o.status IN ('CONFIRMED', 'COMPLETED')"
            " AND b.total_minor > b.charges * b.total_minor"
            "  - COALESCE((SELECT SUM(r.amount_minor) FROM refunds r"
            "   WHERE r.order_id = o.order_id AND r.status <> 'failed'"
            "   AND r.created_at_ms < o.confirmed_at_ms), 0)"
            " UNION ALL SELECT 'order ' || o.number || ' is ' ||"
            "  o.payment_status || ', not by its ledger', CASE WHEN EXISTS"
            "   (SELECT 1 FROM payment_attempts a"
            "   WHERE a.order_id = o.order_id AND a.status = 'open')"
            "   THEN 1 ELSE 0 END"
            " FROM orders o JOIN order_balances b ON b.order_id = o.order_id"
            " WHERE (o.payment_status = 'paid')"
            "  <> (b.charges > 0 AND b.kept_minor >= b.total_minor)"
            " OR (o.payment_status = 'partially_refunded')"
            "  <> (b.kept_minor > 0 AND b.kept_minor < b.total_minor)"));
}

static void check_integrity(struct db *db, struct audit_line *line,
                            struct arena *arena)
{
    line->checked = true;
    line->broken = db_check(db, arena, &line->first);
}

/* A snapshot begins with its first read: the order is the one that private.h
 * asks for. */
static void check_gateway(struct db *db, const struct settings *settings,
                          struct audit_line *line, struct arena *arena)
{
    if (!settings->gateway_is_local)
        return;
    if (access(settings->gateway_database, F_OK) != 0) {
        audit_no_journal(db, line);
        return;
    }
    struct db *journal = db_open(settings->gateway_database, DB_READ);
    db_read_begin(journal);
    db_read_begin(db);
    audit_journal(journal, db, line, arena);
    db_read_end(db);
    db_read_end(journal);
    db_read_begin(db);
    db_read_begin(journal);
    audit_ledger(journal, db, line, arena);
    db_read_end(journal);
    db_read_end(db);
    db_close(journal);
}

const char *audit_rule_name(enum audit_rule rule)
{
    static const char *const names[AUDIT_LINES] = {
        [AUDIT_INTEGRITY] = "SQLite integrity and foreign keys",
        [AUDIT_STOCK] = "stock ledger = stock on hand, reservations = "
                        "reserved, none negative, no order sold twice",
        [AUDIT_CHARGES] =
            "every charge equal to its order's total; no more kept "
            "than that, nor given back",
        [AUDIT_GATEWAY] = "charged and refunded = the gateway's journal, both "
                          "ways",
        [AUDIT_PAID] = "every paid order CONFIRMED, COMPLETED or refunded, and "
                       "none of these unpaid, payment_status by the ledger",
        [AUDIT_PAPERS] = "every CONFIRMED order has its receipt; receipts and "
                         "credit notes, SHA-256 as recorded",
        [AUDIT_NUMBERS] = "receipts and credit notes numbered without gaps, "
                          "each booked refund with its credit note"};
    return names[rule];
}

struct audit_line audit_run(const struct settings *settings,
                            enum audit_rule rule, struct arena *arena)
{
    struct audit_line line = {.rule = audit_rule_name(rule)};
    struct db *db = db_open(settings->database, DB_READ);
    if (rule == AUDIT_GATEWAY) {
        check_gateway(db, settings, &line, arena);
        db_close(db);
        return line;
    }
    db_read_begin(db);
    switch (rule) {
    case AUDIT_INTEGRITY:
        check_integrity(db, &line, arena);
        break;
    case AUDIT_STOCK:
        check_stock(db, &line, arena);
        break;
    case AUDIT_CHARGES:
        check_charges(db, &line, arena);
        break;
    case AUDIT_GATEWAY:
        break;
    case AUDIT_PAID:
        check_paid(db, &line, arena);
        break;
    case AUDIT_PAPERS:
        audit_papers(db, settings->receipts, &line, arena);
        break;
    case AUDIT_NUMBERS:
        audit_numbers(db, &line, arena);
        break;
    }
    db_read_end(db);
    db_close(db);
    return line;
}
