/* The outbox (lib/shop/mail/outbox.h): each kind of mail once an order, claimed
 * by one, retried without holding up the others. */
#include "tests/unit/claim_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/outbox.h"

static size_t claim(struct shop *shop, struct outbox_mail list[8])
{
    return shop_mails(shop, 8, list);
}

static void a_mail_is_queued_once_a_kind(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct order order = shop_order(shop, "mouse");
    assert_int_equal(shop_next_due(shop, WORK_MAIL), INT64_MAX);
    for (int i = 0; i < 2; i++)
        outbox_queue(shop->db, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    outbox_queue(shop->db, order.order_id, MAIL_CANCELLATION, SHOP_NOW);
    outbox_queue(shop->db, "nobody", MAIL_CANCELLATION, SHOP_NOW);
    assert_true(shop_next_due(shop, WORK_MAIL) <= db_clock_ms(shop->db));
    assert_int_equal(claim(shop, list), 2);
    assert_string_equal(list[0].recipient, "ada@example.com");
    assert_string_equal(list[0].order_id, order.order_id);
    assert_int_equal(shop_held(shop, WORK_MAIL, list[0].outbox_id).tries, 1);
    assert_int_equal(list[0].created_at_ms, SHOP_NOW);
    assert_int_not_equal(list[0].kind, list[1].kind);
    assert_int_equal(claim(shop, list), 0);
}

static void a_mail_is_queued_once_a_round(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct order order = shop_order(shop, "mouse");
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++)
            outbox_queue(shop->db, order.order_id, MAIL_FAILURE, SHOP_NOW);
        assert_int_equal(claim(shop, list), 1);
        outbox_sent(shop->db, list[0].outbox_id, SHOP_NOW);
        work_drop(shop->db, WORK_MAIL, list[0].outbox_id);
        shop_reopen(shop, order.order_id);
    }
}

static void no_address_no_mail(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct order order =
        shop_order(shop, "{\"item\":\"mouse\",\"quantity\":1}");
    outbox_queue(shop->db, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(claim(shop, list), 0);
}

static void what_is_sent_is_not_claimed_again(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct order order = shop_order(shop, "mouse");
    outbox_queue(shop->db, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(claim(shop, list), 1);
    struct work work = shop_held(shop, WORK_MAIL, list[0].outbox_id);
    outbox_sent(shop->db, list[0].outbox_id, SHOP_NOW);
    assert_true(work_done(shop->db, &work));
    outbox_waits(shop->db, list[0].outbox_id, "late", SHOP_NOW);
    assert_false(work_again(shop->db, &work, 0, WORK_TRIED));
    outbox_failed(shop->db, list[0].outbox_id, order.order_id, "late",
                  SHOP_NOW);
    shop_release(shop);
    assert_int_equal(claim(shop, list), 0);
    assert_int_equal(shop_next_due(shop, WORK_MAIL), INT64_MAX);
    struct alarm alarm;
    assert_int_equal(alarm_list(shop->db, NULL, 1, &alarm, &shop->arena), 0);
}

static void a_retry_waits_and_holds_up_nobody(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct order a = shop_order(shop, "mouse");
    struct order b = shop_order(shop, "mouse");
    outbox_queue(shop->db, a.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(claim(shop, list), 1);
    outbox_waits(shop->db, list[0].outbox_id, "421 busy", SHOP_NOW);
    shop_again(shop, WORK_MAIL, list[0].outbox_id, 3600000, WORK_TRIED);
    const char *first = list[0].outbox_id;
    assert_true(shop_next_due(shop, WORK_MAIL) >
                db_clock_ms(shop->db) + 3500000);
    outbox_queue(shop->db, b.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(claim(shop, list), 1);
    assert_string_equal(list[0].order_id, b.order_id);
    work_move(shop->db, WORK_MAIL, first, 0);
    assert_int_equal(claim(shop, list), 1);
    assert_int_equal(shop_held(shop, WORK_MAIL, first).tries, 2);
}

static void a_mail_given_up_raises_an_alarm(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    struct alarm alarm;
    struct order order = shop_order(shop, "mouse");
    outbox_queue(shop->db, order.order_id, MAIL_FAILURE, SHOP_NOW);
    assert_int_equal(claim(shop, list), 1);
    outbox_failed(shop->db, list[0].outbox_id, order.order_id,
                  "550 no such user", SHOP_NOW);
    work_drop(shop->db, WORK_MAIL, list[0].outbox_id);
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 1, &alarm, &shop->arena), 1);
    assert_int_equal(alarm.kind, ALARM_MAIL_FAILED);
    assert_string_equal(alarm.detail,
                        "A mail could not be sent: 550 no such user");
    assert_int_equal(shop_next_due(shop, WORK_MAIL), INT64_MAX);
}

static void a_claim_keeps_to_its_limit(void **state)
{
    struct shop *shop = *state;
    struct outbox_mail list[8];
    for (int i = 0; i < 3; i++)
        outbox_queue(shop->db, shop_order(shop, "mouse").order_id,
                     MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(shop_mails(shop, 2, list), 2);
    assert_int_equal(claim(shop, list), 1);
}

/* What became of the money stays true, whatever becomes of the order. */
static void mails_about_refunds_outlive_the_others(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    struct outbox_mail due[4];
    outbox_queue(shop->db, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    for (int twice = 0; twice < 2; twice++) {
        outbox_queue_refund(shop->db, order.order_id, "r1", SHOP_NOW);
        outbox_queue_refund(shop->db, order.order_id, "r2", SHOP_NOW);
    }
    outbox_supersede(shop->db, order.order_id, "undone", SHOP_NOW);
    assert_int_equal(shop_mails(shop, 4, due), 2);
    assert_int_equal(due[0].kind, MAIL_REFUND);
    assert_string_not_equal(due[0].refund_id, due[1].refund_id);
    shop_release(shop);
    outbox_give_up(shop->db, order.order_id, "parked", SHOP_NOW);
    assert_int_equal(shop_mails(shop, 4, due), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_mail_is_queued_once_a_kind),
        SHOP_TEST(a_mail_is_queued_once_a_round),
        SHOP_TEST(no_address_no_mail),
        SHOP_TEST(what_is_sent_is_not_claimed_again),
        SHOP_TEST(a_retry_waits_and_holds_up_nobody),
        SHOP_TEST(a_mail_given_up_raises_an_alarm),
        SHOP_TEST(a_claim_keeps_to_its_limit),
        SHOP_TEST(mails_about_refunds_outlive_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
