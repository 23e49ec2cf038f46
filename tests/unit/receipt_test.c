/* Receipts (lib/shop/receipt.h): which file is an order's; one an order. */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/receipt.h"

static void a_later_receipt_takes_the_place(void **state)
{
    struct shop *shop = *state;
    struct order order = shop_order(shop, "mouse");
    assert_null(receipt_file(shop->db, order.order_id, &shop->arena));
    assert_false(shop_find(shop, order.order_id).has_receipt);
    receipt_store(shop->db, order.order_id, "a.pdf", "00", SHOP_NOW);
    receipt_store(shop->db, order.order_id, "a.pdf", "11", SHOP_NOW + 1);
    assert_string_equal(receipt_file(shop->db, order.order_id, &shop->arena),
                        "a.pdf");
    assert_string_equal(shop_text(shop, "SELECT sha256 || created_at_ms"
                                        " FROM receipts /* whole table */"),
                        "111777636800001");
    assert_true(shop_find(shop, order.order_id).has_receipt);
}

static void a_file_belongs_to_one_order(void **state)
{
    struct shop *shop = *state;
    struct order a = shop_order(shop, "mouse");
    shop_order(shop, "mouse");
    receipt_store(shop->db, a.order_id, "a.pdf", "00", SHOP_NOW);
    shop_refuses(shop,
                 "INSERT INTO receipts SELECT order_id, 'a.pdf', '0', 1"
                 " FROM orders WHERE number = 1002",
                 "UNIQUE");
    shop_refuses(shop, "INSERT INTO receipts VALUES ('nobody', 'b', '0', 1)",
                 "FOREIGN KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_later_receipt_takes_the_place),
        SHOP_TEST(a_file_belongs_to_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
