/* Refunds (lib/shop/refund/refund.h): queued, claimed, answered; what is left.
 */
#include "tests/unit/claim_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"

enum { CLAIM_MS = 60 * 1000 };

static struct order paid_order(struct shop *shop)
{
    struct order order = shop_order(shop, "laptop");
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 99900, "pi_1", "pi_1",
                 SHOP_NOW);
    return order;
}

static int64_t left(struct shop *shop, const struct order *order)
{
    return payment_left_minor(shop->db, order->order_id);
}

static struct refund claim_one(struct shop *shop)
{
    struct refund list[4];
    assert_int_equal(shop_refunds(shop, 4, list), 1);
    return list[0];
}

static void a_refund_is_claimed_once(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
    struct order order = paid_order(shop);
    refund_queue(shop->db, order.order_id, 400, "dent", SHOP_NOW);
    assert_true(shop_next_due(shop, WORK_REFUND) <= db_clock_ms(shop->db));
    struct refund refund = claim_one(shop);
    assert_string_equal(refund.order_id, order.order_id);
    assert_string_equal(refund.intent_id, "pi_1");
    assert_int_equal(refund.amount_minor, 400);
    assert_int_equal(shop_held(shop, WORK_REFUND, refund.refund_id).tries, 1);
    assert_int_equal(shop_refunds(shop, 4, &refund), 0);
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
}

static void what_is_queued_is_no_longer_left(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    assert_int_equal(left(shop, &order), 99900);
    refund_queue(shop->db, order.order_id, 99000, "dent", SHOP_NOW);
    assert_int_equal(left(shop, &order), 900);
    struct refund refund = claim_one(shop);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    assert_int_equal(left(shop, &order), 900);
    assert_int_equal(shop_find(shop, order.order_id).payment_status,
                     PAYMENT_PARTIALLY_REFUNDED);
    refund_queue(shop->db, order.order_id, 900, "rest", SHOP_NOW);
    assert_int_equal(left(shop, &order), 0);
    refund_succeeded(shop->db, claim_one(shop).refund_id, "re_2", SHOP_NOW);
    assert_int_equal(shop_find(shop, order.order_id).payment_status,
                     PAYMENT_REFUNDED);
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
}

static void a_failed_refund_is_left_again_and_alarms(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    struct alarm alarms[2];
    refund_queue(shop->db, order.order_id, 99900, "dent", SHOP_NOW);
    struct refund refund = claim_one(shop);
    refund_failed(shop->db, refund.refund_id, "Closed account.", SHOP_NOW);
    refund_failed(shop->db, refund.refund_id, "Closed account.", SHOP_NOW);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    assert_int_equal(left(shop, &order), 99900);
    assert_int_equal(shop_find(shop, order.order_id).payment_status,
                     PAYMENT_PAID);
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 2, alarms, &shop->arena), 1);
    assert_int_equal(alarms[0].kind, ALARM_REFUND_FAILED);
}

/* The gateway has one refund of that id: the other was not made. */
static void an_id_that_is_booked_is_not_taken_for_another(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    struct alarm alarms[2];
    refund_queue(shop->db, order.order_id, 400, "dent", SHOP_NOW);
    refund_succeeded(shop->db, claim_one(shop).refund_id, "re_1", SHOP_NOW);
    refund_queue(shop->db, order.order_id, 500, "more", SHOP_NOW);
    struct refund second = claim_one(shop);
    for (int i = 0; i < 2; i++)
        refund_succeeded(shop->db, second.refund_id, "re_1", SHOP_NOW);
    assert_int_equal(left(shop, &order), 99500);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM credit_notes"), 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM refunds /* whole "
                                    "table */ WHERE status = 'failed'"),
                     1);
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 2, alarms, &shop->arena), 1);
    assert_int_equal(alarms[0].kind, ALARM_REFUND_FAILED);
    assert_non_null(strstr(alarms[0].detail, "booked already"));
}

static void an_unknown_one_is_asked_again_later(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    refund_queue(shop->db, order.order_id, 400, "dent", SHOP_NOW);
    struct refund refund = claim_one(shop);
    refund_unknown(shop->db, refund.refund_id, "502.", SHOP_NOW);
    shop_again(shop, WORK_REFUND, refund.refund_id, 0, WORK_TRIED);
    struct refund again = claim_one(shop);
    assert_string_equal(again.refund_id, refund.refund_id);
    assert_int_equal(shop_held(shop, WORK_REFUND, again.refund_id).tries, 2);
    assert_int_equal(left(shop, &order), 99500);
}

static void a_refused_one_waits_and_counts(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    refund_queue(shop->db, order.order_id, 1, "A test.", SHOP_NOW);
    struct refund due = claim_one(shop);
    assert_int_equal(due.refusals, 0);
    refund_refused(shop->db, due.refund_id, "No funds.", SHOP_NOW);
    shop_again(shop, WORK_REFUND, due.refund_id, 60000, WORK_ANEW);
    int64_t when = shop_next_due(shop, WORK_REFUND);
    assert_true(when > db_clock_ms(shop->db) + 50000);
    shop_release(shop); /* what waits, waits on */
    assert_int_equal(shop_next_due(shop, WORK_REFUND), when);
    work_move(shop->db, WORK_REFUND, due.refund_id, 0);
    due = claim_one(shop);
    assert_int_equal(due.refusals, 1);
    assert_int_equal(shop_held(shop, WORK_REFUND, due.refund_id).tries, 1);
}

static void a_new_reaper_asks_again_at_once(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    refund_queue(shop->db, order.order_id, 400, "dent", SHOP_NOW);
    struct refund refund = claim_one(shop);
    shop_release(shop);
    assert_string_equal(claim_one(shop).refund_id, refund.refund_id);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    shop_release(shop);
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
}

static void no_more_is_given_back_than_is_left(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "laptop");
    refund_queue(shop->db, order.order_id, 1, "uncharged", SHOP_NOW);
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
    shop_pay(shop, order.order_id, "pi_1");
    for (int i = 0; i < 2; i++)
        refund_queue(shop->db, order.order_id, 100000, "dent", SHOP_NOW);
    assert_int_equal(claim_one(shop).amount_minor, 99900);
    assert_int_equal(left(shop, &order), 0);
}

/* The first round's refund, still unanswered, is asked for at its own charge;
 * what comes later is the newer charge's. */
static void each_round_gives_back_its_own_charge(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    refund_queue(shop->db, order.order_id, 99900, "undone", SHOP_NOW);
    struct refund first = claim_one(shop);
    shop_reopen(shop, order.order_id);
    shop_pay(shop, order.order_id, "pi_2");
    refund_unknown(shop->db, first.refund_id, "502.", SHOP_NOW);
    struct refund again = claim_one(shop);
    assert_string_equal(again.refund_id, first.refund_id);
    assert_string_equal(again.intent_id, "pi_1");
    refund_queue(shop->db, order.order_id, 400, "dent", SHOP_NOW);
    struct refund second = claim_one(shop);
    assert_string_equal(second.intent_id, "pi_2");
    assert_int_equal(left(shop, &order), 99500);
}

/* The first refund failed after the second charge: both are left. */
static void a_refund_is_spread_over_the_charges(void **state)
{
    struct shop *shop = *state;
    struct order order = paid_order(shop);
    struct refund list[4];
    refund_queue(shop->db, order.order_id, 99900, "undone", SHOP_NOW);
    shop_reopen(shop, order.order_id);
    shop_pay(shop, order.order_id, "pi_2");
    refund_failed(shop->db, claim_one(shop).refund_id, "Closed.", SHOP_NOW);
    assert_int_equal(left(shop, &order), 199800);
    refund_queue(shop->db, order.order_id, 100000, "undone", SHOP_NOW);
    assert_int_equal(shop_refunds(shop, 4, list), 2);
    size_t newest = strcmp(list[0].intent_id, "pi_2") == 0 ? 0 : 1;
    assert_int_equal(list[newest].amount_minor, 99900);
    assert_string_equal(list[1 - newest].intent_id, "pi_1");
    assert_int_equal(list[1 - newest].amount_minor, 100);
    assert_int_equal(left(shop, &order), 99800);
}

static void the_schema_refuses_senseless_refunds(void **state)
{
    struct shop *shop = *state;
    paid_order(shop);
    shop_refuses(shop,
                 "INSERT INTO refunds (refund_id, order_id, intent_id,"
                 " amount_minor, reason, status,"
                 " created_at_ms, updated_at_ms)"
                 " SELECT 'x', order_id, 'pi_1', 0, '', 'due', 1, 1"
                 " FROM orders",
                 "CHECK");
    shop_refuses(shop,
                 "INSERT INTO refunds (refund_id, order_id, intent_id,"
                 " amount_minor, reason, status,"
                 " created_at_ms, updated_at_ms)"
                 " VALUES ('x', 'nobody', 'pi_1', 1, '', 'due', 1, 1)",
                 "FOREIGN KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_refund_is_claimed_once),
        SHOP_TEST(what_is_queued_is_no_longer_left),
        SHOP_TEST(a_failed_refund_is_left_again_and_alarms),
        SHOP_TEST(an_id_that_is_booked_is_not_taken_for_another),
        SHOP_TEST(an_unknown_one_is_asked_again_later),
        SHOP_TEST(a_refused_one_waits_and_counts),
        SHOP_TEST(a_new_reaper_asks_again_at_once),
        SHOP_TEST(no_more_is_given_back_than_is_left),
        SHOP_TEST(each_round_gives_back_its_own_charge),
        SHOP_TEST(a_refund_is_spread_over_the_charges),
        SHOP_TEST(the_schema_refuses_senseless_refunds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
