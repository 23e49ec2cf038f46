/* Refunds: see refund.h. Here they are put down; answer.c ends them. */
#include <assert.h>
#include <string.h>

#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/queue/work.h"
#include "lib/shop/refund/private.h"

/* Money that was paid by hand goes back by hand. Staff who asked for it know;
 * what the shop decides by itself they must be told. */
static void give_by_hand(struct db *db, const struct refund_order *order,
                         const char *refund_id, int64_t now_ms)
{
    char gateway_id[sizeof "manual-refund-" + CRYPTO_UUID_SIZE] =
        "manual-refund-";
    strcat(gateway_id, refund_id);
    refund_succeeded(db, refund_id, gateway_id, now_ms);
    if (order->by == NULL)
        alarm_raise_about(db, ALARM_MANUAL_REFUND, order->order_id, refund_id,
                          "This order was paid by hand: give the customer the "
                          "money back by hand as well, then close this. The "
                          "order's page has the amount.",
                          now_ms);
}

int64_t refund_put(struct db *db, const struct refund_order *order,
                   int64_t now_ms, char refund_id[CRYPTO_UUID_SIZE])
{
    char intent_id[256];
    assert(order->amount_minor > 0);
    crypto_uuid(now_ms, refund_id);
    /* clang-format off */
    struct db_statement *s = db_sql(
        db, "INSERT INTO refunds (refund_id, order_id, intent_id, amount_minor,"
            " reason, requested_by, restock, status, created_at_ms,"
            " updated_at_ms) SELECT CAST($1 AS TEXT), c.order_id, c.intent_id,"
            "  CASE WHEN c.left_minor < $2 THEN c.left_minor"
            "  ELSE CAST($2 AS BIGINT) END, CAST($3 AS TEXT), CAST($4 AS TEXT),"
            "  CAST($5 AS BIGINT), 'due',"
            "  " REFUND_MADE_AT("c.order_id", "$6") ", CAST($6 AS BIGINT)"
            " FROM charge_balances c WHERE c.order_id = $7"
            " AND ($8 = '' OR c.intent_id = $8) AND c.left_minor > 0"
            " ORDER BY c.entry_id DESC LIMIT 1"
            " RETURNING amount_minor, intent_id");
    /* clang-format on */
    db_put_text(s, refund_id);
    db_put_int(s, order->amount_minor);
    db_put_text(s, order->reason);
    db_put_text(s, order->by);
    db_put_int(s, order->restock ? 1 : 0);
    db_put_int(s, now_ms);
    db_put_text(s, order->order_id);
    db_put_text(s, order->intent_id);
    int64_t put_minor = 0;
    if (db_row(s)) {
        put_minor = db_int(s, 0);
        db_copy(s, 1, intent_id, sizeof intent_id);
    }
    db_done(s);
    if (put_minor > 0 && payment_is_manual(intent_id))
        give_by_hand(db, order, refund_id, now_ms);
    else if (put_minor > 0)
        work_queue(db, &(struct work_order){.kind = WORK_REFUND,
                                            .subject = refund_id,
                                            .order_id = order->order_id,
                                            .host = WORK_GATEWAY,
                                            .due_work_ms = db_clock_ms(db)});
    return put_minor;
}

void refund_queue(struct db *db, const char *order_id, int64_t amount_minor,
                  const char *reason, int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    struct refund_order order = {.order_id = order_id,
                                 .intent_id = "",
                                 .amount_minor = amount_minor,
                                 .reason = reason};
    int64_t put_minor;
    do {
        put_minor = refund_put(db, &order, now_ms, refund_id);
        order.amount_minor -= put_minor;
    } while (order.amount_minor > 0 && put_minor > 0);
}

void refund_queue_charge(struct db *db, const char *order_id,
                         const char *intent_id, int64_t amount_minor,
                         const char *reason, int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    refund_put(db,
               &(struct refund_order){.order_id = order_id,
                                      .intent_id = intent_id,
                                      .amount_minor = amount_minor,
                                      .reason = reason},
               now_ms, refund_id);
}

bool refund_find_due(struct db *db, const char *refund_id, struct refund *out,
                     struct arena *arena)
{
    struct db_statement *s =
        db_sql(db, "SELECT refund_id, order_id, amount_minor, intent_id,"
                   " created_at_ms, refusals FROM refunds WHERE refund_id = $1"
                   " AND status = 'due'");
    db_put_text(s, refund_id);
    bool found = db_row(s);
    if (found)
        *out = (struct refund){.refund_id = db_text(s, 0, arena),
                               .order_id = db_text(s, 1, arena),
                               .amount_minor = db_int(s, 2),
                               .intent_id = db_text(s, 3, arena),
                               .created_at_ms = db_int(s, 4),
                               .refusals = db_int(s, 5),
                               .status = "due"};
    db_done(s);
    return found;
}

bool refund_under_way(struct db *db, const char *order_id)
{
    struct db_statement *s = db_sql(
        db, "SELECT 1 FROM refunds r LEFT JOIN credit_notes n"
            " ON n.refund_id = r.refund_id WHERE r.order_id = $1"
            " AND (r.status = 'due' OR (n.number > 0 AND n.sha256 IS NULL))"
            " LIMIT 1");
    db_put_text(s, order_id);
    bool found = db_row(s);
    db_done(s);
    return found;
}

bool refund_by_staff(struct db *db, const char *order_id)
{
    struct db_statement *s =
        db_sql(db, "SELECT 1 FROM refunds WHERE order_id = $1"
                   " AND requested_by IS NOT NULL LIMIT 1");
    db_put_text(s, order_id);
    bool found = db_row(s);
    db_done(s);
    return found;
}

/* One of the order's that is still to be made; false: there is none. */
static bool find_waiting(struct db *db, const char *order_id,
                         char refund_id[CRYPTO_UUID_SIZE])
{
    struct db_statement *s =
        db_sql(db, "SELECT refund_id FROM refunds WHERE order_id = $1"
                   " AND status = 'due' LIMIT 1");
    db_put_text(s, order_id);
    bool found = db_row(s);
    if (found)
        db_copy(s, 0, refund_id, CRYPTO_UUID_SIZE);
    db_done(s);
    return found;
}

void refund_give_up(struct db *db, const char *order_id, const char *message,
                    int64_t now_ms)
{
    char refund_id[CRYPTO_UUID_SIZE];
    while (find_waiting(db, order_id, refund_id)) {
        struct db_statement *s =
            db_sql(db, "UPDATE refunds SET status = 'failed', message = $1,"
                       " updated_at_ms = $2 WHERE refund_id = $3");
        db_put_text(s, message);
        db_put_int(s, now_ms);
        db_put_text(s, refund_id);
        db_run(s);
        work_drop(db, WORK_REFUND, refund_id);
    }
}
