/* The audit (lib/shop/audit.h): each rule holds for honest books and breaks,
 * alone, when its own books are cooked. */
#include "tests/unit/shop_fixture.h"

#include "cgi-bin/gateway/journal.h"
#include "lib/shop/audit.h"
#include "lib/shop/history.h"
#include "lib/shop/receipt.h"
#include "lib/shop/undo.h"

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

/* Charged here and at the gateway, sold and confirmed. */
static void confirm(struct shop *shop, const struct order *order,
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

static const char *receipt_path(struct shop *shop, const struct order *order)
{
    return arena_printf(
        &shop->arena, "%s/%s", shop->folder,
        receipt_begin(shop->db, order->order_id, SHOP_NOW, &shop->arena).file);
}

/* An order that is confirmed and has its receipt. */
static struct order confirmed_order(struct shop *shop)
{
    struct order order = shop_order(shop, "mouse");
    char sha256[CRYPTO_SHA256_HEX];
    crypto_sha256_hex("%PDF", 4, sha256);
    confirm(shop, &order, "pi_1");
    assert_true(
        file_replace(shop->folder, receipt_path(shop, &order), "%PDF", 4));
    receipt_store(shop->db, order.order_id, "pi_1", sha256);
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
    payment_begin(books.shop->db, order.order_id, PAYMENT_TOKEN, 60000,
                  SHOP_NOW);
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
    struct order order = confirmed_order(books.shop);
    assert_true(file_replace(books.shop->folder,
                             receipt_path(books.shop, &order), "%PDX", 4));
    expect_broken(&books, RECEIPTS);
}

/* Which states make receipts is the definition's; whether one did, the
 * history's. */
static void receipts_that_were_made_must_be_there(void **state)
{
    static const char parallel[] =
        "{\"States\":{\"All\":{\"Branches\":[{\"States\":{\"Paper\":{"
        "\"Resource\":\"arn:aws:states:::lambda:invoke\",\"Parameters\":"
        "{\"FunctionName\":\"GenerateReceipt\"}}}}]},"
        "\"Sum\":{\"Resource\":\"task:UpdateInventory\"}}}";
    static const struct {
        const char *definition, *events;
        bool running;
        int rule;
        int64_t in_hand;
    } cases[] = {
        {parallel, "{\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", false,
         RECEIPTS, 0},
        {parallel, "{\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", true,
         RECEIPTS, 0},
        {parallel,
         "{\"type\":\"TaskSucceeded\",\"state\":\"Sum\"},"
         "{\"type\":\"TaskFailed\",\"state\":\"Paper\"}",
         false, AUDIT_LINES, 0},
        {parallel, "{\"type\":\"TaskFailed\",\"state\":\"Paper\"}", true,
         AUDIT_LINES, 1},
        {parallel, "not JSON", true, AUDIT_LINES, 1},
        {"{\"States\":{\"Paper\":{\"Resource\":\"https://example.com\"}}}",
         "{\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", true, AUDIT_LINES,
         0},
        {"not JSON", "{\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", true,
         AUDIT_LINES, 0}};
    struct books books = {.shop = *state};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shop *shop = books.shop;
        workflow_use(shop->db, cases[i].definition, SHOP_NOW);
        struct order order = shop_order(shop, "mouse");
        const char *intent_id = arena_printf(&shop->arena, "pi_%zu", i);
        confirm(shop, &order, intent_id);
        history_append(shop->db, order.order_id, 1, cases[i].events);
        if (!cases[i].running)
            shop_end(shop, order.order_id, "SUCCEEDED", NULL, NULL);
        expect_broken(&books, cases[i].rule);
        assert_int_equal(books.lines[RECEIPTS].in_hand, cases[i].in_hand);
        order_move(shop->db, order.order_id, ORDER_CONFIRMED, ORDER_FAILED,
                   NULL, SHOP_NOW);
        undo_release(shop->db, order.order_id, SHOP_NOW);
        undo_refund(shop->db, order.order_id, "case over", SHOP_NOW);
    }
}

/* Fails a confirmed order; its refund is then due. */
static void undo(struct shop *shop, const char *order_id)
{
    struct order order = shop_find(shop, order_id);
    assert_true(undo_fail_order(shop->db, &order, "No.", SHOP_NOW - 1));
    shop_reopen(shop, order_id);
}

/* Makes the refund that is due, here and at the gateway. */
static void repay(struct books *books, const struct order *order,
                  const char *gateway_id)
{
    struct shop *shop = books->shop;
    const char *intent_id =
        shop_text(shop, "SELECT intent_id FROM refunds WHERE status = 'due'");
    payment_book(shop->db, order->order_id, "refund", order->total_minor,
                 gateway_id, SHOP_NOW);
    cook(shop, shop->path,
         "UPDATE refunds SET status = 'succeeded' WHERE status = 'due'");
    cook(shop, books->settings.gateway_database,
         arena_printf(&shop->arena,
                      "UPDATE intents SET refunded_minor = amount_minor"
                      " WHERE intent_id = '%s'",
                      intent_id));
}

static void every_rule_holds_over_rounds(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    expect_broken(&books, AUDIT_LINES);
    undo(shop, order.order_id);
    expect_broken(&books, AUDIT_LINES);
    confirm(shop, &order, "pi_2");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[CHARGES].in_hand, 1);
    repay(&books, &order, "re_1");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[CHARGES].in_hand, 0);
    assert_int_equal(books.lines[CHARGES].count, 2);
    /* Given back to the wrong one of the two. */
    for (int i = 0; i < 2; i++) {
        cook(shop, books.settings.gateway_database,
             "UPDATE intents SET refunded_minor ="
             " amount_minor - refunded_minor");
        expect_broken(&books, i == 0 ? GATEWAY : AUDIT_LINES);
    }
    undo(shop, order.order_id);
    repay(&books, &order, "re_2");
    expect_broken(&books, AUDIT_LINES);
}

static void a_refund_that_failed_is_kept_too_much(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    undo(shop, order.order_id);
    confirm(shop, &order, "pi_2");
    cook(shop, shop->path, "UPDATE refunds SET status = 'failed'");
    expect_broken(&books, CHARGES);
}

/* The money of the round before went back: it has not paid for this one. */
static void a_later_round_must_be_paid_anew(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    undo(shop, order.order_id);
    audit(&books);
    repay(&books, &order, "re_1");
    expect_broken(&books, AUDIT_LINES);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    order_move(shop->db, order.order_id, ORDER_FAILED, ORDER_CONFIRMED, NULL,
               SHOP_NOW);
    expect_broken(&books, PAID);
}

/* What staff give back of an order that is served is no break. */
static void a_served_order_may_be_refunded(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    audit(&books);
    undo_refund(shop->db, order.order_id, "goodwill", SHOP_NOW);
    expect_broken(&books, AUDIT_LINES);
    repay(&books, &order, "re_1");
    expect_broken(&books, AUDIT_LINES);
    /* But every refund in the ledger is one that was decided. */
    cook(shop, shop->path, "UPDATE refunds SET status = 'failed'");
    audit(&books);
    assert_int_equal(books.lines[CHARGES].broken, 1);
}

static void an_order_is_not_sold_twice(void **state)
{
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    cook(books.shop, books.shop->path,
         "INSERT INTO stock_entries (sku, delta, reason, order_id, round,"
         " created_at_ms) SELECT sku, delta, reason, order_id, 1, 1"
         " FROM stock_entries WHERE reason = 'sold';"
         "UPDATE variants SET on_hand = on_hand - 1 WHERE sku = 'mouse'");
    expect_broken(&books, STOCK);
    assert_string_equal(books.lines[STOCK].first, "order 1001, SKU mouse");
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
        SHOP_TEST(receipts_that_were_made_must_be_there),
        SHOP_TEST(every_rule_holds_over_rounds),
        SHOP_TEST(a_refund_that_failed_is_kept_too_much),
        SHOP_TEST(a_later_round_must_be_paid_anew),
        SHOP_TEST(a_served_order_may_be_refunded),
        SHOP_TEST(an_order_is_not_sold_twice),
        SHOP_TEST(damage_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
