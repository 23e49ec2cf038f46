/* Alarms (lib/shop/alarm.h): one of a kind an order, newest first. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/alarm.h"

static void one_of_a_kind_an_order(void **state)
{
    struct shop *shop = *state;
    struct alarm list[4];
    struct order a = shop_order(shop, "mouse");
    struct order b = shop_order(shop, "mouse");
    alarm_raise(shop->db, "mail_failed", a.order_id, "first", SHOP_NOW);
    alarm_raise(shop->db, "mail_failed", a.order_id, "again", SHOP_NOW + 1);
    alarm_raise(shop->db, "refund_failed", a.order_id, "x", SHOP_NOW + 2);
    alarm_raise(shop->db, "mail_failed", b.order_id, "y", SHOP_NOW + 3);
    assert_int_equal(alarm_list(shop->db, a.order_id, 4, list, &shop->arena),
                     2);
    assert_string_equal(list[0].kind, "refund_failed");
    assert_string_equal(list[1].detail, "first");
    assert_int_equal(list[1].created_at_ms, SHOP_NOW);
    assert_int_equal(list[1].number, a.number);
    assert_int_equal(alarm_list(shop->db, NULL, 4, list, &shop->arena), 3);
    assert_string_equal(list[0].order_id, b.order_id);
    assert_int_equal(alarm_list(shop->db, NULL, 1, list, &shop->arena), 1);
    assert_int_equal(alarm_list(shop->db, "nobody", 4, list, &shop->arena), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SHOP_TEST(one_of_a_kind_an_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
