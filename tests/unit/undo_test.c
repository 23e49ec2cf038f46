/* Undoing an order (lib/shop/undo.h) from every status. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/alarm.h"
#include "lib/shop/execution.h"
#include "lib/shop/outbox.h"
#include "lib/shop/payment.h"
#include "lib/shop/refund.h"
#include "lib/shop/undo.h"

/* Brings a fresh order of one phone to a status as the workflow would. */
static struct order order_in(struct shop *shop, enum order_status status)
{
    struct db *db = shop->db;
    struct order order = shop_order(shop, "phone");
    const char *id = order.order_id;
    if (status == ORDER_CANCELLED || status == ORDER_FAILED) {
        order_move(db, id, ORDER_PENDING, status, "Gone.", SHOP_NOW);
        return shop_find(shop, id);
    }
    if (status != ORDER_PENDING) {
        assert_true(shop_reserve(shop, id));
        order_move(db, id, ORDER_PENDING, ORDER_PROCESSING, NULL, SHOP_NOW);
    }
    if (status == ORDER_CONFIRMED || status == ORDER_COMPLETED) {
        struct payment_attempt attempt =
            payment_begin(db, id, SHOP_NOW, &shop->arena);
        payment_succeeded(db, attempt.attempt_id, "pi_1", 49900, SHOP_NOW);
        assert_true(stock_sell(db, id, SHOP_NOW));
        order_move(db, id, ORDER_PROCESSING, ORDER_CONFIRMED, NULL, SHOP_NOW);
    }
    if (status == ORDER_COMPLETED)
        order_move(db, id, ORDER_CONFIRMED, ORDER_COMPLETED, NULL, SHOP_NOW);
    return shop_find(shop, id);
}

static enum undo_outcome cancel(struct shop *shop, const struct order *order)
{
    return undo_cancel(shop->db, order, "Changed my \"mind\".", "staff",
                       SHOP_NOW, &shop->arena);
}

static const char *mail_kind(struct shop *shop)
{
    return shop_text(shop, "SELECT COALESCE(MAX(kind), '') FROM outbox"
                           " /* whole table */");
}

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
    struct execution_event *events;
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_true(
        execution_find(shop->db, order.order_id, &execution, &shop->arena));
    assert_string_equal(execution.status, "ABORTED");
    size_t count =
        execution_history(shop->db, order.order_id, &events, &shop->arena);
    assert_true(count >= 2);
    assert_string_equal(events[count - 1].type, "ExecutionAborted");
    assert_string_equal(events[count - 2].type, "OrderCancelled");
    assert_string_equal(
        events[count - 2].detail,
        "{\"by\":\"staff\",\"reason\":\"Changed my \\\"mind\\\".\"}");
    assert_int_equal(execution_next_due(shop->db), INT64_MAX);
}

static void a_waiting_confirmation_is_not_sent(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct outbox_mail mails[4];
    outbox_queue(shop->db, order.order_id, "confirmation", SHOP_NOW);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(outbox_claim(shop->db, 1000, 4, mails, &shop->arena), 1);
    assert_string_equal(mails[0].kind, "cancelled");
}

static void cancelling_a_confirmed_order_refunds_what_is_left(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct refund refunds[3];
    refund_queue(shop->db, order.order_id, 900, "dent", SHOP_NOW);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(refund_claim(shop->db, 1000, 3, refunds, &shop->arena), 2);
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
    assert_int_equal(refund_claim(shop->db, 1000, 3, refunds, &shop->arena), 1);
}

static void an_open_payment_is_waited_for(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    struct payment_attempt attempt =
        payment_begin(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    order = shop_find(shop, order.order_id);
    assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
    order = shop_find(shop, order.order_id);
    assert_int_equal(order.status, ORDER_PROCESSING);
    assert_string_equal(order.cancel_reason, "Changed my \"mind\".");
    assert_int_equal(shop_available(shop, "phone"), 0);
    assert_string_equal(mail_kind(shop), "");
    assert_int_not_equal(execution_next_due(shop->db), INT64_MAX);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 49900, SHOP_NOW);
    order = shop_find(shop, order.order_id);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(shop_int(shop, "SELECT amount_minor FROM refunds"), 49900);
}

static void a_failed_workflow_fails_its_order(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    struct payment_attempt attempt =
        payment_begin(shop->db, order.order_id, SHOP_NOW, &shop->arena);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 49900, SHOP_NOW);
    for (int i = 0; i < 2; i++) {
        undo_failed(shop->db, &order, "Out of stock.", SHOP_NOW);
        order = shop_find(shop, order.order_id);
        assert_int_equal(order.status, ORDER_FAILED);
        assert_string_equal(order.reason, "Out of stock.");
    }
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_string_equal(mail_kind(shop), "failed");
    assert_int_equal(shop_int(shop, "SELECT SUM(amount_minor) FROM refunds"),
                     49900);
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
    assert_string_equal(alarm.kind, "workflow_failed");
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
        SHOP_TEST(a_paid_order_survives_a_failed_workflow),
        SHOP_TEST(a_cancelled_order_does_not_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
