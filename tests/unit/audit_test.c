/* The audit (lib/shop/audit.h): each rule holds for honest books and breaks,
 * alone, when its own books are cooked. */
#include "tests/unit/shop_fixture.h"

#include "cgi-bin/gateway/journal.h"
#include "lib/shop/audit.h"
#include "lib/shop/order.h"
#include "lib/shop/payment.h"
#include "lib/shop/receipt.h"

enum { STOCK, CHARGES, GATEWAY, PAID, RECEIPTS, INTEGRITY };

struct books {
    struct shop *shop;
    struct settings settings;
    struct audit_line lines[AUDIT_LINES];
};

static void audit(struct books *books)
{
    struct shop *shop = books->shop;
    shop_commit(shop);
    books->settings =
        (struct settings){.database = shop->path,
                          .gateway_database = arena_printf(
                              &shop->arena, "%s/gateway.db", shop->folder),
                          .receipts = shop->folder,
                          .gateway_is_local = true};
    audit_run(&books->settings, &shop->arena, books->lines);
}

/* The one broken rule, or none (AUDIT_LINES). */
static void expect_broken(struct books *books, int rule)
{
    audit(books);
    for (int i = 0; i < AUDIT_LINES; i++)
        if ((books->lines[i].broken > 0) != (i == rule))
            fail_msg("%s: %lld broken, first: %s", books->lines[i].rule,
                     (long long)books->lines[i].broken, books->lines[i].first);
}

static void cook(struct shop *shop, const char *path, const char *sql)
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
static void charge_at_gateway(struct shop *shop, const struct order *order,
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

/* An order that is charged, sold, confirmed and has its receipt. */
static struct order confirmed_order(struct shop *shop)
{
    struct order order = shop_order(shop, "mouse");
    assert_true(shop_reserve(shop, order.order_id));
    struct payment_attempt attempt =
        payment_begin(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", order.total_minor,
                      SHOP_NOW);
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    order_move(shop->db, order.order_id, ORDER_PENDING, ORDER_CONFIRMED, NULL,
               SHOP_NOW);
    char sha256[CRYPTO_SHA256_HEX];
    crypto_sha256_hex("%PDF", 4, sha256);
    char *path = arena_printf(&shop->arena, "%s/r.pdf", shop->folder);
    assert_true(file_replace(shop->folder, path, "%PDF", 4));
    receipt_store(shop->db, order.order_id, "r.pdf", sha256, SHOP_NOW);
    charge_at_gateway(shop, &order, "pi_1");
    return order;
}

static void honest_books_hold(void **state)
{
    struct books books = {.shop = *state};
    expect_broken(&books, AUDIT_LINES);
    assert_false(books.lines[GATEWAY].checked);
    confirmed_order(books.shop);
    expect_broken(&books, AUDIT_LINES);
    assert_true(books.lines[GATEWAY].checked);
    assert_int_equal(books.lines[RECEIPTS].count, 1);
}

static void cooked_stock_breaks(void **state)
{
    struct books books = {.shop = *state};
    books.shop->unbalanced = true;
    cook(books.shop, books.shop->path,
         "UPDATE variants SET on_hand = 4 WHERE sku = 'laptop'");
    expect_broken(&books, STOCK);
    assert_string_equal(books.lines[STOCK].first, "SKU laptop");
}

static void cooked_charges_break(void **state)
{
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    cook(books.shop, books.shop->path,
         "UPDATE orders SET total_minor = total_minor + 1");
    expect_broken(&books, CHARGES);
}

static void cooked_journals_break(void **state)
{
    struct books books = {.shop = *state};
    struct order order = confirmed_order(books.shop);
    cook(books.shop,
         arena_printf(&books.shop->arena, "%s/gateway.db", books.shop->folder),
         "UPDATE intents SET refunded_minor = 1");
    expect_broken(&books, GATEWAY);
    cook(books.shop, books.settings.gateway_database, "DELETE FROM intents");
    expect_broken(&books, GATEWAY);
    charge_at_gateway(books.shop, &order, "pi_1");
    expect_broken(&books, AUDIT_LINES);
    /* A charge we know nothing of, of an order without an open attempt. */
    charge_at_gateway(books.shop, &order, "pi_2");
    expect_broken(&books, GATEWAY);
}

static void an_open_attempt_is_in_hand(void **state)
{
    struct books books = {.shop = *state};
    struct order order = shop_order(books.shop, "mouse");
    assert_true(shop_reserve(books.shop, order.order_id));
    payment_begin(books.shop->db, order.order_id, SHOP_NOW, &books.shop->arena);
    charge_at_gateway(books.shop, &order, "pi_1");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[GATEWAY].in_hand, 1);
}

static void paid_orders_must_be_served(void **state)
{
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    cook(books.shop, books.shop->path, "UPDATE orders SET status = 'FAILED'");
    audit(&books);
    assert_int_equal(books.lines[PAID].broken, 0);
    assert_int_equal(books.lines[PAID].in_hand, 1);
    cook(books.shop, books.shop->path,
         "UPDATE executions SET status = 'FAILED', ended_at_ms = 1");
    expect_broken(&books, PAID);
}

static void receipts_must_be_the_recorded_ones(void **state)
{
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    char *path =
        arena_printf(&books.shop->arena, "%s/r.pdf", books.shop->folder);
    assert_true(file_replace(books.shop->folder, path, "%PDX", 4));
    expect_broken(&books, RECEIPTS);
    cook(books.shop, books.shop->path,
         "DELETE FROM receipts;"
         "INSERT INTO execution_events SELECT order_id, 1, 'TaskSucceeded',"
         " 'GenerateReceipt', NULL, 1 FROM orders;"
         "UPDATE executions SET status = 'SUCCEEDED', ended_at_ms = 1");
    expect_broken(&books, RECEIPTS);
}

static void damage_is_found(void **state)
{
    struct books books = {.shop = *state};
    cook(books.shop, books.shop->path,
         "PRAGMA foreign_keys = OFF;"
         "INSERT INTO receipts VALUES ('nobody', 'x', '0', 1)");
    audit(&books);
    assert_int_equal(books.lines[INTEGRITY].broken, 1);
    cook(books.shop, books.shop->path, "DELETE FROM receipts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(honest_books_hold),
        SHOP_TEST(cooked_stock_breaks),
        SHOP_TEST(cooked_charges_break),
        SHOP_TEST(cooked_journals_break),
        SHOP_TEST(an_open_attempt_is_in_hand),
        SHOP_TEST(paid_orders_must_be_served),
        SHOP_TEST(receipts_must_be_the_recorded_ones),
        SHOP_TEST(damage_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
