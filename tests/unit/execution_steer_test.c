/* Steering executions (lib/workflow/execution/steer.h): what is possible, what
 * is done to the order, and which states a redrive runs again. */
#include "tests/unit/execution_drive.h"

#include "lib/api/execution_json.h"
#include "lib/shop/refund/refund.h"
#include "lib/workflow/execution/steer.h"

#define TASK(name, more)                                                       \
    "'" name "':{'Type':'Task','Resource':'task:" name "'" more "}"
#define CHAIN(last)                                                            \
    "{'StartAt':'ProcessPayment','States':{" TASK(                             \
        "ProcessPayment",                                                      \
        ",'Next':'UpdateInventory'") "," TASK("UpdateInventory",               \
                                              ",'Next':'SaveOrder'") "," last  \
                                                                     "}}"

static const char plain[] = CHAIN(TASK("SaveOrder", ",'End':true"));
static const char patient[] =
    CHAIN(TASK("SaveOrder", ",'End':true,'Retry':[{'ErrorEquals':['Odd'],"
                            "'IntervalSeconds':3600}]"));

/* What the definition's own compensation does. */
static void undo_all(struct shop *shop, const char *order_id)
{
    undo_release(shop->db, order_id, SHOP_NOW);
    undo_refund(shop->db, order_id, "undone", SHOP_NOW);
}

static const char *act(struct shop *shop, const char *order_id,
                       enum execution_action action)
{
    struct order order = shop_find(shop, order_id);
    int64_t changes = db_changes(shop->db);
    const char *why = execution_steer(
        shop->db, &order,
        &(struct execution_steer){
            .action = action, .reason = "Because.", .by = "ada@shop.example"},
        SHOP_NOW, &shop->arena);
    if (why != NULL) /* what is refused has written nothing */
        assert_int_equal(db_changes(shop->db), changes);
    return why;
}

static struct execution_offers offers(struct shop *shop, const char *order_id)
{
    struct order order = shop_find(shop, order_id);
    struct execution_offers out;
    execution_offers(shop->db, &order, &out, &shop->arena);
    return out;
}

static void only_what_was_undone_is_run_again(void **state)
{
    struct shop *shop = *state;
    static const struct {
        bool refunded, returned;
        const char *begun;
    } cases[] = {
        {false, false, "SaveOrder "},
        {true, false, "ProcessPayment SaveOrder "},
        {false, true, "UpdateInventory SaveOrder "},
        {true, true, "ProcessPayment UpdateInventory SaveOrder "},
    };
    use(shop, plain);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *id = shop_order(shop, "mouse").order_id;
        drive(shop, id, "SaveOrder");
        assert_int_equal(shop_find(shop, id).status, ORDER_CONFIRMED);
        if (cases[i].refunded)
            undo_refund(shop->db, id, "undone", SHOP_NOW);
        if (cases[i].returned)
            undo_release(shop->db, id, SHOP_NOW);
        assert_string_equal(offers(shop, id).redrive_from, "SaveOrder");
        assert_null(act(shop, id, EXECUTION_REDRIVE));
        assert_string_equal(drive(shop, id, NULL), cases[i].begun);
        assert_int_equal(execution_now(shop, id).status, EXECUTION_SUCCEEDED);
        assert_true(stock_is_sold(shop->db, id));
        assert_true(payment_left_minor(shop->db, id) > 0);
        assert_null(offers(shop, id).redrive_from);
    }
}

/* A state that is run again may fail itself: what was to follow it still does,
 * once. */
static void a_redrive_that_fails_is_redriven(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *failing, *begun, *then;
    } cases[] = {
        {"ProcessPayment", "ProcessPayment ",
         "ProcessPayment UpdateInventory SaveOrder "},
        {"UpdateInventory", "ProcessPayment UpdateInventory ",
         "ProcessPayment UpdateInventory SaveOrder "},
        {"SaveOrder", "ProcessPayment UpdateInventory SaveOrder ",
         "ProcessPayment UpdateInventory SaveOrder "},
    };
    use(shop, plain);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *id = shop_order(shop, "mouse").order_id;
        drive(shop, id, "SaveOrder");
        undo_all(shop, id);
        assert_null(act(shop, id, EXECUTION_REDRIVE));
        assert_string_equal(drive(shop, id, cases[i].failing), cases[i].begun);
        undo_all(shop, id);
        assert_null(act(shop, id, EXECUTION_REDRIVE));
        assert_string_equal(drive(shop, id, NULL), cases[i].then);
        assert_int_equal(execution_now(shop, id).redrives, 2);
    }
}

static void a_part_that_was_refunded_is_not_charged_again(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    const char *id = shop_order(shop, "mouse").order_id;
    drive(shop, id, "SaveOrder");
    refund_queue(shop->db, id, 500, "a scratch", SHOP_NOW);
    assert_null(act(shop, id, EXECUTION_REDRIVE));
    assert_string_equal(drive(shop, id, NULL), "SaveOrder ");
}

static void the_last_one_is_named_when_it_is_gone(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    const char *id = shop_order(shop, "phone").order_id;
    drive(shop, id, "UpdateInventory");
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    const char *other = shop_order(shop, "phone").order_id;
    assert_true(shop_reserve(shop, other));
    assert_string_equal(act(shop, id, EXECUTION_REDRIVE),
                        "There is not enough of phone in stock.");
    stock_release(shop->db, other);
    assert_null(act(shop, id, EXECUTION_REDRIVE));
    assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
    assert_string_equal(drive(shop, id, NULL),
                        "ProcessPayment UpdateInventory SaveOrder ");
}

static void stopped_before_its_first_turn_it_begins_anew(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    const char *id = shop_order(shop, "mouse").order_id;
    assert_null(act(shop, id, EXECUTION_STOP));
    struct execution execution = execution_now(shop, id);
    assert_int_equal(execution.status, EXECUTION_ABORTED);
    assert_string_equal(execution.cause, "Because.");
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    assert_string_equal(offers(shop, id).redrive_from, "ProcessPayment");
    assert_null(act(shop, id, EXECUTION_REDRIVE));
    assert_string_equal(drive(shop, id, NULL),
                        "ProcessPayment UpdateInventory SaveOrder ");
    assert_int_equal(shop_find(shop, id).status, ORDER_CONFIRMED);
}

static void what_waits_is_tried_now(void **state)
{
    struct shop *shop = *state;
    use(shop, patient);
    const char *id = shop_order(shop, "mouse").order_id;
    drive(shop, id, "SaveOrder");
    assert_true(offers(shop, id).retry);
    assert_int_equal(due_now(shop), 0);
    assert_null(act(shop, id, EXECUTION_RETRY));
    assert_int_equal(due_now(shop), 1);
    assert_string_equal(drive(shop, id, NULL), "SaveOrder ");
    assert_int_equal(execution_now(shop, id).status, EXECUTION_SUCCEEDED);
    assert_string_equal(act(shop, id, EXECUTION_RETRY),
                        "The execution has ended already.");
}

static void a_parked_one_comes_back_or_is_stopped(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    for (int i = 0; i < 2; i++) {
        const char *id = shop_order(shop, "mouse").order_id;
        assert_false(offers(shop, id).retry);
        assert_string_equal(act(shop, id, EXECUTION_RETRY),
                            "Nothing waits for its time.");
        execution_park(shop->db, id);
        struct execution_offers can = offers(shop, id);
        assert_true(can.retry && can.stop);
        assert_null(act(shop, id, i == 0 ? EXECUTION_RETRY : EXECUTION_STOP));
        assert_false(execution_is_parked(shop->db, id));
        assert_int_equal(due_now(shop), i == 0 ? 1 : 0);
        if (i == 0)
            assert_string_equal(drive(shop, id, NULL),
                                "ProcessPayment UpdateInventory SaveOrder ");
        else
            assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    }
}

static void an_open_payment_is_hurried_and_kept(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    const char *id = shop_order(shop, "mouse").order_id;
    struct payment_attempt attempt;
    payment_begin(shop->db, id, PAYMENT_TOKEN, 60000, SHOP_NOW);
    order_move(shop->db, id, ORDER_PENDING, ORDER_PROCESSING, NULL, SHOP_NOW);
    assert_int_equal(shop_charges(shop, 1, &attempt), 1);
    shop_again(shop, WORK_CHARGE, attempt.attempt_id, 3600000, WORK_TRIED);
    assert_int_equal(shop_charges(shop, 1, &attempt), 0);
    assert_true(offers(shop, id).retry);
    assert_null(act(shop, id, EXECUTION_RETRY));
    assert_int_equal(shop_charges(shop, 1, &attempt), 1);
    assert_null(act(shop, id, EXECUTION_STOP));
    assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
    payment_failed(shop->db, attempt.attempt_id, "declined", "No.", NULL,
                   SHOP_NOW);
    assert_true(undo_after_payment(shop->db, id, SHOP_NOW, &shop->arena));
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    assert_string_equal(shop_find(shop, id).reason, "Because.");
}

static void what_ended_well_or_was_cancelled_is_left_alone(void **state)
{
    struct shop *shop = *state;
    use(shop, plain);
    const char *id = shop_order(shop, "mouse").order_id;
    assert_string_equal(act(shop, id, EXECUTION_REDRIVE),
                        "The execution is still running.");
    drive(shop, id, NULL);
    assert_non_null(act(shop, id, EXECUTION_REDRIVE));
    assert_non_null(act(shop, id, EXECUTION_STOP));
    const char *other = shop_order(shop, "mouse").order_id;
    drive(shop, other, "ProcessPayment");
    execution_alter(shop,
                    "UPDATE orders SET status = 'CANCELLED'"
                    " WHERE order_id = $1",
                    other);
    assert_string_equal(act(shop, other, EXECUTION_REDRIVE),
                        "The order is CANCELLED; that is final.");
    assert_null(offers(shop, other).redrive_from);
    execution_alter(shop,
                    "UPDATE orders SET status = 'FAILED'"
                    " WHERE order_id = $1",
                    other);
    assert_non_null(offers(shop, other).redrive_from);
    assert_false(offers(shop, other).current_differs);
    use(shop, patient);
    assert_true(offers(shop, other).current_differs);
    while (history_pack(shop->db, INT64_MAX, &shop->arena))
        ;
    history_thin(shop->db, SHOP_NOW + 1, 10, &shop->arena);
    assert_non_null(act(shop, other, EXECUTION_REDRIVE));
    assert_null(offers(shop, other).redrive_from);
}

static void who_and_why_enter_the_history(void **state)
{
    struct shop *shop = *state;
    static const char *const types[] = {"ExecutionAborted", "ExecutionRedriven",
                                        "ExecutionAborted"};
    use(shop, plain);
    const char *id = shop_order(shop, "mouse").order_id;
    struct history_event *events;
    act(shop, id, EXECUTION_STOP);
    act(shop, id, EXECUTION_REDRIVE);
    act(shop, id, EXECUTION_STOP);
    assert_int_equal(history_all(shop, id, &events), 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(events[i].type, types[i]);
        assert_string_equal(json_string(json_member(events[i].detail, "by")),
                            "ada@shop.example");
        assert_string_equal(
            json_string(json_member(events[i].detail, "reason")), "Because.");
    }
    struct text out = text_create(&shop->arena, 64);
    assert_true(execution_json(shop->db, id, 2, &out));
    assert_non_null(strstr(out.bytes, "\"redrive_count\":1"));
    assert_null(strstr(out.bytes, "ExecutionRedriven"));
    assert_false(execution_json(shop->db, "nobody", 0, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(only_what_was_undone_is_run_again),
        SHOP_TEST(a_redrive_that_fails_is_redriven),
        SHOP_TEST(a_part_that_was_refunded_is_not_charged_again),
        SHOP_TEST(the_last_one_is_named_when_it_is_gone),
        SHOP_TEST(stopped_before_its_first_turn_it_begins_anew),
        SHOP_TEST(what_waits_is_tried_now),
        SHOP_TEST(a_parked_one_comes_back_or_is_stopped),
        SHOP_TEST(an_open_payment_is_hurried_and_kept),
        SHOP_TEST(what_ended_well_or_was_cancelled_is_left_alone),
        SHOP_TEST(who_and_why_enter_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
