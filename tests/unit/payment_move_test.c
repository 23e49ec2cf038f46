/* How payment attempts wait, close and are marked paid
 * (lib/shop/payment/payment.h). */
#include "tests/unit/shop_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/payment/payment.h"

enum { WINDOW_MS = 60000 };

static struct payment_attempt begin(struct shop *shop, enum payment_kind kind)
{
    struct payment_attempt attempt;
    struct order order = shop_order(shop, "mouse");
    payment_begin(shop->db, order.order_id, kind, WINDOW_MS, SHOP_NOW);
    assert_true(payment_open(shop->db, order.order_id, &attempt, &shop->arena));
    return attempt;
}

static struct payment_attempt again(struct shop *shop,
                                    const struct payment_attempt *attempt)
{
    struct payment_attempt now;
    assert_true(
        payment_find(shop->db, attempt->attempt_id, &now, &shop->arena));
    return now;
}

static size_t claim(struct shop *shop)
{
    struct payment_attempt list[8];
    return shop_charges(shop, 8, list);
}

static void each_kind_begins_in_its_own_way(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *method;
        enum payment_kind kind;
        enum payment_stage stage;
        bool due;
    } cases[] = {{"pm_card_visa", PAYMENT_TOKEN, PAYMENT_ASK, true},
                 {"hosted", PAYMENT_HOSTED, PAYMENT_ASK, true},
                 {"manual", PAYMENT_MANUAL, PAYMENT_WAIT, false}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(payment_kind_of(cases[i].method), cases[i].kind);
        struct payment_attempt attempt = begin(shop, cases[i].kind);
        assert_int_equal(attempt.kind, cases[i].kind);
        assert_int_equal(attempt.stage, cases[i].stage);
        assert_int_equal(shop_charge_is_due(shop, attempt.order_id),
                         cases[i].due);
        int64_t left_ms = attempt.closes_work_ms - db_clock_ms(shop->db);
        assert_true(left_ms > WINDOW_MS - 20000 && left_ms <= WINDOW_MS);
        assert_int_equal(claim(shop), cases[i].due ? 1 : 0);
        assert_int_equal(claim(shop), 0);
        shop_release(shop);
        shop_reboot(shop, 86400000); /* the windows have closed */
        assert_int_equal(claim(shop), (int64_t)i + 1);
    }
}

static void a_clock_set_back_keeps_nothing_waiting(void **state)
{
    struct shop *shop = *state;
    int64_t year_ms = INT64_C(365) * 86400000;
    int64_t ahead_ms = clock_wall_ms() + year_ms;
    struct order order = shop_order(shop, "mouse");
    struct payment_attempt attempt;
    payment_begin(shop->db, order.order_id, PAYMENT_HOSTED, WINDOW_MS,
                  ahead_ms);
    shop_reboot(shop, -year_ms);
    assert_true(payment_open(shop->db, order.order_id, &attempt, &shop->arena));
    assert_true(attempt.closes_work_ms <= db_clock_ms(shop->db) + WINDOW_MS);
    assert_true(attempt.closes_work_ms > db_clock_ms(shop->db));
    for (int64_t at_ms = ahead_ms; at_ms > 0; at_ms -= year_ms) {
        payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "502",
                        at_ms);
        assert_int_equal(again(shop, &attempt).unknown_since_ms, at_ms);
    }
}

static void a_wait_ends_with_its_window(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = begin(shop, PAYMENT_HOSTED);
    claim(shop);
    payment_unknown(shop->db, attempt.attempt_id, PAYMENT_ASK, true, "502",
                    SHOP_NOW);
    struct payment_place page = {.session_id = "cs_1",
                                 .payment_url = "https://pay"};
    assert_int_equal(
        payment_wait(shop->db, attempt.attempt_id, &page, 30000, SHOP_NOW),
        30000);
    attempt = again(shop, &attempt);
    assert_int_equal(attempt.stage, PAYMENT_WAIT);
    assert_int_equal(attempt.misses, 0);
    assert_int_equal(attempt.unknown_since_ms, 0);
    int64_t look_ms = payment_wait(shop->db, attempt.attempt_id,
                                   &(struct payment_place){.intent_id = "pi_1"},
                                   300000, SHOP_NOW);
    attempt = again(shop, &attempt);
    assert_string_equal(attempt.session_id, "cs_1");
    assert_string_equal(attempt.intent_id, "pi_1");
    assert_string_equal(attempt.payment_url, "https://pay");
    assert_true(look_ms > 30000 && look_ms <= WINDOW_MS);
    struct payment_attempt found;
    assert_true(payment_find_session(shop->db, "cs_1", &found, &shop->arena));
    assert_true(payment_find_intent(shop->db, "pi_1", &found, &shop->arena));
    assert_true(payment_find_numbered(shop->db, attempt.order_id, 1, &found,
                                      &shop->arena));
}

static void closing_a_window_hurries_who_waits(void **state)
{
    struct shop *shop = *state;
    static const struct {
        enum payment_kind kind;
        bool waits, aside, hurried;
    } cases[] = {{PAYMENT_HOSTED, true, false, true},
                 {PAYMENT_HOSTED, false, false, true},
                 {PAYMENT_TOKEN, true, false, true},
                 {PAYMENT_TOKEN, false, false, false}, /* being charged */
                 {PAYMENT_HOSTED, true, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct payment_attempt attempt = begin(shop, cases[i].kind);
        const char *id = attempt.order_id;
        claim(shop);
        if (cases[i].waits)
            payment_wait(shop->db, attempt.attempt_id,
                         &(struct payment_place){"cs_1", "pi_1", "u"}, 30000,
                         SHOP_NOW);
        shop_again(shop, WORK_CHARGE, attempt.attempt_id, 30000, WORK_TRIED);
        if (cases[i].aside)
            payment_park(shop->db, id, "Parked.", SHOP_NOW);
        assert_false(payment_close_manual(shop->db, id, "No.", SHOP_NOW));
        assert_true(payment_close_window(shop->db, id));
        assert_int_equal(shop_charge_is_due(shop, id), cases[i].hurried);
        assert_true(again(shop, &attempt).closes_work_ms <=
                    db_clock_ms(shop->db));
        if (claim(shop) > 0) /* asked once: not again and again */
            shop_again(shop, WORK_CHARGE, attempt.attempt_id, 30000,
                       WORK_TRIED);
        assert_true(payment_close_window(shop->db, id));
        assert_false(shop_charge_is_due(shop, id));
        payment_failed(shop->db, attempt.attempt_id, "x", "No.", NULL,
                       SHOP_NOW);
        assert_false(payment_close_window(shop->db, id));
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void staff_mark_a_manual_one_paid_once(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt token = begin(shop, PAYMENT_TOKEN);
    struct payment_attempt attempt = begin(shop, PAYMENT_MANUAL);
    const char *intent_id, *id = attempt.order_id;
    int64_t at_ms;
    assert_false(
        payment_mark_paid(shop->db, token.order_id, NULL, "ada", SHOP_NOW));
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            payment_mark_paid(shop->db, id, "By bank.", "ada", SHOP_NOW),
            i == 0);
    assert_true(payment_is_paid(shop->db, id));
    assert_true(payment_charge(shop->db, id, &intent_id, &at_ms, &shop->arena));
    assert_true(payment_is_manual(intent_id));
    assert_false(payment_is_manual("pi_1"));
    assert_string_equal(shop_text(shop,
                                  "SELECT note FROM payment_attempts"
                                  " WHERE note IS NOT NULL /* whole table */"),
                        "ada: By bank.");
}

static void a_manual_one_is_closed_at_once(void **state)
{
    struct shop *shop = *state;
    struct payment_attempt attempt = begin(shop, PAYMENT_MANUAL);
    const char *id = attempt.order_id;
    for (int i = 0; i < 2; i++)
        assert_int_equal(payment_close_manual(shop->db, id, "Gone.", SHOP_NOW),
                         i == 0);
    attempt = again(shop, &attempt);
    assert_int_equal(attempt.status, ATTEMPT_FAILED);
    assert_string_equal(attempt.code, "cancelled");
    assert_false(payment_mark_paid(shop->db, id, NULL, "ada", SHOP_NOW));
    payment_revive(shop->db, attempt.attempt_id, "pi_1", 2900, SHOP_NOW);
    assert_int_equal(again(shop, &attempt).status, ATTEMPT_SUCCEEDED);
    assert_true(payment_is_booked(shop->db, "pi_1"));
}

static void a_refusal_is_told_once(void **state)
{
    struct shop *shop = *state;
    const char *code = NULL, *message = NULL;
    struct payment_attempt attempt = begin(shop, PAYMENT_TOKEN);
    struct payment_attempt other = begin(shop, PAYMENT_TOKEN);
    const char *id = attempt.order_id;
    assert_false(
        payment_take_refusal(shop->db, id, &code, &message, &shop->arena));
    payment_failed(shop->db, attempt.attempt_id, "card_declined", "Declined.",
                   NULL, SHOP_NOW);
    payment_succeeded(shop->db, other.attempt_id, "pi_2", 1, SHOP_NOW);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            payment_take_refusal(shop->db, id, &code, &message, &shop->arena),
            i == 0);
    assert_string_equal(code, "card_declined");
    assert_string_equal(message, "Declined.");
    assert_false(payment_take_refusal(shop->db, other.order_id, &code, &message,
                                      &shop->arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(each_kind_begins_in_its_own_way),
        SHOP_TEST(a_clock_set_back_keeps_nothing_waiting),
        SHOP_TEST(a_wait_ends_with_its_window),
        SHOP_TEST(closing_a_window_hurries_who_waits),
        SHOP_TEST(staff_mark_a_manual_one_paid_once),
        SHOP_TEST(a_manual_one_is_closed_at_once),
        SHOP_TEST(a_refusal_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
