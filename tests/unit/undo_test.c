/* Undoing an order (lib/workflow/order/undo.h) from every status. */
#include "tests/unit/claim_fixture.h"
#include "tests/unit/undo_fixture.h"

#include "lib/shop/execution/history.h"

static void cancelling_follows_the_status(void **state)
{
    struct shop *shop = *state;
    static const struct {
        enum order_status from;
        enum undo_outcome outcome;
    } cases[] = {
        {ORDER_PENDING, UNDO_DONE},      {ORDER_PROCESSING, UNDO_DONE},
        {ORDER_CONFIRMED, UNDO_DONE},    {ORDER_COMPLETED, UNDO_REFUSED},
        {ORDER_CANCELLED, UNDO_REFUSED}, {ORDER_FAILED, UNDO_REFUSED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, cases[i].from);
        assert_int_equal(cancel(shop, &order), cases[i].outcome);
        struct order now = shop_find(shop, order.order_id);
        bool done = cases[i].outcome == UNDO_DONE;
        assert_int_equal(now.status, done ? ORDER_CANCELLED : cases[i].from);
        assert_string_equal(mail_kind(shop), done ? "cancelled" : "");
        assert_int_equal(shop_available(shop, "phone"),
                         cases[i].from == ORDER_COMPLETED ? 0 : 1);
        if (done)
            assert_string_equal(now.reason, "Changed my \"mind\".");
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void cancelling_ends_the_execution(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PENDING);
    struct execution execution;
    struct history_event *events;
    bool more;
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_true(
        execution_find(shop->db, order.order_id, &execution, &shop->arena));
    assert_int_equal(execution.status, EXECUTION_ABORTED);
    assert_string_equal(execution.cause, "Changed my \"mind\".");
    size_t count = history_read(shop->db, order.order_id, 0, 1 << 20, &events,
                                &more, &shop->arena);
    assert_true(count >= 2);
    assert_string_equal(events[count - 1].type, "ExecutionAborted");
    assert_string_equal(events[count - 2].type, "OrderCancelled");
    const struct json *detail = events[count - 2].detail;
    assert_string_equal(json_string(json_member(detail, "by")), "staff");
    assert_string_equal(json_string(json_member(detail, "reason")),
                        "Changed my \"mind\".");
    assert_int_equal(execution_next_due(shop->db, SHOP_REAPER), INT64_MAX);
}

static void a_waiting_confirmation_is_not_sent(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct outbox_mail mails[4];
    outbox_queue(shop->db, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(shop_mails(shop, 4, mails), 1);
    assert_int_equal(mails[0].kind, MAIL_CANCELLATION);
}

static void cancelling_a_confirmed_order_refunds_what_is_left(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct refund refunds[3];
    refund_queue(shop->db, order.order_id, 900, "dent", SHOP_NOW);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(shop_refunds(shop, 3, refunds), 2);
    assert_int_equal(refunds[0].amount_minor + refunds[1].amount_minor, 49900);
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 0);
    assert_int_equal(shop_available(shop, "phone"), 1);
    struct order now = shop_find(shop, order.order_id);
    assert_int_equal(cancel(shop, &now), UNDO_REFUSED);
    assert_int_equal(shop_available(shop, "phone"), 1);
}

/* The copy in hand may be older than the row: nothing is undone twice. */
static void a_stale_order_is_not_undone_twice(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct refund refunds[3];
    cancel(shop, &order);
    cancel(shop, &order);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_int_equal(shop_refunds(shop, 3, refunds), 1);
}

static void an_open_payment_is_waited_for(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    order = shop_find(shop, order.order_id);
    assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
    order = shop_find(shop, order.order_id);
    assert_int_equal(order.status, ORDER_PROCESSING);
    assert_string_equal(order.cancel_reason, "Changed my \"mind\".");
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_string_equal(mail_kind(shop), "");
    assert_int_not_equal(execution_next_due(shop->db, SHOP_REAPER), INT64_MAX);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 49900, SHOP_NOW);
    for (int i = 0; i < 2; i++)
        assert_int_equal(undo_after_payment(shop->db, order.order_id, SHOP_NOW,
                                            &shop->arena),
                         i == 0);
    order = shop_find(shop, order.order_id);
    assert_int_equal(order.status, ORDER_CANCELLED);
    assert_string_equal(order.reason, "Changed my \"mind\".");
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_string_equal(mail_kind(shop), "cancelled");
    assert_int_equal(refunded(shop), 49900);
}

static void a_failed_workflow_fails_its_order(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    shop_pay(shop, order.order_id, "pi_1");
    for (int i = 0; i < 2; i++) {
        undo_failed(shop->db, &order, "Out of stock.", SHOP_NOW);
        struct order now = shop_find(shop, order.order_id);
        assert_int_equal(now.status, ORDER_FAILED);
        assert_string_equal(now.reason, "Out of stock.");
        if (i == 1) /* the copy in hand is older than the row at first */
            order = now;
    }
    undo_failed(shop->db, &order, "Out of stock.", SHOP_NOW);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_string_equal(mail_kind(shop), "failed");
    assert_int_equal(mails(shop), 1);
    assert_int_equal(refunded(shop), 49900);
}

/* Its goods are kept until it is known whether they were paid. */
static void failing_waits_for_an_open_payment(void **state)
{
    struct shop *shop = *state;
    for (int paid = 0; paid < 2; paid++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, ORDER_PROCESSING);
        const char *id = order.order_id;
        struct payment_attempt attempt = shop_attempt(shop, id);
        assert_false(undo_fail_order(shop->db, &order, "Late.", SHOP_NOW));
        shop_end(shop, id, paid ? EXECUTION_TIMED_OUT : EXECUTION_FAILED,
                 "States.Timeout", paid ? NULL : "Too late.");
        undo_failed(shop->db, &order, "Too late.", SHOP_NOW);
        assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
        assert_int_equal(shop_available(shop, "phone"), 0);
        assert_int_equal(mails(shop), 0);
        if (paid)
            payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 49900,
                              SHOP_NOW);
        else
            payment_failed(shop->db, attempt.attempt_id, "x", "No.", NULL,
                           SHOP_NOW);
        assert_true(undo_after_payment(shop->db, id, SHOP_NOW, &shop->arena));
        order = shop_find(shop, id);
        assert_int_equal(order.status, ORDER_FAILED);
        assert_string_equal(order.reason,
                            paid ? "States.Timeout" : "Too late.");
        assert_int_equal(shop_available(shop, "phone"), 1);
        assert_int_equal(refunded(shop), paid ? 49900 : 0);
        assert_string_equal(mail_kind(shop), "failed");
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

/* Nobody has to be asked whether a manual one was paid. */
static void a_manual_payment_is_not_waited_for(void **state)
{
    struct shop *shop = *state;
    for (int failing = 0; failing < 3; failing++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, ORDER_PROCESSING);
        const char *id = order.order_id;
        payment_begin(shop->db, id, PAYMENT_MANUAL, 0, SHOP_NOW);
        if (failing == 0)
            assert_int_equal(cancel(shop, &order), UNDO_DONE);
        else if (failing == 1)
            undo_failed(shop->db, &order, "Too late.", SHOP_NOW);
        else
            assert_true(
                undo_fail_order(shop->db, &order, "Too late.", SHOP_NOW));
        assert_int_equal(shop_find(shop, id).status,
                         failing ? ORDER_FAILED : ORDER_CANCELLED);
        assert_false(payment_is_open(shop->db, id));
        assert_int_equal(shop_available(shop, "phone"), 1);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

/* The customer may be paying on the gateway's page: it is closed first. */
static void the_page_of_an_undone_order_is_closed(void **state)
{
    struct shop *shop = *state;
    for (int failing = 0; failing < 3; failing++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, ORDER_PROCESSING);
        struct payment_attempt attempt;
        const char *id = order.order_id;
        payment_begin(shop->db, id, PAYMENT_HOSTED, 60000, SHOP_NOW);
        assert_true(payment_open(shop->db, id, &attempt, &shop->arena));
        payment_look_after(
            shop->db, attempt.attempt_id,
            payment_wait(shop->db, attempt.attempt_id,
                         &(struct payment_place){"cs_1", NULL, "u"}, 60000,
                         SHOP_NOW));
        assert_false(shop_charge_is_due(shop, id));
        if (failing == 0)
            assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
        else if (failing == 1)
            undo_failed(shop->db, &order, "Too late.", SHOP_NOW);
        else
            assert_false(
                undo_fail_order(shop->db, &order, "Too late.", SHOP_NOW));
        assert_true(shop_charge_is_due(shop, id));
        assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
        assert_int_equal(shop_available(shop, "phone"), 0);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_paid_order_survives_a_failed_workflow(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct alarm alarm;
    undo_failed(shop->db, &order, "No receipt.", SHOP_NOW);
    assert_int_equal(shop_find(shop, order.order_id).status, ORDER_CONFIRMED);
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 49900);
    assert_int_equal(alarm_list(shop->db, NULL, 1, &alarm, &shop->arena), 1);
    assert_int_equal(alarm.kind, ALARM_WORKFLOW_FAILED);
    assert_string_equal(mail_kind(shop), "");
}

/* CANCELLED is final: a workflow that fails later changes nothing of it. */
static void a_cancelled_order_does_not_fail(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PENDING);
    cancel(shop, &order);
    order = shop_find(shop, order.order_id);
    undo_failed(shop->db, &order, "Too late.", SHOP_NOW);
    assert_int_equal(shop_find(shop, order.order_id).status, ORDER_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(cancelling_follows_the_status),
        SHOP_TEST(cancelling_ends_the_execution),
        SHOP_TEST(a_waiting_confirmation_is_not_sent),
        SHOP_TEST(cancelling_a_confirmed_order_refunds_what_is_left),
        SHOP_TEST(a_stale_order_is_not_undone_twice),
        SHOP_TEST(an_open_payment_is_waited_for),
        SHOP_TEST(a_failed_workflow_fails_its_order),
        SHOP_TEST(failing_waits_for_an_open_payment),
        SHOP_TEST(a_manual_payment_is_not_waited_for),
        SHOP_TEST(the_page_of_an_undone_order_is_closed),
        SHOP_TEST(a_paid_order_survives_a_failed_workflow),
        SHOP_TEST(a_cancelled_order_does_not_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
