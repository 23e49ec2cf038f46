/* When executions are due (lib/shop/execution/execution.h): waits, queues,
 * take-overs and reboots. */
#include "tests/unit/execution_fixture.h"

static void waits_are_kept(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    int64_t before = db_clock_ms(shop->db);
    assert_true(execution_put(shop, &e, 60000, 0));
    int64_t next = execution_next_due(shop->db, SHOP_REAPER);
    assert_in_range(next, before + 60000, db_clock_ms(shop->db) + 60000);
    assert_int_equal(due_count(shop, next - 1), 0);
    assert_int_equal(due_count(shop, next), 1);
    assert_true(execution_put(shop, &e, -5, 0));
    assert_int_equal(due_now(shop), 1);
}

static void what_waits_to_be_woken_is_never_due(void **state)
{
    static const int64_t delays[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX - 9};
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        assert_true(execution_put(shop, &e, delays[i], 0));
        assert_true(execution_next_due(shop->db, SHOP_REAPER) == INT64_MAX);
        assert_int_equal(due_count(shop, INT64_MAX), 0);
        execution_wake(shop->db, e.order_id);
        assert_int_equal(due_now(shop), 1);
    }
    /* Waking what is due already keeps its place. */
    int64_t due = execution_next_due(shop->db, SHOP_REAPER);
    usleep(5000);
    execution_wake(shop->db, e.order_id);
    assert_int_equal(execution_next_due(shop->db, SHOP_REAPER), due);
    assert_true(execution_end(shop->db, &e, EXECUTION_FAILED, SHOP_NOW));
    execution_wake(shop->db, e.order_id);
    assert_int_equal(due_count(shop, INT64_MAX), 0);
}

static void first_come_first_served(void **state)
{
    struct shop *shop = *state;
    char ids[4][CRYPTO_UUID_SIZE];
    struct execution e[4];
    for (int i = 0; i < 4; i++)
        e[i] = execution_new(shop);
    /* The one that came last has been due for longest. */
    execution_alter(shop,
                    "UPDATE executions SET due_work_ms = 1"
                    " WHERE order_id = $1",
                    e[3].order_id);
    execution_put(shop, &e[0], 60000, 0);
    assert_int_equal(execution_due(shop->db, SHOP_REAPER, 4, ids), 3);
    assert_string_equal(ids[0], e[3].order_id);
    assert_int_equal(execution_due(shop->db, SHOP_REAPER, 1, ids), 1);
    assert_string_equal(ids[0], e[3].order_id);
    assert_int_equal(due_count(shop, INT64_MAX), 4);
}

static void what_is_under_way_goes_before_what_has_not_begun(void **state)
{
    struct shop *shop = *state;
    char ids[3][CRYPTO_UUID_SIZE];
    struct execution under_way = execution_new(shop);
    assert_true(execution_put(shop, &under_way, INT64_MAX, 0));
    execution_new(shop);
    execution_new(shop);
    execution_wake(shop->db, under_way.order_id);
    assert_int_equal(execution_due(shop->db, SHOP_REAPER, 3, ids), 3);
    assert_string_equal(ids[0], under_way.order_id);
}

static void a_new_reaper_takes_over_what_was_held(void **state)
{
    struct shop *shop = *state;
    char ids[8][CRYPTO_UUID_SIZE];
    struct execution held = execution_new(shop), own = execution_new(shop),
                     waits = execution_new(shop), parked = execution_new(shop),
                     asleep = execution_new(shop);
    assert_true(execution_put(shop, &held, 60000, 3));
    assert_true(execution_put(shop, &own, 60000, 4));
    assert_true(execution_put(shop, &waits, 60000, 0));
    assert_true(execution_put(shop, &parked, NOT_YET, 3));
    assert_true(execution_put(shop, &asleep, NOT_YET, 3));
    execution_park(shop->db, parked.order_id);
    assert_int_equal(due_now(shop), 0);
    assert_int_equal(execution_held(shop->db, 3, ids, 8), 2);
    execution_take_over(shop->db, 3);
    assert_int_equal(execution_held(shop->db, 3, ids, 8), 0);
    assert_int_equal(execution_due(shop->db, 4, 8, ids), 2);
    for (int i = 0; i < 2; i++)
        assert_true(strcmp(ids[i], held.order_id) == 0 ||
                    strcmp(ids[i], asleep.order_id) == 0);
    assert_int_equal(execution_now(shop, held.order_id).reaper, 0);
    assert_int_equal(execution_now(shop, own.order_id).reaper, 4);
    assert_true(execution_put(shop, &held, 0, 4)); /* no step was taken */
}

/* Its calls would be made twice. */
static void what_one_has_in_hand_no_other_takes_on(void **state)
{
    struct shop *shop = *state;
    char ids[8][CRYPTO_UUID_SIZE];
    struct execution held = execution_new(shop);
    assert_true(execution_put(shop, &held, NOT_YET, 3));
    execution_wake(shop->db, held.order_id);
    assert_int_equal(execution_due(shop->db, 4, 8, ids), 0);
    assert_true(execution_next_due(shop->db, 4) == INT64_MAX);
    assert_int_equal(execution_due(shop->db, 3, 8, ids), 1);
    assert_true(execution_next_due(shop->db, 3) <= db_clock_ms(shop->db));
}

enum { SLACK_MS = 10000, DAY_S = 86400, MONTH_S = 30 * DAY_S };

static void a_reboot_carries_waits_and_clocks_over(void **state)
{
    static const struct {
        int64_t wait_ms, off_s, clock_s, left_ms; /* what is to be */
    } rows[] = {
        {60000, 20, 20, 40000},         /* off for 20 seconds */
        {60000, MONTH_S, DAY_S, 0},     /* off, or the wall clock jumped on */
        {60000, -MONTH_S, 0, 60000},    /* it jumped back */
        {0, 100, 100, 0},               /* due at once, and stays so */
        {INT64_MAX, MONTH_S, DAY_S, -1} /* to be woken */
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct execution e = execution_new(shop);
        assert_true(execution_put(shop, &e, rows[i].wait_ms, 0));
        shop_reboot(shop, rows[i].off_s * 1000);
        int64_t clock_ms = execution_now(shop, e.order_id).clock_ms;
        assert_in_range(clock_ms - e.clock_ms, rows[i].clock_s * 1000,
                        rows[i].clock_s * 1000 + SLACK_MS);
        int64_t due = execution_next_due(shop->db, SHOP_REAPER);
        if (rows[i].left_ms < 0)
            assert_true(due == INT64_MAX);
        else if (rows[i].left_ms == 0)
            assert_int_equal(due_now(shop), 1);
        else
            assert_in_range(due - db_clock_ms(shop->db) + SLACK_MS,
                            rows[i].left_ms, rows[i].left_ms + SLACK_MS);
        execution_abort(shop->db, e.order_id, NULL, SHOP_NOW, &shop->arena);
    }
}

static void a_reboot_loses_no_waking(void **state)
{
    struct shop *shop = *state;
    static const int64_t waits[] = {3600000, INT64_MAX};
    for (int i = 0; i < 2; i++) {
        struct execution e = execution_new(shop);
        assert_true(execution_put(shop, &e, waits[i], 0));
        execution_wake(shop->db, e.order_id);
        shop_reboot(shop, 0);
        assert_int_equal(due_now(shop), 1);
        execution_abort(shop->db, e.order_id, NULL, SHOP_NOW, &shop->arena);
    }
}

static void a_reboot_keeps_leases(void **state)
{
    struct shop *shop = *state;
    struct execution waits = execution_new(shop), held = execution_new(shop),
                     parked = execution_new(shop);
    execution_put(shop, &waits, 60000, 0);
    execution_put(shop, &held, 60000, 5);
    execution_put(shop, &parked, 0, 0);
    execution_park(shop->db, parked.order_id);
    shop_reboot(shop, 30000);
    assert_int_equal(due_now(shop), 0);
    assert_int_equal(due_count(shop, db_clock_ms(shop->db) + 30000 + SLACK_MS),
                     2);
    execution_take_over(shop->db, 5);
    assert_int_equal(due_now(shop), 1);
    assert_true(execution_is_parked(shop->db, parked.order_id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(waits_are_kept),
        SHOP_TEST(what_waits_to_be_woken_is_never_due),
        SHOP_TEST(first_come_first_served),
        SHOP_TEST(what_is_under_way_goes_before_what_has_not_begun),
        SHOP_TEST(a_new_reaper_takes_over_what_was_held),
        SHOP_TEST(what_one_has_in_hand_no_other_takes_on),
        SHOP_TEST(a_reboot_carries_waits_and_clocks_over),
        SHOP_TEST(a_reboot_loses_no_waking),
        SHOP_TEST(a_reboot_keeps_leases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
