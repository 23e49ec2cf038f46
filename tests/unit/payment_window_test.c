/* The windows of payments by hand, and of goods that are mostly held
 * (lib/shop/payment/payment.h, held.h): when they close, who may change them,
 * what of a late payment is found, and what unpaid orders may hold. */
#include "tests/unit/shop_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/order/guard.h"
#include "lib/shop/order/held.h"
#include "lib/workflow/order/undo.h"

#define DAY_MS INT64_C(86400000)
#define WEEK_MS (7 * DAY_MS)

static const struct settings capped = {.held_per_address = 10,
                                       .held_per_email = 5};

static struct order held_order(struct shop *shop, const char *sku,
                               int64_t quantity, enum payment_kind kind)
{
    struct order order = shop_order(
        shop, arena_printf(&shop->arena, "{\"item\":\"%s\",\"quantity\":%lld}",
                           sku, (long long)quantity));
    assert_true(shop_reserve(shop, order.order_id));
    payment_begin(shop->db, order.order_id, kind,
                  kind == PAYMENT_MANUAL ? WEEK_MS : 1800000, SHOP_NOW);
    return order;
}

static struct payment_attempt open_of(struct shop *shop,
                                      const struct order *order)
{
    struct payment_attempt attempt;
    assert_true(
        payment_open(shop->db, order->order_id, &attempt, &shop->arena));
    return attempt;
}

/* In ms from now, whole minutes; 0: it has none. */
static int64_t window_ms(struct shop *shop, const struct order *order)
{
    struct payment_attempt attempt = open_of(shop, order);
    int64_t closes_at_ms = payment_closes_at_ms(shop->db, &attempt);
    if (closes_at_ms == 0) {
        assert_true(attempt.closes_work_ms == INT64_MAX);
        return 0;
    }
    int64_t left_ms = attempt.closes_work_ms - db_clock_ms(shop->db);
    int64_t at_ms = clock_wall_ms() + left_ms;
    assert_in_range(closes_at_ms, at_ms - 1000, at_ms + 1000);
    assert_int_equal(closes_at_ms % 1000, 0);
    return (left_ms + 59999) / 60000 * 60000;
}

static bool is_due(struct shop *shop, const struct order *order)
{
    return shop_charge_is_due(shop, order->order_id);
}

static void it_is_due_when_it_closes_and_only_then(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    payment_begin(shop->db, order.order_id, PAYMENT_MANUAL, WEEK_MS, SHOP_NOW);
    assert_int_equal(window_ms(shop, &order), WEEK_MS);
    shop_release(shop);
    assert_false(is_due(shop, &order));
    assert_true(shop_next_due(shop, WORK_CHARGE) >
                db_clock_ms(shop->db) + WEEK_MS - 60000);
    assert_false(payment_hurry(shop->db, order.order_id));
    assert_false(is_due(shop, &order));
    assert_true(payment_set_window(shop->db, order.order_id, SHOP_NOW, "staff",
                                   SHOP_NOW));
    assert_true(is_due(shop, &order));
}

static void staff_extend_or_end_it(void **state)
{
    struct shop *shop = *state;
    struct order order = held_order(shop, "mouse", 1, PAYMENT_MANUAL);
    assert_null(open_of(shop, &order).window_by);
    assert_true(payment_set_window(shop->db, order.order_id,
                                   SHOP_NOW + 300 * DAY_MS, "a@b.example",
                                   SHOP_NOW));
    assert_int_equal(window_ms(shop, &order), 300 * DAY_MS);
    assert_string_equal(open_of(shop, &order).window_by, "a@b.example");
    assert_true(payment_set_window(shop->db, order.order_id, 0, "staff token",
                                   SHOP_NOW));
    assert_int_equal(window_ms(shop, &order), 0);
    assert_true(shop_next_due(shop, WORK_CHARGE) == INT64_MAX);
    shop_release(shop);
    payment_give_windows(shop->db, WEEK_MS, SHOP_NOW);
    assert_int_equal(window_ms(shop, &order), 0);
    struct order hosted = held_order(shop, "mouse", 1, PAYMENT_HOSTED);
    assert_false(payment_set_window(shop->db, hosted.order_id,
                                    SHOP_NOW + DAY_MS, "staff", SHOP_NOW));
    payment_mark_paid(shop->db, order.order_id, NULL, "staff", SHOP_NOW);
    assert_false(payment_set_window(shop->db, order.order_id, SHOP_NOW + DAY_MS,
                                    "staff", SHOP_NOW));
}

static void an_order_of_before_gets_a_fresh_one_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    payment_begin(shop->db, order.order_id, PAYMENT_MANUAL, 0,
                  SHOP_NOW - 30 * DAY_MS);
    payment_give_windows(shop->db, 0, SHOP_NOW);
    assert_int_equal(window_ms(shop, &order), 0);
    payment_give_windows(shop->db, WEEK_MS, SHOP_NOW);
    assert_int_equal(window_ms(shop, &order), WEEK_MS);
    payment_give_windows(shop->db, WEEK_MS, SHOP_NOW + DAY_MS);
    assert_int_equal(window_ms(shop, &order), WEEK_MS);
}

static void one_set_aside_closes_only_when_it_is_taken_up(void **state)
{
    struct shop *shop = *state;
    struct order order = held_order(shop, "mouse", 1, PAYMENT_MANUAL);
    payment_set_window(shop->db, order.order_id, SHOP_NOW, "staff", SHOP_NOW);
    payment_park(shop->db, order.order_id, "Parked.", SHOP_NOW);
    shop_release(shop);
    assert_false(is_due(shop, &order));
    assert_false(payment_hurry(shop->db, order.order_id));
    assert_true(is_due(shop, &order));
}

static void a_late_payment_finds_what_its_window_closed(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt lapsed;
    static const char *const codes[] = {"cancelled", PAYMENT_WINDOW_CLOSED};
    for (size_t i = 0; i < 2; i++) {
        struct order order = held_order(shop, "mouse", 1, PAYMENT_MANUAL);
        const char *id = order.order_id;
        struct payment_attempt attempt = open_of(shop, &order);
        assert_false(payment_find_lapsed(shop->db, id, &lapsed, &shop->arena));
        payment_failed(shop->db, attempt.attempt_id, codes[i], "Late.", NULL,
                       SHOP_NOW);
        assert_false(payment_find_lapsed(shop->db, id, &lapsed, &shop->arena));
        undo_cancel(shop->db, &order, "Late.", "the shop", SHOP_NOW,
                    &shop->arena);
        assert_int_equal(
            payment_find_lapsed(shop->db, id, &lapsed, &shop->arena), i);
    }
    const char *money = payment_manual_id(lapsed.attempt_id, &shop->arena);
    payment_book(shop->db, lapsed.order_id, ENTRY_CHARGE, 1999, money, money,
                 SHOP_NOW);
    assert_false(
        payment_find_lapsed(shop->db, lapsed.order_id, &lapsed, &shop->arena));
}

static int64_t alarms(struct shop *shop)
{
    return shop_int(shop, "SELECT COUNT(*) FROM alarms WHERE kind ="
                          " 'stock_held' AND closed_at_ms IS NULL");
}

static void shorten(struct shop *shop, int64_t now_ms)
{
    held_shorten(shop->db, now_ms, 100, &shop->arena);
}

static void mostly_held_goods_shorten_windows(void **state)
{
    struct shop *shop = *state;
    struct order hosted = held_order(shop, "laptop", 1, PAYMENT_HOSTED);
    struct order manual = held_order(shop, "laptop", 1, PAYMENT_MANUAL);
    struct order mouse = held_order(shop, "mouse", 40, PAYMENT_MANUAL);
    shorten(shop, SHOP_NOW);
    assert_int_equal(window_ms(shop, &hosted), 1800000);
    assert_int_equal(alarms(shop), 0);
    struct order kept = held_order(shop, "laptop", 1, PAYMENT_MANUAL);
    payment_set_window(shop->db, kept.order_id, SHOP_NOW + 2 * WEEK_MS, "staff",
                       SHOP_NOW);
    shorten(shop, SHOP_NOW);
    assert_int_equal(alarms(shop), 0); /* what staff decided does not count */
    struct order third = held_order(shop, "laptop", 1, PAYMENT_MANUAL);
    shorten(shop, SHOP_NOW);
    assert_int_equal(alarms(shop), 1);
    assert_string_equal(shop_text(shop, "SELECT subject FROM alarms"
                                        " WHERE kind = 'stock_held'"),
                        "laptop");
    assert_int_equal(window_ms(shop, &hosted), PAYMENT_SHORT_MS);
    assert_int_equal(window_ms(shop, &manual), PAYMENT_SHORT_MANUAL_MS);
    assert_int_equal(window_ms(shop, &third), PAYMENT_SHORT_MANUAL_MS);
    assert_int_equal(window_ms(shop, &kept), 2 * WEEK_MS);
    assert_int_equal(window_ms(shop, &mouse), WEEK_MS);
    shorten(shop, SHOP_NOW + 60000); /* it does not move on */
    assert_int_equal(window_ms(shop, &hosted), PAYMENT_SHORT_MS);
    undo_cancel(shop->db, &third, "No.", "staff", SHOP_NOW, &shop->arena);
    shorten(shop, SHOP_NOW);
    assert_int_equal(alarms(shop), 1); /* two of five: no news either way */
    undo_cancel(shop->db, &manual, "No.", "staff", SHOP_NOW, &shop->arena);
    shorten(shop, SHOP_NOW);
    assert_int_equal(alarms(shop), 0);
}

static void who_buys_the_last_one_is_no_news(void **state)
{
    struct shop *shop = *state;
    held_order(shop, "phone", 1, PAYMENT_HOSTED);
    struct order all = held_order(shop, "cap-s", 3, PAYMENT_MANUAL);
    shorten(shop, SHOP_NOW);
    assert_int_equal(alarms(shop), 1);
    assert_int_equal(window_ms(shop, &all), PAYMENT_SHORT_MANUAL_MS);
}

static struct order note(struct shop *shop, const char *address,
                         const char *email, int64_t units)
{
    struct order order = held_order(shop, "mouse", units, PAYMENT_MANUAL);
    guard_note_order(shop->db, &capped,
                     &(struct guard_origin){.order_id = order.order_id,
                                            .address = address,
                                            .email_folded = email,
                                            .units = units},
                     SHOP_NOW);
    return order;
}

static bool full(struct shop *shop, const char *address, const char *email)
{
    return held_is_full(shop->db, &capped, address, email);
}

static void unpaid_orders_are_capped(void **state)
{
    struct shop *shop = *state;
    static const struct settings open = {0};
    assert_false(full(shop, "2001:db8::1", "a@b.example"));
    note(shop, "2001:db8::1", "a@b.example", 4);
    assert_false(full(shop, "2001:db8::1", "a@b.example"));
    struct order big = note(shop, "2001:db8::2", NULL, 20);
    assert_true(full(shop, "2001:db8::ffff", NULL)); /* one network */
    assert_false(full(shop, "2001:db8:0:1::1", "a@b.example"));
    assert_false(held_is_full(shop->db, &open, "2001:db8::1", "a@b.example"));
    struct order one = note(shop, "192.0.2.1", "a@b.example", 1);
    assert_true(full(shop, "192.0.2.9", "a@b.example"));
    assert_false(full(shop, "192.0.2.9", "b@b.example"));
    assert_false(full(shop, "192.0.2.9", NULL));
    payment_mark_paid(shop->db, one.order_id, NULL, "staff", SHOP_NOW);
    assert_false(full(shop, "192.0.2.9", "a@b.example"));
    guard_expire(shop->db, SHOP_NOW + 8 * DAY_MS, 100);
    assert_true(full(shop, "2001:db8::3", NULL)); /* as long as it holds */
    undo_cancel(shop->db, &big, "No.", "staff", SHOP_NOW, &shop->arena);
    assert_false(full(shop, "2001:db8::3", NULL));
    guard_expire(shop->db, SHOP_NOW + 8 * DAY_MS, 100);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM order_origins"
                                    " WHERE units = 20 /* whole table */"),
                     0);
}

static void what_is_taken_up_again_counts_again(void **state)
{
    struct shop *shop = *state;
    struct order order = note(shop, "192.0.2.1", NULL, 10);
    assert_true(full(shop, "192.0.2.1", NULL));
    stock_release(shop->db, order.order_id);
    assert_false(full(shop, "192.0.2.1", NULL));
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(full(shop, "192.0.2.1", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(it_is_due_when_it_closes_and_only_then),
        SHOP_TEST(staff_extend_or_end_it),
        SHOP_TEST(an_order_of_before_gets_a_fresh_one_once),
        SHOP_TEST(one_set_aside_closes_only_when_it_is_taken_up),
        SHOP_TEST(a_late_payment_finds_what_its_window_closed),
        SHOP_TEST(mostly_held_goods_shorten_windows),
        SHOP_TEST(who_buys_the_last_one_is_no_news),
        SHOP_TEST(unpaid_orders_are_capped),
        SHOP_TEST(what_is_taken_up_again_counts_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
