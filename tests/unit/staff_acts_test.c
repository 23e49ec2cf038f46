/* What staff may do to an order: complete and cancel it
 * (lib/workflow/order/change.h), refund it (order/refund.h), and take its
 * payment by hand (payment/by_hand.h). */
#include "tests/unit/undo_fixture.h"

#include "lib/shop/execution/history.h"
#include "lib/workflow/execution/steer.h"
#include "lib/workflow/order/change.h"
#include "lib/workflow/order/refund.h"
#include "lib/workflow/payment/by_hand.h"

#define DAY INT64_C(86400000)

static enum order_change change(struct shop *shop, const char *order_id,
                                enum order_status to, const char *reason)
{
    struct order order = shop_find(shop, order_id);
    return order_change(
        shop->db, &order,
        &(struct order_wish){.to = to, .reason = reason, .by = "ada"}, SHOP_NOW,
        &shop->arena);
}

/* The newest event as "TYPE BY: REASON"; "" when there is none. */
static const char *last_event(struct shop *shop, const char *order_id)
{
    struct history_event *events;
    bool more;
    size_t count = history_read(shop->db, order_id, 0, 1 << 20, &events, &more,
                                &shop->arena);
    if (count == 0)
        return "";
    const struct json *detail = events[count - 1].detail;
    const char *reason = json_string(json_member(detail, "reason"));
    return arena_printf(&shop->arena, "%s %s: %s", events[count - 1].type,
                        json_string(json_member(detail, "by")),
                        reason == NULL ? "-" : reason);
}

static void only_confirmed_ones_are_completed(void **state)
{
    struct shop *shop = *state;
    for (int from = ORDER_PENDING; from < ORDER_NO_STATUS; from++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, (enum order_status)from);
        bool done = from == ORDER_CONFIRMED;
        assert_int_equal(change(shop, order.order_id, ORDER_COMPLETED, "Sent."),
                         done ? ORDER_CHANGED : ORDER_CHANGE_REFUSED);
        assert_int_equal(shop_find(shop, order.order_id).status,
                         done ? ORDER_COMPLETED : (enum order_status)from);
        if (done)
            assert_string_equal(last_event(shop, order.order_id),
                                "OrderCompleted ada: Sent.");
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void what_is_not_final_is_cancelled(void **state)
{
    struct shop *shop = *state;
    for (int from = ORDER_PENDING; from < ORDER_NO_STATUS; from++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, (enum order_status)from);
        bool final = order_status_is_final((enum order_status)from);
        assert_int_equal(change(shop, order.order_id, ORDER_CANCELLED, NULL),
                         final ? ORDER_CHANGE_REFUSED : ORDER_CHANGED);
        if (!final)
            assert_string_equal(shop_find(shop, order.order_id).reason,
                                "Cancelled by the shop.");
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void an_open_charge_is_waited_for(void **state)
{
    struct shop *shop = *state;
    struct order order = order_in(shop, ORDER_PROCESSING);
    shop_attempt(shop, order.order_id);
    assert_int_equal(change(shop, order.order_id, ORDER_CANCELLED, "Sorry."),
                     ORDER_CHANGE_RECORDED);
    assert_string_equal(shop_find(shop, order.order_id).cancel_reason,
                        "Sorry.");
}

static void every_other_move_is_the_workflows(void **state)
{
    struct shop *shop = *state;
    static const enum order_status to[] = {ORDER_PENDING, ORDER_PROCESSING,
                                           ORDER_CONFIRMED, ORDER_FAILED,
                                           ORDER_NO_STATUS};
    struct order order = order_in(shop, ORDER_CONFIRMED);
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
        assert_int_equal(change(shop, order.order_id, to[i], "x"),
                         ORDER_CHANGE_REFUSED);
    assert_int_equal(shop_find(shop, order.order_id).status, ORDER_CONFIRMED);
}

static void a_reason_is_short_and_harmless(void **state)
{
    (void)state;
    char text[ORDER_MAX_REASON + 2];
    memset(text, 'x', sizeof text);
    text[ORDER_MAX_REASON + 1] = '\0';
    assert_string_equal(order_reason_fault(text),
                        "Must have at most 500 characters.");
    text[ORDER_MAX_REASON] = '\0';
    assert_null(order_reason_fault(text));
    assert_null(order_reason_fault(""));
    assert_non_null(order_reason_fault("a\nb"));
    assert_non_null(order_reason_fault("card 4242424242424242"));
}

/* Refunds ------------------------------------------------------------------ */

static struct refund_made give(struct shop *shop, const char *order_id,
                               struct refund_request request)
{
    request.by = "ada";
    return order_refund(shop->db, order_id, &request, SHOP_NOW, &shop->arena);
}

static void a_refund_is_queued_and_noted(void **state)
{
    struct shop *shop = *state;
    static const struct {
        const char *reason, *event;
    } cases[] = {{"Dent.", "RefundRequested ada: Dent."},
                 {"", "RefundRequested ada: Refunded by the shop."},
                 {NULL, "RefundRequested ada: Refunded by the shop."}};
    struct order order = order_in(shop, ORDER_CONFIRMED);
    for (size_t i = 0; i < 3; i++) {
        struct refund_made made =
            give(shop, order.order_id,
                 (struct refund_request){.amount_minor = 100,
                                         .reason = cases[i].reason});
        assert_int_equal(made.outcome, REFUND_QUEUED);
        assert_int_equal(made.refund.amount_minor, 100);
        assert_string_equal(last_event(shop, order.order_id), cases[i].event);
    }
    assert_int_equal(refunded(shop), 300);
}

static void why_one_is_refused_names_its_field(void **state)
{
    struct shop *shop = *state;
    struct refund_line none[] = {{"phone", 1}, {"mouse", 1}};
    struct refund_line beyond[] = {{"phone", 2}};
    const struct {
        enum order_status status;
        struct refund_request request;
        enum refund_outcome outcome;
        enum refund_field field;
        size_t line;
        const char *says;
    } cases[] = {{ORDER_PROCESSING,
                  {.amount_minor = 1},
                  REFUND_IN_PROGRESS,
                  REFUND_OF_ALL,
                  0,
                  "still in progress"},
                 {ORDER_CONFIRMED,
                  {.amount_minor = 49901},
                  REFUND_BEYOND,
                  REFUND_OF_AMOUNT,
                  0,
                  "more than is left to refund"},
                 {ORDER_FAILED,
                  {.reason = "x"},
                  REFUND_NOTHING_LEFT,
                  REFUND_OF_ALL,
                  0,
                  "Nothing is left"},
                 {ORDER_CONFIRMED,
                  {.lines = none, .line_count = 2},
                  REFUND_NO_LINE,
                  REFUND_OF_SKU,
                  1,
                  "no such line"},
                 {ORDER_CONFIRMED,
                  {.lines = beyond, .line_count = 1},
                  REFUND_LINE_BEYOND,
                  REFUND_OF_QUANTITY,
                  0,
                  "left of the line"},
                 {ORDER_CONFIRMED,
                  {.amount_minor = 1, .restock = true},
                  REFUND_NO_GOODS,
                  REFUND_OF_RESTOCK,
                  0,
                  "not out of stock"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        db_script(shop->db, "SAVEPOINT each");
        struct order order = order_in(shop, cases[i].status);
        const char *event = last_event(shop, order.order_id);
        if (cases[i].outcome == REFUND_NO_GOODS)
            stock_return(shop->db, order.order_id, SHOP_NOW);
        struct refund_made made = give(shop, order.order_id, cases[i].request);
        assert_int_equal(made.outcome, cases[i].outcome);
        struct refund_refusal why = refund_refusal(&made, &cases[i].request);
        assert_int_equal(why.field, cases[i].field);
        if (cases[i].line > 0)
            assert_int_equal(why.line, cases[i].line);
        assert_non_null(strstr(why.detail, cases[i].says));
        assert_string_equal(last_event(shop, order.order_id), event);
        assert_int_equal(refunded(shop), 0);
        db_script(shop->db, "ROLLBACK TO each; RELEASE each");
    }
}

static void lines_that_are_too_much_name_the_lines(void **state)
{
    (void)state;
    const struct refund_request request = {.line_count = 1};
    const struct refund_made made = {.outcome = REFUND_BEYOND};
    assert_int_equal(refund_refusal(&made, &request).field, REFUND_OF_LINES);
}

/* By hand ------------------------------------------------------------------ */

static const char *manual_order(struct shop *shop)
{
    workflow_use(shop->db,
                 "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\","
                 "\"Resource\":\"task:ProcessPayment\",\"End\":true}}}",
                 SHOP_NOW);
    struct order order = order_in(shop, ORDER_PROCESSING);
    payment_begin(shop->db, order.order_id, PAYMENT_MANUAL, DAY, SHOP_NOW);
    return order.order_id;
}

static enum by_hand pay(struct shop *shop, const char *order_id)
{
    struct order order = shop_find(shop, order_id);
    return by_hand_paid(shop->db, &order, "Cash.", "ada", SHOP_NOW,
                        &shop->arena);
}

/* As when its window closes. */
static void lapse(struct shop *shop, const char *order_id)
{
    struct payment_attempt attempt;
    struct order order = shop_find(shop, order_id);
    assert_true(payment_open(shop->db, order_id, &attempt, &shop->arena));
    payment_failed(shop->db, attempt.attempt_id, PAYMENT_WINDOW_CLOSED, "Late.",
                   NULL, SHOP_NOW);
    assert_int_equal(cancel(shop, &order), UNDO_DONE);
}

static void an_order_is_marked_paid_once(void **state)
{
    struct shop *shop = *state;
    const char *id = manual_order(shop);
    assert_int_equal(pay(shop, id), BY_HAND_PAID);
    assert_string_equal(last_event(shop, id), "OrderMarkedPaid ada: Cash.");
    assert_true(payment_is_paid(shop->db, id));
    assert_int_equal(pay(shop, id), BY_HAND_REFUSED);
    assert_int_equal(
        shop_int(shop,
                 "SELECT COUNT(*) FROM payment_entries /* whole table */"),
        1);
}

static void money_that_comes_late_takes_it_up_again(void **state)
{
    struct shop *shop = *state;
    const char *id = manual_order(shop);
    lapse(shop, id);
    assert_int_equal(pay(shop, id), BY_HAND_REOPENED);
    assert_int_equal(shop_find(shop, id).status, ORDER_PROCESSING);
    assert_true(payment_is_paid(shop->db, id));
    assert_string_equal(last_event(shop, id), "OrderMarkedPaid ada: Cash.");
}

static void or_is_owed_where_the_goods_are_gone(void **state)
{
    struct shop *shop = *state;
    const char *id = manual_order(shop);
    lapse(shop, id);
    assert_true(stock_set(shop->db, "phone", 0, SHOP_NOW));
    assert_int_equal(pay(shop, id), BY_HAND_TO_PAY_BACK);
    assert_int_equal(shop_find(shop, id).status, ORDER_CANCELLED);
    assert_int_equal(refunded(shop), 49900);
    assert_int_equal(alarm_count(shop->db), 1);
    assert_int_equal(pay(shop, id), BY_HAND_REFUSED);
}

static void a_window_is_set_or_ended(void **state)
{
    struct shop *shop = *state;
    const char *id = manual_order(shop);
    assert_true(by_hand_set_window(shop->db, id, SHOP_NOW + 3 * DAY, "ada",
                                   SHOP_NOW, &shop->arena));
    assert_string_equal(last_event(shop, id),
                        "PaymentWindowSet ada: It waits for its payment until "
                        "2026-05-04T12:00:00.000Z.");
    assert_true(
        by_hand_set_window(shop->db, id, 0, "ada", SHOP_NOW, &shop->arena));
    assert_string_equal(last_event(shop, id),
                        "PaymentWindowSet ada: It waits for its payment "
                        "without an end.");
    pay(shop, id);
    assert_false(
        by_hand_set_window(shop->db, id, 0, "ada", SHOP_NOW, &shop->arena));
    assert_string_equal(last_event(shop, id), "OrderMarkedPaid ada: Cash.");
}

static void its_end_is_at_most_a_year_away(void **state)
{
    (void)state;
    static const struct {
        int64_t closes_at_ms, days, end_ms;
    } cases[] = {{0, 1, SHOP_NOW + DAY},
                 {SHOP_NOW - DAY, 2, SHOP_NOW + 2 * DAY},
                 {SHOP_NOW + DAY, 2, SHOP_NOW + 3 * DAY},
                 {0, 366, SHOP_NOW + 366 * DAY},
                 {SHOP_NOW + DAY, 366, -1},
                 {0, 367, -1},
                 {0, 0, -1},
                 {0, -1, -1},
                 {0, INT64_MAX, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            by_hand_extended_ms(cases[i].closes_at_ms, cases[i].days, SHOP_NOW),
            cases[i].end_ms);
    assert_false(by_hand_end_fits(SHOP_NOW, SHOP_NOW));
    assert_true(by_hand_end_fits(SHOP_NOW + 1, SHOP_NOW));
    assert_true(by_hand_end_fits(SHOP_NOW + 366 * DAY, SHOP_NOW));
    assert_false(by_hand_end_fits(SHOP_NOW + 366 * DAY + 1, SHOP_NOW));
}

/* Steering ----------------------------------------------------------------- */

static void steering_is_asked_for_in_words(void **state)
{
    struct shop *shop = *state;
    static const char *const actions[] = {"stop", "redrive", "retry"};
    enum execution_action action;
    bool current = false;
    const char *fault;
    for (size_t i = 0; i < 3; i++) {
        assert_true(execution_action_of(actions[i], &action));
        assert_int_equal(action, i);
    }
    assert_false(execution_action_of("Stop", &action));
    assert_false(execution_action_of(NULL, &action));
    assert_true(execution_definition_of("current", &current));
    assert_true(current);
    assert_true(execution_definition_of("own", &current));
    assert_false(current);
    assert_true(execution_definition_of(NULL, &current));
    assert_false(execution_definition_of("", &current));
    assert_string_equal(
        execution_steer_reason(&shop->arena, " Because. ", &fault), "Because.");
    static const char *const wrong[] = {NULL, "", "  ", "a\nb"};
    for (size_t i = 0; i < 4; i++) {
        assert_null(execution_steer_reason(&shop->arena, wrong[i], &fault));
        assert_non_null(fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(only_confirmed_ones_are_completed),
        SHOP_TEST(what_is_not_final_is_cancelled),
        SHOP_TEST(an_open_charge_is_waited_for),
        SHOP_TEST(every_other_move_is_the_workflows),
        SHOP_TEST(a_reason_is_short_and_harmless),
        SHOP_TEST(a_refund_is_queued_and_noted),
        SHOP_TEST(why_one_is_refused_names_its_field),
        SHOP_TEST(lines_that_are_too_much_name_the_lines),
        SHOP_TEST(an_order_is_marked_paid_once),
        SHOP_TEST(money_that_comes_late_takes_it_up_again),
        SHOP_TEST(or_is_owed_where_the_goods_are_gone),
        SHOP_TEST(a_window_is_set_or_ended),
        SHOP_TEST(its_end_is_at_most_a_year_away),
        SHOP_TEST(steering_is_asked_for_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
