/* Executions (lib/shop/execution.h): steps, fences, waits and the history. */
#include "tests/unit/shop_fixture.h"

#include "lib/base/clock.h"
#include "lib/shop/execution.h"

static struct execution find(struct shop *shop, const char *order_id)
{
    struct execution execution;
    assert_true(execution_find(shop->db, order_id, &execution, &shop->arena));
    return execution;
}

static size_t due(struct shop *shop, int64_t now_boot_ms)
{
    struct execution list[8];
    return execution_due(shop->db, now_boot_ms, 8, list, &shop->arena);
}

static void a_new_one_is_due_at_once(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(execution_next_due(shop->db), INT64_MAX);
    struct order order = shop_order(shop, "laptop");
    struct execution e = find(shop, order.order_id);
    assert_string_equal(e.status, "RUNNING");
    assert_null(e.state);
    assert_false(e.entered);
    assert_int_equal(e.step, 0);
    assert_int_equal(execution_next_due(shop->db), 0);
    assert_int_equal(due(shop, 0), 1);
    assert_false(execution_find(shop->db, "nobody", &e, &shop->arena));
}

static void what_is_saved_is_read_again(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct execution e = find(shop, order.order_id);
    e.state = "ProcessPayment";
    e.entered = true;
    e.retries[0] = 2;
    e.retries[3] = 2147483647;
    e.retries[EXECUTION_RETRIERS - 1] = 1;
    e.last_event = 4;
    assert_true(execution_save(shop->db, &e, 0, 7));
    struct execution now = find(shop, order.order_id);
    assert_string_equal(now.state, "ProcessPayment");
    assert_true(now.entered);
    assert_memory_equal(now.retries, e.retries, sizeof e.retries);
    assert_int_equal(now.step, 1);
    assert_int_equal(now.fence, 7);
    assert_int_equal(now.last_event, 4);
    assert_true(execution_save(shop->db, &e, 0, 0));
    assert_int_equal(find(shop, order.order_id).step, 2);
}

static void a_stale_hand_is_refused(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct execution mine = find(shop, order.order_id);
    struct execution theirs = mine;
    theirs.state = "ValidateOrder";
    assert_true(execution_save(shop->db, &theirs, 0, 0));
    mine.state = "Other";
    assert_false(execution_save(shop->db, &mine, 0, 0));
    assert_string_equal(find(shop, order.order_id).state, "ValidateOrder");
    struct execution late = find(shop, order.order_id);
    assert_true(execution_end(shop->db, &theirs, "SUCCEEDED", SHOP_NOW));
    assert_false(execution_end(shop->db, &late, "FAILED", SHOP_NOW));
    assert_false(execution_save(shop->db, &late, 0, 0));
    assert_string_equal(find(shop, order.order_id).status, "SUCCEEDED");
}

static void waits_are_kept(void **state)
{
    struct shop *shop = *state;
    struct execution e = find(shop, shop_order(shop, "laptop").order_id);
    int64_t before = clock_boot_ms();
    assert_true(execution_save(shop->db, &e, 60000, 0));
    int64_t next = execution_next_due(shop->db);
    assert_in_range(next, before + 60000, clock_boot_ms() + 60000);
    assert_int_equal(due(shop, next - 1), 0);
    assert_int_equal(due(shop, next), 1);
}

static void due_ones_come_oldest_first_and_limited(void **state)
{
    struct shop *shop = *state;
    struct execution list[2];
    for (int i = 0; i < 3; i++)
        shop_order(shop, "mouse");
    struct execution late = find(shop, shop_order(shop, "mouse").order_id);
    execution_save(shop->db, &late, 1, 0);
    assert_int_equal(execution_due(shop->db, INT64_MAX, 2, list, &shop->arena),
                     2);
    assert_true(strcmp(list[0].order_id, list[1].order_id) < 0);
    assert_int_equal(due(shop, INT64_MAX), 4);
}

static void a_new_reaper_takes_over_what_was_held(void **state)
{
    struct shop *shop = *state;
    struct order held = shop_order(shop, "mouse");
    struct order own = shop_order(shop, "mouse");
    struct order waits = shop_order(shop, "mouse");
    struct execution e = find(shop, held.order_id);
    execution_save(shop->db, &e, 60000, 3);
    e = find(shop, own.order_id);
    execution_save(shop->db, &e, 60000, 4);
    e = find(shop, waits.order_id);
    execution_save(shop->db, &e, 60000, 0);
    assert_int_equal(due(shop, clock_boot_ms()), 0);
    execution_take_over(shop->db, 4);
    struct execution list[4];
    assert_int_equal(
        execution_due(shop->db, clock_boot_ms(), 4, list, &shop->arena), 1);
    assert_string_equal(list[0].order_id, held.order_id);
    assert_int_equal(list[0].fence, 0);
    assert_int_equal(find(shop, own.order_id).fence, 4);
}

static void a_reboot_carries_waits_over(void **state)
{
    struct shop *shop = *state;
    struct execution e = find(shop, shop_order(shop, "mouse").order_id);
    execution_save(shop->db, &e, 60000, 0);
    db_run(db_sql(shop->db, "UPDATE executions SET due_boot_ms = 9"
                            " /* whole table */"));
    execution_rebase(shop->db);
    assert_in_range(execution_next_due(shop->db) - clock_boot_ms(), 50000,
                    60000);
    /* The clock was a month ahead when it was saved, or is behind now. */
    db_run(db_sql(shop->db, "UPDATE executions SET"
                            " due_at_ms = due_at_ms + 2592000000"
                            " /* whole table */"));
    execution_rebase(shop->db);
    assert_in_range(execution_next_due(shop->db) - clock_boot_ms(), 50000,
                    60000);
    db_run(db_sql(shop->db, "UPDATE executions SET due_at_ms = 1"
                            " /* whole table */"));
    execution_rebase(shop->db);
    assert_true(execution_next_due(shop->db) <= clock_boot_ms());
}

static void queued_ones_wait_to_be_released(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < 3; i++) {
        struct execution e = find(shop, shop_order(shop, "mouse").order_id);
        assert_true(execution_save(shop->db, &e, EXECUTION_QUEUED, 0));
    }
    assert_int_equal(due(shop, clock_boot_ms()), 0);
    execution_release_queued(shop->db, 2);
    assert_int_equal(due(shop, clock_boot_ms()), 2);
    execution_take_over(shop->db, 7);
    assert_int_equal(due(shop, clock_boot_ms()), 3);
}

static void what_moves_on_is_forgiven(void **state)
{
    struct shop *shop = *state;
    struct db *db = shop->db;
    struct order order = shop_order(shop, "mouse");
    assert_false(execution_is_careful(db));
    execution_blame(db, order.order_id);
    execution_blame(db, order.order_id);
    execution_blame(db, "nobody");
    assert_true(execution_is_careful(db));
    assert_null(execution_hopeless(db, 3, &shop->arena));
    struct execution e = find(shop, order.order_id);
    assert_true(execution_save(db, &e, 60000, 3));
    assert_true(execution_is_careful(db)); /* held, so still in doubt */
    assert_true(execution_save(db, &e, 0, 0));
    assert_false(execution_is_careful(db));
    assert_true(execution_save(db, &e, 60000, 3));
    execution_blame_held(db, 3);
    assert_false(execution_is_careful(db));
    for (int i = 0; i < 3; i++)
        execution_blame_held(db, 4);
    assert_string_equal(execution_hopeless(db, 3, &shop->arena),
                        order.order_id);
}

static void what_is_parked_stays_so(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    struct execution e = find(shop, order.order_id);
    execution_blame(shop->db, order.order_id);
    execution_park(shop->db, order.order_id);
    assert_false(execution_is_careful(shop->db));
    assert_true(execution_next_due(shop->db) == INT64_MAX);
    execution_take_over(shop->db, 7);
    execution_rebase(shop->db);
    assert_true(execution_next_due(shop->db) == INT64_MAX);
    assert_string_equal(find(shop, order.order_id).status, "RUNNING");
    assert_false(execution_save(shop->db, &e, 0, 0));
}

static void a_held_one_is_renewed_without_a_step(void **state)
{
    struct shop *shop = *state;
    struct execution e = find(shop, shop_order(shop, "mouse").order_id);
    assert_true(execution_save(shop->db, &e, 1000, 5));
    execution_renew(shop->db, &e, 3600000);
    assert_true(execution_next_due(shop->db) > clock_boot_ms() + 3500000);
    struct execution now = find(shop, e.order_id);
    assert_int_equal(now.step, e.step);
    assert_int_equal(now.fence, 5);
    now.step--;
    execution_renew(shop->db, &now, 1);
    assert_true(execution_next_due(shop->db) > clock_boot_ms() + 3500000);
}

static void the_history_is_in_order(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    struct execution e = find(shop, order.order_id);
    e.state = "ValidateOrder";
    execution_event(shop->db, &e, "TaskStateEntered", NULL, SHOP_NOW + 1);
    execution_event(shop->db, &e, "TaskStateExited", "{\"a\":1}", SHOP_NOW + 2);
    assert_true(execution_save(shop->db, &e, 0, 0));
    assert_int_equal(find(shop, order.order_id).last_event, e.last_event);
    struct execution_event *events;
    size_t count =
        execution_history(shop->db, order.order_id, &events, &shop->arena);
    assert_true(count >= 2);
    struct execution_event *last = &events[count - 1];
    assert_string_equal(last[-1].type, "TaskStateEntered");
    assert_string_equal(last[-1].state, "ValidateOrder");
    assert_null(last[-1].detail);
    assert_string_equal(last->detail, "{\"a\":1}");
    assert_int_equal(last->created_at_ms, SHOP_NOW + 2);
    assert_int_equal(last->event_id, last[-1].event_id + 1);
}

static void an_abort_ends_only_what_runs(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    struct execution_event *events;
    execution_abort(shop->db, "nobody", SHOP_NOW, &shop->arena);
    execution_abort(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    size_t count =
        execution_history(shop->db, order.order_id, &events, &shop->arena);
    execution_abort(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    assert_string_equal(find(shop, order.order_id).status, "ABORTED");
    assert_int_equal(
        execution_history(shop->db, order.order_id, &events, &shop->arena),
        count);
    assert_int_equal(due(shop, INT64_MAX), 0);
    shop_refuses(shop, "UPDATE executions SET status = 'RUNNING'", "CHECK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_new_one_is_due_at_once),
        SHOP_TEST(what_is_saved_is_read_again),
        SHOP_TEST(a_stale_hand_is_refused),
        SHOP_TEST(waits_are_kept),
        SHOP_TEST(due_ones_come_oldest_first_and_limited),
        SHOP_TEST(a_new_reaper_takes_over_what_was_held),
        SHOP_TEST(a_reboot_carries_waits_over),
        SHOP_TEST(queued_ones_wait_to_be_released),
        SHOP_TEST(what_moves_on_is_forgiven),
        SHOP_TEST(what_is_parked_stays_so),
        SHOP_TEST(a_held_one_is_renewed_without_a_step),
        SHOP_TEST(the_history_is_in_order),
        SHOP_TEST(an_abort_ends_only_what_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
