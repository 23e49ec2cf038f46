/* Undoing (lib/workflow/order/undo.h) where a definition does it itself, where
 * payments come late, and where an order is taken up again and again. */
#include "tests/unit/claim_fixture.h"
#include "tests/unit/undo_fixture.h"

static bool after_payment(struct shop *shop, const char *order_id)
{
    return undo_after_payment(shop->db, order_id, SHOP_NOW, &shop->arena);
}

static enum undo_redrive redrive(struct shop *shop, const char *order_id,
                                 const char **missing_sku)
{
    struct order order = shop_find(shop, order_id);
    return undo_redrive(shop->db, &order, false, SHOP_NOW, missing_sku,
                        &shop->arena);
}

static void fail_order(struct shop *shop, const char *order_id)
{
    struct order order = shop_find(shop, order_id);
    undo_failed(shop->db, &order, "It failed.", SHOP_NOW);
}

static void while_it_runs_its_tasks_are_told(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    assert_false(after_payment(shop, "nobody"));
    shop_pay(shop, order.order_id, "pi_1");
    assert_false(after_payment(shop, order.order_id));
    shop_end(shop, order.order_id, EXECUTION_SUCCEEDED, NULL, NULL);
    assert_false(after_payment(shop, order.order_id));
    assert_int_equal(shop_find(shop, order.order_id).status, ORDER_PROCESSING);
    assert_int_equal(refunded(shop), 0);
}

/* Paid after all, of an order that is undone: it goes back, once. */
static void late_money_goes_back(void **state)
{
    struct shop *shop = *state;
    static const struct {
        enum order_status status;
        bool running, settled;
    } cases[] = {{ORDER_CANCELLED, false, true},
                 {ORDER_FAILED, false, true},
                 {ORDER_FAILED, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, cases[i].status);
        const char *id = order.order_id;
        if (!cases[i].running)
            shop_end(shop, id, EXECUTION_FAILED, "X", NULL);
        assert_true(shop_reserve(shop, id));
        shop_pay(shop, id, "pi_1");
        assert_int_equal(after_payment(shop, id), cases[i].settled);
        assert_false(after_payment(shop, id));
        assert_int_equal(refunded(shop), 49900);
        assert_int_equal(shop_available(shop, "phone"), 1);
        assert_int_equal(shop_find(shop, id).status, cases[i].status);
        assert_int_equal(mails(shop), 0);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_definition_undoes_piece_by_piece(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    const char *id = order.order_id;
    assert_int_equal(undo_refund(shop->db, id, "workflow", SHOP_NOW), 49900);
    assert_int_equal(undo_refund(shop->db, id, "workflow", SHOP_NOW), 0);
    for (int i = 0; i < 2; i++)
        undo_release(shop->db, id, SHOP_NOW);
    assert_int_equal(shop_available(shop, "phone"), 1);
    outbox_queue(shop->db, id, MAIL_CONFIRMATION, SHOP_NOW);
    for (int i = 0; i < 2; i++) {
        order = shop_find(shop, id);
        assert_true(undo_fail_order(shop->db, &order, "Dropped.", SHOP_NOW));
        undo_failed(shop->db, &order, "Again.", SHOP_NOW);
    }
    order = shop_find(shop, id);
    assert_int_equal(order.status, ORDER_FAILED);
    assert_string_equal(order.reason, "Dropped.");
    assert_int_equal(refunded(shop), 49900);
    assert_int_equal(shop_available(shop, "phone"), 1);
    struct outbox_mail due[4];
    assert_int_equal(shop_mails(shop, 4, due), 1);
    assert_int_equal(due[0].kind, MAIL_FAILURE);
}

static void failing_follows_the_status(void **state)
{
    struct shop *shop = *state;
    for (int i = 0; i < ORDER_NO_STATUS; i++) {
        enum order_status status = (enum order_status)i;
        bool fails = status == ORDER_PENDING || status == ORDER_PROCESSING ||
                     status == ORDER_CONFIRMED;
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, status);
        assert_true(undo_fail_order(shop->db, &order, "Dropped.", SHOP_NOW));
        order = shop_find(shop, order.order_id);
        assert_int_equal(order.status, fails ? ORDER_FAILED : status);
        assert_string_equal(mail_kind(shop), fails ? "failed" : "");
        assert_int_equal(refunded(shop), status == ORDER_CONFIRMED ? 49900 : 0);
        assert_int_equal(shop_available(shop, "phone"),
                         status == ORDER_COMPLETED ? 0 : 1);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

/* Of an order that was cancelled because nobody had paid. */
static void late_money_takes_a_cancelled_order_up(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CANCELLED);
    const char *missing;
    assert_int_equal(redrive(shop, order.order_id, &missing),
                     UNDO_REDRIVE_REFUSED);
    order = shop_find(shop, order.order_id);
    assert_int_equal(
        undo_redrive(shop->db, &order, true, SHOP_NOW, &missing, &shop->arena),
        UNDO_REDRIVE_OK);
    order = shop_find(shop, order.order_id);
    assert_int_equal(order.status, ORDER_PROCESSING);
    assert_null(order.reason);
    assert_int_equal(shop_available(shop, "phone"), 0);
}

static void redriving_follows_the_status(void **state)
{
    struct shop *shop = *state;
    static const struct {
        enum order_status from, to;
        enum undo_redrive outcome;
        int64_t available;
    } cases[] = {{ORDER_PROCESSING, ORDER_PROCESSING, UNDO_REDRIVE_OK, 0},
                 {ORDER_CONFIRMED, ORDER_CONFIRMED, UNDO_REDRIVE_OK, 0},
                 {ORDER_FAILED, ORDER_PROCESSING, UNDO_REDRIVE_OK, 0},
                 {ORDER_CANCELLED, ORDER_CANCELLED, UNDO_REDRIVE_REFUSED, 1},
                 {ORDER_COMPLETED, ORDER_COMPLETED, UNDO_REDRIVE_REFUSED, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *missing = "left as it was";
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, cases[i].from);
        assert_int_equal(redrive(shop, order.order_id, &missing),
                         cases[i].outcome);
        assert_null(missing);
        assert_int_equal(shop_find(shop, order.order_id).status, cases[i].to);
        assert_int_equal(shop_available(shop, "phone"), cases[i].available);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_redrive_needs_the_goods(void **state)
{
    struct shop *shop = *state;
    const char *missing = NULL;
    struct order order = order_in(shop, ORDER_FAILED);
    outbox_queue(shop->db, order.order_id, MAIL_FAILURE, SHOP_NOW);
    struct order other = shop_order(shop, "phone");
    assert_true(shop_reserve(shop, other.order_id));
    assert_int_equal(redrive(shop, order.order_id, &missing),
                     UNDO_REDRIVE_SHORT);
    assert_string_equal(missing, "phone");
    assert_int_equal(shop_find(shop, order.order_id).status, ORDER_FAILED);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM outbox"
                                    " /* whole table */ WHERE status = 'due'"),
                     1);
    stock_release(shop->db, other.order_id);
    assert_int_equal(redrive(shop, order.order_id, &missing), UNDO_REDRIVE_OK);
    order = shop_find(shop, order.order_id);
    assert_null(order.reason);
    /* What was said of the failure and not sent yet is no longer true. */
    assert_int_equal(shop_next_due(shop, WORK_MAIL), INT64_MAX);
}

/* One round: paid, sold, confirmed, then failed by its definition. */
static void live_through(struct shop *shop, const char *order_id,
                         const char *intent_id)
{
    shop_pay(shop, order_id, intent_id);
    assert_false(after_payment(shop, order_id));
    assert_true(stock_sell(shop->db, order_id, SHOP_NOW));
    assert_true(order_move(shop->db, order_id, ORDER_PROCESSING,
                           ORDER_CONFIRMED, NULL, SHOP_NOW));
    assert_int_equal(shop_available(shop, "phone"), 0);
    struct order order = shop_find(shop, order_id);
    assert_true(undo_fail_order(shop->db, &order, "Dropped.", SHOP_NOW));
    shop_end(shop, order_id, EXECUTION_FAILED, "Dropped", NULL);
    fail_order(shop, order_id);
    assert_int_equal(shop_find(shop, order_id).status, ORDER_FAILED);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_int_equal(payment_left_minor(shop->db, order_id), 0);
}

static void every_round_is_undone_for_itself(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    static const char *const intents[] = {"pi_1", "pi_2", "pi_3"};
    const char *missing;
    for (int64_t round = 0; round < 3; round++) {
        live_through(shop, order.order_id, intents[round]);
        assert_int_equal(refunded(shop), (round + 1) * 49900);
        assert_int_equal(mails(shop), round + 1);
        assert_int_equal(redrive(shop, order.order_id, &missing),
                         UNDO_REDRIVE_OK);
        shop_reopen(shop, order.order_id);
        assert_int_equal(shop_available(shop, "phone"), 0);
        shop_check_books(shop);
    }
    assert_int_equal(shop_int(shop, "SELECT COUNT(DISTINCT intent_id)"
                                    " FROM refunds /* whole table */"),
                     3);
    assert_int_equal(shop_int(shop, "SELECT MAX(nth) FROM payment_entries"
                                    " /* whole table */"),
                     2);
}

/* The refund of the last round failed: that money pays for the next. */
static void money_that_stayed_pays_again(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    const char *id = order.order_id;
    const char *missing;
    struct refund refund;
    live_through(shop, id, "pi_1");
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_failed(shop->db, refund.refund_id, "Closed.", SHOP_NOW);
    assert_int_equal(redrive(shop, id, &missing), UNDO_REDRIVE_OK);
    assert_true(payment_is_paid(shop->db, id));
    fail_order(shop, id);
    assert_int_equal(refunded(shop), 49900);
}

/* A part of it does not, and another charge would be too much. */
static void half_of_the_money_pays_nothing(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    const char *id = order.order_id;
    const char *missing;
    struct refund refund;
    shop_pay(shop, id, "pi_1");
    refund_queue(shop->db, id, 900, "dent", SHOP_NOW);
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    fail_order(shop, id);
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_failed(shop->db, refund.refund_id, "Closed.", SHOP_NOW);
    assert_int_equal(redrive(shop, id, &missing), UNDO_REDRIVE_REFUSED);
    assert_int_equal(shop_find(shop, id).status, ORDER_FAILED);
    assert_int_equal(shop_available(shop, "phone"), 1);
}

/* Redriven while its payment was open: that very attempt is the new round's. */
static void an_open_payment_goes_on_in_the_next_round(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    const char *id = order.order_id;
    const char *missing;
    struct payment_attempt attempt = shop_attempt(shop, id);
    shop_end(shop, id, EXECUTION_FAILED, "X", NULL);
    fail_order(shop, id);
    assert_int_equal(redrive(shop, id, &missing), UNDO_REDRIVE_OK);
    shop_reopen(shop, id);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 49900, SHOP_NOW);
    assert_false(after_payment(shop, id));
    assert_true(payment_is_paid(shop->db, id));
    assert_true(stock_sell(shop->db, id, SHOP_NOW));
    assert_int_equal(mails(shop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(while_it_runs_its_tasks_are_told),
        SHOP_TEST(late_money_goes_back),
        SHOP_TEST(a_definition_undoes_piece_by_piece),
        SHOP_TEST(failing_follows_the_status),
        SHOP_TEST(late_money_takes_a_cancelled_order_up),
        SHOP_TEST(redriving_follows_the_status),
        SHOP_TEST(a_redrive_needs_the_goods),
        SHOP_TEST(every_round_is_undone_for_itself),
        SHOP_TEST(money_that_stayed_pays_again),
        SHOP_TEST(half_of_the_money_pays_nothing),
        SHOP_TEST(an_open_payment_goes_on_in_the_next_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
