/* Alarms (lib/shop/health/alarm.h): one of a kind an order, newest first. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/health/alarm.h"

static void one_of_a_kind_an_order(void **state)
{
    struct shop *shop = *state;
    struct alarm list[4];
    struct order a = shop_order(shop, "mouse");
    struct order b = shop_order(shop, "mouse");
    alarm_raise(shop->db, ALARM_MAIL_FAILED, a.order_id, "first", SHOP_NOW);
    alarm_raise(shop->db, ALARM_MAIL_FAILED, a.order_id, "again", SHOP_NOW + 1);
    alarm_raise(shop->db, ALARM_REFUND_FAILED, a.order_id, "x", SHOP_NOW + 2);
    alarm_raise(shop->db, ALARM_MAIL_FAILED, b.order_id, "y", SHOP_NOW + 3);
    assert_int_equal(alarm_list(shop->db, a.order_id, 4, list, &shop->arena),
                     2);
    assert_int_equal(list[0].kind, ALARM_REFUND_FAILED);
    assert_string_equal(list[1].detail, "first");
    assert_int_equal(list[1].created_at_ms, SHOP_NOW);
    assert_int_equal(list[1].number, a.number);
    assert_int_equal(alarm_list(shop->db, NULL, 4, list, &shop->arena), 3);
    assert_string_equal(list[0].order_id, b.order_id);
    assert_int_equal(alarm_list(shop->db, NULL, 1, list, &shop->arena), 1);
    assert_int_equal(alarm_list(shop->db, "nobody", 4, list, &shop->arena), 0);
}

static void told_apart_by_their_subject(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct alarm list[4];
    struct order order = shop_order(shop, "mouse");
    for (int i = 0; i < 2; i++) {
        alarm_raise_about(db, ALARM_DISPUTE, NULL, "dp_1", "x", SHOP_NOW);
        alarm_raise_about(db, ALARM_DISPUTE, NULL, "dp_2", "x", SHOP_NOW);
        alarm_raise_about(db, ALARM_DISPUTE, order.order_id, "dp_3", "x",
                          SHOP_NOW);
        alarm_raise(db, ALARM_DISPUTE, order.order_id, "x", SHOP_NOW);
    }
    assert_int_equal(alarm_count(db), 4);
    assert_int_equal(alarm_list(db, NULL, 4, list, &shop->arena), 4);
    assert_string_equal(list[2].subject, "dp_2");
    assert_null(list[2].order_id);
    assert_int_equal(list[2].number, 0);
    alarm_settle_about(db, ALARM_REFUND_FAILED, "dp_2", SHOP_NOW);
    assert_int_equal(alarm_count(db), 4);
    alarm_settle_about(db, ALARM_DISPUTE, "dp_2", SHOP_NOW);
    assert_int_equal(alarm_count(db), 3);
    alarm_settle(db, ALARM_DISPUTE, order.order_id, SHOP_NOW);
    assert_int_equal(alarm_count(db), 1);
}

static void closed_once_and_raised_again(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct alarm alarm;
    alarm_raise_about(db, ALARM_DISPUTE, NULL, "dp_1", "x", SHOP_NOW);
    assert_int_equal(alarm_list(db, NULL, 1, &alarm, &shop->arena), 1);
    assert_true(alarm_close(db, alarm.alarm_id, "a@b.c", SHOP_NOW + 1));
    assert_false(alarm_close(db, alarm.alarm_id, "d@e.f", SHOP_NOW + 2));
    assert_false(alarm_close(db, alarm.alarm_id + 1, "a@b.c", SHOP_NOW));
    assert_int_equal(alarm_count(db), 0);
    assert_string_equal(shop_text(shop, "SELECT closed_by FROM alarms"),
                        "a@b.c");
    alarm_raise_about(db, ALARM_DISPUTE, NULL, "dp_1", "x", SHOP_NOW + 3);
    assert_int_equal(alarm_count(db), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SHOP_TEST(one_of_a_kind_an_order),
                                       SHOP_TEST(told_apart_by_their_subject),
                                       SHOP_TEST(closed_once_and_raised_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
