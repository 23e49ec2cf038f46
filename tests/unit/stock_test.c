/* Stock (lib/shop/product/stock.h): reservations, the ledger and what must
 * never be, as someone who wants the last unit twice would try it. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/payment/payment.h"

static void reserving_takes_from_what_is_available(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"items\":[{\"sku\":\"laptop\",\"quantity\":2},"
                         "{\"sku\":\"mouse\",\"quantity\":7}]}");
    assert_int_equal(shop_available(shop, "laptop"), 5);
    assert_true(shop_reserve(shop, order.order_id));
    assert_int_equal(shop_available(shop, "laptop"), 3);
    assert_int_equal(shop_available(shop, "mouse"), 93);
}

static void the_last_unit_goes_to_one(void **state)
{
    struct shop *shop = *state;
    struct order first = shop_order(shop, "phone");
    struct order second = shop_order(shop, "phone");
    assert_true(shop_reserve(shop, first.order_id));
    assert_string_equal(
        stock_reserve(shop->db, second.order_id, SHOP_NOW, &shop->arena),
        "phone");
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_false(stock_sell(shop->db, second.order_id, SHOP_NOW));
    assert_true(stock_sell(shop->db, first.order_id, SHOP_NOW));
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_string_equal(
        stock_reserve(shop->db, second.order_id, SHOP_NOW, &shop->arena),
        "phone");
}

static void one_short_line_reserves_none(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"items\":[{\"sku\":\"mouse\",\"quantity\":1},"
                         "{\"sku\":\"phone\",\"quantity\":1},"
                         "{\"sku\":\"laptop\",\"quantity\":5}]}");
    struct order first =
        shop_order(shop, "{\"items\":[{\"sku\":\"phone\",\"quantity\":1},"
                         "{\"sku\":\"laptop\",\"quantity\":1}]}");
    assert_true(shop_reserve(shop, first.order_id));
    assert_string_equal(
        stock_reserve(shop->db, order.order_id, SHOP_NOW, &shop->arena),
        "phone");
    assert_int_equal(shop_available(shop, "mouse"), 100);
    assert_int_equal(shop_available(shop, "laptop"), 4);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM reservations"), 2);
}

static void reserving_twice_holds_once_and_longer(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "phone");
    assert_true(shop_reserve(shop, order.order_id));
    assert_null(
        stock_reserve(shop->db, order.order_id, SHOP_NOW + 5000, &shop->arena));
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_int_equal(shop_int(shop, "SELECT expires_at_ms FROM reservations"),
                     SHOP_NOW + 5000 + STOCK_HOLD_MS);
}

static void releasing_gives_back_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    assert_true(shop_reserve(shop, order.order_id));
    stock_release(shop->db, order.order_id);
    stock_release(shop->db, order.order_id);
    stock_release(shop->db, "no-such-order");
    assert_int_equal(shop_available(shop, "laptop"), 5);
    assert_false(stock_sell(shop->db, order.order_id, SHOP_NOW));
}

static void selling_needs_a_reservation_and_happens_once(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"items\":[{\"sku\":\"laptop\",\"quantity\":2},"
                         "{\"sku\":\"mouse\",\"quantity\":3}]}");
    assert_false(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_true(shop_reserve(shop, order.order_id));
    assert_false(stock_is_sold(shop->db, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_true(stock_is_sold(shop->db, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_true(shop_reserve(shop, order.order_id));
    assert_int_equal(shop_available(shop, "laptop"), 3);
    assert_int_equal(shop_int(shop, "SELECT on_hand FROM variants"
                                    " WHERE sku = 'mouse'"),
                     97);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM reservations"), 0);
    assert_int_equal(shop_int(shop, "SELECT SUM(delta) FROM stock_entries"
                                    " WHERE reason = 'sold' /* whole table */"),
                     -5);
}

static void returning_happens_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "phone");
    stock_return(shop->db, order.order_id, SHOP_NOW);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    stock_return(shop->db, order.order_id, SHOP_NOW);
    stock_return(shop->db, order.order_id, SHOP_NOW);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM stock_entries WHERE"
                                    " reason = 'returned' /* whole table */"),
                     1);
}

/* Sold and returned again and again, by redrives and by the workflow itself. */
static void each_round_sells_and_returns_once(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"items\":[{\"sku\":\"laptop\",\"quantity\":2},"
                         "{\"sku\":\"phone\",\"quantity\":1}]}");
    for (int round = 0; round < 4; round++) {
        if (round % 2 == 1)
            shop_reopen(shop, order.order_id);
        assert_false(stock_sell(shop->db, order.order_id, SHOP_NOW));
        assert_true(shop_reserve(shop, order.order_id));
        for (int i = 0; i < 2; i++)
            assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
        assert_int_equal(shop_available(shop, "phone"), 0);
        assert_int_equal(shop_available(shop, "laptop"), 3);
        shop_check_books(shop);
        for (int i = 0; i < 2; i++)
            stock_return(shop->db, order.order_id, SHOP_NOW);
        assert_false(stock_is_sold(shop->db, order.order_id));
        assert_int_equal(shop_available(shop, "laptop"), 5);
        shop_check_books(shop);
    }
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM stock_entries"
                                    " WHERE reason <> 'import'"
                                    " /* whole table */"),
                     16);
    assert_int_equal(shop_int(shop, "SELECT MAX(nth) FROM stock_entries"
                                    " /* whole table */"),
                     3);
}

/* Between two rounds the goods are anybody's. */
static void a_later_round_needs_its_goods_anew(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "phone");
    shop_reopen(shop, order.order_id);
    shop_reopen(shop, order.order_id);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_int_equal(shop_int(shop, "SELECT nth FROM stock_entries"
                                    " WHERE reason = 'sold'"
                                    " /* whole table */"),
                     0);
    stock_return(shop->db, order.order_id, SHOP_NOW);
    assert_true(shop_reserve(shop, shop_order(shop, "phone").order_id));
    assert_false(shop_reserve(shop, order.order_id));
}

static void expiry_spares_open_and_paid_orders(void **state)
{
    struct shop *shop = *state;
    struct order idle = shop_order(shop, "laptop");
    struct order open = shop_order(shop, "laptop");
    struct order paid = shop_order(shop, "laptop");
    struct order part = shop_order(shop, "laptop");
    const char *const all[] = {idle.order_id, open.order_id, paid.order_id,
                               part.order_id};
    for (size_t i = 0; i < 4; i++)
        assert_true(shop_reserve(shop, all[i]));
    payment_begin(shop->db, open.order_id, PAYMENT_TOKEN, 60000, SHOP_NOW);
    payment_book(shop->db, paid.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW);
    payment_book(shop->db, part.order_id, ENTRY_CHARGE, 99900, "pi_2", "pi_2",
                 SHOP_NOW);
    payment_book(shop->db, part.order_id, ENTRY_REFUND, 100, "re_2", "pi_2",
                 SHOP_NOW);

    stock_expire(shop->db, SHOP_NOW + STOCK_HOLD_MS, 100, &shop->arena);
    assert_int_equal(shop_available(shop, "laptop"), 1);
    stock_expire(shop->db, SHOP_NOW + STOCK_HOLD_MS + 1, 100, &shop->arena);
    /* A part of the money given back leaves an order that is paid. */
    assert_int_equal(shop_available(shop, "laptop"), 2);
}

static void expiry_keeps_to_its_limit(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 3; i++)
        assert_true(shop_reserve(shop, shop_order(shop, "laptop").order_id));
    stock_expire(shop->db, SHOP_NOW + STOCK_HOLD_MS + 1, 2, &shop->arena);
    assert_int_equal(shop_available(shop, "laptop"), 4);
    stock_expire(shop->db, SHOP_NOW + STOCK_HOLD_MS + 1, 2000, &shop->arena);
    assert_int_equal(shop_available(shop, "laptop"), 5);
}

static void setting_stock_enters_the_difference(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"item\":\"laptop\",\"quantity\":3}");
    assert_true(shop_reserve(shop, order.order_id));
    assert_false(stock_set(shop->db, "laptop", 2, SHOP_NOW));
    assert_false(stock_set(shop->db, "laptop", -1, SHOP_NOW));
    assert_true(stock_set(shop->db, "laptop", 3, SHOP_NOW));
    assert_int_equal(shop_available(shop, "laptop"), 0);
    assert_true(stock_set(shop->db, "laptop", 3, SHOP_NOW));
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM stock_entries"
                                    " WHERE sku = 'laptop'"),
                     2);
    assert_false(stock_set(shop->db, "no-such-sku", 3, SHOP_NOW));
}

static void what_is_set_adds_up_in_the_ledger(void **state)
{
    struct shop *shop = *state;
    struct order order =
        shop_order(shop, "{\"item\":\"laptop\",\"quantity\":3}");
    assert_true(shop_reserve(shop, order.order_id));
    assert_false(stock_set(shop->db, "laptop", 2, SHOP_NOW));
    assert_true(stock_set(shop->db, "laptop", 3, SHOP_NOW));
    assert_true(stock_set(shop->db, "laptop", 3, SHOP_NOW));
    assert_true(stock_set(shop->db, "laptop", 10, SHOP_NOW));
    assert_int_equal(shop_available(shop, "laptop"), 7);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM stock_entries"
                                    " WHERE sku = 'laptop'"),
                     3);
    assert_int_equal(shop_int(shop, "SELECT SUM(delta) FROM stock_entries"
                                    " WHERE sku = 'laptop'"),
                     10);
}

static void the_schema_keeps_the_ledger(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "phone");
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    shop_refuses(shop, "UPDATE stock_entries SET delta = 9", "append-only");
    shop_refuses(shop, "DELETE FROM stock_entries", "append-only");
    shop_refuses(shop, "UPDATE variants SET on_hand = -1", "CHECK");
    shop_refuses(shop, "UPDATE variants SET reserved = on_hand + 1", "CHECK");
    shop_refuses(shop, "UPDATE variants SET reserved = -1", "CHECK");
    shop_refuses(shop,
                 "INSERT INTO stock_entries (sku, delta, reason,"
                 " order_id, created_at_ms) SELECT sku, delta, reason,"
                 " order_id, 1 FROM stock_entries"
                 " WHERE reason = 'sold'",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO stock_entries (sku, delta, reason,"
                 " created_at_ms) VALUES ('phone', 1, 'sold', 1)",
                 "CHECK");
    shop_refuses(shop, "DELETE FROM variants WHERE sku = 'phone'",
                 "FOREIGN KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(reserving_takes_from_what_is_available),
        SHOP_TEST(the_last_unit_goes_to_one),
        SHOP_TEST(one_short_line_reserves_none),
        SHOP_TEST(reserving_twice_holds_once_and_longer),
        SHOP_TEST(releasing_gives_back_once),
        SHOP_TEST(selling_needs_a_reservation_and_happens_once),
        SHOP_TEST(returning_happens_once),
        SHOP_TEST(each_round_sells_and_returns_once),
        SHOP_TEST(a_later_round_needs_its_goods_anew),
        SHOP_TEST(expiry_spares_open_and_paid_orders),
        SHOP_TEST(expiry_keeps_to_its_limit),
        SHOP_TEST(setting_stock_enters_the_difference),
        SHOP_TEST(what_is_set_adds_up_in_the_ledger),
        SHOP_TEST(the_schema_keeps_the_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
