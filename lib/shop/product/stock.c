/* Stock: see stock.h. Called inside a write transaction. */
#include "lib/shop/product/stock.h"

#include <assert.h>

#include "lib/shop/order/held.h"

/* Moves the reservation of an order that already holds one. */
static bool extend(struct db *db, const char *order_id, int64_t expires_at_ms)
{
    struct db_statement *s = db_sql(
        db, "UPDATE reservations SET expires_at_ms = $1 WHERE order_id = $2");
    db_put_int(s, expires_at_ms);
    db_put_text(s, order_id);
    return db_run(s) > 0;
}

/* The first line there is too little of, or NULL. */
static char *short_sku(struct db *db, const char *order_id, struct arena *arena)
{
    struct db_statement *s = db_sql(
        db, "SELECT l.sku FROM order_lines l JOIN variants v ON v.sku = l.sku"
            " WHERE l.order_id = $1 AND v.on_hand - v.reserved < l.quantity"
            " ORDER BY l.line_no LIMIT 1");
    db_put_text(s, order_id);
    return db_found_text(s, arena);
}

const char *stock_reserve(struct db *db, const char *order_id, int64_t now_ms,
                          struct arena *arena)
{
    assert(db_in_transaction(db));
    int64_t expires_at_ms = now_ms + STOCK_HOLD_MS;
    if (extend(db, order_id, expires_at_ms) || stock_is_sold(db, order_id))
        return NULL;
    char *missing = short_sku(db, order_id, arena);
    if (missing != NULL)
        return missing;
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET reserved = reserved + l.quantity"
                   " FROM order_lines l"
                   " WHERE l.order_id = $1 AND variants.sku = l.sku");
    db_put_text(s, order_id);
    db_run(s);
    s = db_sql(db, "INSERT INTO reservations"
                   " (order_id, sku, quantity, expires_at_ms)"
                   " SELECT order_id, sku, quantity, CAST($1 AS BIGINT)"
                   " FROM order_lines WHERE order_id = $2");
    db_put_int(s, expires_at_ms);
    db_put_text(s, order_id);
    db_run(s);
    held_begin(db, order_id);
    return NULL;
}

static void drop_reservation(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "DELETE FROM reservations WHERE order_id = $1");
    db_put_text(s, order_id);
    db_run(s);
    held_end(db, order_id);
}

void stock_release(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET reserved = reserved - r.quantity"
                   " FROM reservations r"
                   " WHERE r.order_id = $1 AND variants.sku = r.sku");
    db_put_text(s, order_id);
    db_run(s);
    drop_reservation(db, order_id);
}

bool stock_is_sold(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(SUM(delta), 0) FROM stock_entries"
                   " WHERE order_id = $1");
    db_put_text(s, order_id);
    bool sold = db_row(s) && db_int(s, 0) < 0;
    db_done(s);
    return sold;
}

bool stock_sell(struct db *db, const char *order_id, int64_t now_ms)
{
    assert(db_in_transaction(db));
    if (stock_is_sold(db, order_id))
        return true;
    struct db_statement *s = db_sql(
        db, "INSERT INTO stock_entries"
            " (sku, delta, reason, order_id, nth, created_at_ms)"
            " SELECT r.sku, -r.quantity, 'sold', r.order_id, (SELECT COUNT(*)"
            "  FROM stock_entries e WHERE e.order_id = r.order_id"
            "  AND e.sku = r.sku AND e.reason = 'sold'),"
            "  CAST($1 AS BIGINT) FROM reservations r WHERE r.order_id = $2");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    if (db_run(s) == 0)
        return false;
    s = db_sql(db, "UPDATE variants SET on_hand = on_hand - r.quantity,"
                   " reserved = reserved - r.quantity FROM reservations r"
                   " WHERE r.order_id = $1 AND variants.sku = r.sku");
    db_put_text(s, order_id);
    db_run(s);
    drop_reservation(db, order_id);
    return true;
}

int64_t stock_out(struct db *db, const char *order_id, const char *sku)
{
    struct db_statement *s =
        db_sql(db, "SELECT COALESCE(-SUM(delta), 0) FROM stock_entries"
                   " WHERE order_id = $1 AND sku = $2");
    db_put_text(s, order_id);
    db_put_text(s, sku);
    return db_found_int(s, 0);
}

void stock_return_line(struct db *db, const char *order_id, const char *sku,
                       int64_t quantity, const char *refund_id, int64_t now_ms)
{
    assert(quantity > 0 &&
           (quantity <= stock_out(db, order_id, sku) || db_refused(db)));
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET on_hand = on_hand + $1"
                   " WHERE sku = $2");
    db_put_int(s, quantity);
    db_put_text(s, sku);
    db_run(s);
    s = db_sql(db, "INSERT INTO stock_entries (sku, delta, reason, order_id,"
                   " nth, refund_id, created_at_ms)"
                   " VALUES ($1, $2, 'returned', $3, (SELECT COUNT(*)"
                   "  FROM stock_entries WHERE order_id = $3 AND sku = $1"
                   "  AND reason = 'returned'), $4, $5)");
    db_put_text(s, sku);
    db_put_int(s, quantity);
    db_put_text(s, order_id);
    db_put_text(s, refund_id);
    db_put_int(s, now_ms);
    db_run(s);
}

void stock_return(struct db *db, const char *order_id, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET on_hand = on_hand - e.delta"
                   " FROM (SELECT sku, SUM(delta) AS delta"
                   "  FROM stock_entries WHERE order_id = $1 GROUP BY sku"
                   "  HAVING SUM(delta) < 0) e WHERE variants.sku = e.sku");
    db_put_text(s, order_id);
    if (db_run(s) == 0)
        return;
    s = db_sql(db, "INSERT INTO stock_entries"
                   " (sku, delta, reason, order_id, nth, created_at_ms)"
                   " SELECT sku, -SUM(delta), 'returned', order_id,"
                   "  SUM(CASE reason WHEN 'returned' THEN 1 ELSE 0 END),"
                   "  CAST($1 AS BIGINT)"
                   " FROM stock_entries WHERE order_id = $2"
                   " GROUP BY order_id, sku HAVING SUM(delta) < 0");
    db_put_int(s, now_ms);
    db_put_text(s, order_id);
    db_run(s);
}

/* An order stands in the list once a SKU; to release it again is nothing. */
void stock_expire(struct db *db, int64_t now_ms, int64_t limit,
                  struct arena *arena)
{
    enum { EXPIRE_MAX = 100 };
    char *lapsed[EXPIRE_MAX];
    size_t count = 0;
    struct db_statement *s =
        db_sql(db, "SELECT r.order_id FROM reservations r"
                   " JOIN orders o ON o.order_id = r.order_id"
                   " WHERE r.expires_at_ms < $1"
                   " AND o.payment_status NOT IN"
                   "  ('pending', 'paid', 'partially_refunded')"
                   " ORDER BY r.expires_at_ms LIMIT $2");
    db_put_int(s, now_ms);
    db_put_int(s, limit < EXPIRE_MAX ? limit : EXPIRE_MAX);
    while (db_row(s))
        lapsed[count++] = db_text(s, 0, arena);
    for (size_t i = 0; i < count; i++)
        stock_release(db, lapsed[i]);
}

static bool add(struct db *db, const char *sku, int64_t delta, int64_t now_ms)
{
    if (delta == 0)
        return true;
    struct db_statement *s =
        db_sql(db, "UPDATE variants SET on_hand = on_hand + $1"
                   " WHERE sku = $2 AND on_hand + $1 >= reserved");
    db_put_int(s, delta);
    db_put_text(s, sku);
    if (db_run(s) == 0)
        return db_refused(db);
    s = db_sql(db, "INSERT INTO stock_entries (sku, delta, reason,"
                   " created_at_ms) VALUES ($1, $2, 'import', $3)");
    db_put_text(s, sku);
    db_put_int(s, delta);
    db_put_int(s, now_ms);
    db_run(s);
    return true;
}

bool stock_set(struct db *db, const char *sku, int64_t on_hand, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT on_hand, reserved FROM variants WHERE sku = $1");
    db_put_text(s, sku);
    if (!db_row(s))
        return db_refused(db);
    int64_t delta = on_hand - db_int(s, 0);
    int64_t reserved = db_int(s, 1);
    db_done(s);
    return on_hand >= reserved && add(db, sku, delta, now_ms);
}
