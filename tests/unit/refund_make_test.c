/* Refunds that staff ask for, and what the gateway tells of refunds by itself
 * (lib/shop/refund/refund.h); the stock that goes back with them. */
#include "tests/unit/claim_fixture.h"

#include "lib/shop/health/alarm.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/payment/payment.h"
#include "lib/shop/refund/refund.h"

#define BASKET                                                                 \
    "{\"items\":[{\"sku\":\"laptop\",\"quantity\":2},"                         \
    "{\"sku\":\"mouse\",\"quantity\":10}],\"email\":\"a@example.com\"}"
enum { TOTAL = 2 * 99900 + 10 * 1999, MANY = 12 };

static void confirm(struct shop *shop, const struct order *order)
{
    order_move(shop->db, order->order_id,
               shop_find(shop, order->order_id).status, ORDER_CONFIRMED, NULL,
               SHOP_NOW);
}

/* A basket, paid, sold and confirmed. */
static struct order sold_order(struct shop *shop)
{
    struct order order = shop_order(shop, BASKET);
    assert_true(shop_reserve(shop, order.order_id));
    shop_pay(shop, order.order_id, "pi_1");
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    confirm(shop, &order);
    return order;
}

static int64_t left(struct shop *shop, const struct order *order)
{
    return payment_left_minor(shop->db, order->order_id);
}

static const char *status(struct shop *shop, const struct order *order)
{
    return names_of(&payment_status_names,
                    shop_find(shop, order->order_id).payment_status);
}

static enum refund_outcome make(struct shop *shop, const struct order *order,
                                struct refund_request request,
                                struct refund *out, size_t *fault)
{
    request.reason = "dent";
    request.by = "staff@example.com";
    return refund_make(shop->db, order->order_id, &request, SHOP_NOW, out,
                       fault, &shop->arena);
}

static struct refund made(struct shop *shop, const struct order *order,
                          struct refund_request request)
{
    struct refund refund;
    size_t fault;
    assert_int_equal(make(shop, order, request, &refund, &fault),
                     REFUND_QUEUED);
    return refund;
}

static void refused(struct shop *shop, const struct order *order,
                    struct refund_request request, enum refund_outcome why)
{
    struct refund refund;
    size_t fault;
    int64_t changes = db_changes(shop->db);
    assert_int_equal(make(shop, order, request, &refund, &fault), why);
    assert_int_equal(db_changes(shop->db), changes);
}

#define LINES(...)                                                             \
    .lines = (struct refund_line[]){__VA_ARGS__},                              \
    .line_count =                                                              \
        sizeof(struct refund_line[]){__VA_ARGS__} / sizeof(struct refund_line)

/* A part given back would make it look unpaid to its own workflow. */
static void not_while_it_is_in_progress(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, BASKET);
    shop_pay(shop, order.order_id, "pi_1");
    refused(shop, &order, (struct refund_request){.amount_minor = 1},
            REFUND_IN_PROGRESS);
}

static void an_amount_up_to_what_is_left(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    struct refund first =
        made(shop, &order, (struct refund_request){.amount_minor = 400});
    assert_int_equal(first.amount_minor, 400);
    assert_int_equal(first.status, REFUND_DUE);
    assert_string_equal(first.intent_id, "pi_1");
    refused(shop, &order, (struct refund_request){.amount_minor = TOTAL - 399},
            REFUND_BEYOND);
    assert_int_equal(
        made(shop, &order, (struct refund_request){0}).amount_minor,
        TOTAL - 400);
    refused(shop, &order, (struct refund_request){.amount_minor = 1},
            REFUND_NOTHING_LEFT);
    refused(shop, &order, (struct refund_request){0}, REFUND_NOTHING_LEFT);
    assert_true(stock_is_sold(shop->db, order.order_id));
}

static void what_was_not_charged_is_not_refunded(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, BASKET);
    confirm(shop, &order);
    refused(shop, &order, (struct refund_request){.amount_minor = 1},
            REFUND_NOTHING_LEFT);
}

static void never_more_of_a_line_than_was_ordered(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    refused(shop, &order, (struct refund_request){LINES({"phone", 1})},
            REFUND_NO_LINE);
    refused(shop, &order, (struct refund_request){LINES({"mouse", 11})},
            REFUND_LINE_BEYOND);
    struct refund refund =
        made(shop, &order,
             (struct refund_request){LINES({"mouse", 7}, {"laptop", 1})});
    assert_int_equal(refund.amount_minor, 7 * 1999 + 99900);
    refused(shop, &order,
            (struct refund_request){LINES({"laptop", 1}, {"mouse", 4})},
            REFUND_LINE_BEYOND);
    refund_failed(shop->db, refund.refund_id, "Closed.", SHOP_NOW);
    made(shop, &order, (struct refund_request){LINES({"mouse", 10})});
    assert_int_equal(left(shop, &order), 2 * 99900);
    struct order_line list[MANY];
    struct refund last =
        made(shop, &order, (struct refund_request){LINES({"laptop", 2})});
    assert_int_equal(refund_lines(shop->db, last.refund_id, list, &shop->arena),
                     1);
    assert_string_equal(list[0].title, "Laptop");
    assert_int_equal(list[0].total_minor, 2 * 99900);
}

/* Most was refunded as an amount; of that the lines do not know. */
static void lines_too_stop_at_what_is_left(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    made(shop, &order, (struct refund_request){.amount_minor = TOTAL - 1999});
    refused(shop, &order, (struct refund_request){LINES({"mouse", 2})},
            REFUND_BEYOND);
    made(shop, &order, (struct refund_request){LINES({"mouse", 1})});
    assert_int_equal(left(shop, &order), 0);
}

static void the_goods_go_back_once(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    made(shop, &order,
         (struct refund_request){LINES({"mouse", 4}), .restock = true});
    assert_int_equal(shop_available(shop, "mouse"), 94);
    shop_check_books(shop);
    assert_true(stock_is_sold(shop->db, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_int_equal(stock_out(shop->db, order.order_id, "mouse"), 6);
    made(shop, &order, (struct refund_request){LINES({"mouse", 5})});
    assert_int_equal(stock_out(shop->db, order.order_id, "mouse"), 6);
    made(shop, &order,
         (struct refund_request){.amount_minor = 100, .restock = true});
    assert_int_equal(shop_available(shop, "mouse"), 100);
    assert_int_equal(shop_available(shop, "laptop"), 5);
    assert_false(stock_is_sold(shop->db, order.order_id));
    refused(shop, &order,
            (struct refund_request){.amount_minor = 100, .restock = true},
            REFUND_NO_GOODS);
    refused(shop, &order,
            (struct refund_request){LINES({"mouse", 1}), .restock = true},
            REFUND_NO_GOODS);
    stock_return(shop->db, order.order_id, SHOP_NOW);
    assert_int_equal(shop_available(shop, "mouse"), 100);
    shop_check_books(shop);
}

/* What undoing returns afterwards is only what is still out. */
static void the_rest_goes_back_with_the_order(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    made(shop, &order,
         (struct refund_request){LINES({"laptop", 1}, {"mouse", 10}),
                                 .restock = true});
    stock_return(shop->db, order.order_id, SHOP_NOW);
    assert_int_equal(shop_available(shop, "laptop"), 5);
    assert_int_equal(shop_available(shop, "mouse"), 100);
    assert_true(shop_reserve(shop, order.order_id));
    assert_true(stock_sell(shop->db, order.order_id, SHOP_NOW));
    assert_int_equal(shop_available(shop, "mouse"), 90);
    shop_check_books(shop);
}

static void goods_that_were_not_sold_do_not_come_back(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, BASKET);
    assert_true(shop_reserve(shop, order.order_id));
    shop_pay(shop, order.order_id, "pi_1");
    confirm(shop, &order);
    refused(shop, &order,
            (struct refund_request){.amount_minor = 100, .restock = true},
            REFUND_NO_GOODS);
}

static void several_charges_bear_one_refund(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 5000, "pi_2", "pi_2",
                 SHOP_NOW);
    struct refund refund =
        made(shop, &order, (struct refund_request){.amount_minor = 8000});
    assert_int_equal(refund.amount_minor, 8000);
    assert_string_equal(refund.intent_id, "pi_2");
    assert_int_equal(
        shop_int(shop, "SELECT COUNT(*) FROM refunds /* whole table */"), 2);
    assert_int_equal(left(shop, &order), TOTAL - 3000);
}

/* A disputed charge has less left to give. */
static void a_dispute_is_not_refunded_again(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    payment_book(shop->db, order.order_id, ENTRY_DISPUTE, TOTAL - 500, "dp_1",
                 "pi_1", SHOP_NOW);
    refused(shop, &order, (struct refund_request){.amount_minor = 501},
            REFUND_BEYOND);
    refund_queue_charge(shop->db, order.order_id, "pi_1", TOTAL, "late",
                        SHOP_NOW);
    assert_int_equal(left(shop, &order), 0);
    payment_book(shop->db, order.order_id, ENTRY_DISPUTE_REVERSAL, TOTAL - 500,
                 "dp_1.won", "pi_1", SHOP_NOW);
    assert_int_equal(left(shop, &order), TOTAL - 500);
}

static void by_hand_it_is_booked_at_once(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, BASKET);
    struct alarm alarms[2];
    payment_begin(shop->db, order.order_id, PAYMENT_MANUAL, 0, SHOP_NOW);
    assert_true(payment_mark_paid(shop->db, order.order_id, "cash",
                                  "staff@example.com", SHOP_NOW));
    confirm(shop, &order);
    struct refund refund =
        made(shop, &order, (struct refund_request){.amount_minor = 500});
    assert_int_equal(refund.status, REFUND_SUCCEEDED);
    assert_string_equal(
        refund.gateway_id,
        arena_printf(&shop->arena, "manual-refund-%s", refund.refund_id));
    assert_string_equal(status(shop, &order), "partially_refunded");
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 2, alarms, &shop->arena), 0);
    refund_queue(shop->db, order.order_id, TOTAL, "undone", SHOP_NOW);
    assert_string_equal(status(shop, &order), "refunded");
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 2, alarms, &shop->arena), 1);
    assert_int_equal(alarms[0].kind, ALARM_MANUAL_REFUND);
    assert_int_equal(shop_next_due(shop, WORK_REFUND), INT64_MAX);
    assert_int_equal(shop_int(shop, "SELECT MAX(number) FROM credit_notes"), 2);
}

static void what_the_gateway_refunded_itself_is_booked_once(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    struct refund own =
        made(shop, &order, (struct refund_request){.amount_minor = 400});
    assert_int_equal(
        refund_take_total(shop->db, "pi_1", 400, "evt_1", SHOP_NOW), 0);
    refund_succeeded(shop->db, own.refund_id, "re_1", SHOP_NOW);
    assert_int_equal(
        refund_take_total(shop->db, "pi_1", 1000, "evt_2", SHOP_NOW), 600);
    for (int i = 2; i < 4; i++)
        assert_int_equal(refund_take_total(shop->db, "pi_1", 1000,
                                           i == 2 ? "evt_2" : "evt_3",
                                           SHOP_NOW),
                         0);
    assert_int_equal(
        refund_take_total(shop->db, "pi_1", 400, "evt_0", SHOP_NOW), 0);
    assert_int_equal(
        refund_take_total(shop->db, "pi_none", 400, "evt_4", SHOP_NOW), 0);
    assert_int_equal(left(shop, &order), TOTAL - 1000);
    assert_string_equal(status(shop, &order), "partially_refunded");
    assert_int_equal(shop_int(shop, "SELECT SUM(amount_minor)"
                                    " FROM payment_entries"
                                    " WHERE kind = 'refund'"
                                    " AND intent_id = 'pi_1'"),
                     1000);
    assert_int_equal(shop_int(shop, "SELECT MAX(number) FROM credit_notes"), 2);
}

static void one_that_comes_back_is_left_again(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    struct alarm alarms[2];
    struct refund refund = made(shop, &order, (struct refund_request){0});
    assert_false(refund_reversed(shop->db, "re_1", "Closed.", SHOP_NOW));
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    assert_string_equal(status(shop, &order), "refunded");
    assert_true(refund_reversed(shop->db, "re_1", "Closed.", SHOP_NOW));
    assert_false(refund_reversed(shop->db, "re_1", "Closed.", SHOP_NOW));
    assert_string_equal(status(shop, &order), "paid");
    assert_int_equal(left(shop, &order), TOTAL);
    assert_true(payment_is_booked(shop->db, "re_1.failed"));
    assert_int_equal(
        alarm_list(shop->db, order.order_id, 2, alarms, &shop->arena), 1);
    assert_int_equal(alarms[0].kind, ALARM_REFUND_FAILED);
}

static void numbers_have_no_gaps_and_each_is_mailed(void **state)
{
    struct shop *shop = *state;
    struct order order = sold_order(shop);
    struct credit_note list[MANY];
    for (int i = 0; i < 3; i++) {
        struct refund refund =
            made(shop, &order, (struct refund_request){.amount_minor = i + 1});
        assert_false(
            credit_note_find(shop->db, refund.refund_id, list, &shop->arena));
        for (int twice = 0; twice < 2; twice++)
            refund_succeeded(shop->db, refund.refund_id,
                             arena_printf(&shop->arena, "re_%d", i), SHOP_NOW);
        credit_note_issue(shop->db, refund.refund_id, SHOP_NOW);
    }
    assert_true(shop_next_due(shop, WORK_CREDIT_NOTE) <= db_clock_ms(shop->db));
    assert_true(refund_under_way(shop->db, order.order_id));
    assert_int_equal(shop_notes(shop, 8, list), 3);
    assert_int_equal(shop_notes(shop, 8, list), 0);
    shop_release(shop);
    assert_int_equal(shop_notes(shop, 8, list), 3);
    assert_int_equal(
        credit_note_list(shop->db, order.order_id, list, MANY, &shop->arena),
        3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(list[i].number, i + 1);
        assert_int_equal(list[i].amount_minor, i + 1);
        assert_string_equal(list[i].reason, "dent");
        assert_false(list[i].on_disk);
    }
    credit_note_failed(shop->db, &list[0], "No space.", SHOP_NOW);
    assert_int_equal(alarm_count(shop->db), 1);
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < 3; i++)
            credit_note_store(shop->db, list[i].number, "00", 1, SHOP_NOW);
    assert_int_equal(alarm_count(shop->db), 0);
    assert_int_equal(shop_next_due(shop, WORK_CREDIT_NOTE), INT64_MAX);
    assert_false(refund_under_way(shop->db, order.order_id));
    assert_int_equal(shop_int(shop, "SELECT COUNT(DISTINCT refund_id)"
                                    " FROM outbox WHERE kind = 'refunded'"),
                     3);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM outbox"), 3);
    struct paper found;
    assert_true(paper_find(shop->db, list[1].file, &found, &shop->arena));
    assert_int_equal(found.kind, PAPER_CREDIT_NOTE);
    assert_int_equal(found.number, 2);
    assert_string_equal(found.subject, list[1].refund_id);
    assert_string_equal(found.sha256, "00");
    assert_int_equal(found.layout, 1);
    assert_false(paper_find(shop->db, "x.pdf", &found, &shop->arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(not_while_it_is_in_progress),
        SHOP_TEST(an_amount_up_to_what_is_left),
        SHOP_TEST(what_was_not_charged_is_not_refunded),
        SHOP_TEST(never_more_of_a_line_than_was_ordered),
        SHOP_TEST(lines_too_stop_at_what_is_left),
        SHOP_TEST(the_goods_go_back_once),
        SHOP_TEST(the_rest_goes_back_with_the_order),
        SHOP_TEST(goods_that_were_not_sold_do_not_come_back),
        SHOP_TEST(several_charges_bear_one_refund),
        SHOP_TEST(a_dispute_is_not_refunded_again),
        SHOP_TEST(by_hand_it_is_booked_at_once),
        SHOP_TEST(what_the_gateway_refunded_itself_is_booked_once),
        SHOP_TEST(one_that_comes_back_is_left_again),
        SHOP_TEST(numbers_have_no_gaps_and_each_is_mailed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
