/* The budget of mails to strangers (lib/shop/mail/budget.h). */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/mail/budget.h"
#include "lib/shop/order/guard.h"

static const struct settings limited = {.mails_per_recipient = 2,
                                        .mails_per_address = 3,
                                        .declines_per_address = 30};
static const struct settings unlimited = {.declines_per_address = 30};

/* An order of that address's; NULL: from nowhere that counts. */
static const char *order_from(struct shop *shop, const char *address)
{
    struct order order = shop_order(shop, "mouse");
    if (address != NULL)
        guard_note_order(shop->db, &limited,
                         &(struct guard_origin){.order_id = order.order_id,
                                                .address = address,
                                                .by_token = true},
                         SHOP_NOW);
    return order.order_id;
}

static int64_t ask(struct shop *shop, const char *order_id, const char *to,
                   int64_t now_ms)
{
    return mail_budget_take(shop->db, &limited, order_id, to, now_ms,
                            &shop->arena);
}

static void a_recipient_has_a_budget_an_hour(void **state)
{
    struct shop *shop = *state;
    const char *order_id = order_from(shop, NULL);
    assert_int_equal(ask(shop, order_id, "Ada@example.com", SHOP_NOW), 0);
    assert_int_equal(ask(shop, order_id, "ada@example.com", SHOP_NOW + 10), 0);
    /* A third goes when the first is an hour old; asking counts nothing. */
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(shop, order_id, "ADA@example.com", SHOP_NOW + 20),
                         MAIL_BUDGET_MS - 20);
    assert_int_equal(ask(shop, order_id, "bob@example.com", SHOP_NOW + 20), 0);
    int64_t later = SHOP_NOW + MAIL_BUDGET_MS;
    assert_int_equal(ask(shop, order_id, "ada@example.com", later), 0);
    assert_int_equal(ask(shop, order_id, "ada@example.com", later), 10);
}

static void an_address_has_one_of_its_own(void **state)
{
    struct shop *shop = *state;
    const char *from = order_from(shop, "192.0.2.1");
    assert_int_equal(ask(shop, from, "a@example.com", SHOP_NOW), 0);
    assert_int_equal(ask(shop, from, "b@example.com", SHOP_NOW), 0);
    assert_int_equal(ask(shop, from, "c@example.com", SHOP_NOW), 0);
    assert_int_equal(ask(shop, from, "d@example.com", SHOP_NOW + 1),
                     MAIL_BUDGET_MS - 1);
    /* What had to wait has not used up its recipient's. */
    const char *other = order_from(shop, "192.0.2.2");
    for (int i = 0; i < 2; i++)
        assert_int_equal(ask(shop, other, "d@example.com", SHOP_NOW + 1), 0);
}

static void a_clock_set_back_holds_nothing_up(void **state)
{
    struct shop *shop = *state;
    const char *order_id = order_from(shop, NULL);
    for (int i = 0; i < 2; i++)
        ask(shop, order_id, "ada@example.com", SHOP_NOW);
    int64_t earlier = SHOP_NOW - INT64_C(1000) * MAIL_BUDGET_MS;
    assert_int_equal(ask(shop, order_id, "ada@example.com", earlier), 0);
}

static void without_limits_nothing_waits_or_is_kept(void **state)
{
    struct shop *shop = *state;
    const char *order_id = order_from(shop, "192.0.2.1");
    for (int i = 0; i < 9; i++)
        assert_int_equal(mail_budget_take(shop->db, &unlimited, order_id,
                                          "ada@example.com", SHOP_NOW,
                                          &shop->arena),
                         0);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM mail_sends"), 0);
}

static void what_is_an_hour_old_is_forgotten(void **state)
{
    struct shop *shop = *state;
    ask(shop, order_from(shop, "192.0.2.1"), "ada@example.com", SHOP_NOW);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM mail_sends"), 2);
    mail_budget_expire(shop->db, SHOP_NOW + MAIL_BUDGET_MS, 9);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM mail_sends"), 2);
    mail_budget_expire(shop->db, SHOP_NOW + MAIL_BUDGET_MS + 1, 1);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM mail_sends"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_recipient_has_a_budget_an_hour),
        SHOP_TEST(an_address_has_one_of_its_own),
        SHOP_TEST(a_clock_set_back_holds_nothing_up),
        SHOP_TEST(without_limits_nothing_waits_or_is_kept),
        SHOP_TEST(what_is_an_hour_old_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
