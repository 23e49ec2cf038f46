/* Against card testing (lib/shop/order/guard.h): limits, breaker, window,
 * expiry. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/order/guard.h"

static const struct settings limited = {.declines_per_address = 3,
                                        .declines_per_email = 2,
                                        .breaker_percent = 50,
                                        .breaker_charges = 6};
static const struct settings unlimited = {.breaker_charges = 1};

static void note_order(struct shop *shop, const struct settings *settings,
                       const char *order_id, const char *address,
                       const char *form, int64_t now_ms)
{
    guard_note_order(shop->db, settings,
                     &(struct guard_origin){.order_id = order_id,
                                            .address = address,
                                            .form = form,
                                            .units = 1,
                                            .by_token = true},
                     now_ms);
}

/* An order of Ada's from that address and form whose charge ends so. */
static void charge(struct shop *shop, const struct settings *settings,
                   const char *address, const char *form, bool declined,
                   int64_t at_ms)
{
    struct order order = shop_order(shop, "mouse");
    note_order(shop, settings, order.order_id, address, form, at_ms);
    guard_note_charge(shop->db, settings, order.order_id, declined, at_ms);
}

static enum guard_verdict check(struct shop *shop, const char *address,
                                const char *email, const char *form,
                                int64_t now_ms)
{
    return guard_check(shop->db, &limited, address, email, form, now_ms);
}

static void each_subject_has_its_limit(void **state)
{
    struct shop *shop = *state;
    charge(shop, &limited, "192.0.2.1", "Form-A", true, SHOP_NOW);
    assert_int_equal(
        check(shop, "192.0.2.1", "ada@example.com", "Form-A", SHOP_NOW),
        GUARD_PASS);
    charge(shop, &limited, "192.0.2.1", "Form-A", true, SHOP_NOW);
    static const struct {
        const char *address, *email, *form;
        enum guard_verdict verdict;
    } cases[] = {
        {"192.0.2.9", "ADA@example.com", NULL, GUARD_SLOW},
        {"192.0.2.9", "bob@example.com", "Form-A", GUARD_SLOW},
        {"192.0.2.1", "bob@example.com", "Form-B", GUARD_PASS},
        {"192.0.2.1", NULL, NULL, GUARD_PASS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(check(shop, cases[i].address, cases[i].email,
                               cases[i].form, SHOP_NOW),
                         cases[i].verdict);
    charge(shop, &limited, "192.0.2.1", NULL, true, SHOP_NOW);
    assert_int_equal(check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW),
                     GUARD_SLOW);
    assert_int_equal(
        check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW + GUARD_WINDOW_MS),
        GUARD_PASS);
}

static void what_is_under_way_counts(void **state)
{
    struct shop *shop = *state;
    struct order orders[3];
    charge(shop, &limited, "192.0.2.1", NULL, true, SHOP_NOW);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW),
                         i < 2 ? GUARD_PASS : GUARD_SLOW);
        orders[i] = shop_order(shop, "mouse");
        note_order(shop, &limited, orders[i].order_id, "192.0.2.1", NULL,
                   SHOP_NOW);
    }
    assert_int_equal(check(shop, "192.0.2.2", NULL, NULL, SHOP_NOW),
                     GUARD_PASS);
    for (int i = 0; i < 2; i++)
        guard_note_charge(shop->db, &limited, orders[i].order_id, false,
                          SHOP_NOW);
    assert_int_equal(check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW),
                     GUARD_PASS);
}

static void many_good_customers_may_share_an_address(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 9; i++) {
        assert_int_equal(check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW),
                         GUARD_PASS);
        note_order(shop, &limited, shop_order(shop, "mouse").order_id,
                   "192.0.2.1", NULL, SHOP_NOW);
    }
}

/* Out of stock, cancelled: nothing was charged. */
static void an_order_that_ended_uncharged_does_not(void **state)
{
    struct shop *shop = *state;
    charge(shop, &limited, "192.0.2.1", NULL, true, SHOP_NOW);
    for (int i = 0; i < 3; i++) {
        struct order order = shop_order(shop, "mouse");
        note_order(shop, &limited, order.order_id, "192.0.2.1", NULL, SHOP_NOW);
        assert_true(order_move(shop->db, order.order_id, ORDER_PENDING,
                               ORDER_FAILED, "x", SHOP_NOW));
    }
    assert_int_equal(check(shop, "192.0.2.1", NULL, NULL, SHOP_NOW),
                     GUARD_PASS);
}

static void an_ipv6_visitor_has_a_whole_network(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 3; i++)
        charge(shop, &limited,
               arena_printf(&shop->arena, "2001:db8:1:2::%d", i), NULL, true,
               SHOP_NOW);
    charge(shop, &limited, "::ffff:192.0.2.1", NULL, true, SHOP_NOW);
    static const struct {
        const char *address;
        enum guard_verdict verdict;
    } cases[] = {{"2001:db8:1:2:ffff:ffff:ffff:ffff", GUARD_SLOW},
                 {"2001:DB8:1:2::", GUARD_SLOW},
                 {"2001:db8:1:3::1", GUARD_PASS},
                 {"::ffff:192.0.2.2", GUARD_PASS},
                 {"::ffff:192.0.2.1", GUARD_PASS},
                 {"", GUARD_PASS}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(check(shop, cases[i].address, NULL, NULL, SHOP_NOW),
                         cases[i].verdict);
}

static void charges_that_succeed_slow_nobody(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 5; i++)
        charge(shop, &limited, "192.0.2.1", "form", false, SHOP_NOW);
    assert_int_equal(
        check(shop, "192.0.2.1", "ada@example.com", "form", SHOP_NOW),
        GUARD_PASS);
}

static void the_breaker_opens_and_closes(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 5; i++)
        charge(shop, &limited, "192.0.2.1", NULL, i >= 2, SHOP_NOW);
    struct guard_state at = guard_state(shop->db, &limited, SHOP_NOW);
    assert_int_equal(at.charges, 5);
    assert_int_equal(at.declines, 3);
    assert_false(at.open); /* too few charges */
    charge(shop, &limited, "192.0.2.1", NULL, false, SHOP_NOW + 1000);
    at = guard_state(shop->db, &limited, SHOP_NOW + 1000);
    assert_true(at.open); /* 3 of 6 */
    assert_int_equal(check(shop, "192.0.2.9", NULL, NULL, SHOP_NOW + 1000),
                     GUARD_HOSTED_ONLY);
    charge(shop, &limited, "192.0.2.1", NULL, false, SHOP_NOW + 1000);
    at = guard_state(shop->db, &limited, SHOP_NOW + 1000);
    assert_false(at.open); /* 3 of 7 */
    charge(shop, &limited, "192.0.2.1", NULL, true, SHOP_NOW + 1000);
    assert_true(guard_state(shop->db, &limited, SHOP_NOW + 1000).open);
    at = guard_state(shop->db, &limited, SHOP_NOW + GUARD_WINDOW_MS);
    assert_int_equal(at.charges, 3);
    assert_false(at.open);
}

static void an_order_from_nowhere_is_not_counted(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    guard_note_charge(shop->db, &limited, order.order_id, true, SHOP_NOW);
    assert_int_equal(guard_state(shop->db, &limited, SHOP_NOW).charges, 0);
    assert_int_equal(
        shop_int(shop,
                 "SELECT COUNT(*) FROM charge_outcomes /* whole table */"),
        0);
}

static void without_limits_nothing_is_kept(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 20; i++)
        charge(shop, &unlimited, "192.0.2.1", "form", true, SHOP_NOW);
    assert_int_equal(guard_check(shop->db, &unlimited, "192.0.2.1",
                                 "ada@example.com", "form", SHOP_NOW),
                     GUARD_PASS);
    assert_false(guard_state(shop->db, &unlimited, SHOP_NOW).open);
    assert_int_equal(shop_int(shop,
                              "SELECT (SELECT COUNT(*) FROM order_origins) +"
                              " (SELECT COUNT(*) FROM charge_outcomes)"
                              " /* whole table */"),
                     0);
}

static void what_is_old_expires(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 3; i++)
        charge(shop, &limited, "192.0.2.1", NULL, false, SHOP_NOW + i);
    guard_expire(shop->db, SHOP_NOW + GUARD_ORIGIN_MS + 2, 1);
    static const char origins[] =
        "SELECT COUNT(*) FROM order_origins /* whole table */";
    static const char outcomes[] =
        "SELECT COUNT(*) FROM charge_outcomes /* whole table */";
    assert_int_equal(shop_int(shop, origins), 2);
    assert_int_equal(shop_int(shop, outcomes), 2);
    guard_expire(shop->db, SHOP_NOW + GUARD_ORIGIN_MS + 2, 10);
    assert_int_equal(shop_int(shop, origins), 1);
    assert_int_equal(shop_int(shop, outcomes), 0);
}

/* Until the clock that was set back has come that far again. */
static void what_is_to_come_slows_nobody(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 6; i++)
        charge(shop, &limited, "192.0.2.1", "form", true, SHOP_NOW);
    assert_true(guard_state(shop->db, &limited, SHOP_NOW).open);
    int64_t now_ms = SHOP_NOW - 1;
    struct guard_state at = guard_state(shop->db, &limited, now_ms);
    assert_int_equal(at.charges, 0);
    assert_false(at.open);
    assert_int_equal(
        check(shop, "192.0.2.1", "ada@example.com", "form", now_ms),
        GUARD_PASS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(each_subject_has_its_limit),
        SHOP_TEST(what_is_under_way_counts),
        SHOP_TEST(many_good_customers_may_share_an_address),
        SHOP_TEST(an_order_that_ended_uncharged_does_not),
        SHOP_TEST(an_ipv6_visitor_has_a_whole_network),
        SHOP_TEST(charges_that_succeed_slow_nobody),
        SHOP_TEST(the_breaker_opens_and_closes),
        SHOP_TEST(an_order_from_nowhere_is_not_counted),
        SHOP_TEST(without_limits_nothing_is_kept),
        SHOP_TEST(what_is_old_expires),
        SHOP_TEST(what_is_to_come_slows_nobody)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
