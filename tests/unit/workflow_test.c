/* Workflow definitions as texts (lib/shop/execution/workflow.h). */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/execution/execution.h"

static void an_order_keeps_the_definition_it_began_with(void **state)
{
    struct shop *shop = *state;
    struct execution execution;
    struct order before = shop_order(shop, "mouse");
    workflow_use(shop->db, "{\"StartAt\":\"B\"}", SHOP_NOW);
    struct order after = shop_order(shop, "mouse");
    assert_true(
        execution_find(shop->db, before.order_id, &execution, &shop->arena));
    assert_string_equal(
        workflow_find(shop->db, execution.definition_hash, &shop->arena),
        "{\"StartAt\":\"A\"}");
    assert_true(
        execution_find(shop->db, after.order_id, &execution, &shop->arena));
    assert_string_equal(
        workflow_find(shop->db, execution.definition_hash, &shop->arena),
        "{\"StartAt\":\"B\"}");
    assert_null(workflow_find(shop->db, "no-such-hash", &shop->arena));
}

static void the_same_text_is_stored_once(void **state)
{
    struct shop *shop = *state;
    workflow_use(shop->db, "{\"StartAt\":\"B\"}", SHOP_NOW);
    workflow_use(shop->db, "{\"StartAt\":\"A\"}", SHOP_NOW);
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM definitions"), 2);
    assert_string_equal(
        workflow_find(shop->db, workflow_current_hash(shop->db, &shop->arena),
                      &shop->arena),
        "{\"StartAt\":\"A\"}");
}

static void without_any_there_is_no_current_one(void **state)
{
    struct shop *shop = *state;
    db_run(db_sql(shop->db, "DELETE FROM settings WHERE name = 'workflow'"));
    assert_null(workflow_current_hash(shop->db, &shop->arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(an_order_keeps_the_definition_it_began_with),
        SHOP_TEST(the_same_text_is_stored_once),
        SHOP_TEST(without_any_there_is_no_current_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
