/* What a dispute means (lib/workflow/payment/dispute.h), on every way through
 * it. */
#include "tests/unit/undo_fixture.h"

#include "lib/workflow/payment/dispute.h"

static const struct settings settings = {.currency = "EUR"};

static struct dispute_news news(const char *status, int64_t told_at_ms)
{
    return (struct dispute_news){.intent_id = "pi_1",
                                 .dispute_id = "dp_1",
                                 .status = status,
                                 .amount_minor = 49900,
                                 .currency = "EUR",
                                 .told_at_ms = told_at_ms};
}

static const char *take(struct shop *shop, struct dispute_news what)
{
    const char *order_id = NULL;
    bool known = outcome_disputed(shop->db, &settings, &what, &order_id,
                                  SHOP_NOW, &shop->arena);
    assert_int_equal(known, order_id != NULL);
    return order_id;
}

static int64_t left(struct shop *shop, const struct order *order)
{
    return payment_left_minor(shop->db, order->order_id);
}

/* The words of the alarm about it, "" when none is open. */
static const char *alarm_words(struct shop *shop)
{
    struct alarm list[2];
    size_t count = alarm_list(shop->db, NULL, 2, list, &shop->arena);
    assert_true(count < 2);
    return count == 0 ? "" : list[0].detail;
}

static void close_alarm(struct shop *shop)
{
    struct alarm open;
    assert_int_equal(alarm_list(shop->db, NULL, 1, &open, &shop->arena), 1);
    assert_true(alarm_close(shop->db, open.alarm_id, "ada", SHOP_NOW));
}

static void of_what_is_not_booked_nothing_is_known(void **state)
{
    struct shop *shop = *state;
    assert_null(take(shop, news("needs_response", 1)));
    assert_string_equal(alarm_words(shop), "");
}

static void another_currency_books_nothing(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    struct dispute_news odd = news("needs_response", 1);
    odd.currency = "USD";
    assert_string_equal(take(shop, odd), order.order_id);
    assert_int_equal(left(shop, &order), 49900);
    assert_non_null(strstr(alarm_words(shop), "A dispute came in USD"));
}

static void each_status_has_its_money_and_its_alarm(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *status;
        bool withdrawn;
        int64_t left_minor;
        bool alarm;
    } cases[] = {{"warning_needs_response", false, 49900, true},
                 {"warning_closed", false, 49900, false},
                 {"needs_response", false, 0, true},
                 {"under_review", false, 0, true},
                 {"lost", false, 0, true},
                 {"won", false, 49900, false},
                 {"prevented", false, 49900, true},
                 {"something_new", false, 49900, true},
                 {"something_new", true, 0, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, ORDER_CONFIRMED);
        struct dispute_news told = news(cases[i].status, 5);
        told.withdrawn = cases[i].withdrawn;
        for (int times = 0; times < 2; times++) {
            assert_string_equal(take(shop, told), order.order_id);
            assert_int_equal(left(shop, &order), cases[i].left_minor);
            assert_int_equal(alarm_words(shop)[0] != '\0', cases[i].alarm);
        }
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

/* Staff closed the alarm: what needs nobody raises no other. */
static void a_review_is_told_once(void **state)
{
    struct shop *shop = *state;
    order_in(shop, ORDER_CONFIRMED);
    take(shop, news("needs_response", 1));
    close_alarm(shop);
    take(shop, news("under_review", 2));
    assert_string_equal(alarm_words(shop), "");
    take(shop, news("lost", 3));
    assert_string_not_equal(alarm_words(shop), "");
}

static void one_that_is_won_gives_the_money_back(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    take(shop, news("needs_response", 1));
    assert_int_equal(left(shop, &order), 0);
    take(shop, news("won", 2));
    assert_int_equal(left(shop, &order), 49900);
    assert_string_equal(alarm_words(shop), "");
}

static void what_is_older_changes_no_alarm(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    take(shop, news("won", 2));
    take(shop, news("needs_response", 1));
    assert_int_equal(left(shop, &order), 49900);
    assert_string_equal(alarm_words(shop), "");
}

static void an_order_that_was_undone_gives_it_to_the_customer(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    take(shop, news("needs_response", 1));
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
    assert_int_equal(refunded(shop), 0);
    take(shop, news("won", 2));
    assert_int_equal(refunded(shop), 49900);
}

/* Won before it was kept what events said: an old event is no news. */
static void one_won_long_ago_is_over(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_CONFIRMED);
    take(shop, news("won", 2));
    db_run(db_sql(shop->db, "DELETE FROM disputes /* whole table */"));
    take(shop, news("under_review", 1));
    assert_int_equal(left(shop, &order), 49900);
    assert_string_equal(alarm_words(shop), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(of_what_is_not_booked_nothing_is_known),
        SHOP_TEST(another_currency_books_nothing),
        SHOP_TEST(each_status_has_its_money_and_its_alarm),
        SHOP_TEST(a_review_is_told_once),
        SHOP_TEST(one_that_is_won_gives_the_money_back),
        SHOP_TEST(what_is_older_changes_no_alarm),
        SHOP_TEST(an_order_that_was_undone_gives_it_to_the_customer),
        SHOP_TEST(one_won_long_ago_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
