/* Executions (lib/shop/execution/execution.h): reading, moving and ending them.
 * When they are due is tested in execution_due_test.c. */
#include "tests/unit/execution_fixture.h"

static void a_new_one_is_due_at_once(void **state)
{
    struct shop *shop = *state;
    assert_true(execution_next_due(shop->db, SHOP_REAPER) == INT64_MAX);
    int64_t before = db_clock_ms(shop->db);
    struct execution e = execution_new(shop);
    assert_int_equal(e.status, EXECUTION_RUNNING);
    assert_true(execution_is_running(&e));
    assert_null(e.state);
    assert_null(e.input);
    assert_null(e.image);
    assert_int_equal(e.revision, 0);
    assert_int_equal(e.redrives, 0);
    assert_int_equal(e.started_at_ms, SHOP_NOW);
    assert_int_equal(e.ended_at_ms, 0);
    assert_in_range(e.clock_ms, 0, 60000);
    assert_in_range(execution_next_due(shop->db, SHOP_REAPER), before,
                    db_clock_ms(shop->db));
    assert_int_equal(due_now(shop), 1);
    assert_false(execution_find(shop->db, "nobody", &e, &shop->arena));
    assert_false(execution_read(shop->db, "nobody", &e, &shop->arena));
}

static void what_is_saved_is_read_again(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    e.state = "ProcessPayment";
    e.input = "{\"order\":1}";
    e.image = "[\"image\"]";
    assert_true(execution_put(shop, &e, 0, 7));
    assert_int_equal(e.revision, 1);
    assert_int_equal(e.reaper, 7);
    struct execution now = execution_now(shop, e.order_id);
    assert_string_equal(now.state, "ProcessPayment");
    assert_string_equal(now.input, "{\"order\":1}");
    assert_string_equal(now.image, "[\"image\"]");
    assert_null(now.output);
    assert_int_equal(now.revision, 1);
    assert_int_equal(now.reaper, 7);
    assert_in_range(now.clock_ms, e.clock_ms, e.clock_ms + 60000);
    assert_true(execution_find(shop->db, e.order_id, &now, &shop->arena));
    assert_string_equal(now.state, "ProcessPayment");
    assert_null(now.input);
    assert_null(now.image);
    assert_true(execution_put(shop, &e, 0, 0));
    assert_int_equal(execution_now(shop, e.order_id).revision, 2);
}

static void the_clock_runs_with_the_machine(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    assert_in_range(e.clock_ms, 0, 60000);
    execution_alter(shop,
                    "UPDATE executions SET zero_work_ms ="
                    " zero_work_ms - 500000 WHERE order_id = $1",
                    e.order_id);
    assert_in_range(execution_now(shop, e.order_id).clock_ms, 500000, 560000);
    assert_true(execution_put(shop, &e, 0, 0));
    assert_in_range(execution_now(shop, e.order_id).clock_ms, 500000, 560000);
}

static void events_are_stored_with_the_save(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    execution_event(&e, &shop->arena, "ExecutionStarted", NULL, NULL, SHOP_NOW);
    execution_event(&e, &shop->arena, "TaskStateEntered", "Say \"hi\"",
                    "{\"input\":{\"a\":[1]}}", SHOP_NOW + 1);
    assert_int_equal(history_all(shop, e.order_id, &events), 0);
    assert_true(execution_put(shop, &e, 0, 0));
    execution_event(&e, &shop->arena, "TaskStateExited", "Say \"hi\"", NULL,
                    SHOP_NOW + 2);
    assert_true(execution_put(shop, &e, 0, 0));
    assert_true(execution_put(shop, &e, 0, 0)); /* nothing new to store */
    assert_int_equal(history_all(shop, e.order_id, &events), 3);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM execution_events"
                                    " /* whole table */"),
                     2);
    assert_null(events[0].state);
    assert_null(events[0].detail);
    assert_string_equal(events[1].type, "TaskStateEntered");
    assert_string_equal(events[1].state, "Say \"hi\"");
    assert_string_equal(json_print(&shop->arena, events[1].detail),
                        "{\"input\":{\"a\":[1]}}");
    assert_int_equal(events[1].at_ms, SHOP_NOW + 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(events[i].id, i + 1);
    assert_int_equal(execution_now(shop, e.order_id).last_event, 3);
}

/* Whatever it tries, the row and the history stay as they were. */
static void assert_stale(struct shop *shop, struct execution stale)
{
    struct history_event *events;
    struct execution before = execution_now(shop, stale.order_id);
    size_t count = history_all(shop, stale.order_id, &events);
    stale.state = "Stale";
    stale.image = "\"stale\"";
    execution_event(&stale, &shop->arena, "StaleEvent", NULL, NULL, SHOP_NOW);
    assert_false(execution_put(shop, &stale, 0, 0));
    assert_false(execution_end(shop->db, &stale, EXECUTION_FAILED, SHOP_NOW));
    assert_false(execution_reopen(shop->db, &stale));
    struct execution after = execution_now(shop, stale.order_id);
    assert_int_equal(after.revision, before.revision);
    assert_int_equal(after.status, before.status);
    assert_int_equal(after.last_event, before.last_event);
    assert_string_equal(after.state, "Fresh");
    assert_string_equal(after.image, "\"fresh\"");
    assert_int_equal(history_all(shop, stale.order_id, &events), count);
}

static void a_stale_copy_writes_nothing(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct execution stale = e;
    e.state = "Fresh";
    e.image = "\"fresh\"";
    execution_event(&e, &shop->arena, "A", NULL, NULL, SHOP_NOW);
    assert_true(execution_put(shop, &e, 0, 0));
    assert_stale(shop, stale);
    /* One read in time is stale as well once a note took its next number. */
    stale = execution_now(shop, e.order_id);
    execution_note(shop->db, e.order_id, "Noted", "ada", NULL, SHOP_NOW,
                   &shop->arena);
    assert_stale(shop, stale);
    stale = e = execution_now(shop, e.order_id);
    assert_true(execution_end(shop->db, &e, EXECUTION_FAILED, SHOP_NOW));
    assert_stale(shop, stale);
    stale = e;
    assert_true(execution_reopen(shop->db, &e));
    assert_stale(shop, stale);
}

static void an_end_keeps_what_it_is_given(void **state)
{
    static const struct {
        enum execution_status status;
        const char *output, *error, *cause, *image;
    } rows[] = {
        {EXECUTION_SUCCEEDED, "{\"ok\":true}", NULL, NULL, NULL},
        {EXECUTION_FAILED, NULL, "OutOfStock", "No mice.", "\"image\""},
        {EXECUTION_TIMED_OUT, NULL, "States.Timeout", NULL, "\"image\""},
        {EXECUTION_ABORTED, NULL, NULL, "Cancelled.", "\"image\""},
    };
    struct shop *shop = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct execution e = execution_new(shop);
        e.image = "\"old\"";
        assert_true(execution_put(shop, &e, NOT_YET, 3));
        task_token_issue(shop->db, e.order_id, e.order_id, 1, SHOP_NOW);
        e.output = rows[i].output;
        e.error = rows[i].error;
        e.cause = rows[i].cause;
        e.image = rows[i].image;
        assert_true(execution_end(shop->db, &e, rows[i].status, SHOP_NOW + 9));
        assert_false(execution_is_running(&e));
        e = execution_now(shop, e.order_id);
        assert_int_equal(e.status, rows[i].status);
        const char *got[] = {e.output, e.error, e.cause, e.image};
        const char *want[] = {rows[i].output, rows[i].error, rows[i].cause,
                              rows[i].image};
        for (int j = 0; j < 4; j++)
            if (want[j] == NULL)
                assert_null(got[j]);
            else
                assert_string_equal(got[j], want[j]);
        assert_int_equal(e.ended_at_ms, SHOP_NOW + 9);
        assert_int_equal(e.reaper, 0);
        assert_int_equal(task_token_answer(shop->db, e.order_id, "{}"),
                         TASK_TOKEN_UNKNOWN);
    }
    assert_int_equal(due_count(shop, INT64_MAX), 0);
    shop_refuses(shop, "UPDATE executions SET status = 'RUNNING'", "CHECK");
}

static void a_reopened_one_runs_again(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    e.input = "1";
    e.error = "Boom";
    e.cause = "It broke.";
    e.image = "\"failed\"";
    assert_false(execution_reopen(shop->db, &e)); /* it runs */
    assert_true(execution_end(shop->db, &e, EXECUTION_FAILED, SHOP_NOW));
    workflow_use(shop->db, "{\"StartAt\":\"B\"}", SHOP_NOW);
    e = execution_now(shop, e.order_id);
    e.definition_hash = workflow_current_hash(shop->db, &shop->arena);
    e.image = "\"redriven\"";
    execution_event(&e, &shop->arena, "ExecutionRedriven", NULL, NULL,
                    SHOP_NOW + 1);
    assert_true(execution_reopen(shop->db, &e));
    struct execution now = execution_now(shop, e.order_id);
    assert_true(execution_is_running(&now));
    assert_true(execution_is_running(&e));
    assert_int_equal(now.redrives, 1);
    assert_int_equal(e.redrives, 1);
    assert_null(now.error);
    assert_null(now.cause);
    assert_int_equal(now.ended_at_ms, 0);
    assert_string_equal(now.input, "1");
    assert_string_equal(now.image, "\"redriven\"");
    assert_string_equal(now.definition_hash, e.definition_hash);
    assert_int_equal(now.last_event, 1);
    assert_int_equal(due_now(shop), 1);
    assert_true(execution_put(shop, &e, 0, 0)); /* e went along */
}

static void an_abort_ends_only_what_runs(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    e.input = "1";
    e.image = "\"kept\"";
    assert_true(execution_put(shop, &e, 0, 3));
    task_token_issue(shop->db, "token", e.order_id, 1, SHOP_NOW);
    execution_abort(shop->db, "nobody", "No.", SHOP_NOW, &shop->arena);
    execution_abort(shop->db, e.order_id, "Cancelled: \"no\"", SHOP_NOW + 5,
                    &shop->arena);
    execution_abort(shop->db, e.order_id, "Again", SHOP_NOW + 6, &shop->arena);
    struct execution now = execution_now(shop, e.order_id);
    assert_int_equal(now.status, EXECUTION_ABORTED);
    assert_null(now.error);
    assert_string_equal(now.cause, "Cancelled: \"no\"");
    assert_string_equal(now.input, "1");
    assert_string_equal(now.image, "\"kept\"");
    assert_int_equal(now.ended_at_ms, SHOP_NOW + 5);
    assert_int_equal(now.reaper, 0);
    assert_int_equal(history_all(shop, e.order_id, &events), 1);
    assert_string_equal(events[0].type, "ExecutionAborted");
    assert_string_equal(json_string(json_member(events[0].detail, "cause")),
                        "Cancelled: \"no\"");
    assert_int_equal(task_token_answer(shop->db, "token", "{}"),
                     TASK_TOKEN_UNKNOWN);
    assert_int_equal(due_count(shop, INT64_MAX), 0);
    assert_false(execution_put(shop, &e, 0, 0));
}

static void notes_go_on_after_the_end(void **state)
{
    struct shop *shop = *state;
    struct execution e = execution_new(shop);
    struct history_event *events;
    execution_note(shop->db, "nobody", "Noted", "ada", NULL, SHOP_NOW,
                   &shop->arena);
    execution_note(shop->db, e.order_id, "Noted", "ada", "a \"reason\"",
                   SHOP_NOW, &shop->arena);
    execution_abort(shop->db, e.order_id, NULL, SHOP_NOW, &shop->arena);
    execution_note(shop->db, e.order_id, "Completed", "bob", NULL, SHOP_NOW,
                   &shop->arena);
    assert_int_equal(history_all(shop, e.order_id, &events), 3);
    static const char *const details[] = {
        "{\"by\":\"ada\",\"reason\":\"a \\\"reason\\\"\"}", NULL,
        "{\"by\":\"bob\"}"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(events[i].id, i + 1);
        if (details[i] == NULL)
            assert_null(events[i].detail);
        else
            assert_string_equal(json_print(&shop->arena, events[i].detail),
                                details[i]);
    }
    assert_string_equal(events[1].type, "ExecutionAborted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_new_one_is_due_at_once),
        SHOP_TEST(what_is_saved_is_read_again),
        SHOP_TEST(the_clock_runs_with_the_machine),
        SHOP_TEST(events_are_stored_with_the_save),
        SHOP_TEST(a_stale_copy_writes_nothing),
        SHOP_TEST(an_end_keeps_what_it_is_given),
        SHOP_TEST(a_reopened_one_runs_again),
        SHOP_TEST(an_abort_ends_only_what_runs),
        SHOP_TEST(notes_go_on_after_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
