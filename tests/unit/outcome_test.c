/* What an outcome of a payment means (lib/workflow/payment/outcome.h), on every
 * way through it. */
#include "tests/unit/undo_fixture.h"

#include "lib/base/time/clock.h"
#include "lib/shop/order/guard.h"
#include "lib/workflow/payment/outcome.h"

static const struct settings settings = {
    .currency = "EUR", .breaker_percent = 50, .breaker_charges = 100};
static const struct settings reopening = {.currency = "EUR",
                                          .late_payment_reopens = true};

/* One that stands in the middle of its workflow, its charge asked for. */
struct scene {
    struct shop *shop;
    const char *order_id;
    struct payment_attempt attempt;
};

static void use(struct shop *shop, const char *task)
{
    workflow_use(shop->db,
                 arena_printf(&shop->arena,
                              "{\"StartAt\":\"A\",\"States\":{\"A\":{"
                              "\"Type\":\"Task\",\"Resource\":\"task:%s\","
                              "\"End\":true}}}",
                              task),
                 SHOP_NOW);
}

static struct payment_attempt ask(struct shop *shop, const char *order_id,
                                  enum payment_kind kind)
{
    struct payment_attempt list[8];
    struct payment_attempt attempt;
    payment_begin(shop->db, order_id, kind, 60000, SHOP_NOW);
    if (kind != PAYMENT_MANUAL)
        shop_charges(shop, 8, list);
    assert_true(payment_open(shop->db, order_id, &attempt, &shop->arena));
    return attempt;
}

static struct scene begin(struct shop *shop, enum payment_kind kind)
{
    use(shop, "UpdateInventory");
    struct order order = order_in(shop, ORDER_PROCESSING);
    struct execution execution;
    assert_true(
        execution_read(shop->db, order.order_id, &execution, &shop->arena));
    assert_true(execution_save(shop->db, &execution,
                               (struct execution_wait){.delay_ms = INT64_MAX}));
    guard_note_order(shop->db, &settings,
                     &(struct guard_origin){.order_id = order.order_id,
                                            .address = "192.0.2.1",
                                            .by_token = true},
                     SHOP_NOW);
    return (struct scene){shop, order.order_id,
                          ask(shop, order.order_id, kind)};
}

static enum outcome paid_as(struct scene *scene, const struct settings *how,
                            const char *intent_id, int64_t amount_minor,
                            const char *currency)
{
    return outcome_paid(
        scene->shop->db, how, &scene->attempt,
        &(struct money_taken){intent_id, amount_minor, currency}, SHOP_NOW,
        &scene->shop->arena);
}

static enum outcome paid(struct scene *scene)
{
    return paid_as(scene, &settings, "pi_1", 49900, "EUR");
}

static void failed(struct scene *scene, const char *message)
{
    outcome_failed(scene->shop->db, &settings, &scene->attempt,
                   &(struct refusal){"card_declined", message, "pi_1"},
                   SHOP_NOW, &scene->shop->arena);
}

static void closed(struct scene *scene)
{
    outcome_closed(scene->shop->db, &scene->attempt, SHOP_NOW,
                   &scene->shop->arena);
}

static struct order order_of(const struct scene *scene)
{
    return shop_find(scene->shop, scene->order_id);
}

static enum order_status status_of(const struct scene *scene)
{
    return order_of(scene).status;
}

static struct payment_attempt attempt_of(const struct scene *scene)
{
    struct payment_attempt now;
    assert_true(payment_find(scene->shop->db, scene->attempt.attempt_id, &now,
                             &scene->shop->arena));
    return now;
}

/* The reaper takes the execution up at once. */
static bool woken(const struct scene *scene)
{
    char due[8][CRYPTO_UUID_SIZE];
    return execution_due(scene->shop->db, db_clock_ms(scene->shop->db), 8,
                         due) > 0;
}

/* The one open alarm's kind, or "". */
static const char *alarm_of(struct shop *shop)
{
    struct alarm list[2];
    size_t count = alarm_list(shop->db, NULL, 2, list, &shop->arena);
    assert_true(count < 2);
    return count == 0 ? "" : names_of(&alarm_kind_names, list[0].kind);
}

static const char *alarm_says(struct shop *shop)
{
    struct alarm list[2];
    assert_int_equal(alarm_list(shop->db, NULL, 2, list, &shop->arena), 1);
    return list[0].detail;
}

static int64_t booked(struct shop *shop)
{
    return shop_int(shop, "SELECT COALESCE(SUM(amount_minor), 0)"
                          " FROM payment_entries WHERE kind = 'charge'"
                          " /* whole table */");
}

static int64_t charges_noted(struct shop *shop, int64_t *declines)
{
    struct guard_state state = guard_state(shop->db, &settings, SHOP_NOW);
    *declines = state.declines;
    return state.charges;
}

static void end_execution(const struct scene *scene,
                          enum execution_status status)
{
    shop_end(scene->shop, scene->order_id, status, NULL, NULL);
}

/* Paid --------------------------------------------------------------------- */

static void money_is_booked_and_the_workflow_woken(void **state)
{
    struct shop *shop = *state;
    static const enum payment_kind kinds[] = {PAYMENT_TOKEN, PAYMENT_HOSTED};
    for (size_t i = 0; i < 2; i++) {
        int64_t declines;
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, kinds[i]);
        alarm_raise(shop->db, ALARM_PAYMENT_UNKNOWN, scene.order_id, "Where?",
                    SHOP_NOW);
        assert_false(woken(&scene));
        assert_int_equal(paid(&scene), OUTCOME_TAKEN);
        assert_int_equal(booked(shop), 49900);
        assert_int_equal(attempt_of(&scene).status, ATTEMPT_SUCCEEDED);
        assert_true(payment_is_paid(shop->db, scene.order_id));
        assert_true(woken(&scene));
        assert_string_equal(alarm_of(shop), "");
        assert_int_equal(charges_noted(shop, &declines),
                         kinds[i] == PAYMENT_TOKEN);
        assert_int_equal(declines, 0);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void what_is_booked_or_of_no_attempt_is_known(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(paid(&scene), OUTCOME_KNOWN);
    scene.attempt.attempt_id = "no-such-attempt";
    assert_int_equal(paid_as(&scene, &settings, "pi_2", 49900, "EUR"),
                     OUTCOME_KNOWN);
    assert_int_equal(booked(shop), 49900);
}

static void what_was_not_asked_for_is_foreign(void **state)
{
    struct shop *shop = *state;
    static const enum payment_kind kinds[] = {PAYMENT_MANUAL, PAYMENT_TOKEN};
    for (size_t i = 0; i < 2; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, PAYMENT_MANUAL);
        if (kinds[i] == PAYMENT_TOKEN) { /* about to be asked for */
            payment_close_manual(shop->db, scene.order_id, "No.", SHOP_NOW);
            payment_begin(shop->db, scene.order_id, PAYMENT_TOKEN, 60000,
                          SHOP_NOW);
            assert_true(payment_open(shop->db, scene.order_id, &scene.attempt,
                                     &shop->arena));
        }
        assert_int_equal(paid(&scene), OUTCOME_FOREIGN);
        assert_string_equal(alarm_of(shop), "payment_foreign");
        assert_int_equal(strstr(alarm_says(shop), "paid by hand") != NULL,
                         kinds[i] == PAYMENT_MANUAL);
        assert_int_equal(booked(shop), 0);
        assert_false(woken(&scene));
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void another_amount_or_currency_is_odd(void **state)
{
    struct shop *shop = *state;
    static const struct {
        int64_t amount_minor;
        const char *currency, *says;
    } cases[] = {{49901, "EUR", "49901 EUR"},
                 {49900, "USD", "49900 USD"},
                 {49900, NULL, "in a currency that cannot be read"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, PAYMENT_TOKEN);
        assert_int_equal(paid_as(&scene, &settings, "pi_1",
                                 cases[i].amount_minor, cases[i].currency),
                         OUTCOME_ODD);
        assert_string_equal(alarm_of(shop), "payment_odd");
        assert_non_null(strstr(alarm_says(shop), cases[i].says));
        assert_int_equal(booked(shop), 0);
        assert_int_equal(attempt_of(&scene).status, ATTEMPT_OPEN);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_cancellation_that_waited_comes_first(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    struct order order = order_of(&scene);
    assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(status_of(&scene), ORDER_CANCELLED);
    assert_int_equal(refunded(shop), 49900);
    assert_int_equal(shop_available(shop, "phone"), 1);
}

static void so_does_an_end_without_success(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    end_execution(&scene, EXECUTION_TIMED_OUT);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(status_of(&scene), ORDER_FAILED);
    assert_int_equal(refunded(shop), 49900);
}

/* The workflow had ended with success, and the order still waited. */
static void an_order_that_waited_is_confirmed(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    end_execution(&scene, EXECUTION_SUCCEEDED);
    alarm_raise(shop->db, ALARM_UNFINISHED, scene.order_id, "Why?", SHOP_NOW);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(status_of(&scene), ORDER_CONFIRMED);
    assert_true(stock_is_sold(shop->db, scene.order_id));
    assert_string_equal(alarm_of(shop), "");
    assert_int_equal(refunded(shop), 0);
}

static void or_fails_where_it_cannot_be_sold(void **state)
{
    struct shop *shop = *state;
    enum { NOTHING_SELLS, NO_GOODS, NO_MONEY };
    for (int why = NOTHING_SELLS; why <= NO_MONEY; why++) {
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, PAYMENT_TOKEN);
        if (why == NOTHING_SELLS) {
            struct execution execution;
            use(shop, "ProcessPayment");
            assert_true(execution_read(shop->db, scene.order_id, &execution,
                                       &shop->arena));
            shop_end(shop, scene.order_id, EXECUTION_FAILED, NULL, NULL);
            assert_true(execution_read(shop->db, scene.order_id, &execution,
                                       &shop->arena));
            execution.definition_hash =
                workflow_current_hash(shop->db, &shop->arena);
            assert_true(execution_reopen(shop->db, &execution));
        }
        end_execution(&scene, EXECUTION_SUCCEEDED);
        if (why == NO_GOODS) {
            stock_release(shop->db, scene.order_id);
            assert_true(stock_set(shop->db, "phone", 0, SHOP_NOW));
        }
        if (why == NO_MONEY)
            failed(&scene, "No.");
        else
            assert_int_equal(paid(&scene), OUTCOME_TAKEN);
        assert_int_equal(status_of(&scene), ORDER_FAILED);
        assert_string_equal(order_of(&scene).reason,
                            "The payment came too late for the order.");
        assert_int_equal(refunded(shop), why == NO_MONEY ? 0 : 49900);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void one_that_was_confirmed_stays_so(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    end_execution(&scene, EXECUTION_SUCCEEDED);
    order_move(shop->db, scene.order_id, ORDER_PROCESSING, ORDER_CONFIRMED,
               NULL, SHOP_NOW);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(status_of(&scene), ORDER_CONFIRMED);
    assert_false(stock_is_sold(shop->db, scene.order_id));
}

static void late_money_takes_the_order_up_again_where_wanted(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_HOSTED);
    closed(&scene);
    assert_int_equal(status_of(&scene), ORDER_CANCELLED);
    assert_int_equal(paid_as(&scene, &reopening, "pi_1", 49900, "EUR"),
                     OUTCOME_REOPENED);
    assert_int_equal(status_of(&scene), ORDER_PROCESSING);
    assert_int_equal(attempt_of(&scene).status, ATTEMPT_SUCCEEDED);
    assert_int_equal(booked(shop), 49900);
    assert_int_equal(refunded(shop), 0);
    assert_true(woken(&scene));
    const char *code, *message; /* no task hears of the window any more */
    assert_false(payment_take_refusal(shop->db, scene.order_id, &code, &message,
                                      &shop->arena));
}

static void else_it_goes_back(void **state)
{
    struct shop *shop = *state;
    enum { NOT_WANTED, NO_GOODS, BY_STAFF };
    for (int why = NOT_WANTED; why <= BY_STAFF; why++) {
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, PAYMENT_HOSTED);
        struct order order = order_of(&scene);
        if (why == BY_STAFF)
            assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
        closed(&scene);
        assert_int_equal(status_of(&scene), ORDER_CANCELLED);
        assert_string_equal(attempt_of(&scene).code,
                            why == BY_STAFF ? "cancelled"
                                            : PAYMENT_WINDOW_CLOSED);
        if (why == NO_GOODS)
            assert_true(stock_set(shop->db, "phone", 0, SHOP_NOW));
        assert_int_equal(paid_as(&scene,
                                 why == NOT_WANTED ? &settings : &reopening,
                                 "pi_1", 49900, "EUR"),
                         OUTCOME_EXTRA);
        assert_int_equal(status_of(&scene), ORDER_CANCELLED);
        assert_int_equal(booked(shop), 49900);
        assert_int_equal(refunded(shop), 49900);
        assert_string_equal(alarm_of(shop), "late_payment");
        assert_non_null(strstr(alarm_says(shop), "came too late"));
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void what_came_twice_goes_back_once(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    assert_int_equal(paid(&scene), OUTCOME_TAKEN);
    assert_int_equal(paid_as(&scene, &settings, "pi_2", 49900, "EUR"),
                     OUTCOME_EXTRA);
    assert_string_equal(alarm_of(shop), "double_payment");
    assert_non_null(strstr(alarm_says(shop), "came a second time"));
    assert_int_equal(refunded(shop), 49900);
    assert_true(payment_is_paid(shop->db, scene.order_id));
}

static void so_does_that_of_an_attempt_that_failed_first(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    failed(&scene, "Declined.");
    struct scene second = scene;
    second.attempt = ask(shop, scene.order_id, PAYMENT_TOKEN);
    assert_int_equal(paid_as(&second, &settings, "pi_2", 49900, "EUR"),
                     OUTCOME_TAKEN);
    assert_int_equal(paid(&scene), OUTCOME_EXTRA);
    assert_string_equal(alarm_of(shop), "double_payment");
    assert_int_equal(refunded(shop), 49900);
}

/* Failed and closed -------------------------------------------------------- */

static void a_refusal_waits_for_the_workflow(void **state)
{
    struct shop *shop = *state;
    static const char *const given[] = {"Declined.", "", NULL};
    for (size_t i = 0; i < 3; i++) {
        const char *code, *message;
        int64_t declines;
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, PAYMENT_TOKEN);
        alarm_raise(shop->db, ALARM_PAYMENT_UNKNOWN, scene.order_id, "Where?",
                    SHOP_NOW);
        failed(&scene, given[i]);
        assert_true(woken(&scene));
        assert_string_equal(alarm_of(shop), "");
        assert_int_equal(charges_noted(shop, &declines), 1);
        assert_int_equal(declines, 1);
        assert_true(payment_take_refusal(shop->db, scene.order_id, &code,
                                         &message, &shop->arena));
        assert_string_equal(code, "card_declined");
        assert_string_equal(message,
                            i == 0 ? "Declined." : "The payment was refused.");
        failed(&scene, "Again."); /* known already */
        closed(&scene);
        assert_false(payment_take_refusal(shop->db, scene.order_id, &code,
                                          &message, &shop->arena));
        assert_int_equal(status_of(&scene), ORDER_PROCESSING);
        assert_int_equal(charges_noted(shop, &declines), 1);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_refusal_lets_a_cancellation_go_on(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_HOSTED);
    struct order order = order_of(&scene);
    int64_t declines;
    assert_int_equal(cancel(shop, &order), UNDO_RECORDED);
    failed(&scene, "No.");
    assert_int_equal(status_of(&scene), ORDER_CANCELLED);
    assert_int_equal(shop_available(shop, "phone"), 1);
    assert_int_equal(charges_noted(shop, &declines), 0); /* no card was tried */
}

static void a_window_that_closes_cancels_the_order(void **state)
{
    struct shop *shop = *state;
    static const struct {
        enum payment_kind kind;
        const char *why;
    } cases[] = {
        {PAYMENT_HOSTED, "The order was not paid in time."},
        {PAYMENT_TOKEN, "The order was not paid in time."},
        {PAYMENT_MANUAL, "No payment for this order arrived in time."}};
    for (size_t i = 0; i < 3; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct scene scene = begin(shop, cases[i].kind);
        alarm_raise(shop->db, ALARM_PAYMENT_UNKNOWN, scene.order_id, "Where?",
                    SHOP_NOW);
        for (int times = 0; times < 2; times++)
            closed(&scene);
        assert_int_equal(status_of(&scene), ORDER_CANCELLED);
        assert_string_equal(order_of(&scene).reason, cases[i].why);
        assert_string_equal(attempt_of(&scene).code, PAYMENT_WINDOW_CLOSED);
        assert_string_equal(attempt_of(&scene).message, cases[i].why);
        assert_string_equal(alarm_of(shop), "");
        assert_int_equal(shop_available(shop, "phone"), 1);
        assert_int_equal(mails(shop), 1);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void a_closed_window_fails_what_its_workflow_gave_up(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_HOSTED);
    end_execution(&scene, EXECUTION_FAILED);
    closed(&scene);
    assert_int_equal(status_of(&scene), ORDER_FAILED);
}

/* A definition failed its order and goes on: a task of it still waits. */
static void a_closed_window_wakes_who_still_waits(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_HOSTED);
    order_move(shop->db, scene.order_id, ORDER_PROCESSING, ORDER_FAILED, "No.",
               SHOP_NOW);
    closed(&scene);
    assert_int_equal(status_of(&scene), ORDER_FAILED);
    assert_true(woken(&scene));
}

/* By hand, and other currencies -------------------------------------------- */

static void staff_mark_an_order_paid(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_MANUAL);
    for (int times = 0; times < 2; times++)
        assert_int_equal(outcome_marked_paid(shop->db, scene.order_id, "Cash.",
                                             "ada", SHOP_NOW, &shop->arena),
                         times == 0);
    assert_true(payment_is_paid(shop->db, scene.order_id));
    assert_true(woken(&scene));
}

static void their_mark_finishes_an_order_that_waited(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_MANUAL);
    end_execution(&scene, EXECUTION_SUCCEEDED);
    assert_true(outcome_marked_paid(shop->db, scene.order_id, NULL, "ada",
                                    SHOP_NOW, &shop->arena));
    assert_int_equal(status_of(&scene), ORDER_CONFIRMED);
}

static void another_currency_is_told_once(void **state)
{
    struct shop *shop = *state;
    struct scene scene = begin(shop, PAYMENT_TOKEN);
    static const struct {
        const char *id, *currency, *says;
    } cases[] = {{"re_1", "USD", "A refund came in USD, but"},
                 {"re_2", NULL, "came in a currency that cannot be read"}};
    struct arrived ours = {
        .what = "A refund", .gateway_id = "re_0", .currency = "EUR"};
    assert_false(outcome_odd_currency(shop->db, &settings, scene.order_id,
                                      &ours, SHOP_NOW, &shop->arena));
    for (size_t i = 0; i < 2; i++) {
        struct alarm alarm;
        struct arrived arrived = {.what = "A refund",
                                  .gateway_id = cases[i].id,
                                  .currency = cases[i].currency};
        for (int times = 0; times < 2; times++) {
            assert_true(outcome_odd_currency(shop->db, &settings,
                                             scene.order_id, &arrived, SHOP_NOW,
                                             &shop->arena));
            assert_int_equal(
                alarm_list(shop->db, NULL, 1, &alarm, &shop->arena),
                times == 0);
            if (times == 0) {
                assert_int_equal(alarm.kind, ALARM_PAYMENT_ODD);
                assert_non_null(strstr(alarm.detail, cases[i].says));
                assert_true(
                    alarm_close(shop->db, alarm.alarm_id, "ada", SHOP_NOW));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(money_is_booked_and_the_workflow_woken),
        SHOP_TEST(what_is_booked_or_of_no_attempt_is_known),
        SHOP_TEST(what_was_not_asked_for_is_foreign),
        SHOP_TEST(another_amount_or_currency_is_odd),
        SHOP_TEST(a_cancellation_that_waited_comes_first),
        SHOP_TEST(so_does_an_end_without_success),
        SHOP_TEST(an_order_that_waited_is_confirmed),
        SHOP_TEST(or_fails_where_it_cannot_be_sold),
        SHOP_TEST(one_that_was_confirmed_stays_so),
        SHOP_TEST(late_money_takes_the_order_up_again_where_wanted),
        SHOP_TEST(else_it_goes_back),
        SHOP_TEST(what_came_twice_goes_back_once),
        SHOP_TEST(so_does_that_of_an_attempt_that_failed_first),
        SHOP_TEST(a_refusal_waits_for_the_workflow),
        SHOP_TEST(a_refusal_lets_a_cancellation_go_on),
        SHOP_TEST(a_window_that_closes_cancels_the_order),
        SHOP_TEST(a_closed_window_fails_what_its_workflow_gave_up),
        SHOP_TEST(a_closed_window_wakes_who_still_waits),
        SHOP_TEST(staff_mark_an_order_paid),
        SHOP_TEST(their_mark_finishes_an_order_that_waited),
        SHOP_TEST(another_currency_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
