/* The one balance: the views charge_balances and order_balances of the schema,
 * whatever went and came. */
#include "tests/unit/claim_fixture.h"

#include "lib/shop/refund/refund.h"

enum { COLUMNS = 6 };

static void check(struct shop *shop, const char *what,
                  const int64_t wanted[COLUMNS])
{
    static const char *const names[COLUMNS] = {
        "charged", "refunded", "disputed", "promised", "left", "owed"};
    struct db_statement *s = db_sql(
        shop->db, "SELECT SUM(charged_minor), SUM(refunded_minor),"
                  " SUM(disputed_minor), SUM(promised_minor), SUM(left_minor),"
                  " 1999 - SUM(left_minor) FROM charge_balances"
                  " WHERE order_id = (SELECT order_id FROM orders"
                  "  WHERE number = 1001)"
                  " UNION ALL SELECT charged_minor, refunded_minor,"
                  " disputed_minor, promised_minor, left_minor, owed_minor"
                  " FROM order_balances WHERE order_id = (SELECT order_id"
                  "  FROM orders WHERE number = 1001)");
    for (int view = 0; view < 2; view++) {
        assert_true(db_row(s));
        for (int i = 0; i < COLUMNS; i++)
            if (db_int(s, i) != wanted[i])
                fail_msg("%s: %s is %lld, not %lld", what, names[i],
                         (long long)db_int(s, i), (long long)wanted[i]);
    }
    assert_false(db_row(s));
}

static void put(struct shop *shop, const char *order_id, enum entry_kind kind,
                const char *gateway_id)
{
    payment_book(shop->db, order_id, kind, 999, gateway_id, "pi_1", SHOP_NOW);
}

/* What was promised is what refunds say, what is booked what the ledger says;
 * a dispute takes from what is left at once. */
static void what_goes_and_comes_is_counted_once(void **state)
{
    struct shop *shop = *state;
    const char *id = shop_order(shop, "mouse").order_id;
    struct refund refund;
    shop_order(shop, "mouse"); /* another's money is another's */
    shop_pay(shop, id, "pi_1");
    check(shop, "charged", (int64_t[]){1999, 0, 0, 0, 1999, 0});
    refund_queue(shop->db, id, 500, "dent", SHOP_NOW);
    check(shop, "a refund is due", (int64_t[]){1999, 0, 0, 500, 1499, 500});
    assert_int_equal(shop_refunds(shop, 1, &refund), 1);
    refund_succeeded(shop->db, refund.refund_id, "re_1", SHOP_NOW);
    check(shop, "it is booked", (int64_t[]){1999, 500, 0, 500, 1499, 500});
    put(shop, id, ENTRY_DISPUTE, "dp_1");
    check(shop, "disputed", (int64_t[]){1999, 500, 999, 500, 500, 1499});
    assert_true(refund_reversed(shop->db, "re_1", "Closed.", SHOP_NOW));
    check(shop, "it came back", (int64_t[]){1999, 0, 999, 0, 1000, 999});
    put(shop, id, ENTRY_DISPUTE_REVERSAL, "dp_1.won");
    check(shop, "won", (int64_t[]){1999, 0, 0, 0, 1999, 0});
}

/* A dispute that comes while the workflow still runs is not its doing. */
static void what_a_bank_takes_was_not_given_back(void **state)
{
    struct shop *shop = *state;
    const char *id = shop_order(shop, "mouse").order_id;
    assert_true(payment_was_given_back(shop->db, id));
    shop_pay(shop, id, "pi_1");
    assert_false(payment_was_given_back(shop->db, id));
    payment_book(shop->db, id, ENTRY_DISPUTE, 1999, "dp_1", "pi_1", SHOP_NOW);
    assert_int_equal(payment_left_minor(shop->db, id), 0);
    assert_false(payment_was_given_back(shop->db, id));
    payment_book(shop->db, id, ENTRY_DISPUTE_REVERSAL, 1999, "dp_1.won", "pi_1",
                 SHOP_NOW);
    refund_queue(shop->db, id, 1999, "dent", SHOP_NOW);
    assert_true(payment_was_given_back(shop->db, id));
}

static void an_order_that_was_not_charged_owes_all_of_it(void **state)
{
    struct shop *shop = *state;
    const char *id = shop_order(shop, "mouse").order_id;
    assert_int_equal(shop_int(shop, "SELECT owed_minor FROM order_balances"
                                    " WHERE order_id = (SELECT order_id"
                                    "  FROM orders WHERE number = 1001)"),
                     1999);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM charge_balances"
                                    " /* whole table */"),
                     0);
    assert_int_equal(payment_left_minor(shop->db, id), 0);
    assert_int_equal(payment_left_minor(shop->db, "nobody"), 0);
}

/* A view hides its tables from the check of plans that test builds make. */
static void one_order_is_asked_for_without_walking_a_table(void **state)
{
    static const char *const asked[] = {
        "EXPLAIN QUERY PLAN SELECT * FROM order_balances WHERE order_id = $1",
        "EXPLAIN QUERY PLAN SELECT * FROM charge_balances WHERE order_id = $1",
        "EXPLAIN QUERY PLAN SELECT * FROM charge_balances"
        " WHERE intent_id = $1"};
    struct shop *shop = *state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct db_statement *s = db_sql(shop->db, asked[i]);
        db_put_text(s, "x");
        while (db_row(s)) {
            const char *step = db_text(s, 3, &shop->arena);
            if (strncmp(step, "SCAN", 4) == 0 && strcmp(step, "SCAN sums") != 0)
                fail_msg("%s: %s", asked[i], step);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_goes_and_comes_is_counted_once),
        SHOP_TEST(what_a_bank_takes_was_not_given_back),
        SHOP_TEST(an_order_that_was_not_charged_owes_all_of_it),
        SHOP_TEST(one_order_is_asked_for_without_walking_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
