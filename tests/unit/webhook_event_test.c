/* The inbox (lib/shop/payment/webhook_event.h): an event twice is one row, each
 * is applied in the order it came, one that is given up has failed. */
#include "tests/unit/shop_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/webhook_event.h"

static bool store(struct shop *shop, const char *event_id)
{
    return webhook_event_store(shop->db, event_id, "charge.refunded",
                               "{\"a\":1}", SHOP_NOW - 1000, SHOP_NOW,
                               &shop->arena);
}

/* The id of the event that is due next; "": none. */
static const char *claim(struct shop *shop)
{
    struct work work;
    struct webhook_event event;
    if (shop_claim(shop, WORK_EVENT, 1, &work) == 0)
        return "";
    assert_true(
        webhook_event_waiting(shop->db, work.subject, &event, &shop->arena));
    return event.event_id;
}

static struct webhook_event find(struct shop *shop, const char *event_id)
{
    struct webhook_event event;
    assert_true(webhook_event_find(shop->db, event_id, &event, &shop->arena));
    return event;
}

/* Its work goes by this. */
static const char *subject_of(struct shop *shop, const char *event_id)
{
    return arena_printf(&shop->arena, "%012lld",
                        (long long)find(shop, event_id).sequence);
}

static void an_event_twice_is_one_row(void **state)
{
    struct shop *shop = *state;
    assert_true(store(shop, "evt_1"));
    assert_false(webhook_event_store(shop->db, "evt_1", "other", "{}", 1, 2,
                                     &shop->arena));
    struct webhook_event event = find(shop, "evt_1");
    assert_string_equal(event.type, "charge.refunded");
    assert_string_equal(event.body, "{\"a\":1}");
    assert_int_equal(event.status, WEBHOOK_DUE);
    assert_null(event.message);
    assert_null(event.order_id);
    assert_int_equal(event.created_at_ms, SHOP_NOW - 1000);
    assert_int_equal(event.received_at_ms, SHOP_NOW);
    assert_int_equal(event.applied_at_ms, 0);
    assert_false(webhook_event_find(shop->db, "evt_2", &event, &shop->arena));
}

static void what_came_before_version_5_is_packed(void **state)
{
    struct shop *shop = *state;
    store(shop, "evt_1");
    store(shop, "evt_2");
    db_script(shop->db, "UPDATE webhook_events SET body ="
                        " CAST('{\"of\":\"' || event_id || '\"}' AS BLOB)");
    assert_string_equal(find(shop, "evt_2").body, "");
    webhook_event_pack_all(shop->db, &shop->arena);
    assert_string_equal(find(shop, "evt_1").body, "{\"of\":\"evt_1\"}");
    assert_string_equal(find(shop, "evt_2").body, "{\"of\":\"evt_2\"}");
}

static void they_come_up_in_order_and_once(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(shop_next_due(shop, WORK_EVENT), INT64_MAX);
    assert_string_equal(claim(shop), "");
    store(shop, "evt_b");
    store(shop, "evt_a");
    assert_true(shop_next_due(shop, WORK_EVENT) <= db_clock_ms(shop->db));
    assert_string_equal(claim(shop), "evt_b");
    struct webhook_event event;
    assert_true(webhook_event_waiting(shop->db, subject_of(shop, "evt_b"),
                                      &event, &shop->arena));
    assert_string_equal(event.body, "{\"a\":1}");
    assert_string_equal(claim(shop), "evt_a");
    assert_string_equal(claim(shop), "");
    assert_int_equal(shop_next_due(shop, WORK_EVENT), INT64_MAX);
    shop_release(shop);
    assert_string_equal(claim(shop), "evt_b");
}

static void what_has_ended_is_due_no_more(void **state)
{
    struct shop *shop = *state;
    store(shop, "evt_1");
    store(shop, "evt_2");
    webhook_event_applied(shop->db, find(shop, "evt_1").sequence, "order",
                          "Paid.", SHOP_NOW + 5);
    webhook_event_ignored(shop->db, find(shop, "evt_2").sequence, "Not ours.",
                          SHOP_NOW + 6);
    struct webhook_event ended;
    assert_false(webhook_event_waiting(shop->db, subject_of(shop, "evt_1"),
                                       &ended, &shop->arena));
    struct webhook_event event = find(shop, "evt_1");
    assert_int_equal(event.status, WEBHOOK_APPLIED);
    assert_string_equal(event.order_id, "order");
    assert_string_equal(event.message, "Paid.");
    assert_int_equal(event.applied_at_ms, SHOP_NOW + 5);
    event = find(shop, "evt_2");
    assert_int_equal(event.status, WEBHOOK_IGNORED);
    assert_null(event.order_id);
}

static void a_parked_one_waits_and_holds_up_nobody(void **state)
{
    struct shop *shop = *state;
    store(shop, "evt_1");
    assert_string_equal(claim(shop), "evt_1");
    webhook_event_early(shop->db, find(shop, "evt_1").sequence, "Not here.");
    shop_again(shop, WORK_EVENT, subject_of(shop, "evt_1"), 10000, WORK_TRIED);
    assert_int_equal(find(shop, "evt_1").status, WEBHOOK_EARLY);
    assert_true(shop_next_due(shop, WORK_EVENT) > db_clock_ms(shop->db) + 5000);
    store(shop, "evt_2");
    assert_string_equal(claim(shop), "evt_2");
    assert_string_equal(claim(shop), "");
    work_move(shop->db, WORK_EVENT, subject_of(shop, "evt_1"), 0);
    assert_string_equal(claim(shop), "evt_1");
    assert_int_equal(
        shop_held(shop, WORK_EVENT, subject_of(shop, "evt_1")).tries, 2);
}

static void one_that_is_given_up_has_failed(void **state)
{
    struct shop *shop = *state;
    struct alarm alarm;
    struct webhook_event event;
    store(shop, "evt_1");
    const char *subject = subject_of(shop, "evt_1");
    webhook_event_failed(shop->db, subject, "It kills.", SHOP_NOW);
    work_drop(shop->db, WORK_EVENT, subject);
    assert_int_equal(find(shop, "evt_1").status, WEBHOOK_FAILED);
    assert_string_equal(find(shop, "evt_1").message, "It kills.");
    assert_false(
        webhook_event_waiting(shop->db, subject, &event, &shop->arena));
    assert_int_equal(alarm_list(shop->db, NULL, 1, &alarm, &shop->arena), 1);
    assert_int_equal(alarm.kind, ALARM_WEBHOOK_FAILED);
    assert_string_equal(alarm.subject, "evt_1");
    assert_null(alarm.order_id);
    webhook_event_failed(shop->db, "000000000099", "It kills.", SHOP_NOW);
    assert_int_equal(alarm_count(shop->db), 1);
}

static void staff_have_one_applied_again(void **state)
{
    struct shop *shop = *state;
    store(shop, "evt_1");
    webhook_event_failed(shop->db, subject_of(shop, "evt_1"), "It kills.",
                         SHOP_NOW);
    work_drop(shop->db, WORK_EVENT, subject_of(shop, "evt_1"));
    assert_int_equal(alarm_count(shop->db), 1);
    assert_false(webhook_event_again(shop->db, "evt_9", SHOP_NOW));
    assert_int_equal(alarm_count(shop->db), 1);
    assert_true(webhook_event_again(shop->db, "evt_1", SHOP_NOW));
    assert_int_equal(alarm_count(shop->db), 0);
    assert_int_equal(find(shop, "evt_1").status, WEBHOOK_DUE);
    assert_string_equal(claim(shop), "evt_1");
}

static void the_list_is_in_pages_newest_first(void **state)
{
    struct shop *shop = *state;
    struct webhook_event list[3];
    for (int i = 1; i <= 5; i++)
        store(shop, arena_printf(&shop->arena, "evt_%d", i));
    webhook_event_ignored(shop->db, find(shop, "evt_2").sequence, "", 1);
    webhook_event_ignored(shop->db, find(shop, "evt_4").sequence, "", 1);
    assert_int_equal(webhook_event_list(shop->db, WEBHOOK_ANY, INT64_MAX, 3,
                                        list, &shop->arena),
                     3);
    assert_string_equal(list[0].event_id, "evt_5");
    assert_string_equal(list[2].event_id, "evt_3");
    assert_null(list[0].body);
    assert_int_equal(webhook_event_list(shop->db, WEBHOOK_ANY, list[2].sequence,
                                        3, list, &shop->arena),
                     2);
    assert_string_equal(list[0].event_id, "evt_2");
    assert_int_equal(webhook_event_list(shop->db, WEBHOOK_IGNORED, INT64_MAX, 3,
                                        list, &shop->arena),
                     2);
    assert_string_equal(list[0].event_id, "evt_4");
    assert_int_equal(webhook_event_list(shop->db, WEBHOOK_IGNORED,
                                        list[0].sequence, 3, list,
                                        &shop->arena),
                     1);
    assert_int_equal(webhook_event_list(shop->db, WEBHOOK_EARLY, INT64_MAX, 3,
                                        list, &shop->arena),
                     0);
}

static void old_ones_are_forgotten_but_not_due_ones(void **state)
{
    struct shop *shop = *state;
    store(shop, "evt_due");
    for (int i = 1; i <= 3; i++) {
        const char *event_id = arena_printf(&shop->arena, "evt_%d", i);
        store(shop, event_id);
        webhook_event_ignored(shop->db, find(shop, event_id).sequence, "", 1);
    }
    assert_int_equal(webhook_event_thin(shop->db, SHOP_NOW, 9), 0);
    assert_int_equal(webhook_event_thin(shop->db, SHOP_NOW + 1, 2), 2);
    assert_int_equal(webhook_event_thin(shop->db, SHOP_NOW + 1, 2), 1);
    assert_int_equal(webhook_event_thin(shop->db, SHOP_NOW + 1, 2), 0);
    assert_string_equal(claim(shop), "evt_due");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_event_twice_is_one_row),
        SHOP_TEST(what_came_before_version_5_is_packed),
        SHOP_TEST(they_come_up_in_order_and_once),
        SHOP_TEST(what_has_ended_is_due_no_more),
        SHOP_TEST(a_parked_one_waits_and_holds_up_nobody),
        SHOP_TEST(one_that_is_given_up_has_failed),
        SHOP_TEST(staff_have_one_applied_again),
        SHOP_TEST(the_list_is_in_pages_newest_first),
        SHOP_TEST(old_ones_are_forgotten_but_not_due_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
