/* Receipts (lib/shop/paper/receipt.h): one an order and charge, its number and
 * file. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/paper/receipt.h"
#include "lib/shop/refund/refund.h"

static struct receipt_begun begin(struct shop *shop, const struct order *order)
{
    return receipt_begin(shop->db, order->order_id, SHOP_NOW, &shop->arena);
}

static struct paper find(struct shop *shop, const char *file)
{
    struct paper paper;
    assert_true(paper_find(shop->db, file, &paper, &shop->arena));
    return paper;
}

static void a_number_is_kept_from_its_beginning(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    shop_pay(shop, order.order_id, "pi_1");
    struct receipt_begun first = begin(shop, &order);
    assert_int_equal(first.number, 1);
    assert_string_equal(first.charge_id, "pi_1");
    assert_string_equal(first.file,
                        arena_printf(&shop->arena, "%s.pdf", order.order_id));
    assert_null(shop_find(shop, order.order_id).receipt_file);
    assert_null(first.sha256);
    assert_null(find(shop, first.file).sha256);
    assert_int_equal(find(shop, first.file).dated_at_ms, SHOP_NOW);
    assert_false(receipt_is_made(shop->db, order.order_id, &shop->arena));
    assert_int_equal(begin(shop, &order).number, 1);
    receipt_store(shop->db, first.file, "00", 2);
    receipt_store(shop->db, first.file, "01", 3); /* it stays as it is */
    assert_int_equal(begin(shop, &order).number, 1);
    assert_string_equal(begin(shop, &order).sha256, "00");
    assert_string_equal(shop_find(shop, order.order_id).receipt_file,
                        first.file);
    assert_true(receipt_is_made(shop->db, order.order_id, &shop->arena));
    struct paper paper = find(shop, first.file);
    assert_int_equal(paper.kind, PAPER_RECEIPT);
    assert_string_equal(paper.order_id, order.order_id);
    assert_int_equal(paper.order_number, order.number);
    assert_string_equal(paper.subject, "pi_1");
    assert_int_equal(paper.number, 1);
    assert_string_equal(paper.sha256, "00");
    assert_int_equal(paper.layout, 2);
}

static void numbers_have_no_gaps(void **state)
{
    struct shop *shop = *state;
    for (int i = 1; i <= 3; i++) {
        struct order order = shop_order(shop, "mouse");
        assert_int_equal(begin(shop, &order).number, i);
        assert_string_equal(begin(shop, &order).charge_id, "");
    }
}

/* After its first charge went back the order is charged again: another
 * receipt; the first is shown until the second is there. */
static void a_later_charge_has_its_own(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    shop_pay(shop, order.order_id, "pi_1");
    const char *file = begin(shop, &order).file;
    receipt_store(shop->db, file, "00", 2);
    refund_queue(shop->db, order.order_id, 1999, "undone", SHOP_NOW);
    shop_reopen(shop, order.order_id);
    shop_pay(shop, order.order_id, "pi_2");
    assert_false(receipt_is_made(shop->db, order.order_id, &shop->arena));
    struct receipt_begun second =
        receipt_begin(shop->db, order.order_id, SHOP_NOW + 1, &shop->arena);
    assert_int_equal(second.number, 2);
    assert_string_equal(second.charge_id, "pi_2");
    assert_string_equal(second.file,
                        arena_printf(&shop->arena, "%s-2.pdf", order.order_id));
    assert_string_equal(shop_find(shop, order.order_id).receipt_file, file);
    receipt_store(shop->db, second.file, "11", 2);
    assert_string_equal(shop_find(shop, order.order_id).receipt_file,
                        second.file);
    assert_int_equal(find(shop, file).number, 1);
}

/* Money that came twice and goes back is not what the receipt is about. */
static void it_is_of_the_charge_that_stays(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    shop_pay(shop, order.order_id, "pi_1");
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 1999, "pi_2", "pi_2",
                 SHOP_NOW);
    refund_queue_charge(shop->db, order.order_id, "pi_2", 1999, "paid twice",
                        SHOP_NOW);
    assert_string_equal(begin(shop, &order).charge_id, "pi_1");
}

/* Nor is money that a bank took back, until the dispute is won. */
static void it_is_not_of_a_charge_that_a_bank_took_back(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    shop_pay(shop, order.order_id, "pi_1");
    payment_book(shop->db, order.order_id, ENTRY_CHARGE, 1999, "pi_2", "pi_2",
                 SHOP_NOW);
    payment_book(shop->db, order.order_id, ENTRY_DISPUTE, 1999, "dp_1", "pi_2",
                 SHOP_NOW);
    assert_string_equal(begin(shop, &order).charge_id, "pi_1");
    payment_book(shop->db, order.order_id, ENTRY_DISPUTE_REVERSAL, 1999,
                 "dp_1.won", "pi_2", SHOP_NOW);
    assert_string_equal(begin(shop, &order).charge_id, "pi_2");
}

static void a_file_belongs_to_one_order(void **state)
{
    struct shop *shop = *state;
    struct order a = shop_order(shop, "mouse");
    shop_order(shop, "mouse");
    begin(shop, &a);
    shop_refuses(shop,
                 "INSERT INTO receipts SELECT order_id, '', 2, (SELECT file"
                 " FROM receipts), '0', 1, 1, NULL, NULL, 1, NULL FROM orders"
                 " WHERE number = 1002",
                 "UNIQUE");
    shop_refuses(shop,
                 "INSERT INTO receipts VALUES ('nobody', '', 2, 'b', '0', 1, 1,"
                 " NULL, NULL, 1, NULL)",
                 "FOREIGN KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_number_is_kept_from_its_beginning),
        SHOP_TEST(numbers_have_no_gaps),
        SHOP_TEST(a_later_charge_has_its_own),
        SHOP_TEST(it_is_of_the_charge_that_stays),
        SHOP_TEST(it_is_not_of_a_charge_that_a_bank_took_back),
        SHOP_TEST(a_file_belongs_to_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
