/* The invariants: see audit.h. Each statement yields the breaks of one rule,
 * an order or SKU a row, and whether it is still in hand. They walk whole
 * tables, which only this module may. */
#include "lib/shop/audit.h"

#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/base/file.h"

enum { AUDIT_MAX_RECEIPT = 16 * 1024 * 1024 };

/* count yields one number, or is NULL; breaks yields rows of (what,
 * in_hand). */
static void judge(struct audit_line *line, struct arena *arena,
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
    line->rule = "stock ledger = stock on hand, reservations = reserved, "
                 "none negative";
    judge(line, arena, db_sql(db, "SELECT COUNT(*) FROM variants"),
          db_sql(
              db,
              "/* whole table */ SELECT 'SKU ' || v.sku, 0 FROM variants v"
              " WHERE v.on_hand < 0 OR v.on_hand <> COALESCE((SELECT SUM(delta)"
              "  FROM stock_entries e WHERE e.sku = v.sku), 0)"
              " OR v.reserved <> COALESCE((SELECT SUM(quantity)"
              "  FROM reservations r WHERE r.sku = v.sku), 0)"));
}

static void check_charges(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    line->rule = "at most one charge an order, equal to its total; refunds "
                 "within it";
    judge(line, arena,
          db_sql(db, "/* whole table */ SELECT COUNT(*) FROM payment_entries"
                     " WHERE kind = 'charge'"),
          db_sql(db,
                 "/* whole table */ SELECT 'order ' || o.number, 0"
                 " FROM (SELECT order_id,"
                 "  SUM(kind = 'charge') AS charges,"
                 "  SUM(CASE WHEN kind = 'charge' THEN amount_minor ELSE 0 END)"
                 "   AS charged,"
                 "  SUM(CASE WHEN kind = 'refund' THEN amount_minor ELSE 0 END)"
                 "   AS refunded FROM payment_entries GROUP BY order_id) p"
                 " JOIN orders o ON o.order_id = p.order_id"
                 " WHERE p.charges <> 1 OR p.charged <> o.total_minor"
                 " OR p.refunded > p.charged"));
}

/* What the gateway charged is booked. Its snapshot comes first: an intent in
 * it had its attempt committed before, which the shop's later one shows. */
static void check_journal(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    judge(line, arena,
          db_sql(db, "/* whole table */ SELECT COUNT(*) FROM gateway.intents"
                     " WHERE status = 'succeeded'"),
          db_sql(db, "/* whole table */"
                     " SELECT 'intent ' || g.intent_id || ' is not booked',"
                     "  EXISTS (SELECT 1 FROM payment_attempts a"
                     "   WHERE a.order_id = g.order_id AND a.status = 'open')"
                     "  FROM gateway.intents g LEFT JOIN payment_entries p"
                     "  ON p.gateway_id = g.intent_id AND p.kind = 'charge'"
                     "  WHERE g.status = 'succeeded' AND g.order_id IS NOT NULL"
                     "  AND p.entry_id IS NULL"));
}

/* What is booked was charged and refunded. Here the shop's snapshot comes
 * first: what it books, the gateway's later one shows. */
static void check_ledger(struct db *db, struct audit_line *line,
                         struct arena *arena)
{
    judge(
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
            "  WHERE p.kind = 'charge' AND g.intent_id IS NULL"
            " UNION ALL SELECT 'order ' || o.number || ' refunds differ',"
            "  EXISTS (SELECT 1 FROM refunds f"
            "   WHERE f.order_id = o.order_id AND f.status = 'due')"
            "  FROM payment_entries p JOIN orders o"
            "  ON o.order_id = p.order_id JOIN gateway.intents g"
            "  ON g.intent_id = p.gateway_id WHERE p.kind = 'charge'"
            "  AND g.refunded_minor <> (SELECT COALESCE(SUM(amount_minor), 0)"
            "   FROM payment_entries r WHERE r.order_id = p.order_id"
            "   AND r.kind = 'refund')"));
}

static void check_paid(struct db *db, struct audit_line *line,
                       struct arena *arena)
{
    line->rule = "every paid order CONFIRMED, COMPLETED or refunded, and "
                 "none of these unpaid";
    judge(line, arena,
          db_sql(db, "/* whole table */ SELECT COUNT(*) FROM orders"
                     " WHERE payment_status = 'paid'"),
          db_sql(
              db,
              "/* whole table */ SELECT 'order ' || o.number,"
              "  COALESCE(e.status = 'RUNNING', 0) OR EXISTS (SELECT 1"
              "   FROM refunds f WHERE f.order_id = o.order_id"
              "   AND f.status = 'due')"
              " FROM orders o LEFT JOIN executions e ON e.order_id = o.order_id"
              " WHERE o.payment_status IN ('paid', 'partially_refunded')"
              " AND o.status NOT IN ('CONFIRMED', 'COMPLETED')"
              " UNION ALL SELECT 'order ' || o.number || ' is not paid', 0"
              " FROM orders o WHERE o.status IN ('CONFIRMED', 'COMPLETED')"
              " AND o.total_minor > 0 AND NOT EXISTS (SELECT 1"
              "  FROM payment_entries p WHERE p.order_id = o.order_id"
              "  AND p.kind = 'charge')"));
}

static bool receipt_holds(const char *folder, const char *file,
                          const char *sha256)
{
    struct arena arena = arena_create(AUDIT_MAX_RECEIPT + 65536);
    size_t length = 0;
    char *bytes = file_read(&arena, arena_printf(&arena, "%s/%s", folder, file),
                            AUDIT_MAX_RECEIPT, &length);
    char hash[CRYPTO_SHA256_HEX] = "";
    if (bytes != NULL)
        crypto_sha256_hex(bytes, length, hash);
    arena_destroy(&arena);
    return strcmp(hash, sha256) == 0;
}

static void check_receipts(struct db *db, const char *folder,
                           struct audit_line *line, struct arena *arena)
{
    line->rule = "every CONFIRMED order has its receipt, SHA-256 as recorded";
    judge(line, arena,
          db_sql(db, "/* whole table */ SELECT COUNT(*) FROM receipts"),
          db_sql(
              db,
              "/* whole table */ SELECT 'order ' || o.number || ' has none',"
              "  e.status = 'RUNNING' FROM orders o"
              " JOIN executions e ON e.order_id = o.order_id"
              " LEFT JOIN receipts r ON r.order_id = o.order_id"
              " WHERE o.status IN ('CONFIRMED', 'COMPLETED')"
              " AND r.order_id IS NULL AND (e.status = 'RUNNING' OR EXISTS ("
              "  SELECT 1 FROM execution_events v WHERE v.order_id = o.order_id"
              "  AND v.type = 'TaskSucceeded' AND v.state = "
              "'GenerateReceipt'))"));
    struct db_statement *s =
        db_sql(db, "/* whole table */ SELECT r.file, r.sha256, o.number"
                   " FROM receipts r JOIN orders o"
                   " ON o.order_id = r.order_id");
    char file[64];
    char sha256[CRYPTO_SHA256_HEX];
    while (db_row(s)) {
        db_copy(s, 0, file, sizeof file);
        db_copy(s, 1, sha256, sizeof sha256);
        if (receipt_holds(folder, file, sha256))
            continue;
        if (line->broken++ == 0)
            line->first = arena_printf(arena, "order %lld: its file differs",
                                       (long long)db_int(s, 2));
    }
}

static void check_integrity(struct db *db, struct audit_line *line,
                            struct arena *arena)
{
    line->rule = "SQLite integrity and foreign keys";
    line->checked = true;
    line->broken = db_check(db, arena, &line->first);
}

void audit_run(const struct settings *settings, struct arena *arena,
               struct audit_line lines[AUDIT_LINES])
{
    memset(lines, 0, AUDIT_LINES * sizeof *lines);
    struct db *db = db_open(settings->database, DB_READ);
    bool journal = settings->gateway_is_local &&
                   db_attach(db, settings->gateway_database, "gateway");
    lines[2].rule = "charged = the gateway's journal, both ways";
    if (journal) {
        db_read_begin(db);
        check_journal(db, &lines[2], arena);
        db_read_end(db);
    }
    db_read_begin(db);
    check_stock(db, &lines[0], arena);
    check_charges(db, &lines[1], arena);
    if (journal)
        check_ledger(db, &lines[2], arena);
    else if (settings->gateway_is_local && lines[1].count > 0)
        lines[2] = (struct audit_line){.rule = lines[2].rule,
                                       .checked = true,
                                       .broken = lines[1].count,
                                       .first = "the journal is not there"};
    check_paid(db, &lines[3], arena);
    check_receipts(db, settings->receipts, &lines[4], arena);
    check_integrity(db, &lines[5], arena);
    db_read_end(db);
    db_close(db);
}
