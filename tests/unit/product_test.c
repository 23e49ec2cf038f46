/* The catalogue (lib/shop/product/product.h): import, search, pages and names.
 */
#include "tests/unit/shop_fixture.h"

static size_t list(struct shop *shop, const char *q, const char *before,
                   int64_t limit, struct product *products)
{
    return product_list(shop->db, q, before, limit, products, &shop->arena);
}

static void a_search_looks_at_names_and_skus(void **state)
{
    struct shop *shop = *state;
    shop_put(shop, "тор-1", "Торт «Ёлка» 100%", 900, 2);
    static const struct {
        const char *q;
        size_t count;
    } cases[] = {{NULL, 6},  {"", 6},  {"LAP", 1},  {"top", 1},   {"cap", 2},
                 {"p-M", 1}, {"e", 2}, {"ёлка", 1}, {"ТОР-1", 1}, {"100%", 1},
                 {"%", 1},   {"_", 0}, {"'", 0},    {"xyz", 0}};
    struct product products[10];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (list(shop, cases[i].q, NULL, 10, products) != cases[i].count)
            fail_msg("%s", cases[i].q);
}

static void pages_are_newest_first_without_gap(void **state)
{
    struct shop *shop = *state;
    struct product products[2];
    struct product_row row = {.sku = "new",
                              .name = "New",
                              .description = "Just in",
                              .price_minor = 1};
    product_add(shop->db, &row, SHOP_NOW + 1, &shop->arena);
    const char *before = NULL;
    size_t seen = 0;
    for (size_t count; (count = list(shop, NULL, before, 2, products)) > 0;) {
        if (seen == 0) {
            assert_string_equal(products[0].variants[0].sku, "new");
            assert_string_equal(products[0].description, "Just in");
        }
        for (size_t i = 0; i < count; i++)
            assert_true(before == NULL ||
                        strcmp(products[i].product_id, before) < 0);
        seen += count;
        before = products[count - 1].product_id;
    }
    assert_int_equal(seen, 6);
}

static void variants_stand_with_their_product(void **state)
{
    struct shop *shop = *state;
    db_script(shop->db,
              "INSERT INTO variants (sku, sku_folded, product_id, title,"
              " price_minor) SELECT n.sku, n.sku, p.product_id, n.sku, 5"
              " FROM (SELECT 'lap-2' AS sku UNION SELECT 'lap-3'"
              "  UNION SELECT 'lap-4' UNION SELECT 'lap-5') n"
              " JOIN products p ON p.name_folded = 'laptop'");
    struct product product;
    assert_true(product_find(shop->db, "LAP-3", &product, &shop->arena));
    assert_int_equal(product.variant_count, 5);
    assert_string_equal(product.variants[0].sku, "lap-2");
    assert_string_equal(product.variants[4].sku, "laptop");
    struct variant variant;
    assert_int_equal(variant_match(shop->db, "laptop", &variant, &shop->arena),
                     VARIANT_FOUND);
    shop_put(shop, "lap-2", "Two in one", 5, 0);
    assert_int_equal(
        variant_match(shop->db, "two in ONE", &variant, &shop->arena),
        VARIANT_AMBIGUOUS);
}

static void found_by_id_or_sku(void **state)
{
    struct shop *shop = *state;
    struct product product;
    struct product by_id;
    assert_true(product_find(shop->db, "Mouse", &product, &shop->arena));
    assert_string_equal(product.name, "Mouse");
    assert_int_equal(product.variants[0].price_minor, 1999);
    assert_true(
        product_find(shop->db, product.product_id, &by_id, &shop->arena));
    assert_string_equal(by_id.variants[0].sku, "mouse");
    assert_false(product_find(shop->db, "yacht", &product, &shop->arena));
    assert_false(product_find(shop->db, "", &product, &shop->arena));
}

static void names_match_in_any_case(void **state)
{
    struct shop *shop = *state;
    shop_put(shop, "Füller", "Großer Füller", 100, 1);
    shop_put(shop, "x1", "Mouse pad", 100, 1);
    shop_put(shop, "x2", "laptop", 100, 1);
    static const struct {
        const char *reference;
        enum variant_match match;
        const char *sku;
    } cases[] = {{"LAPTOP", VARIANT_FOUND, "laptop"},
                 {"füLLER", VARIANT_FOUND, "Füller"},
                 {"GROßER FÜLLER", VARIANT_FOUND, "Füller"},
                 {"mouse PAD", VARIANT_FOUND, "x1"},
                 {"CAP", VARIANT_AMBIGUOUS, NULL},
                 {"cap-S", VARIANT_FOUND, "cap-s"},
                 {"mou", VARIANT_UNKNOWN, NULL},
                 {"", VARIANT_UNKNOWN, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct variant variant;
        if (variant_match(shop->db, cases[i].reference, &variant,
                          &shop->arena) != cases[i].match)
            fail_msg("%s", cases[i].reference);
        if (cases[i].sku != NULL)
            assert_string_equal(variant.sku, cases[i].sku);
    }
}

static void a_change_leaves_alone_what_it_does_not_name(void **state)
{
    struct shop *shop = *state;
    const char *sku = product_stored(shop->db, "LapTop", &shop->arena).row.sku;
    assert_string_equal(sku, "laptop");
    assert_null(product_stored(shop->db, "lap", &shop->arena).row.sku);
    product_change(shop->db,
                   &(struct product_row){.sku = sku,
                                         .name = "Laptop Pro",
                                         .description = "Faster",
                                         .price_minor = -1},
                   &shop->arena);
    struct product product;
    assert_true(product_find(shop->db, "laptop", &product, &shop->arena));
    assert_string_equal(product.name, "Laptop Pro");
    assert_string_equal(product.description, "Faster");
    assert_string_equal(product.variants[0].sku, "laptop");
    assert_string_equal(product.variants[0].title, "Laptop Pro");
    assert_int_equal(product.variants[0].price_minor, 99900);
    assert_int_equal(product.variants[0].available, 5);
    assert_int_equal(list(shop, "laptop pro", NULL, 1, &product), 1);
    product_change(shop->db,
                   &(struct product_row){.sku = sku, .price_minor = 129900},
                   &shop->arena);
    assert_true(product_find(shop->db, "laptop", &product, &shop->arena));
    assert_string_equal(product.name, "Laptop Pro");
    assert_string_equal(product.description, "Faster");
    assert_int_equal(product.variants[0].price_minor, 129900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(a_search_looks_at_names_and_skus),
        SHOP_TEST(pages_are_newest_first_without_gap),
        SHOP_TEST(variants_stand_with_their_product),
        SHOP_TEST(found_by_id_or_sku),
        SHOP_TEST(names_match_in_any_case),
        SHOP_TEST(a_change_leaves_alone_what_it_does_not_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
