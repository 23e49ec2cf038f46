/* What a reconciliation decides (lib/workflow/payment/reconcile.h), on every
 * way through it. */
#include "tests/unit/undo_fixture.h"

#include "lib/shop/books/reconciliation.h"
#include "lib/workflow/payment/reconcile.h"

#define HOUR INT64_C(3600000)

static const struct settings settings = {.currency = "EUR",
                                         .payment_unknown_ms = HOUR};

/* A run over the last day, in which the intents here are an hour old. */
static const struct reconcile_run run = {
    .run = 7, .since_ms = SHOP_NOW - 24 * HOUR, .began_ms = SHOP_NOW};

static struct stripe_intent intent(const char *id, const char *order_id)
{
    return (struct stripe_intent){.id = id,
                                  .status = "succeeded",
                                  .order_id = order_id,
                                  .attempt_no = order_id == NULL ? 0 : 1,
                                  .received_minor = 49900,
                                  .currency = "EUR",
                                  .created_s = (SHOP_NOW - HOUR) / 1000};
}

static bool judge(struct shop *shop, struct stripe_intent shown)
{
    return reconcile_intent(shop->db, &settings, &run, &shown, SHOP_NOW,
                            &shop->arena);
}

static void rest(struct shop *shop)
{
    reconcile_rest(shop->db, &settings, &run, SHOP_NOW, &shop->arena);
}

/* Its charge is asked for, and unless open booked as pi_1. */
static struct payment_attempt order_with(struct shop *shop,
                                         enum payment_kind kind, bool open)
{
    struct payment_attempt attempt, list[8];
    struct order order = order_in(shop, ORDER_PROCESSING);
    payment_begin(shop->db, order.order_id, kind, 3 * HOUR,
                  SHOP_NOW - 2 * HOUR);
    if (kind != PAYMENT_MANUAL)
        shop_charges(shop, 8, list);
    assert_true(payment_open(shop->db, order.order_id, &attempt, &shop->arena));
    if (!open)
        assert_true(payment_succeeded(shop->db, attempt.attempt_id, "pi_1",
                                      49900, SHOP_NOW - HOUR));
    return attempt;
}

static int64_t booked(struct shop *shop)
{
    return shop_int(shop, "SELECT COUNT(*) FROM payment_entries"
                          " WHERE kind = 'charge' /* whole table */");
}

static int64_t seen(struct shop *shop)
{
    return shop_int(shop, "SELECT MAX(seen_run) FROM payment_attempts"
                          " /* whole table */");
}

static void assert_nothing_found(struct shop *shop)
{
    assert_int_equal(finding_count(shop->db), 0);
}

static void assert_found(struct shop *shop, enum finding_kind kind,
                         const char *reference, const char *order_id,
                         int64_t amount_minor, const char *says)
{
    struct finding list[2];
    assert_int_equal(finding_list(shop->db, 2, list, &shop->arena), 1);
    assert_int_equal(list[0].kind, kind);
    assert_string_equal(list[0].reference, reference);
    if (order_id == NULL)
        assert_null(list[0].order_id);
    else
        assert_string_equal(list[0].order_id, order_id);
    assert_int_equal(list[0].amount_minor, amount_minor);
    assert_non_null(strstr(list[0].detail, says));
}

static void what_agrees_is_seen_and_left(void **state)
{
    struct shop *shop = *state;
    order_with(shop, PAYMENT_TOKEN, false);
    assert_false(judge(shop, intent("pi_1", NULL)));
    assert_nothing_found(shop);
    assert_int_equal(seen(shop), 7);
    rest(shop);
    assert_nothing_found(shop);
}

static void money_that_is_not_booked_is(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_HOSTED, true);
    for (int i = 0; i < 2; i++)
        assert_int_equal(judge(shop, intent("pi_1", attempt.order_id)), i == 0);
    assert_true(payment_is_paid(shop->db, attempt.order_id));
    assert_nothing_found(shop);
    assert_int_equal(seen(shop), 7);
}

static void what_was_given_back_since_is_booked_with_it(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_HOSTED, true);
    struct stripe_intent shown = intent("pi_1", attempt.order_id);
    shown.refunded_minor = 900;
    assert_true(judge(shop, shown));
    assert_int_equal(payment_left_minor(shop->db, attempt.order_id), 49000);
    assert_nothing_found(shop);
}

static void but_not_what_is_back_already(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_HOSTED, true);
    struct stripe_intent shown = intent("pi_1", attempt.order_id);
    shown.refunded_minor = 49900;
    assert_false(judge(shop, shown));
    assert_int_equal(booked(shop), 0);
    assert_nothing_found(shop);
}

/* Of an attempt that had failed: given back, which is a difference settled. */
static void late_money_is_settled_too(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_HOSTED, true);
    payment_failed(shop->db, attempt.attempt_id, "x", "No.", NULL, SHOP_NOW);
    assert_true(judge(shop, intent("pi_1", attempt.order_id)));
    assert_int_equal(refunded(shop), 49900);
    assert_nothing_found(shop);
    assert_int_equal(seen(shop), 0); /* it is not the attempt's own */
}

static void another_amount_is_found(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_HOSTED, true);
    struct stripe_intent shown = intent("pi_1", attempt.order_id);
    shown.received_minor = 100;
    assert_false(judge(shop, shown));
    assert_int_equal(booked(shop), 0);
    assert_found(shop, FINDING_AMOUNT, "pi_1", attempt.order_id, 100,
                 "€1.00, which is not the order's total");
}

static void what_was_not_asked_for_is_a_stranger(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_MANUAL, true);
    assert_false(judge(shop, intent("pi_1", attempt.order_id)));
    assert_found(shop, FINDING_GATEWAY_ONLY, "pi_1", NULL, 49900, "€499.00");
}

static void so_is_what_names_nothing_here(void **state)
{
    struct shop *shop = *state;
    static const char *const orders[] = {
        NULL, "00000000-0000-7000-8000-000000000000"};
    static const struct {
        const char *currency, *says;
    } cases[] = {{"EUR", "took €499.00 for nothing"},
                 {NULL, "49900 in a currency that cannot be read"},
                 {"XX?", "49900 in a currency that cannot be read"}};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 2; k++) {
            db_script(shop->db, "SAVEPOINT each");
            struct stripe_intent shown = intent("pi_9", orders[k]);
            shown.currency = cases[i].currency;
            assert_false(judge(shop, shown));
            assert_found(shop, FINDING_GATEWAY_ONLY, "pi_9", NULL, 49900,
                         cases[i].says);
            db_script(shop->db, "ROLLBACK TO each; RELEASE each");
        }
}

static void a_stranger_that_is_young_may_still_be_known(void **state)
{
    struct shop *shop = *state;
    struct stripe_intent shown = intent("pi_9", NULL);
    shown.created_s = SHOP_NOW / 1000 - 60;
    assert_false(judge(shop, shown));
    assert_nothing_found(shop);
}

static void what_is_booked_otherwise_is_found(void **state)
{
    struct shop *shop = *state;
    static const struct {
        int64_t received_minor;
        const char *currency, *says;
    } cases[] = {{49800, "EUR", "took €498.00; booked are €499.00"},
                 {49900, "USD", "booked are €499.00"},
                 {49900, NULL, "cannot be read; booked are €499.00"}};
    for (size_t i = 0; i < 3; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct payment_attempt attempt = order_with(shop, PAYMENT_TOKEN, false);
        struct stripe_intent shown = intent("pi_1", NULL);
        shown.received_minor = cases[i].received_minor;
        shown.currency = cases[i].currency;
        shown.refunded_minor = 100;
        /* Refunds compare where the money is the same. */
        assert_int_equal(judge(shop, shown), i == 0);
        assert_found(shop, FINDING_AMOUNT, "pi_1", attempt.order_id,
                     cases[i].received_minor, cases[i].says);
        assert_int_equal(payment_left_minor(shop->db, attempt.order_id),
                         i == 0 ? 49800 : 49900);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void refunds_made_there_are_booked(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_TOKEN, false);
    struct stripe_intent shown = intent("pi_1", NULL);
    shown.refunded_minor = 900;
    for (int i = 0; i < 2; i++)
        assert_int_equal(judge(shop, shown), i == 0);
    assert_int_equal(payment_left_minor(shop->db, attempt.order_id), 49000);
    assert_nothing_found(shop);
}

static void refunds_that_it_lacks_are_found_unless_young(void **state)
{
    struct shop *shop = *state;
    static const struct {
        int64_t at_ms;
        bool found;
    } cases[] = {{SHOP_NOW - HOUR, true}, {SHOP_NOW - 1000, false}};
    for (size_t i = 0; i < 2; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct payment_attempt attempt = order_with(shop, PAYMENT_TOKEN, false);
        refund_take_total(shop->db, "pi_1", 900, "evt_1", cases[i].at_ms);
        assert_false(judge(shop, intent("pi_1", NULL)));
        if (cases[i].found)
            assert_found(
                shop, FINDING_REFUNDS, "pi_1", attempt.order_id, 900,
                "Refunds of €9.00 are booked; the gateway made €0.00.");
        else
            assert_nothing_found(shop);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void one_that_did_not_succeed_hurries_its_charge(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *status;
        enum payment_kind kind;
        bool open, hurried;
    } cases[] = {{"requires_payment_method", PAYMENT_TOKEN, true, true},
                 {"canceled", PAYMENT_TOKEN, true, true},
                 {"processing", PAYMENT_TOKEN, true, false},
                 {"canceled", PAYMENT_HOSTED, true, false},
                 {"canceled", PAYMENT_TOKEN, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct payment_attempt attempt =
            order_with(shop, cases[i].kind, cases[i].open);
        struct stripe_intent shown = intent("pi_1", attempt.order_id);
        shown.status = cases[i].status;
        shop_release(shop);
        payment_look_after(shop->db, attempt.attempt_id, 60000);
        assert_false(shop_charge_is_due(shop, attempt.order_id));
        assert_false(judge(shop, shown));
        assert_int_equal(shop_charge_is_due(shop, attempt.order_id),
                         cases[i].hurried);
        assert_nothing_found(shop);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void of_nobody_here_it_says_nothing(void **state)
{
    struct shop *shop = *state;
    struct stripe_intent shown = intent("pi_9", NULL);
    shown.status = "canceled";
    assert_false(judge(shop, shown));
    assert_nothing_found(shop);
}

static void what_the_list_lacks_is_found_at_its_end(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_TOKEN, false);
    rest(shop);
    assert_found(shop, FINDING_NOT_AT_GATEWAY, "pi_1", attempt.order_id, 49900,
                 "the gateway does not list");
}

static void so_is_what_has_long_been_unknown(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = order_with(shop, PAYMENT_TOKEN, true);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_LOOK, true,
                    "No answer.", SHOP_NOW - HOUR / 2);
    rest(shop);
    assert_nothing_found(shop);
    payment_go_on(shop->db, attempt.attempt_id, PAYMENT_ASK, SHOP_NOW);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_LOOK, true,
                    "No answer.", SHOP_NOW - 2 * HOUR);
    rest(shop);
    assert_found(shop, FINDING_UNKNOWN, attempt.attempt_id, attempt.order_id, 0,
                 "does not say whether it charged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_agrees_is_seen_and_left),
        SHOP_TEST(money_that_is_not_booked_is),
        SHOP_TEST(what_was_given_back_since_is_booked_with_it),
        SHOP_TEST(but_not_what_is_back_already),
        SHOP_TEST(late_money_is_settled_too),
        SHOP_TEST(another_amount_is_found),
        SHOP_TEST(what_was_not_asked_for_is_a_stranger),
        SHOP_TEST(so_is_what_names_nothing_here),
        SHOP_TEST(a_stranger_that_is_young_may_still_be_known),
        SHOP_TEST(what_is_booked_otherwise_is_found),
        SHOP_TEST(refunds_made_there_are_booked),
        SHOP_TEST(refunds_that_it_lacks_are_found_unless_young),
        SHOP_TEST(one_that_did_not_succeed_hurries_its_charge),
        SHOP_TEST(of_nobody_here_it_says_nothing),
        SHOP_TEST(what_the_list_lacks_is_found_at_its_end),
        SHOP_TEST(so_is_what_has_long_been_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
