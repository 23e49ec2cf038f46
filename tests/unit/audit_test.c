/* The audit (lib/shop/books/audit.h): each rule holds for honest books and
 * breaks, alone, when its own books are cooked. */
#include "tests/unit/audit_fixture.h"

#include "lib/shop/execution/history.h"
#include "lib/workflow/order/undo.h"

static void honest_books_hold(void **state)
{
    struct books books = {.shop = *state};
    expect_broken(&books, AUDIT_LINES);
    assert_false(books.lines[GATEWAY].checked);
    confirmed_order(books.shop);
    expect_broken(&books, AUDIT_LINES);
    assert_true(books.lines[GATEWAY].checked);
    assert_int_equal(books.lines[PAPERS].count, 1);
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
         "UPDATE orders SET total_minor = total_minor - 1");
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

static void payment_status_follows_the_ledger(void **state)
{
    static const char *const cooked[] = {
        "status = 'FAILED', payment_status = 'refunded'",
        "payment_status = 'partially_refunded'", "payment_status = 'unpaid'"};
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    cook(books.shop, books.shop->path,
         "UPDATE executions SET status = 'FAILED', ended_at_ms = 1");
    for (size_t i = 0; i < sizeof cooked / sizeof cooked[0]; i++) {
        cook(books.shop, books.shop->path,
             arena_printf(&books.shop->arena, "UPDATE orders SET %s",
                          cooked[i]));
        expect_broken(&books, PAID);
    }
    cook(books.shop, books.shop->path,
         "UPDATE orders SET status = 'CONFIRMED', payment_status = 'paid'");
    expect_broken(&books, AUDIT_LINES);
}

static void receipts_must_be_the_recorded_ones(void **state)
{
    struct books books = {.shop = *state};
    confirmed_order(books.shop);
    char *path =
        arena_printf(&books.shop->arena, "%s/r.pdf", books.shop->folder);
    assert_true(file_replace(books.shop->folder, path, "%PDX", 4));
    expect_broken(&books, PAPERS);
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
        {parallel, "{\"id\":1,\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}",
         false, PAPERS, 0},
        {parallel, "{\"id\":1,\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}",
         true, PAPERS, 0},
        {parallel,
         "{\"id\":1,\"type\":\"TaskSucceeded\",\"state\":\"Sum\"},"
         "{\"id\":2,\"type\":\"TaskFailed\",\"state\":\"Paper\"}",
         false, AUDIT_LINES, 0},
        {parallel, "{\"id\":1,\"type\":\"TaskFailed\",\"state\":\"Paper\"}",
         true, AUDIT_LINES, 1},
        {parallel, "not JSON", true, AUDIT_LINES, 1},
        {"{\"States\":{\"Paper\":{\"Resource\":\"https://example.com\"}}}",
         "{\"id\":1,\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", true,
         AUDIT_LINES, 0},
        {"not JSON",
         "{\"id\":1,\"type\":\"TaskSucceeded\",\"state\":\"Paper\"}", true,
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
            shop_end(shop, order.order_id, EXECUTION_SUCCEEDED, NULL, NULL);
        expect_broken(&books, cases[i].rule);
        assert_int_equal(books.lines[PAPERS].in_hand, cases[i].in_hand);
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
    repay(&books, "re_1");
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
    repay(&books, "re_2");
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
    repay(&books, "re_1");
    expect_broken(&books, AUDIT_LINES);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    order_move(shop->db, order.order_id, ORDER_FAILED, ORDER_CONFIRMED, NULL,
               SHOP_NOW + 1);
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
    repay(&books, "re_1");
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
         "INSERT INTO stock_entries (sku, delta, reason, order_id, nth,"
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
         "INSERT INTO receipts VALUES ('nobody', '', NULL, 'x', NULL,"
         " NULL, 1, NULL, NULL, 1, NULL)");
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
        SHOP_TEST(payment_status_follows_the_ledger),
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
