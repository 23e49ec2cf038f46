/* Definitions as they are run (lib/workflow/definition.h): what they do for
 * their orders, and the cache. */
#include "tests/unit/shop_fixture.h"

#include "lib/workflow/definition.h"
#include "tests/unit/death.h"

/* Stores the definition; its hash. */
static const char *use(struct shop *shop, const char *text)
{
    workflow_use(shop->db, text, SHOP_NOW);
    return workflow_current_hash(shop->db, &shop->arena);
}

static const char *with_task(struct shop *shop, const char *resource,
                             const char *more)
{
    return use(shop, arena_printf(&shop->arena,
                                  "{\"StartAt\":\"A\",\"States\":{\"A\":{"
                                  "\"Type\":\"Task\",\"Resource\":\"%s\"%s,"
                                  "\"End\":true}}}",
                                  resource, more));
}

static struct workflow look(struct shop *shop, const char *hash)
{
    struct workflow workflow;
    assert_true(workflow_read(shop->db, hash, &workflow, &shop->arena));
    assert_non_null(workflow.asl);
    return workflow;
}

static void assert_does(struct workflow workflow, bool receipts, bool sells,
                        bool tokens)
{
    assert_int_equal(workflow.makes_receipts, receipts);
    assert_int_equal(workflow.sells, sells);
    assert_int_equal(workflow.hands_out_tokens, tokens);
}

static void it_is_known_what_a_definition_does(void **state)
{
    static const char lambda[] = "arn:aws:states:::lambda:invoke";
    struct shop *shop = *state;
    assert_does(look(shop, with_task(shop, "task:ValidateOrder", "")), false,
                false, false);
    assert_does(look(shop, with_task(shop, "task:GenerateReceipt", "")), true,
                false, false);
    assert_does(look(shop, with_task(shop, "task:UpdateInventory", "")), false,
                true, false);
    assert_does(look(shop, with_task(shop, "https://example.com/a", "")), false,
                false, false);
    assert_does(look(shop, with_task(shop, lambda,
                                     ",\"Parameters\":{\"FunctionName\":"
                                     "\"UpdateInventory\"}")),
                false, true, false);
    /* Only the data says which: it may be any. */
    assert_does(look(shop, with_task(shop, lambda,
                                     ",\"Parameters\":{\"FunctionName.$\":"
                                     "\"$.which\"}")),
                true, true, false);
    assert_does(
        look(shop, with_task(shop, "https://example.com/a.waitForTaskToken",
                             ",\"Parameters\":{\"t.$\":\"$$.Task.Token\"}")),
        false, false, true);
}

static void branches_are_looked_into(void **state)
{
    struct shop *shop = *state;
    assert_does(
        look(shop,
             use(shop,
                 "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Parallel\","
                 "\"End\":true,\"Branches\":[{\"StartAt\":\"A\",\"States\":{"
                 "\"A\":{\"Type\":\"Task\",\"Resource\":"
                 "\"task:GenerateReceipt\",\"End\":true}}},{\"StartAt\":\"M\","
                 "\"States\":{\"M\":{\"Type\":\"Map\",\"End\":true,"
                 "\"ItemProcessor\":{\"StartAt\":\"B\",\"States\":{\"B\":{"
                 "\"Type\":\"Task\",\"Resource\":\"task:UpdateInventory\","
                 "\"End\":true}}}}}}]}}}")),
        true, true, false);
}

static void what_cannot_be_read_is_told(void **state)
{
    struct shop *shop = *state;
    struct workflow workflow;
    assert_false(workflow_read(shop->db, "none", &workflow, &shop->arena));
    assert_false(workflow_read(shop->db, use(shop, "{\"StartAt\":\"A\"}"),
                               &workflow, &shop->arena));
    assert_false(
        workflow_read(shop->db, use(shop, "{"), &workflow, &shop->arena));
}

struct lookup {
    struct shop *shop;
    struct workflow_cache *cache;
};

static void look_up_none(void *context)
{
    struct lookup *lookup = context;
    workflow_cached(lookup->cache, lookup->shop->db, "none");
}

static void the_cache_parses_each_once(void **state)
{
    struct shop *shop = *state;
    struct workflow_cache *cache = workflow_cache_create();
    const char *sells = with_task(shop, "task:UpdateInventory", "");
    const char *draws = with_task(shop, "task:GenerateReceipt", "");
    const struct workflow *first = workflow_cached(cache, shop->db, sells);
    assert_does(*first, false, true, false);
    assert_does(*workflow_cached(cache, shop->db, draws), true, false, false);
    assert_ptr_equal(workflow_cached(cache, shop->db, sells), first);
    assert_dies(look_up_none, &(struct lookup){shop, cache},
                "definition none cannot be read");
    workflow_cache_destroy(cache);
}

static void the_cache_starts_over_when_it_is_full(void **state)
{
    struct shop *shop = *state;
    struct workflow_cache *cache = workflow_cache_create();
    for (int i = 0; i < 40; i++) {
        const char *hash = with_task(
            shop, i % 2 == 0 ? "task:UpdateInventory" : "task:GenerateReceipt",
            arena_printf(&shop->arena, ",\"Comment\":\"%d\"", i));
        for (int times = 0; times < 2; times++)
            assert_does(*workflow_cached(cache, shop->db, hash), i % 2 == 1,
                        i % 2 == 0, false);
    }
    workflow_cache_destroy(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(it_is_known_what_a_definition_does),
        SHOP_TEST(branches_are_looked_into),
        SHOP_TEST(what_cannot_be_read_is_told),
        SHOP_TEST(the_cache_parses_each_once),
        SHOP_TEST(the_cache_starts_over_when_it_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
