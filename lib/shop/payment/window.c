/* The windows of payments by hand, and of what is mostly held: see payment.h.
 */
#include "lib/base/clock.h"
#include "lib/shop/payment/private.h"

bool payment_set_window(struct db *db, const char *order_id,
                        int64_t closes_at_ms, const char *by, int64_t now_ms)
{
    bool ends = closes_at_ms != 0;
    int64_t closes_work_ms = db_clock_ms(db) + closes_at_ms - now_ms;
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET window_by = $1, closes_work_ms = $2,"
            " due_work_ms = CASE WHEN due_work_ms = $3"
            "  AND closes_work_ms IS NOT NULL THEN due_work_ms"
            "  ELSE CAST($4 AS BIGINT) END, updated_at_ms = $5"
            " WHERE order_id = $6 AND status = 'open' AND kind = 'manual'");
    db_put_text(s, by);
    if (ends)
        db_put_int(s, closes_work_ms);
    else
        db_put_null(s);
    db_put_int(s, PAYMENT_NEVER); /* set aside: it stays so */
    db_put_int(s, ends ? closes_work_ms : PAYMENT_NEVER);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    return db_run(s) == 1;
}

void payment_give_windows(struct db *db, int64_t window_ms, int64_t now_ms)
{
    if (window_ms == 0)
        return;
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET closes_work_ms = $1,"
                   " due_work_ms = $1, updated_at_ms = $2"
                   " WHERE status = 'open' AND kind = 'manual'"
                   " AND closes_work_ms IS NULL AND window_by IS NULL");
    db_put_int(s, db_clock_ms(db) + window_ms);
    db_put_int(s, now_ms);
    db_run(s);
}

struct payment_hold payment_hold_of(struct db *db, const char *sku)
{
    struct payment_hold hold = {0};
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(SUM(r.quantity), 0), COUNT(*)"
                   " FROM reservations r JOIN payment_attempts a"
                   "  ON a.order_id = r.order_id AND a.status = 'open'"
                   " WHERE r.sku = $1 AND a.window_by IS NULL");
    db_put_text(s, sku);
    if (db_row(s)) {
        hold.units = db_int(s, 0);
        hold.orders = db_int(s, 1);
    }
    db_done(s);
    return hold;
}

/* Those of one kind; what is set aside stays so. */
static void shorten(struct db *db, const char *sku, int64_t manual,
                    int64_t short_ms, int64_t now_ms)
{
    struct db_statement *s = db_sql(
        db,
        "UPDATE payment_attempts SET closes_work_ms = $1,"
        " due_work_ms = CASE WHEN due_work_ms = $2"
        "  OR due_work_ms < $1 THEN due_work_ms"
        "  ELSE CAST($1 AS BIGINT) END, updated_at_ms = $3"
        " WHERE status = 'open' AND window_by IS NULL"
        " AND closes_work_ms > $1"
        " AND CASE kind WHEN 'manual' THEN 1 ELSE 0 END = CAST($4 AS BIGINT)"
        " AND order_id IN (SELECT r.order_id FROM reservations r"
        "  WHERE r.sku = $5)");
    db_put_int(s, db_clock_ms(db) + short_ms);
    db_put_int(s, PAYMENT_NEVER);
    db_put_int(s, now_ms);
    db_put_int(s, manual);
    db_put_text(s, sku);
    db_run(s);
}

void payment_shorten_windows(struct db *db, const char *sku, int64_t now_ms)
{
    shorten(db, sku, 0, PAYMENT_SHORT_MS, now_ms);
    shorten(db, sku, 1, PAYMENT_SHORT_MANUAL_MS, now_ms);
}
