/* Receipts: see receipt.h. */
#include "lib/shop/paper/receipt.h"

#include <assert.h>

#include "lib/shop/counter.h"

/* Which charge a receipt is about, "" when there is none. */
static void find_charge(struct db *db, const char *order_id,
                        struct receipt_begun *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT intent_id FROM charge_balances"
                   " WHERE order_id = $1 ORDER BY CASE WHEN left_minor > 0"
                   "  THEN 0 ELSE 1 END, entry_id DESC LIMIT 1");
    db_put_text(s, order_id);
    *out = (struct receipt_begun){.charge_id = ""};
    if (!db_row(s))
        return;
    out->charge_id = db_text(s, 0, arena);
    db_done(s);
}

static bool find_receipt(struct db *db, const char *order_id,
                         struct receipt_begun *out, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(number, 0), file, sha256, failure"
                   " FROM receipts WHERE order_id = $1 AND charge_id = $2");
    db_put_text(s, order_id);
    db_put_text(s, out->charge_id);
    if (!db_row(s))
        return false;
    out->number = db_int(s, 0);
    out->file = db_text(s, 1, arena);
    out->sha256 = db_text(s, 2, arena);
    out->failure = db_text(s, 3, arena);
    db_done(s);
    return true;
}

static int64_t count_of(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COUNT(*) FROM receipts WHERE order_id = $1");
    db_put_text(s, order_id);
    return db_found_int(s, 0);
}

struct receipt_begun receipt_begin(struct db *db, const char *order_id,
                                   int64_t now_ms, struct arena *arena)
{
    assert(db_in_transaction(db));
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
                   " settings_id, confirmed_at_ms, created_at_ms)"
                   " SELECT o.order_id, CAST($1 AS TEXT), CAST($2 AS BIGINT),"
                   "  CAST($3 AS TEXT), (SELECT CAST(value AS BIGINT)"
                   "   FROM settings WHERE name = 'paper_settings'),"
                   "  CASE WHEN $1 = '' THEN o.confirmed_at_ms END,"
                   "  CAST($4 AS BIGINT) FROM orders o WHERE o.order_id = $5");
    db_put_text(s, begun.charge_id);
    db_put_int(s, begun.number);
    db_put_text(s, begun.file);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
    return begun;
}

static void set_failure(struct db *db, const char *file, const char *failure)
{
    struct db_statement *s =
        db_sql(db, "UPDATE receipts SET failure = $1 WHERE file = $2");
    db_put_text(s, failure);
    db_put_text(s, file);
    db_run(s);
}

void receipt_failed(struct db *db, const char *file, const char *failure)
{
    assert(failure != NULL);
    set_failure(db, file, failure);
}

void receipt_heard(struct db *db, const char *file)
{
    set_failure(db, file, NULL);
}

void receipt_store(struct db *db, const char *file, const char *sha256,
                   int64_t layout)
{
    assert(sha256 != NULL && layout >= 1);
    struct db_statement *s = db_sql(
        db, "UPDATE receipts SET sha256 = $1, layout = $2, failure = NULL"
            " WHERE file = $3 AND sha256 IS NULL");
    db_put_text(s, sha256);
    db_put_int(s, layout);
    db_put_text(s, file);
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
    return db_found(s);
}
