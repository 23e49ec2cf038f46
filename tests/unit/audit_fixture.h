/* Books that an audit can be made of, and ways to cook them, for the tests of
 * lib/shop/books/audit.h: an order that is charged here and at the gateway,
 * refunds, and a raw connection. */
#ifndef TESTS_UNIT_AUDIT_FIXTURE_H
#define TESTS_UNIT_AUDIT_FIXTURE_H

#include "tests/unit/shop_fixture.h"

#include "cgi-bin/gateway/base/journal.h"
#include "lib/shop/books/audit.h"
#include "lib/shop/refund/refund.h"

enum {
    INTEGRITY = AUDIT_INTEGRITY,
    STOCK = AUDIT_STOCK,
    CHARGES = AUDIT_CHARGES,
    GATEWAY = AUDIT_GATEWAY,
    PAID = AUDIT_PAID,
    PAPERS = AUDIT_PAPERS,
    NUMBERS = AUDIT_NUMBERS
};

struct books {
    struct shop *shop;
    struct settings settings;
    struct audit_line lines[AUDIT_LINES];
};

static inline void audit(struct books *books)
{
    struct shop *shop = books->shop;
    shop_commit(shop);
    books->settings =
        (struct settings){.database = shop->path,
                          .gateway_database = arena_printf(
                              &shop->arena, "%s/gateway.db", shop->folder),
                          .receipts = shop->folder,
                          .gateway_is_local = true};
    for (int i = 0; i < AUDIT_LINES; i++)
        books->lines[i] =
            audit_run(&books->settings, (enum audit_rule)i, &shop->arena);
}

/* The one broken rule, or none (AUDIT_LINES). */
static inline void expect_broken(struct books *books, int rule)
{
    audit(books);
    for (int i = 0; i < AUDIT_LINES; i++)
        if ((books->lines[i].broken > 0) != (i == rule))
            fail_msg("%s: %lld broken, first: %s", books->lines[i].rule,
                     (long long)books->lines[i].broken, books->lines[i].first);
}

static inline void cook(struct shop *shop, const char *path, const char *sql)
{
    sqlite3 *raw = NULL;
    char *error = NULL;
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    if (sqlite3_exec(raw, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
    sqlite3_close(raw);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

/* The gateway's side: one succeeded intent of the order. */
static inline void charge_at_gateway(struct shop *shop,
                                     const struct order *order,
                                     const char *intent_id)
{
    char *path = arena_printf(&shop->arena, "%s/gateway.db", shop->folder);
    struct db *journal = db_open(path, DB_WRITE);
    assert_int_equal(db_begin(journal, 0), DB_OK);
    journal_create(journal);
    assert_int_equal(db_commit(journal), DB_OK);
    db_close(journal);
    cook(shop, path,
         arena_printf(
             &shop->arena,
             "INSERT INTO intents (intent_id, client_secret,"
             " amount_minor, currency, status, payment_method,"
             " charge_id, order_id,"
             " metadata, capture_method, allow_redirects,"
             " created_ms) VALUES ('%s', 's', %lld, 'eur',"
             " 'succeeded', 'pm_card_visa', 'ch_%s', '%s', '{}', 'automatic',"
             " 'never', 1)",
             intent_id, (long long)order->total_minor, intent_id,
             order->order_id));
}

/* Charged here and at the gateway, sold and confirmed. */
static inline void confirm(struct shop *shop, const struct order *order,
                           const char *intent_id)
{
    const char *id = order->order_id;
    assert_true(shop_reserve(shop, id));
    shop_pay(shop, id, intent_id);
    assert_true(stock_sell(shop->db, id, SHOP_NOW));
    order_move(shop->db, id, shop_find(shop, id).status, ORDER_CONFIRMED, NULL,
               SHOP_NOW);
    charge_at_gateway(shop, order, intent_id);
}

/* The receipt, number 1, and where it lies. */
static inline void put_receipt(struct shop *shop, const struct order *order)
{
    char sha256[CRYPTO_SHA256_HEX];
    crypto_sha256_hex("%PDF", 4, sha256);
    char *path = arena_printf(&shop->arena, "%s/r.pdf", shop->folder);
    assert_true(file_replace(shop->folder, path, "%PDF", 4));
    cook(shop, shop->path,
         arena_printf(&shop->arena,
                      "INSERT INTO receipts VALUES ('%s', 'pi_1', 1, 'r.pdf',"
                      " '%s', 1, 1, NULL, NULL, 1, NULL)",
                      order->order_id, sha256));
}

/* An order that is confirmed and has its receipt. */
static inline struct order confirmed_order(struct shop *shop)
{
    struct order order = shop_order(shop, "mouse");
    confirm(shop, &order, "pi_1");
    put_receipt(shop, &order);
    return order;
}

/* What of this charge the gateway gave back. */
static inline void give_back(struct books *books, const char *intent_id,
                             const char *refunded)
{
    cook(books->shop, books->settings.gateway_database,
         arena_printf(&books->shop->arena,
                      "UPDATE intents SET refunded_minor = %s"
                      " WHERE intent_id = '%s'",
                      refunded, intent_id));
}

/* Makes the refund that is due, here and at the gateway. */
static inline void repay(struct books *books, const char *gateway_id)
{
    struct shop *shop = books->shop;
    const char *intent_id = shop_text(
        shop,
        "/* whole table */ SELECT intent_id FROM refunds WHERE status = 'due'");
    refund_succeeded(shop->db,
                     shop_text(shop, "/* whole table */ SELECT refund_id FROM "
                                     "refunds WHERE status = 'due'"),
                     gateway_id, SHOP_NOW);
    give_back(books, intent_id,
              arena_printf(&shop->arena, "%lld",
                           (long long)shop_int(
                               shop, "SELECT amount_minor FROM refunds"
                                     " ORDER BY updated_at_ms DESC,"
                                     " refund_id DESC /* whole table */")));
}

#endif
