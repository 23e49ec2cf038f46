/* Goods held for unpaid orders: see held.h. */
#include "lib/shop/order/held.h"

#include "lib/base/system/network.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/payment/payment.h"

enum { HELD_SKUS = 1000, HELD_QUIET_MS = 24 * 3600 * 1000 };

/* Units of the unpaid orders that this statement finds by $1; of an order that
 * is paid and not sold yet the row says held all the same. */
#define HELD_BY(column)                                                        \
    " COALESCE(SUM(g.units), 0) FROM order_origins g"                          \
    " JOIN orders o ON o.order_id = g.order_id"                                \
    " WHERE g." column " = $1 AND g.held = 1"                                  \
    " AND o.status IN ('PENDING', 'PROCESSING')"                               \
    " AND o.payment_status IN ('unpaid', 'pending', 'failed')"

static bool reaches(struct db_statement *s, const char *value, int64_t limit)
{
    db_put_text(s, value);
    bool reached = db_row(s) && db_int(s, 0) >= limit;
    db_done(s);
    return reached;
}

bool held_is_full(struct db *db, const struct settings *settings,
                  const char *address, const char *email_folded)
{
    char network[NETWORK_SIZE];
    return (settings->held_per_address > 0 &&
            reaches(db_sql(db, "SELECT" HELD_BY("address")),
                    network_of(address, network),
                    settings->held_per_address)) ||
           (settings->held_per_email > 0 && email_folded != NULL &&
            reaches(db_sql(db, "SELECT" HELD_BY("email")), email_folded,
                    settings->held_per_email));
}

static void set_held(struct db *db, const char *order_id, int64_t held)
{
    struct db_statement *s =
        db_sql(db, "UPDATE order_origins SET held = $1"
                   " WHERE order_id = $2 AND units > 0 AND held <> $1");
    db_put_int(s, held);
    db_put_text(s, order_id);
    db_run(s);
}

void held_begin(struct db *db, const char *order_id)
{
    set_held(db, order_id, 1);
}

void held_end(struct db *db, const char *order_id)
{
    set_held(db, order_id, 0);
}

/* A stock and what unpaid orders hold of it. */
struct share {
    struct payment_hold held;
    int64_t on_hand;
};

static struct share share_of(struct db *db, const char *sku)
{
    struct share share = {.held = payment_hold_of(db, sku)};
    struct db_statement *s =
        db_sql(db, "SELECT on_hand FROM variants WHERE sku = $1");
    db_put_text(s, sku);
    if (db_row(s)) {
        share.on_hand = db_int(s, 0);
        db_done(s);
    }
    return share;
}

/* More than half. Of a single order it must be all, and more than one unit: who
 * buys the last one is no news. */
static bool is_most(const struct share *share)
{
    return 2 * share->held.units > share->on_hand &&
           (share->held.orders > 1 ||
            (share->held.units == share->on_hand && share->on_hand > 1));
}

/* Only below a third, so that the alarm does not come and go. */
static bool is_over(const struct share *share)
{
    return 3 * share->held.units <= share->on_hand || share->held.orders == 0;
}

static size_t read_skus(struct db_statement *s, char **skus,
                        struct arena *arena)
{
    size_t count = 0;
    while (db_row(s))
        skus[count++] = db_text(s, 0, arena);
    return count;
}

static void settle_alarms(struct db *db, int64_t now_ms, int64_t limit,
                          char **skus, struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT subject FROM alarms WHERE kind = $1"
                   " AND closed_at_ms IS NULL LIMIT $2");
    db_put_name(s, &alarm_kind_names, ALARM_STOCK_HELD);
    db_put_int(s, limit);
    size_t count = read_skus(s, skus, arena);
    for (size_t i = 0; i < count; i++) {
        struct share share = share_of(db, skus[i]);
        if (is_over(&share))
            alarm_settle_about(db, ALARM_STOCK_HELD, skus[i], now_ms);
    }
}

/* What staff closed by hand says nothing new for a day. */
static bool was_closed(struct db *db, const char *sku, int64_t now_ms)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM alarms WHERE kind = $1 AND subject = $2"
                   " AND closed_by IS NOT NULL AND closed_at_ms > $3 LIMIT 1");
    db_put_name(s, &alarm_kind_names, ALARM_STOCK_HELD);
    db_put_text(s, sku);
    db_put_int(s, now_ms - HELD_QUIET_MS);
    return db_found(s);
}

static void tell(struct db *db, const char *sku, const struct share *share,
                 int64_t now_ms, struct arena *arena)
{
    const char *detail = arena_printf(
        arena,
        "%lld unpaid order%s hold%s %lld of the %lld on hand. They have less "
        "time to pay now: 10 minutes at the gateway, 3 days by hand. Times "
        "that staff have set stay.",
        (long long)share->held.orders, share->held.orders == 1 ? "" : "s",
        share->held.orders == 1 ? "s" : "", (long long)share->held.units,
        (long long)share->on_hand);
    if (was_closed(db, sku, now_ms))
        return;
    alarm_raise_about(db, ALARM_STOCK_HELD, NULL, sku, detail, now_ms);
    alarm_reword(db, ALARM_STOCK_HELD, sku, detail);
}

void held_shorten(struct db *db, int64_t now_ms, int64_t limit,
                  struct arena *arena)
{
    char *skus[HELD_SKUS];
    if (limit > HELD_SKUS)
        limit = HELD_SKUS;
    settle_alarms(db, now_ms, limit, skus, arena);
    struct db_statement *s = db_sql(
        db,
        "SELECT sku FROM variants WHERE reserved > 0"
        " AND reserved > on_hand - reserved ORDER BY reserved DESC LIMIT $1");
    db_put_int(s, limit);
    size_t count = read_skus(s, skus, arena);
    for (size_t i = 0; i < count; i++) {
        struct share share = share_of(db, skus[i]);
        if (!is_most(&share))
            continue;
        payment_shorten_windows(db, skus[i], now_ms);
        tell(db, skus[i], &share, now_ms, arena);
    }
}
