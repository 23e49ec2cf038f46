/* Orders (lib/shop/order/order.h): finding, listing, searching and moving them.
 */
#include "tests/unit/shop_fixture.h"

static size_t list(struct shop *shop, enum order_status status,
                   const char *search, int64_t before, int64_t limit,
                   struct order *orders)
{
    struct order_filter filter = {
        .status = status, .search = search, .before = before, .limit = limit};
    return order_list(shop->db, &filter, orders, &shop->arena);
}

static size_t search(struct shop *shop, const char *text)
{
    struct order orders[20];
    return list(shop, ORDER_NO_STATUS, text, INT64_MAX, 20, orders);
}

static struct order order_by(struct shop *shop, const char *name,
                             const char *email)
{
    return shop_order(shop, arena_printf(&shop->arena,
                                         "{\"item\":\"mouse\",\"quantity\":1,"
                                         "\"customer_name\":\"%s\","
                                         "\"email\":\"%s\"}",
                                         name, email));
}

static bool move(struct shop *shop, const struct order *order,
                 enum order_status from, enum order_status to)
{
    return order_move(shop->db, order->order_id, from, to, NULL, SHOP_NOW + 9);
}

static void names_of_status(void **state)
{
    (void)state;
    for (int i = 0; i < ORDER_NO_STATUS; i++) {
        enum order_status status = (enum order_status)i;
        assert_int_equal(order_status_of(order_status_name(status)), status);
        assert_int_equal(order_status_is_final(status),
                         status >= ORDER_COMPLETED);
    }
    assert_int_equal(order_status_of("pending"), ORDER_NO_STATUS);
    assert_int_equal(order_status_of(""), ORDER_NO_STATUS);
    assert_string_equal(order_status_name(ORDER_NO_STATUS), "");
}

static void found_by_id_and_by_token_only(void **state)
{
    struct shop *shop = *state;
    struct order order = order_by(shop, "Ada", "ada@example.com");
    struct order found;
    assert_true(
        order_find_by_token(shop->db, order.track_token, &found, &shop->arena));
    assert_string_equal(found.order_id, order.order_id);
    const char *token = order.track_token;
    size_t length = strlen(token);
    for (size_t i = 0; i < length; i++) {
        char *wrong = arena_string(&shop->arena, token);
        wrong[i] = wrong[i] == '2' ? '3' : '2';
        assert_false(
            order_find_by_token(shop->db, wrong, &found, &shop->arena));
        wrong[i] = '\0';
        assert_false(
            order_find_by_token(shop->db, wrong, &found, &shop->arena));
    }
    static const char *const tails[] = {" ", "0", "x",
                                        "+", "%", "99999999999999999999"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        assert_false(order_find_by_token(
            shop->db, arena_printf(&shop->arena, "%s%s", token, tails[i]),
            &found, &shop->arena));
    assert_false(order_find_by_token(shop->db, "", &found, &shop->arena));
    assert_false(
        order_find_by_token(shop->db, order.order_id, &found, &shop->arena));
    assert_false(order_find(shop->db, order.track_token, &found, &shop->arena));
}

static void pages_are_newest_first_without_gap(void **state)
{
    struct shop *shop = *state;
    struct order orders[3];
    for (int i = 0; i < 7; i++)
        order_by(shop, "Ada", "ada@example.com");
    int64_t before = INT64_MAX;
    int64_t wanted = 1007;
    for (size_t page = 0; page < 3; page++) {
        size_t count = list(shop, ORDER_NO_STATUS, NULL, before, 3, orders);
        assert_int_equal(count, page < 2 ? 3 : 1);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(orders[i].number, wanted--);
        before = orders[count - 1].number;
    }
    assert_int_equal(list(shop, ORDER_NO_STATUS, NULL, before, 3, orders), 0);
}

static void lists_filter_by_status(void **state)
{
    struct shop *shop = *state;
    struct order orders[8];
    struct order a = order_by(shop, "Ada", "ada@example.com");
    order_by(shop, "Bob", "bob@example.com");
    assert_true(move(shop, &a, ORDER_PENDING, ORDER_PROCESSING));
    assert_int_equal(list(shop, ORDER_PROCESSING, NULL, INT64_MAX, 8, orders),
                     1);
    assert_int_equal(orders[0].number, a.number);
    assert_int_equal(list(shop, ORDER_PENDING, NULL, INT64_MAX, 8, orders), 1);
    assert_int_equal(list(shop, ORDER_FAILED, NULL, INT64_MAX, 8, orders), 0);
    assert_int_equal(list(shop, ORDER_PROCESSING, "ada", INT64_MAX, 8, orders),
                     1);
    assert_int_equal(list(shop, ORDER_PROCESSING, "bob", INT64_MAX, 8, orders),
                     0);
    assert_int_equal(list(shop, ORDER_PROCESSING, "ada", a.number, 8, orders),
                     0);
}

static void staff_find_what_they_type(void **state)
{
    struct shop *shop = *state;
    order_by(shop, "Ada King Lovelace", "ada.l@example.com");
    order_by(shop, "Жанна Ёлкина", "zh@example.com");
    order_by(shop, "Renée Müller", "RENEE@Example.COM");
    order_by(shop, "Ada Byron", "byron@example.com");
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{"1001", 1},
                 {"1004", 1},
                 {"100", 0},
                 {"9999", 0},
                 {"-1001", 0},
                 {"ada", 2},
                 {"ADA", 2},
                 {"lovel", 1},
                 {"king", 1},
                 {"ada king", 1},
                 {"king love", 1},
                 {"ada love", 0},
                 {"жанна", 1},
                 {"ЁЛК", 1},
                 {"ёлкина", 1},
                 {"müller", 1},
                 {"RENÉE", 1},
                 {"renee@example.com", 1},
                 {"renee@EXAMPLE", 1},
                 {"example", 0},
                 {"ada.l@example.com", 1},
                 {"lace", 0},
                 {"%", 0},
                 {"_da", 0},
                 {"zz", 0},
                 {"'", 0},
                 {"\xf4\x8f\xbf\xbf", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (search(shop, cases[i].text) != cases[i].count)
            fail_msg("%s: %zu", cases[i].text, search(shop, cases[i].text));
}

static void hidden_orders_leave_the_lists(void **state)
{
    struct shop *shop = *state;
    struct order orders[4];
    struct order order = order_by(shop, "Ada", "ada@example.com");
    order_hide(shop->db, order.order_id, SHOP_NOW);
    assert_int_equal(search(shop, "ada"), 0);
    assert_int_equal(search(shop, "1001"), 0);
    assert_int_equal(list(shop, ORDER_NO_STATUS, NULL, INT64_MAX, 4, orders),
                     0);
    assert_int_equal(list(shop, ORDER_PENDING, NULL, INT64_MAX, 4, orders), 0);
    struct order found;
    assert_true(
        order_find_by_token(shop->db, order.track_token, &found, &shop->arena));
    assert_true(found.hidden);
    assert_true(shop_find(shop, order.order_id).hidden);
}

static void a_move_needs_the_status_it_starts_from(void **state)
{
    struct shop *shop = *state;
    struct order order = order_by(shop, "Ada", "ada@example.com");
    assert_false(move(shop, &order, ORDER_PROCESSING, ORDER_CONFIRMED));
    assert_true(move(shop, &order, ORDER_PENDING, ORDER_PROCESSING));
    assert_false(move(shop, &order, ORDER_PENDING, ORDER_PROCESSING));
    assert_true(move(shop, &order, ORDER_PROCESSING, ORDER_CONFIRMED));
    order = shop_find(shop, order.order_id);
    assert_int_equal(order.confirmed_at_ms, SHOP_NOW + 9);
    assert_int_equal(order.updated_at_ms, SHOP_NOW + 9);
    assert_null(order.reason);
    assert_true(order_move(shop->db, order.order_id, ORDER_CONFIRMED,
                           ORDER_CANCELLED, "Gone.", SHOP_NOW + 20));
    assert_true(move(shop, &order, ORDER_CANCELLED, ORDER_PROCESSING));
    order = shop_find(shop, order.order_id);
    assert_string_equal(order.reason, "Gone.");
    assert_int_equal(order.confirmed_at_ms, SHOP_NOW + 9);
    assert_false(order_move(shop->db, "nobody", ORDER_PENDING, ORDER_FAILED,
                            NULL, SHOP_NOW));
}

static void only_an_undone_order_is_reopened(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < ORDER_NO_STATUS; i++) {
        enum order_status status = (enum order_status)i;
        struct order order = order_by(shop, "Ada", "ada@example.com");
        order_ask_cancel(shop->db, order.order_id, "Slow.", SHOP_NOW);
        order_move(shop->db, order.order_id, ORDER_PENDING, status, "Gone.",
                   SHOP_NOW);
        assert_int_equal(
            order_reopen(shop->db, order.order_id, ORDER_FAILED, SHOP_NOW + 5),
            status == ORDER_FAILED);
        assert_int_equal(order_reopen(shop->db, order.order_id, ORDER_CANCELLED,
                                      SHOP_NOW + 5),
                         status == ORDER_CANCELLED);
        order = shop_find(shop, order.order_id);
        bool reopened = status == ORDER_FAILED || status == ORDER_CANCELLED;
        assert_int_equal(order.status, reopened ? ORDER_PROCESSING : status);
        assert_int_equal(order.reason == NULL, reopened);
        assert_int_equal(order.cancel_reason == NULL, reopened);
    }
    assert_false(order_reopen(shop->db, "nobody", ORDER_FAILED, SHOP_NOW));
}

static void a_cancellation_can_be_asked_for(void **state)
{
    struct shop *shop = *state;
    struct order order = order_by(shop, "Ada", "ada@example.com");
    order_ask_cancel(shop->db, order.order_id, "Too slow.", SHOP_NOW + 1);
    order = shop_find(shop, order.order_id);
    assert_string_equal(order.cancel_reason, "Too slow.");
    assert_int_equal(order.status, ORDER_PENDING);
}

static void the_schema_refuses_what_must_never_be(void **state)
{
    struct shop *shop = *state;
    order_by(shop, "Ada", "ada@example.com");
    shop_refuses(shop, "UPDATE orders SET status = 'SHIPPED'", "CHECK");
    shop_refuses(shop, "UPDATE orders SET payment_status = 'x'", "CHECK");
    shop_refuses(shop, "UPDATE orders SET total_minor = -1", "CHECK");
    shop_refuses(shop, "UPDATE orders SET total_minor = 'x'", "cannot store");
    shop_refuses(shop, "UPDATE orders SET hidden = 2", "CHECK");
    shop_refuses(shop, "UPDATE order_lines SET quantity = 0", "CHECK");
    shop_refuses(shop, "UPDATE order_lines SET quantity = 10000", "CHECK");
    shop_refuses(shop, "UPDATE order_lines SET sku = 'yacht'", "FOREIGN KEY");
    shop_refuses(shop, "DELETE FROM orders", "FOREIGN KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(names_of_status),
        SHOP_TEST(found_by_id_and_by_token_only),
        SHOP_TEST(pages_are_newest_first_without_gap),
        SHOP_TEST(lists_filter_by_status),
        SHOP_TEST(staff_find_what_they_type),
        SHOP_TEST(hidden_orders_leave_the_lists),
        SHOP_TEST(a_move_needs_the_status_it_starts_from),
        SHOP_TEST(only_an_undone_order_is_reopened),
        SHOP_TEST(a_cancellation_can_be_asked_for),
        SHOP_TEST(the_schema_refuses_what_must_never_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
