/* The audit's rule about the local gateway's journal: see audit.h. */
#include "lib/shop/books/private.h"

/* What the gateway charged is booked, unless it gave all of it back. Its
 * snapshot comes first: an intent in it had its attempt committed before, which
 * the shop's later one shows. */
void audit_journal(struct db *db, struct audit_line *line, struct arena *arena)
{
    audit_judge(
        line, arena,
        db_sql(db, "/* whole table */ SELECT COUNT(*) FROM gateway.intents"
                   " WHERE status = 'succeeded'"),
        db_sql(db, "/* whole table */"
                   " SELECT 'intent ' || g.intent_id || ' is not booked',"
                   "  EXISTS (SELECT 1 FROM payment_attempts a"
                   "   WHERE a.order_id = g.order_id AND a.status = 'open')"
                   "  FROM gateway.intents g LEFT JOIN payment_entries p"
                   "  ON p.gateway_id = g.intent_id AND p.kind = 'charge'"
                   "  WHERE g.status = 'succeeded' AND g.order_id IS NOT NULL"
                   "  AND g.refunded_minor < g.amount_minor"
                   "  AND p.entry_id IS NULL"));
}

/* What is booked was charged and refunded, each charge for itself. Here the
 * shop's snapshot comes first: what it books, the gateway's later one shows.
 * What was paid by hand the gateway knows nothing of. */
void audit_ledger(struct db *db, struct audit_line *line, struct arena *arena)
{
    audit_judge(
        line, arena, NULL,
        db_sql(
            db,
            "/* whole table */"
            " SELECT 'order ' || o.number || ' is not charged at the gateway',"
            "  0 FROM payment_entries p JOIN orders o"
            "  ON o.order_id = p.order_id LEFT JOIN gateway.intents g"
            "  ON g.intent_id = p.gateway_id AND g.status = 'succeeded'"
            "  AND g.amount_minor = p.amount_minor"
            "  AND g.order_id = p.order_id"
            "  WHERE p.kind = 'charge' AND p.gateway_id NOT LIKE 'manual-%'"
            "  AND g.intent_id IS NULL"
            " UNION ALL SELECT 'order ' || o.number || ' refunds differ',"
            "  EXISTS (SELECT 1 FROM refunds f"
            "   WHERE f.order_id = o.order_id AND f.status = 'due')"
            "  FROM charge_balances c JOIN gateway.intents g"
            "   ON g.intent_id = c.intent_id JOIN orders o"
            "   ON o.order_id = c.order_id"
            "  WHERE g.refunded_minor <> c.refunded_minor"));
}

void audit_no_journal(struct db *db, struct audit_line *line,
                      struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "/* whole table */ SELECT COUNT(*) FROM payment_entries"
                   " WHERE kind = 'charge' AND gateway_id NOT LIKE 'manual-%'");
    audit_judge(line, arena, s,
                db_sql(db, "/* whole table */"
                           " SELECT 'the journal is not there', 0"
                           " FROM payment_entries WHERE kind = 'charge'"
                           " AND gateway_id NOT LIKE 'manual-%'"));
    line->checked = line->broken > 0;
}
