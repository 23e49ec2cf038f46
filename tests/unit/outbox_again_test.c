/* Mails sent again (lib/shop/mail/again.h): only those that failed and still
 * are true, each once, with the address corrected. */
#include "tests/unit/claim_fixture.h"

#include "lib/shop/health/alarm.h"
#include "lib/shop/mail/again.h"
#include "lib/shop/mail/outbox.h"

#define LATER (SHOP_NOW + 1000)
#define ADA "ada@example.com"
#define NEW "ada@example.org"

static const char *fail_one(struct shop *shop, const char *order_id,
                            enum mail_kind kind, int64_t now_ms)
{
    struct outbox_mail mail;
    outbox_queue(shop->db, order_id, kind, SHOP_NOW);
    assert_int_equal(shop_mails(shop, 1, &mail), 1);
    outbox_failed(shop->db, mail.outbox_id, order_id, "550 no", now_ms);
    work_drop(shop->db, WORK_MAIL, mail.outbox_id);
    return mail.outbox_id;
}

static bool again(struct shop *shop, const char *id, const char *to)
{
    return outbox_send_again(shop->db, id, to, "jo@shop.example", LATER,
                             &shop->arena);
}

static size_t failures(struct shop *shop, struct outbox_failure list[8])
{
    return outbox_failures(shop->db, NULL, 0, INT64_MAX, 8, list, &shop->arena);
}

static int64_t alarms(struct shop *shop)
{
    return alarm_count(shop->db);
}

static void a_failed_mail_is_sent_again_once(void **state)
{
    struct shop *shop = *state;
    struct outbox_failure list[8];
    struct outbox_mail mail;
    struct order order = shop_order(shop, "mouse");
    const char *id =
        fail_one(shop, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    assert_int_equal(failures(shop, list), 1);
    assert_string_equal(list[0].outbox_id, id);
    assert_string_equal(list[0].message, "550 no");
    assert_int_equal(list[0].number, order.number);
    assert_int_equal(alarms(shop), 1);
    assert_true(again(shop, id, NULL));
    assert_int_equal(alarms(shop), 0);
    assert_false(again(shop, id, NULL));
    assert_false(again(shop, id, NEW));
    assert_int_equal(failures(shop, list), 0);
    assert_int_equal(shop_mails(shop, 1, &mail), 1);
    assert_string_equal(mail.recipient, ADA);
    assert_int_equal(shop_held(shop, WORK_MAIL, id).tries, 1);
    assert_int_equal(mail.created_at_ms, LATER); /* its three days begin anew */
    outbox_sent(shop->db, id, LATER);
    work_drop(shop->db, WORK_MAIL, id);
    assert_false(again(shop, id, NEW));
    assert_int_equal(shop_mails(shop, 1, &mail), 0);
}

static void who_sent_it_again_is_noted(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    again(shop, fail_one(shop, order.order_id, MAIL_CONFIRMATION, SHOP_NOW),
          NEW);
    const char *event =
        shop_text(shop, "SELECT events FROM execution_events"
                        " /* whole table */ ORDER BY first_event DESC"
                        " LIMIT 1");
    assert_non_null(strstr(event, "MailSentAgain"));
    assert_non_null(strstr(event, "jo@shop.example"));
    assert_non_null(strstr(event, "to " NEW " instead of " ADA));
}

static void a_wrong_address_is_corrected(void **state)
{
    struct shop *shop = *state;
    struct outbox_failure list[8];
    struct order order = shop_order(shop, "mouse");
    const char *id =
        fail_one(shop, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    outbox_queue_refund(shop->db, order.order_id, "r1", SHOP_NOW);
    struct outbox_mail mail;
    assert_int_equal(shop_mails(shop, 1, &mail), 1);
    outbox_failed(shop->db, mail.outbox_id, order.order_id, "550 no", SHOP_NOW);
    assert_true(again(shop, id, NEW));
    assert_int_equal(alarms(shop), 1); /* one is left, to the new address */
    assert_int_equal(failures(shop, list), 1);
    assert_string_equal(list[0].recipient, NEW);
    assert_true(order_find(shop->db, order.order_id, &order, &shop->arena));
    assert_string_equal(order.customer_email, NEW);
    struct order found[2];
    struct order_filter filter = {.status = ORDER_NO_STATUS,
                                  .search = NEW,
                                  .before = INT64_MAX,
                                  .limit = 2};
    assert_int_equal(order_list(shop->db, &filter, found, &shop->arena), 1);
    filter.search = ADA;
    assert_int_equal(order_list(shop->db, &filter, found, &shop->arena), 0);
    filter.search = "Ada";
    assert_int_equal(order_list(shop->db, &filter, found, &shop->arena), 1);
    /* The order's own stays, once it is another than the mail's. */
    order_correct_email(shop->db, &order, "x@example.net", LATER, &shop->arena);
    assert_true(again(shop, list[0].outbox_id, ADA));
    assert_true(order_find(shop->db, order.order_id, &order, &shop->arena));
    assert_string_equal(order.customer_email, "x@example.net");
    assert_int_equal(alarms(shop), 0);
}

static void what_is_no_longer_true_is_not_sent(void **state)
{
    struct shop *shop = *state;
    struct outbox_failure list[8];
    struct order order = shop_order(shop, "mouse");
    const char *id =
        fail_one(shop, order.order_id, MAIL_CONFIRMATION, SHOP_NOW);
    outbox_queue(shop->db, order.order_id, MAIL_FAILURE, SHOP_NOW);
    outbox_supersede(shop->db, order.order_id, "undone", LATER);
    assert_int_equal(failures(shop, list), 0);
    assert_false(again(shop, id, NULL));
    assert_int_equal(alarms(shop), 0);
    int64_t first_ms;
    assert_int_equal(outbox_failure_count(shop->db, &first_ms), 0);
}

static void they_are_listed_by_when_they_failed(void **state)
{
    struct shop *shop = *state;
    struct outbox_failure list[8];
    int64_t first_ms;
    const char *ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = fail_one(shop, shop_order(shop, "mouse").order_id,
                          MAIL_CONFIRMATION, SHOP_NOW + i);
    assert_int_equal(outbox_failure_count(shop->db, &first_ms), 3);
    assert_int_equal(first_ms, SHOP_NOW);
    assert_int_equal(outbox_failures(shop->db, NULL, SHOP_NOW + 1, SHOP_NOW + 2,
                                     8, list, &shop->arena),
                     1);
    assert_string_equal(list[0].outbox_id, ids[1]);
    assert_int_equal(
        outbox_failures(shop->db, NULL, 0, INT64_MAX, 2, list, &shop->arena),
        2);
    assert_string_equal(list[0].outbox_id, ids[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_failed_mail_is_sent_again_once),
        SHOP_TEST(who_sent_it_again_is_noted),
        SHOP_TEST(a_wrong_address_is_corrected),
        SHOP_TEST(what_is_no_longer_true_is_not_sent),
        SHOP_TEST(they_are_listed_by_when_they_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
