/* Receipts: see receipt.h. */
#include "lib/shop/paper/receipt.h"

#include "lib/shop/counter.h"

/* Which charge a receipt is about, "" when there is none, and when it was. */
static void find_charge(struct db *db, const char *order_id,
                        struct receipt_begun *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT intent_id, charged_at_ms FROM charge_balances"
                   " WHERE order_id = $1 ORDER BY CASE WHEN left_minor > 0"
                   "  THEN 0 ELSE 1 END, entry_id DESC LIMIT 1");
    db_put_text(s, order_id);
    *out = (struct receipt_begun){.charge_id = ""};
    if (!db_row(s))
        return;
    out->charge_id = db_text(s, 0, arena);
    out->charged_at_ms = db_int(s, 1);
    db_done(s);
}

static bool find_receipt(struct db *db, const char *order_id,
                         struct receipt_begun *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(number, 0), file FROM receipts"
                   " WHERE order_id = $1 AND charge_id = $2");
    db_put_text(s, order_id);
    db_put_text(s, out->charge_id);
    if (!db_row(s))
        return false;
    out->number = db_int(s, 0);
    out->file = db_text(s, 1, arena);
    db_done(s);
    return true;
}

static int64_t count_of(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM receipts WHERE order_id = $1");
    db_put_text(s, order_id);
    int64_t count = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return count;
}

struct receipt_begun receipt_begin(struct db *db, const char *order_id,
                                   int64_t now_ms, struct arena *arena)
{
    struct receipt_begun begun;
    find_charge(db, order_id, &begun, arena);
    if (find_receipt(db, order_id, &begun, arena))
        return begun;
    int64_t before = count_of(db, order_id);
    begun.file = before == 0 ? arena_printf(arena, "%s.pdf", order_id)
                             : arena_printf(arena, "%s-%lld.pdf", order_id,
                                            (long long)before + 1);
    begun.number = counter_next(db, COUNTER_RECEIPT);
    struct db_statement *s =
        db_sql(db, "INSERT INTO receipts (order_id, charge_id, number, file,"
                   " created_at_ms) VALUES ($1, $2, $3, $4, $5)");
    db_put_text(s, order_id);
    db_put_text(s, begun.charge_id);
    db_put_int(s, begun.number);
    db_put_text(s, begun.file);
    db_put_int(s, now_ms);
    db_run(s);
    return begun;
}

const char *receipt_left(struct db *db, const char *after,
                         struct receipt_begun *out, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT r.order_id, COALESCE(r.number, 0), r.charge_id, r.file,"
            " COALESCE(p.created_at_ms, 0) FROM receipts r"
            " JOIN executions e ON e.order_id = r.order_id"
            " LEFT JOIN payment_entries p ON p.gateway_id = r.charge_id"
            " WHERE r.sha256 IS NULL AND r.order_id > $1"
            " AND e.status <> 'RUNNING' ORDER BY r.order_id LIMIT 1");
    db_put_text(s, after);
    if (!db_row(s))
        return NULL;
    const char *order_id = db_text(s, 0, arena);
    *out = (struct receipt_begun){.number = db_int(s, 1),
                                  .charge_id = db_text(s, 2, arena),
                                  .file = db_text(s, 3, arena),
                                  .charged_at_ms = db_int(s, 4)};
    db_done(s);
    return order_id;
}

void receipt_store(struct db *db, const char *order_id, const char *charge_id,
                   const char *sha256)
{
    struct db_statement *s =
        db_sql(db, "UPDATE receipts SET sha256 = $1"
                   " WHERE order_id = $2 AND charge_id = $3");
    db_put_text(s, sha256);
    db_put_text(s, order_id);
    db_put_text(s, charge_id);
    db_run(s);
}

bool receipt_is_made(struct db *db, const char *order_id, struct arena *arena)
{
    struct receipt_begun begun;
    find_charge(db, order_id, &begun, arena);
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM receipts WHERE order_id = $1 AND charge_id = $2"
            " AND sha256 IS NOT NULL");
    db_put_text(s, order_id);
    db_put_text(s, begun.charge_id);
    bool made = db_row(s);
    db_done(s);
    return made;
}

int64_t receipt_number(struct db *db, const char *order_id,
                       const char *charge_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(number, 0) FROM receipts"
                   " WHERE order_id = $1 AND charge_id = $2");
    db_put_text(s, order_id);
    db_put_text(s, charge_id);
    int64_t number = db_row(s) ? db_int(s, 0) : 0;
    db_done(s);
    return number;
}

const char *receipt_order(struct db *db, const char *file, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT order_id FROM receipts WHERE file = $1"
                   " AND sha256 IS NOT NULL");
    db_put_text(s, file);
    const char *order_id = db_row(s) ? db_text(s, 0, arena) : NULL;
    db_done(s);
    return order_id;
}
