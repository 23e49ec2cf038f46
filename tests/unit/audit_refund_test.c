/* The audit (lib/shop/books/audit.h) of what goes back: refunds, disputes,
 * goods, the documents about them. */
#include "tests/unit/audit_fixture.h"

/* Staff's refunds, one that failed after all, a dispute that was won. */
static void what_went_back_and_came_again(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    audit(&books);
    refund_queue(shop->db, order.order_id, 500, "damaged", SHOP_NOW);
    expect_broken(&books, AUDIT_LINES);
    repay(&books, "re_1");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[PAPERS].in_hand, 1); /* its credit note */
    assert_int_equal(books.lines[NUMBERS].count, 2);
    give_back(&books, "pi_1", "499");
    expect_broken(&books, GATEWAY);
    give_back(&books, "pi_1", "0");
    assert_true(refund_reversed(shop->db, "re_1", "No account.", SHOP_NOW));
    expect_broken(&books, AUDIT_LINES);
    payment_book(shop->db, order.order_id, ENTRY_DISPUTE, order.total_minor,
                 "dp_1", "pi_1", SHOP_NOW);
    expect_broken(&books, AUDIT_LINES);
    for (int i = 0; i < 2; i++) {
        payment_book(shop->db, order.order_id, ENTRY_DISPUTE_REVERSAL,
                     order.total_minor, i == 0 ? "dp_1.won" : "dp_2.won",
                     "pi_1", SHOP_NOW);
        expect_broken(&books, i == 0 ? AUDIT_LINES : CHARGES);
    }
}

/* Money that came twice is in hand until it went back. */
static void an_extra_charge_goes_back(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    audit(&books);
    charge_at_gateway(shop, &order, "pi_2");
    expect_broken(&books, GATEWAY);
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, order.total_minor,
                 "pi_2", "pi_2", SHOP_NOW);
    expect_broken(&books, CHARGES);
    refund_queue_charge(shop->db, order.order_id, "pi_2", order.total_minor,
                        "paid twice", SHOP_NOW);
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[CHARGES].in_hand, 1);
    repay(&books, "re_1");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[CHARGES].in_hand, 0);
    /* One that the gateway gave back before we knew need not be booked. */
    charge_at_gateway(shop, &order, "pi_3");
    expect_broken(&books, GATEWAY);
    give_back(&books, "pi_3", "amount_minor");
    expect_broken(&books, AUDIT_LINES);
}

/* The gateway knows nothing of it, and nothing of how it went back. */
static void what_was_paid_by_hand(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = shop_order(shop, "mouse");
    assert_true(shop_reserve(shop, order.order_id));
    payment_begin(shop->db, order.order_id, PAYMENT_MANUAL, 1, SHOP_NOW);
    assert_true(
        payment_mark_paid(shop->db, order.order_id, "x", "a@b.c", SHOP_NOW));
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[CHARGES].count, 1);
    assert_false(books.lines[GATEWAY].checked);
    refund_queue(shop->db, order.order_id, 5, "goodwill", SHOP_NOW);
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[NUMBERS].count, 1);
    struct order other = shop_order(shop, "mouse");
    confirm(shop, &other, "pi_1");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[GATEWAY].count, 1);
}

static void goods_come_back_in_part(void **state)
{
    static const struct {
        const char *sku;
        int delta, rule;
    } cases[] = {{"laptop", 1, AUDIT_LINES},
                 {"laptop", 1, AUDIT_LINES},
                 {"laptop", 1, STOCK}};
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order =
        shop_order(shop, "{\"items\":[{\"sku\":\"laptop\",\"quantity\":2}]}");
    confirm(shop, &order, "pi_1");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cook(shop, shop->path,
             arena_printf(&shop->arena,
                          "INSERT INTO stock_entries (sku, delta, reason,"
                          " order_id, nth, refund_id, created_at_ms) VALUES"
                          " ('%s', %d, 'returned', '%s', %zu, 'r%zu', 1);"
                          "UPDATE variants SET on_hand = on_hand + %d"
                          " WHERE sku = '%s'",
                          cases[i].sku, cases[i].delta, order.order_id, i, i,
                          cases[i].delta, cases[i].sku));
        expect_broken(&books, cases[i].rule);
    }
}

/* The clock was set back after the order was confirmed. */
static void refunds_by_a_clock_that_was_set_back(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    struct refund_request request = {.amount_minor = 500, .reason = "Late."};
    struct refund refund;
    size_t fault;
    int64_t then_ms = SHOP_NOW - 3600000;
    audit(&books);
    refund_make(shop->db, order.order_id, &request, then_ms, &refund, &fault,
                &shop->arena);
    give_back(&books, "pi_1", "500");
    repay(&books, "re_1");
    expect_broken(&books, AUDIT_LINES);
    give_back(&books, "pi_1", "600");
    refund_take_total(shop->db, "pi_1", 600, "evt_1", then_ms);
    expect_broken(&books, AUDIT_LINES);
}

static void numbers_have_no_gaps(void **state)
{
    static const struct {
        const char *sql, *back;
    } cases[] = {
        {"UPDATE receipts SET number = 2", "UPDATE receipts SET number = 1"},
        {"UPDATE receipts SET number = 0", "UPDATE receipts SET number = 1"},
        {"UPDATE credit_notes SET number = 2",
         "UPDATE credit_notes SET number = 1"},
        {"UPDATE refunds SET gateway_id = NULL",
         "UPDATE refunds SET gateway_id = 're_1'"},
        {"CREATE TABLE kept AS SELECT * FROM credit_notes;"
         " DELETE FROM credit_notes",
         "INSERT INTO credit_notes SELECT * FROM kept; DROP TABLE kept"}};
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    audit(&books);
    refund_queue(shop->db, order.order_id, 500, "damaged", SHOP_NOW);
    repay(&books, "re_1");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cook(shop, shop->path, cases[i].sql);
        expect_broken(&books, NUMBERS);
        cook(shop, shop->path, cases[i].back);
        expect_broken(&books, AUDIT_LINES);
    }
}

/* What is being made is in hand; what was made stays as it was. */
static void papers_must_be_the_recorded_ones(void **state)
{
    struct books books = {.shop = *state};
    struct shop *shop = books.shop;
    struct order order = confirmed_order(shop);
    audit(&books);
    refund_queue(shop->db, order.order_id, 500, "damaged", SHOP_NOW);
    repay(&books, "re_1");
    cook(shop, shop->path, "UPDATE credit_notes SET sha256 = 'x'");
    expect_broken(&books, PAPERS);
    assert_string_equal(books.lines[PAPERS].first,
                        "credit note 1: its file is not there");
    cook(shop, shop->path,
         "UPDATE credit_notes SET sha256 = NULL;"
         "UPDATE receipts SET sha256 = NULL");
    expect_broken(&books, AUDIT_LINES);
    assert_int_equal(books.lines[PAPERS].in_hand, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_went_back_and_came_again),
        SHOP_TEST(an_extra_charge_goes_back),
        SHOP_TEST(what_was_paid_by_hand),
        SHOP_TEST(goods_come_back_in_part),
        SHOP_TEST(refunds_by_a_clock_that_was_set_back),
        SHOP_TEST(numbers_have_no_gaps),
        SHOP_TEST(papers_must_be_the_recorded_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
