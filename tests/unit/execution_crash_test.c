/* Crashes of the reaper over executions (lib/shop/execution/execution.h):
 * blame, care and parking. */
#include "tests/unit/execution_fixture.h"

static void what_moves_on_is_forgiven(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct execution e = execution_new(shop);
    assert_false(execution_is_careful(db));
    execution_blame(db, e.order_id);
    execution_blame(db, e.order_id);
    execution_blame(db, "nobody");
    assert_true(execution_is_careful(db));
    assert_null(execution_hopeless(db, 3, &shop->arena));
    assert_string_equal(execution_hopeless(db, 2, &shop->arena), e.order_id);
    assert_true(execution_put(shop, &e, 60000, 3));
    assert_true(execution_is_careful(db)); /* held, so still in doubt */
    assert_true(execution_put(shop, &e, 0, 0));
    assert_false(execution_is_careful(db));
    execution_blame(db, e.order_id);
    assert_true(execution_end(db, &e, EXECUTION_FAILED, SHOP_NOW));
    assert_false(execution_is_careful(db));
    assert_null(execution_hopeless(db, 1, &shop->arena));
}

static void one_that_waits_its_time_needs_no_care(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    assert_true(execution_put(shop, &e, 60000, 0));
    execution_blame(shop->db, e.order_id);
    assert_false(execution_is_careful(shop->db));
    execution_wake(shop->db, e.order_id);
    assert_true(execution_is_careful(shop->db));
}

/* A reaper dies over one of two that it held, then three of that one alone. */
static void who_was_only_beside_is_not_blamed(void **state)
{
    struct shop *shop = *state;
    struct execution bad = execution_new(shop), other = execution_new(shop),
                     mine = execution_new(shop);
    assert_true(execution_put(shop, &bad, NOT_YET, 3));
    assert_true(execution_put(shop, &other, NOT_YET, 3));
    assert_true(execution_put(shop, &mine, NOT_YET, 4));
    for (int twice = 0; twice < 2; twice++)
        execution_suspect(shop->db, 3);
    assert_null(execution_hopeless(shop->db, 1, &shop->arena));
    execution_take_over(shop->db, 3);
    assert_true(execution_is_careful(shop->db));
    for (int death = 0; death < 3; death++) {
        assert_null(execution_hopeless(shop->db, 3, &shop->arena));
        execution_blame(shop->db, bad.order_id);
    }
    assert_string_equal(execution_hopeless(shop->db, 3, &shop->arena),
                        bad.order_id);
    assert_int_equal(shop_int(shop, "SELECT SUM(crashes) FROM executions"
                                    " /* whole table */"),
                     5);
    execution_park(shop->db, bad.order_id);
    assert_null(execution_hopeless(shop->db, 2, &shop->arena));
    assert_true(execution_is_careful(shop->db)); /* for the other */
    assert_true(execution_put(shop, &other, 0, 0));
    assert_false(execution_is_careful(shop->db));
}

static void what_is_parked_stays_so(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct execution e = execution_new(shop);
    assert_false(execution_is_parked(db, e.order_id));
    assert_false(execution_is_parked(db, "nobody"));
    execution_blame(db, e.order_id);
    execution_park(db, e.order_id);
    assert_true(execution_is_parked(db, e.order_id));
    assert_false(execution_is_careful(db));
    assert_false(execution_put(shop, &e, 0, 0)); /* it was moved */
    e = execution_now(shop, e.order_id);
    assert_true(execution_put(shop, &e, 0, 7));
    execution_wake(db, e.order_id);
    execution_take_over(db, 7);
    shop_reboot(shop, 86400000);
    db = shop->db;
    assert_true(execution_next_due(db, SHOP_REAPER) == INT64_MAX);
    assert_int_equal(due_count(shop, INT64_MAX), 0);
    assert_true(execution_is_parked(db, e.order_id));
    assert_int_equal(execution_now(shop, e.order_id).status, EXECUTION_RUNNING);
    execution_blame(db, e.order_id);
    execution_unpark(db, e.order_id);
    assert_false(execution_is_parked(db, e.order_id));
    assert_null(execution_hopeless(db, 1, &shop->arena));
    assert_int_equal(due_now(shop), 1);
}

static void unparking_touches_nothing_else(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    assert_true(execution_put(shop, &e, NOT_YET, 2));
    execution_unpark(shop->db, e.order_id);
    assert_int_equal(due_count(shop, INT64_MAX), 0);
    assert_true(execution_put(shop, &e, NOT_YET, 2));
    /* One that has ended is not parked; reopened, it is due. */
    execution_park(shop->db, e.order_id);
    e = execution_now(shop, e.order_id);
    assert_true(execution_end(shop->db, &e, EXECUTION_FAILED, SHOP_NOW));
    assert_false(execution_is_parked(shop->db, e.order_id));
    execution_unpark(shop->db, e.order_id);
    assert_int_equal(due_count(shop, INT64_MAX), 0);
    assert_true(execution_reopen(shop->db, &e));
    assert_false(execution_is_parked(shop->db, e.order_id));
    assert_int_equal(due_now(shop), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_moves_on_is_forgiven),
        SHOP_TEST(one_that_waits_its_time_needs_no_care),
        SHOP_TEST(who_was_only_beside_is_not_blamed),
        SHOP_TEST(what_is_parked_stays_so),
        SHOP_TEST(unparking_touches_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
