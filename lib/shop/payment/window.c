/* The windows of payments by hand, and of what is mostly held: see payment.h.
 */
#include "lib/adapter/crypto.h"
#include "lib/shop/payment/private.h"
#include "lib/shop/queue/work.h"

enum { WINDOW_PAGE = 64 /* attempts that are changed at once */ };

/* What is parked has no work that could be moved. */
bool payment_set_window(struct db *db, const char *order_id,
                        int64_t closes_at_ms, const char *by, int64_t now_ms)
{
    char id[CRYPTO_UUID_SIZE];
    int64_t closes_work_ms = closes_at_ms == 0
                                 ? WORK_NEVER
                                 : db_clock_ms(db) + closes_at_ms - now_ms;
    struct db_statement *s = db_sql(
        db, "UPDATE payment_attempts SET window_by = $1, closes_work_ms = $2,"
            " updated_at_ms = $3 WHERE order_id = $4 AND status = 'open'"
            " AND kind = 'manual' RETURNING attempt_id");
    db_put_text(s, by);
    if (closes_at_ms == 0)
        db_put_null(s);
    else
        db_put_int(s, closes_work_ms);
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    bool set = db_found_copy(s, id, sizeof id);
    if (set)
        work_move(db, WORK_CHARGE, id, closes_work_ms);
    return set;
}

/* Reads to its end a statement that yields attempts. */
static size_t read_ids(struct db_statement *s,
                       char ids[WINDOW_PAGE][CRYPTO_UUID_SIZE])
{
    size_t count = 0;
    while (db_row(s))
        db_copy(s, 0, ids[count++], CRYPTO_UUID_SIZE);
    return count;
}

static void close_at(struct db *db, const char *attempt_id,
                     int64_t closes_work_ms, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE payment_attempts SET closes_work_ms = $1,"
                   " updated_at_ms = $2 WHERE attempt_id = $3");
    db_put_int(s, closes_work_ms);
    db_put_int(s, now_ms);
    db_put_text(s, attempt_id);
    db_run(s);
    work_hasten(db, WORK_CHARGE, attempt_id, closes_work_ms);
}

void payment_give_windows(struct db *db, int64_t window_ms, int64_t now_ms)
{
    char ids[WINDOW_PAGE][CRYPTO_UUID_SIZE];
    size_t count = window_ms == 0 ? 0 : WINDOW_PAGE;
    while (count == WINDOW_PAGE) {
        struct db_statement *s =
            db_sql(db, "SELECT attempt_id FROM payment_attempts"
                       " WHERE status = 'open' AND kind = 'manual'"
                       " AND closes_work_ms IS NULL AND window_by IS NULL"
                       " LIMIT $1");
        db_put_int(s, WINDOW_PAGE);
        count = read_ids(s, ids);
        for (size_t i = 0; i < count; i++)
            close_at(db, ids[i], db_clock_ms(db) + window_ms, now_ms);
    }
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

/* Those of one kind. */
static void shorten(struct db *db, const char *sku, int64_t manual,
                    int64_t short_ms, int64_t now_ms)
{
    char ids[WINDOW_PAGE][CRYPTO_UUID_SIZE];
    size_t count = WINDOW_PAGE;
    int64_t closes_work_ms = db_clock_ms(db) + short_ms;
    while (count == WINDOW_PAGE) {
        struct db_statement *s =
            db_sql(db, "SELECT a.attempt_id FROM reservations r"
                       " JOIN payment_attempts a ON a.order_id = r.order_id"
                       "  AND a.status = 'open' WHERE r.sku = $1"
                       " AND a.window_by IS NULL AND a.closes_work_ms > $2"
                       " AND CASE a.kind WHEN 'manual' THEN 1 ELSE 0 END = "
                       "CAST($3 AS BIGINT)"
                       " LIMIT $4");
        db_put_text(s, sku);
        db_put_int(s, closes_work_ms);
        db_put_int(s, manual);
        db_put_int(s, WINDOW_PAGE);
        count = read_ids(s, ids);
        for (size_t i = 0; i < count; i++)
            close_at(db, ids[i], closes_work_ms, now_ms);
    }
}

void payment_shorten_windows(struct db *db, const char *sku, int64_t now_ms)
{
    shorten(db, sku, 0, PAYMENT_SHORT_MS, now_ms);
    shorten(db, sku, 1, PAYMENT_SHORT_MANUAL_MS, now_ms);
}
