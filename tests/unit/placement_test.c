/* Placing an order (lib/shop/order/placement.h): prices, totals, repeated and
 * ambiguous lines, ways to pay, and what is stored. */
#include "tests/unit/shop_fixture.h"

#include "lib/base/text/text.h"
#include "lib/shop/execution/execution.h"

static void check_fault(struct shop *shop, const char *body, bool local,
                        const char *pointer)
{
    struct shop_answer answer = shop_ask_in(shop, body, "EUR", local);
    if (answer.placed != PLACEMENT_FAULTY || answer.faults.count != 1 ||
        strcmp(answer.faults.list[0].pointer, pointer) != 0)
        fail_msg("%s: wanted one fault at %s, got %zu, first at %s", body,
                 pointer, answer.faults.count,
                 answer.faults.count > 0 ? answer.faults.list[0].pointer : "-");
}

static void what_is_placed_is_found(void **state)
{
    struct shop *shop = *state;
    struct order placed = shop_order(
        shop, "{\"items\":[{\"sku\":\"LAPTOP\",\"quantity\":2},"
              "{\"item\":\"mouse\",\"quantity\":3}],"
              "\"customer\":{\"name\":\"Ада\",\"email\":\"a@b.example\"}}");
    struct order order = shop_find(shop, placed.order_id);
    assert_int_equal(order.number, 1001);
    assert_int_equal(order.status, ORDER_PENDING);
    assert_int_equal(order.payment_status, PAYMENT_UNPAID);
    assert_string_equal(order.payment_method, PLACEMENT_LOCAL_METHOD);
    assert_int_equal(order.total_minor, 2 * 99900 + 3 * 1999);
    assert_string_equal(order.customer_name, "Ада");
    assert_string_equal(order.customer_email, "a@b.example");
    assert_int_equal(order.created_at_ms, SHOP_NOW);
    assert_null(order.reason);
    assert_null(order.receipt_file);
    order_load_lines(shop->db, &order, &shop->arena);
    assert_int_equal(order.line_count, 2);
    assert_string_equal(order.lines[0].sku, "laptop");
    assert_string_equal(order.lines[1].title, "Mouse");
    assert_int_equal(order.lines[1].total_minor, 3 * 1999);
    assert_string_equal(
        shop_profile_find(shop->db, order.profile_id, &shop->arena).name,
        "Test Shop");
    struct execution execution;
    assert_true(
        execution_find(shop->db, order.order_id, &execution, &shop->arena));
    assert_int_equal(shop_available(shop, "laptop"), 5);
}

static void later_prices_do_not_change_an_order(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    shop_put(shop, "laptop", "Dearer laptop", 200000, 5);
    order = shop_find(shop, order.order_id);
    order_load_lines(shop->db, &order, &shop->arena);
    assert_int_equal(order.total_minor, 99900);
    assert_int_equal(order.lines[0].unit_price_minor, 99900);
    assert_string_equal(order.lines[0].title, "Laptop");
}

static void products_must_be_known_and_clear(void **state)
{
    struct shop *shop = *state;
    check_fault(shop, "{\"item\":\"yacht\",\"quantity\":1}", true, "/item");
    check_fault(shop, "{\"productId\":\"cap\",\"quantity\":1}", true,
                "/productId");
    check_fault(shop,
                "{\"items\":[{\"sku\":\"mouse\",\"quantity\":1},"
                "{\"sku\":\"laptop\",\"quantity\":1},"
                "{\"sku\":\"Mouse\",\"quantity\":2}]}",
                true, "/items/2/sku");
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM orders"
                                    " /* whole table */"),
                     0);
}

static void more_than_is_left_is_refused(void **state)
{
    struct shop *shop = *state;
    struct shop_answer answer =
        shop_ask(shop, "{\"items\":[{\"sku\":\"laptop\",\"quantity\":6},"
                       "{\"sku\":\"mouse\",\"quantity\":1},"
                       "{\"sku\":\"phone\",\"quantity\":2}]}");
    assert_int_equal(answer.placed, PLACEMENT_SHORT);
    assert_int_equal(answer.faults.count, 2);
    assert_string_equal(answer.faults.list[0].pointer, "/items/0/quantity");
    assert_string_equal(answer.faults.list[0].detail, "Only 5 are left.");
    assert_string_equal(answer.faults.list[1].pointer, "/items/2/quantity");
    assert_string_equal(answer.faults.list[1].detail, "Only 1 is left.");
    assert_true(shop_reserve(shop, shop_order(shop, "phone").order_id));
    answer = shop_ask(shop, "{\"item\":\"phone\",\"quantity\":1}");
    assert_int_equal(answer.placed, PLACEMENT_SHORT);
    assert_string_equal(answer.faults.list[0].pointer, "/quantity");
    assert_string_equal(answer.faults.list[0].detail, "None is left.");
    assert_int_equal(
        shop_int(shop, "SELECT COUNT(*) FROM orders /* whole table */"), 1);
}

static void a_stated_total_must_be_ours(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *total;
        enum placement_outcome outcome;
    } cases[] = {{"39.98", PLACEMENT_PLACED},
                 {"39.980", PLACEMENT_PLACED},
                 {"39.99", PLACEMENT_OTHER_TOTAL},
                 {"0", PLACEMENT_OTHER_TOTAL},
                 {"-39.98", PLACEMENT_OTHER_TOTAL},
                 {"3998e-2", PLACEMENT_PLACED},
                 {"3998", PLACEMENT_OTHER_TOTAL},
                 {"99999999999999999999", PLACEMENT_OTHER_TOTAL},
                 {"39.9749999999999999", PLACEMENT_OTHER_TOTAL},
                 {"39.985", PLACEMENT_OTHER_TOTAL},
                 {"39.9800000000000001", PLACEMENT_PLACED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *body = arena_printf(&shop->arena,
                                        "{\"item\":\"mouse\",\"quantity\":2,"
                                        "\"total\":%s}",
                                        cases[i].total);
        struct shop_answer answer = shop_ask(shop, body);
        if (answer.placed != cases[i].outcome)
            fail_msg("%s: %d", cases[i].total, (int)answer.placed);
        if (answer.placed != PLACEMENT_PLACED)
            assert_string_equal(answer.faults.list[0].pointer, "/total");
    }
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM orders"
                                    " /* whole table */"),
                     4);
}

static void totals_follow_the_currency(void **state)
{
    struct shop *shop = *state;
    static const char *const cases[][3] = {{"EUR", "19.990", "1999"},
                                           {"JPY", "1999.0", "1999.5"},
                                           {"KWD", "1.9990", "1.99"}};
    for (size_t i = 0; i < 3; i++)
        for (int wrong = 0; wrong < 2; wrong++) {
            const char *body =
                arena_printf(&shop->arena,
                             "{\"item\":\"mouse\",\"quantity\":1,"
                             "\"amount\":%s}",
                             cases[i][1 + wrong]);
            struct shop_answer answer =
                shop_ask_in(shop, body, cases[i][0], true);
            assert_int_equal(answer.placed == PLACEMENT_PLACED, !wrong);
        }
}

static void a_total_too_large_is_refused(void **state)
{
    struct shop *shop = *state;
    shop_put(shop, "moon", "Moon", INT64_MAX, 1);
    shop_put(shop, "mars", "Mars", 1, 1);
    check_fault(shop, "{\"item\":\"moon\",\"quantity\":2}", true, "/item");
    check_fault(shop,
                "{\"items\":[{\"sku\":\"moon\",\"quantity\":1},"
                "{\"sku\":\"mars\",\"quantity\":1}]}",
                true, "/items/1/sku");
    assert_int_equal(shop_order(shop, "moon").total_minor, INT64_MAX);
}

/* What is taken, in letters: the local gateway, hosted, token, manual; and
 * the breaker, open. */
static void ways_to_pay(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *taken, *method, *detail;
    } cases[] = {
        {NULL, "lhtm", PLACEMENT_LOCAL_METHOD, NULL},
        {NULL, "htm", "hosted", NULL},
        {NULL, "lhm", "hosted", NULL},
        {NULL, "lm", "manual", NULL},
        {NULL, "tm", "manual", NULL},
        {NULL, "t", NULL, "token of the gateway"},
        {NULL, "lhtmb", "hosted", NULL},
        {NULL, "ltb", NULL, "not taken here at the moment"},
        {"creditCard", "lhtm", PLACEMENT_LOCAL_METHOD, NULL},
        {"creditCard", "htm", "hosted", NULL},
        {"creditCard", "lhtmb", "hosted", NULL},
        {"creditCard", "m", NULL, "not taken here at the moment"},
        {"hosted", "lhtm", "hosted", NULL},
        {"hosted", "hb", "hosted", NULL},
        {"hosted", "ltm", NULL, "not a way to pay here"},
        {"manual", "mb", "manual", NULL},
        {"manual", "lht", NULL, "not a way to pay here"},
        {"pm_card_chargeDeclined", "lt", "pm_card_chargeDeclined", NULL},
        {"pm_1N", "t", "pm_1N", NULL},
        {"pm_1N", "lhm", NULL, "not a way to pay here"},
        {"pm_1N", "lhtmb", NULL, "Only the payment page"},
        {"pm_", "lhtm", NULL, "not a way to pay here"},
        {"pm_a b", "lhtm", NULL, "not a way to pay here"},
        {"pm_\u00e9", "lhtm", NULL, "not a way to pay here"},
        {"Hosted", "lhtm", NULL, "not a way to pay here"},
        {"cash", "lhtm", NULL, "not a way to pay here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct order_request request = {.payment_method = cases[i].asked};
        const char *taken = cases[i].taken;
        struct settings settings = {.gateway_is_local =
                                        strchr(taken, 'l') != NULL,
                                    .takes_hosted = strchr(taken, 'h') != NULL,
                                    .takes_token = strchr(taken, 't') != NULL,
                                    .takes_manual = strchr(taken, 'm') != NULL};
        const char *detail = NULL;
        const char *method = placement_method(
            &request, &settings, strchr(taken, 'b') != NULL, &detail);
        if (cases[i].method != NULL) {
            assert_non_null(method);
            assert_string_equal(method, cases[i].method);
        } else {
            assert_null(method);
            assert_non_null(strstr(detail, cases[i].detail));
        }
    }
}

static void a_way_that_is_not_taken_is_named(void **state)
{
    struct shop *shop = *state;
    check_fault(shop,
                "{\"item\":\"mouse\",\"quantity\":1,"
                "\"paymentMethod\":\"cash\"}",
                true, "/paymentMethod");
}

static void two_hundred_lines_are_placed(void **state)
{
    struct shop *shop = *state;
    struct text body = text_create(&shop->arena, 16384);
    text_puts(&body, "{\"items\":[");
    for (int i = 0; i < 200; i++) {
        const char *sku = arena_printf(&shop->arena, "sku-%d", i);
        shop_put(shop, sku, sku, 1, 1);
        text_printf(&body, "%s{\"sku\":\"%s\",\"quantity\":1}",
                    i > 0 ? "," : "", sku);
    }
    text_puts(&body, "]}");
    struct order order = shop_order(shop, body.bytes);
    assert_int_equal(order.total_minor, 200);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    order_load_lines(shop->db, &order, &shop->arena);
    assert_int_equal(order.line_count, 200);
    assert_string_equal(order.lines[199].sku, "sku-199");
}

static void tokens_and_ids_are_unlike(void **state)
{
    struct shop *shop = *state;
    struct order a = shop_order(shop, "mouse");
    struct order b = shop_order(shop, "mouse");
    assert_string_not_equal(a.track_token, b.track_token);
    assert_string_not_equal(a.order_id, b.order_id);
    assert_int_equal(strlen(a.track_token), CRYPTO_TOKEN_SIZE - 1 + 4);
    assert_string_equal(a.track_token + CRYPTO_TOKEN_SIZE - 1, "1001");
    assert_int_equal(b.number, a.number + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_is_placed_is_found),
        SHOP_TEST(later_prices_do_not_change_an_order),
        SHOP_TEST(products_must_be_known_and_clear),
        SHOP_TEST(more_than_is_left_is_refused),
        SHOP_TEST(a_stated_total_must_be_ours),
        SHOP_TEST(totals_follow_the_currency),
        SHOP_TEST(a_total_too_large_is_refused),
        SHOP_TEST(ways_to_pay),
        SHOP_TEST(a_way_that_is_not_taken_is_named),
        SHOP_TEST(two_hundred_lines_are_placed),
        SHOP_TEST(tokens_and_ids_are_unlike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
