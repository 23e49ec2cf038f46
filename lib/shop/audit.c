/* The invariants: see audit.h. Each statement yields the breaks of one rule,
 * an order or SKU a row, and whether it is still in hand. They walk whole
 * tables, which only this module may. */
#include "lib/shop/audit.h"

#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/json.h"
#include "lib/base/file.h"
#include "lib/shop/task_name.h"

enum {
    AUDIT_MAX_RECEIPT = 16 * 1024 * 1024,
    AUDIT_DEPTH = 100, /* a definition's, at most (lib/asl/asl.h) */
    AUDIT_DEFINITION = 256 * 1024 * 1024 /* of address space */
};

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
                 "none negative, no order sold twice";
    judge(line, arena, db_sql(db, "SELECT COUNT(*) FROM variants"),
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
              " WHERE e.delta NOT IN (0, -COALESCE(l.quantity, 0))"));
}

/* An order that was redriven may be charged again while the refund of its
 * charge before is still under way: then more is in hand, not kept. */
static void check_charges(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    line->rule = "at most one charge an order and round, equal to its total; "
                 "no more kept than that, nor given back";
    judge(
        line, arena,
        db_sql(db, "/* whole table */ SELECT COUNT(*) FROM payment_entries"
                   " WHERE kind = 'charge'"),
        db_sql(db,
               "/* whole table */ SELECT 'order ' || o.number,"
               "  p.charges = p.rounds AND p.odd = 0 AND p.refunded = p.settled"
               "  AND p.refunded + p.due <= p.charged"
               "  AND p.charged - p.refunded - p.due <= o.total_minor"
               " FROM (SELECT e.order_id,"
               "   SUM(e.kind = 'charge') AS charges,"
               "   COUNT(DISTINCT CASE WHEN e.kind = 'charge' THEN e.round END)"
               "    AS rounds,"
               "   SUM(e.kind = 'charge' AND e.amount_minor <> t.total_minor)"
               "    AS odd,"
               "   SUM((e.kind = 'charge') * e.amount_minor) AS charged,"
               "   SUM((e.kind = 'refund') * e.amount_minor) AS refunded,"
               "   (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds r"
               "    WHERE r.order_id = e.order_id AND r.status = 'succeeded')"
               "    AS settled,"
               "   (SELECT COALESCE(SUM(amount_minor), 0) FROM refunds r"
               "    WHERE r.order_id = e.order_id AND r.status = 'due') AS due"
               "  FROM payment_entries e JOIN orders t"
               "   ON t.order_id = e.order_id GROUP BY e.order_id) p"
               " JOIN orders o ON o.order_id = p.order_id"
               " WHERE p.charges <> p.rounds OR p.odd > 0"
               " OR p.refunded <> p.settled OR p.refunded + p.due > p.charged"
               " OR p.charged - p.refunded > o.total_minor"));
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
            "  FROM (SELECT p.order_id, SUM(g.refunded_minor) AS refunded,"
            "   SUM(g.refunded_minor <> (SELECT"
            "    COALESCE(SUM(f.amount_minor), 0) FROM refunds f"
            "    WHERE f.order_id = p.order_id AND f.intent_id = p.gateway_id"
            "    AND f.status = 'succeeded')) AS odd"
            "   FROM payment_entries p JOIN gateway.intents g"
            "   ON g.intent_id = p.gateway_id WHERE p.kind = 'charge'"
            "   GROUP BY p.order_id) c JOIN orders o"
            "  ON o.order_id = c.order_id WHERE c.odd > 0 OR c.refunded <>"
            "  (SELECT COALESCE(SUM(amount_minor), 0) FROM payment_entries r"
            "   WHERE r.order_id = c.order_id AND r.kind = 'refund')"));
}

/* A refund that staff make of an order that is served leaves it served: what
 * counts is what it had paid when it was confirmed, taking each charge for the
 * order's total, which is another rule's. */
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
              "   AND f.status = 'due') OR EXISTS (SELECT 1"
              "   FROM payment_attempts a WHERE a.order_id = o.order_id"
              "   AND a.status = 'open')"
              " FROM orders o LEFT JOIN executions e ON e.order_id = o.order_id"
              " WHERE o.payment_status IN ('paid', 'partially_refunded')"
              " AND o.status NOT IN ('CONFIRMED', 'COMPLETED')"
              " UNION ALL SELECT 'order ' || o.number || ' is not paid', 0"
              " FROM orders o WHERE o.status IN ('CONFIRMED', 'COMPLETED')"
              " AND o.total_minor > (SELECT COUNT(*) * o.total_minor"
              "   FROM payment_entries p WHERE p.order_id = o.order_id"
              "   AND p.kind = 'charge')"
              "  - COALESCE((SELECT SUM(r.amount_minor) FROM refunds r"
              "   WHERE r.order_id = o.order_id AND r.status <> 'failed'"
              "   AND r.created_at_ms < o.confirmed_at_ms), 0)"));
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

static bool makes_receipt(const struct json *state)
{
    struct task_name name;
    const char *resource = json_string(json_member(state, "Resource"));
    const struct json *parameters = json_member(state, "Parameters");
    return resource != NULL &&
           task_name_read(resource,
                          json_string(json_member(parameters, "FunctionName")),
                          &name) &&
           name.kind == TASK_BUILTIN && name.builtin == TASK_GENERATE_RECEIPT;
}

/* The names of the states that make receipts, wherever in the definition they
 * stand. Its depth is bounded by AUDIT_DEPTH. */
static void list_states(const struct json *value, struct json *names,
                        struct arena *arena)
{
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        if (json_kind(value) == JSON_OBJECT && makes_receipt(e))
            json_append(arena, names, json_make_string(arena, json_name(e)));
        list_states(e, names, arena);
    }
}

/* The orders of one definition: one that is served, whose receipt was made, has
 * it. The event that says so keeps its type and state for good. */
static void check_made(struct db *db, struct audit_line *line,
                       const char *definition_hash, const char *names,
                       struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "/* whole table */ SELECT 'order ' || m.number || ' has none',"
            "  NOT m.made FROM (SELECT o.number, e.status, EXISTS (SELECT 1"
            "   FROM execution_events v, json_each(CASE"
            "    WHEN json_valid(v.events) THEN v.events ELSE '[]' END) j"
            "   WHERE v.order_id = o.order_id"
            "   AND json_extract(j.value, '$.type') = 'TaskSucceeded'"
            "   AND json_extract(j.value, '$.state')"
            "    IN (SELECT value FROM json_each($1))) AS made"
            "  FROM executions e JOIN orders o ON o.order_id = e.order_id"
            "  LEFT JOIN receipts r ON r.order_id = o.order_id"
            "  WHERE e.definition_hash = $2 AND r.order_id IS NULL"
            "  AND o.status IN ('CONFIRMED', 'COMPLETED')) m"
            " WHERE m.made OR m.status = 'RUNNING'");
    db_put_text(s, names);
    db_put_text(s, definition_hash);
    judge(line, arena, NULL, s);
}

/* Only for definitions under which a served order has no receipt. */
static void check_missing(struct db *db, struct audit_line *line,
                          struct arena *arena)
{
    struct arena own = arena_create(AUDIT_DEFINITION);
    struct db_statement *s = db_sql(
        db, "/* whole table */ SELECT d.hash, d.definition FROM definitions d"
            " WHERE EXISTS (SELECT 1 FROM executions e JOIN orders o"
            "  ON o.order_id = e.order_id LEFT JOIN receipts r"
            "  ON r.order_id = o.order_id"
            "  WHERE e.definition_hash = d.hash AND r.order_id IS NULL"
            "  AND o.status IN ('CONFIRMED', 'COMPLETED'))");
    while (db_row(s)) {
        arena_reset(&own);
        const char *hash = db_text(s, 0, &own);
        const char *text = db_text(s, 1, &own);
        struct json_fault fault;
        struct json *names = json_make_array(&own);
        list_states(json_read(&own, text, strlen(text), AUDIT_DEPTH, &fault),
                    names, &own);
        if (json_first(names) != NULL)
            check_made(db, line, hash, json_print(&own, names), arena);
    }
    arena_destroy(&own);
}

static void check_receipts(struct db *db, const char *folder,
                           struct audit_line *line, struct arena *arena)
{
    line->rule = "every CONFIRMED order has its receipt, SHA-256 as recorded";
    line->checked = true;
    check_missing(db, line, arena);
    struct db_statement *s =
        db_sql(db, "/* whole table */ SELECT r.file, r.sha256, o.number"
                   " FROM receipts r JOIN orders o"
                   " ON o.order_id = r.order_id");
    char file[64];
    char sha256[CRYPTO_SHA256_HEX];
    while (db_row(s)) {
        line->count++;
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
