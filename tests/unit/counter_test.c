/* Numbers without gaps (lib/shop/counter.h), and who takes them. */
#include "tests/unit/claim_fixture.h"

#include "lib/shop/counter.h"
#include "lib/shop/paper/credit_note.h"
#include "lib/shop/paper/receipt.h"
#include "lib/shop/refund/refund.h"
#include "tests/unit/death.h"

static void they_count_on_each_for_itself(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(counter_next(shop->db, COUNTER_ORDER), 1001);
    assert_int_equal(counter_next(shop->db, COUNTER_ORDER), 1002);
    assert_int_equal(counter_next(shop->db, COUNTER_RECEIPT), 1);
    assert_int_equal(counter_next(shop->db, COUNTER_CREDIT_NOTE), 1);
    assert_int_equal(shop_order(shop, "mouse").number, 1003);
}

/* The numbers of one of each: an order, its receipt, its credit note. */
static void live(struct shop *shop, int64_t *order_no, int64_t *receipt_no,
                 int64_t *note_no)
{
    struct order order = shop_order(shop, "mouse");
    struct refund refund;
    struct credit_note note;
    const char *intent_id =
        arena_printf(&shop->arena, "pi_%lld", (long long)order.number);
    shop_pay(shop, order.order_id, intent_id);
    *order_no = order.number;
    *receipt_no =
        receipt_begin(shop->db, order.order_id, SHOP_NOW, &shop->arena).number;
    refund_queue(shop->db, order.order_id, 1999, "dent", SHOP_NOW);
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_succeeded(shop->db, refund.refund_id,
                     arena_printf(&shop->arena, "re_%s", intent_id), SHOP_NOW);
    credit_note_issue(shop->db, refund.refund_id, SHOP_NOW); /* has one */
    assert_true(
        credit_note_find(shop->db, refund.refund_id, &note, &shop->arena));
    *note_no = note.number;
}

/* Neither rolled back nor refused, as on a full disk or by an endpoint that
 * takes its batch back. */
static void what_was_not_stored_leaves_no_gap(void **state)
{
    struct shop *shop = *state;
    int64_t order_no, receipt_no, note_no;
    live(shop, &order_no, &receipt_no, &note_no);
    shop_commit(shop);
    live(shop, &order_no, &receipt_no, &note_no);
    assert_int_equal(order_no, 1002);
    db_rollback(shop->db);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    live(shop, &order_no, &receipt_no, &note_no);
    db_refuse(shop->db);
    assert_int_equal(counter_next(shop->db, COUNTER_ORDER), 0);
    assert_int_equal(db_commit(shop->db), DB_BUSY);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    live(shop, &order_no, &receipt_no, &note_no);
    assert_int_equal(order_no, 1002);
    assert_int_equal(receipt_no, 2);
    assert_int_equal(note_no, 2);
}

static void take(void *shop)
{
    counter_next(((struct shop *)shop)->db, COUNTER_RECEIPT);
}

static void one_that_is_not_there_is_no_number(void **state)
{
    struct shop *shop = *state;
    char text[8192];
    shop_force(shop, "DELETE FROM counters WHERE name = 'receipt'");
    assert_dies(take, shop, "there is no counter of receipts");
    shop_commit(shop);
    assert_int_equal(db_commit(shop->db), DB_OK);
    assert_int_equal(death_run(take, shop, text, sizeof text), 256 + SIGABRT);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(they_count_on_each_for_itself),
        SHOP_TEST(what_was_not_stored_leaves_no_gap),
        SHOP_TEST(one_that_is_not_there_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
