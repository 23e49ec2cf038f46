/* What the tests of undoing share. */
#ifndef TESTS_UNIT_UNDO_FIXTURE_H
#define TESTS_UNIT_UNDO_FIXTURE_H

#include "tests/unit/shop_fixture.h"

#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/order/undo.h"

/* Brings a fresh order of one phone to a status as the workflow would. */
static inline struct order order_in(struct shop *shop, enum order_status status)
{
    struct db *db = shop->db;
    struct order order = shop_order(shop, "phone");
    const char *id = order.order_id;
    if (status == ORDER_CANCELLED || status == ORDER_FAILED) {
        order_move(db, id, ORDER_PENDING, status, "Gone.", SHOP_NOW);
        return shop_find(shop, id);
    }
    if (status != ORDER_PENDING) {
        assert_true(shop_reserve(shop, id));
        order_move(db, id, ORDER_PENDING, ORDER_PROCESSING, NULL, SHOP_NOW);
    }
    if (status == ORDER_CONFIRMED || status == ORDER_COMPLETED) {
        shop_pay(shop, id, "pi_1");
        assert_true(stock_sell(db, id, SHOP_NOW));
        order_move(db, id, ORDER_PROCESSING, ORDER_CONFIRMED, NULL, SHOP_NOW);
    }
    if (status == ORDER_COMPLETED)
        order_move(db, id, ORDER_CONFIRMED, ORDER_COMPLETED, NULL, SHOP_NOW);
    return shop_find(shop, id);
}

static inline enum undo_outcome cancel(struct shop *shop,
                                       const struct order *order)
{
    return undo_cancel(shop->db, order, "Changed my \"mind\".", "staff",
                       SHOP_NOW, &shop->arena);
}

static inline const char *mail_kind(struct shop *shop)
{
    return shop_text(shop, "SELECT COALESCE(MAX(kind), '') FROM outbox"
                           " /* whole table */");
}

static inline int64_t mails(struct shop *shop)
{
    return shop_int(shop, "SELECT COUNT(*) FROM outbox /* whole table */");
}

/* All refunds that did not fail, together. */
static inline int64_t refunded(struct shop *shop)
{
    return shop_int(
        shop,
        "SELECT COALESCE(SUM(amount_minor), 0) FROM refunds /* whole table */"
        " WHERE status <> 'failed'");
}

#endif
