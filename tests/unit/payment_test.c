/* Payment (lib/shop/payment.h): attempts, the ledger, and the status that
 * follows from both. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/payment.h"
#include "lib/shop/refund.h"

static struct payment_attempt begin(struct shop *shop, const char *order_id)
{
    return payment_begin(shop->db, order_id, SHOP_NOW, &shop->arena);
}

static void check_status(struct shop *shop, const char *order_id,
                         const char *status)
{
    assert_string_equal(shop_find(shop, order_id).payment_status, status);
}

static void an_open_attempt_is_taken_up_again(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    check_status(shop, order.order_id, "unpaid");
    assert_false(payment_is_open(shop->db, order.order_id));
    struct payment_attempt first = begin(shop, order.order_id);
    struct payment_attempt again = begin(shop, order.order_id);
    assert_string_equal(first.attempt_id, again.attempt_id);
    assert_int_equal(first.attempt_no, 1);
    assert_int_equal(first.calls, 1);
    assert_int_equal(again.calls, 2);
    assert_string_equal(again.status, "open");
    assert_true(payment_is_open(shop->db, order.order_id));
    check_status(shop, order.order_id, "pending");
}

static void a_failure_lets_another_attempt_begin(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt first = begin(shop, order.order_id);
    payment_failed(shop->db, first.attempt_id, "card_declined", "Declined.",
                   NULL, SHOP_NOW);
    check_status(shop, order.order_id, "failed");
    assert_false(payment_is_open(shop->db, order.order_id));
    assert_false(payment_is_charged(shop->db, order.order_id));
    struct payment_attempt second = begin(shop, order.order_id);
    assert_string_not_equal(first.attempt_id, second.attempt_id);
    assert_int_equal(second.attempt_no, 2);
    check_status(shop, order.order_id, "pending");
    payment_succeeded(shop->db, second.attempt_id, "pi_2", 99900, SHOP_NOW);
    check_status(shop, order.order_id, "paid");
}

static void a_success_enters_the_ledger_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = begin(shop, order.order_id);
    for (int i = 0; i < 2; i++)
        payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 99900,
                          SHOP_NOW);
    payment_failed(shop->db, attempt.attempt_id, "late", "Too late.", NULL,
                   SHOP_NOW);
    payment_unknown(shop->db, attempt.attempt_id, "Too late.", SHOP_NOW);
    assert_true(payment_is_charged(shop->db, order.order_id));
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 99900);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM payment_entries"
                                    " /* whole table */"),
                     1);
    check_status(shop, order.order_id, "paid");
}

/* An answer to an attempt that had ended is no second answer. */
static void a_late_success_after_a_failure_books_nothing(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = begin(shop, order.order_id);
    payment_failed(shop->db, attempt.attempt_id, "card_declined", "Declined.",
                   "pi_1", SHOP_NOW);
    payment_succeeded(shop->db, attempt.attempt_id, "pi_1", 99900, SHOP_NOW);
    assert_false(payment_is_charged(shop->db, order.order_id));
    check_status(shop, order.order_id, "failed");
    payment_succeeded(shop->db, "no-such-attempt", "pi_9", 1, SHOP_NOW);
    assert_int_equal(payment_left_minor(shop->db, order.order_id), 0);
}

static void unknown_stays_open_and_remembers_since_when(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt attempt = begin(shop, order.order_id);
    assert_int_equal(attempt.unknown_since_ms, 0);
    payment_unknown(shop->db, attempt.attempt_id, "Timeout.", SHOP_NOW + 1);
    payment_unknown(shop->db, attempt.attempt_id, "502.", SHOP_NOW + 9);
    attempt = begin(shop, order.order_id);
    assert_int_equal(attempt.unknown_since_ms, SHOP_NOW + 1);
    check_status(shop, order.order_id, "pending");
}

static void the_charge_is_found(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    const char *intent_id = NULL;
    int64_t charged_at_ms = 0;
    assert_false(payment_charge(shop->db, order.order_id, &intent_id,
                                &charged_at_ms, &shop->arena));
    payment_book(shop->db, order.order_id, "charge", 99900, "pi_1",
                 SHOP_NOW + 3);
    payment_book(shop->db, order.order_id, "refund", 900, "re_1", SHOP_NOW + 4);
    assert_true(payment_charge(shop->db, order.order_id, &intent_id,
                               &charged_at_ms, &shop->arena));
    assert_string_equal(intent_id, "pi_1");
    assert_int_equal(charged_at_ms, SHOP_NOW + 3);
}

static void status_follows_the_refunds(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    payment_book(shop->db, order.order_id, "charge", 99900, "pi_1", SHOP_NOW);
    payment_book(shop->db, order.order_id, "refund", 900, "re_1", SHOP_NOW);
    check_status(shop, order.order_id, "partially_refunded");
    payment_book(shop->db, order.order_id, "refund", 99000, "re_2", SHOP_NOW);
    check_status(shop, order.order_id, "refunded");
}

static void the_history_has_every_row(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    struct payment_attempt first = begin(shop, order.order_id);
    payment_failed(shop->db, first.attempt_id, "card_declined", "Declined.",
                   NULL, SHOP_NOW);
    struct payment_attempt second =
        payment_begin(shop->db, order.order_id, SHOP_NOW + 10, &shop->arena);
    payment_succeeded(shop->db, second.attempt_id, "pi_2", 99900,
                      SHOP_NOW + 20);
    refund_queue(shop->db, order.order_id, 500, "dent", SHOP_NOW + 30);
    struct payment_row rows[8];
    assert_int_equal(
        payment_history(shop->db, order.order_id, rows, 8, &shop->arena), 3);
    static const char *const wanted[][3] = {{"attempt", "failed", "Declined."},
                                            {"charge", "booked", "pi_2"},
                                            {"refund", "due", "dent"}};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(rows[i].kind, wanted[i][0]);
        assert_string_equal(rows[i].state, wanted[i][1]);
        assert_string_equal(rows[i].reference, wanted[i][2]);
    }
    assert_int_equal(rows[2].amount_minor, 500);
    assert_int_equal(
        payment_history(shop->db, order.order_id, rows, 2, &shop->arena), 2);
}

static void the_schema_keeps_the_books(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    begin(shop, order.order_id);
    payment_book(shop->db, order.order_id, "charge", 99900, "pi_1", SHOP_NOW);
    shop_refuses(shop, "UPDATE payment_entries SET amount_minor = 1",
                 "append-only");
    shop_refuses(shop, "DELETE FROM payment_entries", "append-only");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, created_at_ms)"
                 " SELECT order_id, 'charge', 1, 'pi_2', 1 FROM orders",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, created_at_ms)"
                 " SELECT order_id, 'refund', 1, 'pi_1', 1 FROM orders",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO payment_entries (order_id, kind,"
                 " amount_minor, gateway_id, created_at_ms)"
                 " SELECT order_id, 'refund', -1, 're', 1 FROM orders",
                 "CHECK");
    shop_refuses(shop,
                 "INSERT INTO payment_attempts (attempt_id, order_id,"
                 " attempt_no, status, created_at_ms, updated_at_ms)"
                 " SELECT 'x', order_id, 2, 'open', 1, 1 FROM orders",
                 "UNIQUE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_open_attempt_is_taken_up_again),
        SHOP_TEST(a_failure_lets_another_attempt_begin),
        SHOP_TEST(a_success_enters_the_ledger_once),
        SHOP_TEST(a_late_success_after_a_failure_books_nothing),
        SHOP_TEST(unknown_stays_open_and_remembers_since_when),
        SHOP_TEST(the_charge_is_found),
        SHOP_TEST(status_follows_the_refunds),
        SHOP_TEST(the_history_has_every_row),
        SHOP_TEST(the_schema_keeps_the_books),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
