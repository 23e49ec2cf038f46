/* Payment (lib/shop/payment/payment.h): attempts, the ledger, and the status
 * that follows from both. */
#include "tests/unit/claim_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"
#include "tests/unit/death.h"

static void check_status(struct shop *shop, const char *order_id,
                         enum payment_status status)
{
    assert_int_equal(shop_find(shop, order_id).payment_status, status);
}

static int64_t rows(struct shop *shop)
{
    return shop_int(shop, "SELECT COUNT(*) FROM payment_entries"
                          " /* whole table */");
}

static size_t claim(struct shop *shop, struct payment_attempt *list)
{
    return shop_charges(shop, 8, list);
}

static void an_open_attempt_is_taken_up_again(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    check_status(shop, order.order_id, PAYMENT_UNPAID);
    assert_false(payment_is_open(shop->db, order.order_id));
    assert_false(payment_hurry(shop->db, order.order_id));
    struct payment_attempt first = shop_attempt(shop, order.order_id);
    struct payment_attempt again = shop_attempt(shop, order.order_id);
    assert_string_equal(first.attempt_id, again.attempt_id);
    assert_string_equal(first.order_id, order.order_id);
    assert_int_equal(first.attempt_no, 1);
    assert_int_equal(first.created_at_ms, SHOP_NOW);
    assert_int_equal(shop_held(shop, WORK_CHARGE, again.attempt_id).tries, 2);
    assert_int_equal(again.status, ATTEMPT_OPEN);
    assert_true(payment_is_open(shop->db, order.order_id));
    check_status(shop, order.order_id, PAYMENT_PENDING);
}

static void an_attempt_is_claimed_once(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt list[8];
    assert_int_equal(shop_next_due(shop, WORK_CHARGE), INT64_MAX);
    for (int i = 0; i < 3; i++)
        payment_begin(shop->db, shop_order(shop, "mouse").order_id,
                      PAYMENT_TOKEN, 60000, SHOP_NOW);
    assert_true(shop_next_due(shop, WORK_CHARGE) <= db_clock_ms(shop->db));
    assert_int_equal(shop_charges(shop, 2, list), 2);
    assert_int_equal(claim(shop, list), 1);
    assert_int_equal(claim(shop, list), 0);
    assert_int_equal(shop_next_due(shop, WORK_CHARGE), INT64_MAX);
    shop_release(shop);
    assert_int_equal(claim(shop, list), 3);
    assert_int_equal(shop_held(shop, WORK_CHARGE, list[0].attempt_id).tries, 2);
    for (size_t i = 0; i < 3; i++)
        payment_failed(shop->db, list[i].attempt_id, "x", "No.", NULL,
                       SHOP_NOW);
    shop_release(shop);
    assert_int_equal(claim(shop, list), 0);
    assert_int_equal(shop_next_due(shop, WORK_CHARGE), INT64_MAX);
}

/* Only of what was asked for may the gateway's word be true. */
static void an_attempt_is_asked_for_once_it_was_claimed(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt list[8], now;
    const char *asked = shop_order(shop, "mouse").order_id;
    payment_begin(shop->db, asked, PAYMENT_TOKEN, 60000, SHOP_NOW);
    assert_true(payment_open(shop->db, asked, &now, &shop->arena));
    assert_false(payment_was_asked(&now));
    assert_int_equal(claim(shop, list), 1);
    assert_true(payment_was_asked(&list[0]));
    /* Looked for, then asked again. */
    payment_unknown(shop->db, now.attempt_id, PAYMENT_LOOK, true, "x",
                    SHOP_NOW);
    payment_unknown(shop->db, now.attempt_id, PAYMENT_ASK, false, "x",
                    SHOP_NOW);
    assert_true(payment_open(shop->db, asked, &now, &shop->arena));
    assert_true(payment_was_asked(&now));
    const char *manual = shop_order(shop, "mouse").order_id;
    payment_begin(shop->db, manual, PAYMENT_MANUAL, 0, SHOP_NOW);
    assert_true(payment_open(shop->db, manual, &now, &shop->arena));
    assert_false(payment_was_asked(&now));
    now.asked = true;
    now.intent_id = "pi_1";
    assert_false(payment_was_asked(&now));
}

static void what_is_set_aside_is_never_due(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt list[8];
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    payment_park(shop->db, order.order_id, "Parked.", SHOP_NOW);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "Late.",
                    SHOP_NOW);
    shop_release(shop);
    assert_int_equal(claim(shop, list), 0);
    assert_int_equal(shop_next_due(shop, WORK_CHARGE), INT64_MAX);
    assert_true(payment_is_open(shop->db, order.order_id));
    check_status(shop, order.order_id, PAYMENT_PENDING);
    assert_true(payment_hurry(shop->db, order.order_id));
    assert_int_equal(claim(shop, list), 1);
    assert_string_equal(list[0].message, "Late.");
}

static void a_failure_lets_another_attempt_begin(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt first = shop_attempt(shop, order.order_id);
    assert_true(payment_failed(shop->db, first.attempt_id, "card_declined",
                               "Declined.", NULL, SHOP_NOW));
    check_status(shop, order.order_id, PAYMENT_FAILED);
    assert_false(payment_is_open(shop->db, order.order_id));
    assert_false(payment_is_paid(shop->db, order.order_id));
    struct payment_attempt second = shop_attempt(shop, order.order_id);
    assert_string_not_equal(first.attempt_id, second.attempt_id);
    assert_int_equal(second.attempt_no, 2);
    check_status(shop, order.order_id, PAYMENT_PENDING);
    payment_succeeded(shop->db, second.attempt_id, "pi_2", 99900, SHOP_NOW);
    check_status(shop, order.order_id, PAYMENT_PAID);
}

static void a_success_enters_the_ledger_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    for (int i = 0; i < 2; i++)
        assert_int_equal(payment_succeeded(shop->db, attempt.attempt_id, "pi_1",
                                           99900, SHOP_NOW),
                         i == 0);
    assert_false(payment_failed(shop->db, attempt.attempt_id, "late",
                                "Too late.", NULL, SHOP_NOW));
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true,
                    "Too late.", SHOP_NOW);
    assert_true(payment_is_paid(shop->db, order.order_id));
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 99900);
    assert_int_equal(rows(shop), 1);
    check_status(shop, order.order_id, PAYMENT_PAID);
}

/* An answer to an attempt that had ended is no second answer. */
static void a_late_success_after_a_failure_books_nothing(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    payment_failed(shop->db, attempt.attempt_id, "card_declined", "Declined.",
                   "pi_1", SHOP_NOW);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 99900, SHOP_NOW);
    assert_false(payment_is_paid(shop->db, order.order_id));
    check_status(shop, order.order_id, PAYMENT_FAILED);
    payment_succeeded(shop->db, "no-such-attempt", "pi_9", 1, SHOP_NOW);
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 0);
}

static void unknown_stays_open_and_remembers_since_when(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    assert_int_equal(attempt.unknown_since_ms, 0);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "Timeout.",
                    SHOP_NOW + 1);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "502.",
                    SHOP_NOW + 9);
    attempt = shop_attempt(shop, order.order_id);
    assert_int_equal(attempt.unknown_since_ms, SHOP_NOW + 1);
    assert_string_equal(attempt.message, "502.");
    check_status(shop, order.order_id, PAYMENT_PENDING);
}

static void the_charge_is_found(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    const char *intent_id = NULL;
    int64_t charged_at_ms = 0;
    assert_false(payment_charge(shop->db, order.order_id, &intent_id,
                                &charged_at_ms, &shop->arena));
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW + 3);
    payment_book(shop->db, order.order_id, ENTRY_REFUND, 900, "re_1", "pi_1",
                 SHOP_NOW + 4);
    assert_true(payment_charge(shop->db, order.order_id, &intent_id,
                               &charged_at_ms, &shop->arena));
    assert_string_equal(intent_id, "pi_1");
    assert_int_equal(charged_at_ms, SHOP_NOW + 3);
}

static void status_follows_the_refunds(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW);
    payment_book(shop->db, order.order_id, ENTRY_REFUND, 900, "re_1", "pi_1",
                 SHOP_NOW);
    check_status(shop, order.order_id, PAYMENT_PARTIALLY_REFUNDED);
    payment_book(shop->db, order.order_id, ENTRY_REFUND, 99000, "re_2", "pi_1",
                 SHOP_NOW);
    check_status(shop, order.order_id, PAYMENT_REFUNDED);
}

/* Paid after its attempt had failed: it was paid, and went back. */
static void late_money_is_refunded_not_failed(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = shop_attempt(shop, order.order_id);
    payment_failed(shop->db, attempt.attempt_id, "x", "No.", NULL, SHOP_NOW);
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW + 1);
    payment_book(shop->db, order.order_id, ENTRY_REFUND, 99900, "re_1", "pi_1",
                 SHOP_NOW + 2);
    check_status(shop, order.order_id, PAYMENT_REFUNDED);
}

static void the_history_has_every_row(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt first = shop_attempt(shop, order.order_id);
    payment_failed(shop->db, first.attempt_id, "card_declined", "Declined.",
                   NULL, SHOP_NOW);
    struct payment_attempt second = shop_attempt(shop, order.order_id);
    payment_succeeded(shop->db, second.attempt_id, "pi_2", 99900,
                      SHOP_NOW + 20);
    refund_queue(shop->db, order.order_id, 500, "dent", SHOP_NOW + 30);
    struct payment_row rows[8];
    assert_int_equal(
        payment_history(shop->db, order.order_id, rows, 8, &shop->arena), 3);
    static const struct payment_row wanted[] = {
        {0, PAYMENT_ROW_ATTEMPT, PAYMENT_ROW_FAILED, "Declined.", 0},
        {0, PAYMENT_ROW_CHARGE, PAYMENT_ROW_BOOKED, "pi_2", 0},
        {0, PAYMENT_ROW_REFUND, PAYMENT_ROW_DUE, "dent", 0}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(rows[i].kind, wanted[i].kind);
        assert_int_equal(rows[i].state, wanted[i].state);
        assert_string_equal(rows[i].reference, wanted[i].reference);
    }
    assert_int_equal(rows[2].amount_minor, 500);
    assert_int_equal(
        payment_history(shop->db, order.order_id, rows, 2, &shop->arena), 2);
}

/* Gives the order's money back through its refunds, as the reaper does. */
static void refund_all(struct shop *shop, const char *order_id, const char *id)
{
    struct refund refunds[4];
    refund_queue(shop->db, order_id, 99900, "undone", SHOP_NOW);
    assert_int_equal(shop_refunds(shop, 4, refunds), 1);
    refund_succeeded(shop->db, refunds[0].refund_id, id, SHOP_NOW);
}

static void paid_is_what_is_not_about_to_go_back(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    const char *id = order.order_id;
    struct refund refund;
    assert_false(payment_is_paid(shop->db, id));
    assert_false(payment_is_paid(shop->db, "nobody"));
    shop_pay(shop, id, "pi_1");
    assert_true(payment_is_paid(shop->db, id));
    refund_queue(shop->db, id, 1, "dent", SHOP_NOW);
    assert_false(payment_is_paid(shop->db, id));
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_failed(shop->db, refund.refund_id, "Closed.", SHOP_NOW);
    assert_true(payment_is_paid(shop->db, id));
    refund_all(shop, id, "re_1");
    assert_false(payment_is_paid(shop->db, id));
}

static void a_redriven_order_is_charged_again(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    const char *id = order.order_id;
    const char *intent_id = NULL;
    int64_t at_ms;
    shop_pay(shop, id, "pi_1");
    refund_all(shop, id, "re_1");
    check_status(shop, id, PAYMENT_REFUNDED);
    shop_reopen(shop, id);
    struct payment_attempt attempt = shop_attempt(shop, id);
    assert_int_equal(attempt.attempt_no, 2);
    check_status(shop, id, PAYMENT_PENDING);
    payment_failed(shop->db, attempt.attempt_id, "x", "No.", NULL, SHOP_NOW);
    check_status(shop, id, PAYMENT_FAILED);
    shop_pay(shop, id, "pi_2");
    check_status(shop, id, PAYMENT_PAID);
    assert_true(payment_is_paid(shop->db, id));
    assert_int_equal(payment_left_minor(shop->db, id), 99900);
    assert_true(payment_charge(shop->db, id, &intent_id, &at_ms, &shop->arena));
    assert_string_equal(intent_id, "pi_2");
    assert_int_equal(shop_int(shop, "SELECT SUM(nth) FROM payment_entries"
                                    " WHERE gateway_id = 'pi_2'"),
                     1);
    refund_all(shop, id, "re_2");
    check_status(shop, id, PAYMENT_REFUNDED);
}

/* The refund of the round before may take its time. */
static void a_refund_under_way_is_not_the_next_payment(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    const char *id = order.order_id;
    struct refund refund;
    shop_pay(shop, id, "pi_1");
    refund_queue(shop->db, id, 99900, "undone", SHOP_NOW);
    check_status(shop, id, PAYMENT_PAID);
    shop_reopen(shop, id);
    shop_attempt(shop, id);
    check_status(shop, id, PAYMENT_PENDING);
    shop_pay(shop, id, "pi_2");
    check_status(shop, id, PAYMENT_PAID);
    assert_true(payment_is_paid(shop->db, id));
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    check_status(shop, id, PAYMENT_PAID);
    assert_true(payment_is_paid(shop->db, id));
    refund_queue(shop->db, id, 900, "dent", SHOP_NOW);
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_succeeded(shop->db, refund.refund_id, "re_2", SHOP_NOW);
    check_status(shop, id, PAYMENT_PARTIALLY_REFUNDED);
}

/* A definition may refund and charge again by itself, and be redriven then. */
static void every_charge_is_booked_whatever_the_round(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    static const char *const ids[][2] = {
        {"pi_1", "re_1"}, {"pi_2", "re_2"}, {"pi_3", "re_3"}};
    for (size_t i = 0; i < 3; i++) {
        if (i == 2)
            shop_reopen(shop, order.order_id);
        shop_pay(shop, order.order_id, ids[i][0]);
        check_status(shop, order.order_id, PAYMENT_PAID);
        refund_all(shop, order.order_id, ids[i][1]);
    }
    assert_int_equal(rows(shop), 6);
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 0);
}

static void the_schema_keeps_the_books(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    shop_attempt(shop, order.order_id);
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW);
    shop_refuses(shop, "UPDATE payment_entries SET amount_minor = 1",
                 "append-only");
    shop_refuses(shop, "DELETE FROM payment_entries", "append-only");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, intent_id, created_at_ms)"
                 " SELECT order_id, 'charge', 1, 'pi_2', 'pi_2', 1 FROM orders",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, intent_id, created_at_ms)"
                 " SELECT order_id, 'refund', 1, 'pi_1', 'pi_1', 1 FROM orders",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, intent_id, created_at_ms)"
                 " SELECT order_id, 'refund', -1, 're', 'pi_1', 1 FROM orders",
                 "CHECK");
    shop_refuses(shop,
                 "INSERT INTO payment_attempts (attempt_id, order_id,"
                 " attempt_no, status, created_at_ms,"
                 " updated_at_ms) SELECT 'x', order_id, 2, 'open', 1, 1"
                 " FROM orders",
                 "UNIQUE");
}

static void claim_one(void *shop)
{
    struct payment_attempt list[8];
    claim(shop, list);
}

/* It would be charged as a token, or asked for again. */
static void a_word_nobody_knows_is_not_taken_for_another(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    payment_begin(shop->db, order.order_id, PAYMENT_TOKEN, 60000, SHOP_NOW);
    shop_force(shop, "UPDATE payment_attempts SET kind = 'gift_card'");
    assert_dies(claim_one, shop, "no payment kind: gift_card");
    shop_force(shop, "UPDATE payment_attempts SET kind = 'token',"
                     " stage = 'capture'");
    assert_dies(claim_one, shop, "no payment stage: capture");
    shop_force(shop, "UPDATE payment_attempts SET stage = 'ask'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_open_attempt_is_taken_up_again),
        SHOP_TEST(an_attempt_is_claimed_once),
        SHOP_TEST(an_attempt_is_asked_for_once_it_was_claimed),
        SHOP_TEST(what_is_set_aside_is_never_due),
        SHOP_TEST(a_failure_lets_another_attempt_begin),
        SHOP_TEST(a_success_enters_the_ledger_once),
        SHOP_TEST(a_late_success_after_a_failure_books_nothing),
        SHOP_TEST(unknown_stays_open_and_remembers_since_when),
        SHOP_TEST(the_charge_is_found),
        SHOP_TEST(status_follows_the_refunds),
        SHOP_TEST(late_money_is_refunded_not_failed),
        SHOP_TEST(the_history_has_every_row),
        SHOP_TEST(paid_is_what_is_not_about_to_go_back),
        SHOP_TEST(a_redriven_order_is_charged_again),
        SHOP_TEST(a_refund_under_way_is_not_the_next_payment),
        SHOP_TEST(every_charge_is_booked_whatever_the_round),
        SHOP_TEST(the_schema_keeps_the_books),
        SHOP_TEST(a_word_nobody_knows_is_not_taken_for_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
