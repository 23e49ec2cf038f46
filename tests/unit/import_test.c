/* Imports of products (lib/shop/product/import.h): all rows in the end, each
 * once, whoever applies them. What a row comes to is tests/http/cli.test.mjs's.
 */
#include "tests/unit/shop_fixture.h"

#include "lib/shop/health/alarm.h"
#include "lib/shop/product/import.h"
#include "lib/shop/queue/work.h"

enum { MANY = 250 }; /* three parts */

static struct import_units units(int64_t number)
{
    return (struct import_units){.given = true, .units = number};
}

/* So many new SKUs, r2, r3, ..., of one unit each. */
static struct import_row *new_rows(struct shop *shop, size_t count)
{
    struct import_row *rows = arena_alloc(&shop->arena, count * sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct import_row){
            .product = {.sku = arena_printf(&shop->arena, "r%zu", i + 2),
                        .name = "Row",
                        .description = "",
                        .price_minor = 100},
            .stock = units(1),
            .line = (int64_t)i + 2};
    return rows;
}

static bool take(struct shop *shop, const struct import_row *rows, size_t count,
                 int64_t last)
{
    const struct import_row **list =
        arena_alloc(&shop->arena, count * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = &rows[i];
    struct import import = import_pack(list, count, &shop->arena);
    import.asked = "a file";
    import.left_alone = 4;
    return import_take(shop->db, &import, last, SHOP_NOW);
}

static bool go_on(struct shop *shop)
{
    return import_go_on(shop->db, SHOP_NOW + 1, &shop->arena);
}

static bool waits(struct shop *shop)
{
    bool waits;
    import_last(shop->db, &waits);
    return waits;
}

static int64_t rows_there(struct shop *shop)
{
    return shop_int(shop, "SELECT COUNT(*) FROM variants WHERE title = 'Row'");
}

static void what_is_taken_is_applied_part_by_part(void **state)
{
    struct shop *shop = *state;
    assert_false(waits(shop));
    assert_false(go_on(shop));
    assert_true(take(shop, new_rows(shop, MANY), MANY, 0));
    assert_int_equal(rows_there(shop), 0);
    int parts = 0;
    for (int64_t before = 0; go_on(shop); before = rows_there(shop)) {
        assert_in_range(rows_there(shop) - before, 1, 100);
        parts++;
    }
    assert_int_equal(parts, 3);
    assert_int_equal(rows_there(shop), MANY);
    assert_int_equal(shop_available(shop, "r2"), 1);
    assert_int_equal(shop_available(shop, "r251"), 1);
    assert_false(waits(shop));
}

static void it_is_work_until_its_last_part(void **state)
{
    struct shop *shop = *state;
    struct work work;
    assert_true(take(shop, new_rows(shop, MANY), MANY, 0));
    while (waits(shop)) {
        assert_true(
            work_claim(shop->db, WORK_IMPORT, SHOP_REAPER, 1, 0, &work) == 1);
        assert_string_equal(work.subject, "1");
        assert_true(go_on(shop));
        assert_int_equal(work_again(shop->db, &work, 0, WORK_ANEW),
                         waits(shop));
    }
    assert_int_equal(work_count(shop->db, WORK_IMPORT), 0);
}

/* The reapers leave it, the command goes on. */
static void one_that_is_stuck_is_told_until_it_is_applied(void **state)
{
    struct shop *shop = *state;
    struct alarm alarm;
    assert_true(take(shop, new_rows(shop, 1), 1, 0));
    work_drop(shop->db, WORK_IMPORT, "1");
    import_stuck(shop->db, "1", SHOP_NOW, &shop->arena);
    assert_int_equal(alarm_list(shop->db, NULL, 2, &alarm, &shop->arena), 1);
    assert_int_equal(alarm.kind, ALARM_IMPORT);
    assert_string_equal(alarm.subject, "import 1");
    assert_true(go_on(shop));
    assert_int_equal(alarm_list(shop->db, NULL, 2, &alarm, &shop->arena), 0);
}

/* The one of the earlier line is the newer product. */
static void the_first_row_is_the_newest(void **state)
{
    struct shop *shop = *state;
    struct product newest, next;
    assert_true(take(shop, new_rows(shop, 3), 3, 0));
    assert_true(go_on(shop));
    assert_true(product_find(shop->db, "r2", &newest, &shop->arena));
    assert_true(product_find(shop->db, "r3", &next, &shop->arena));
    assert_true(strcmp(newest.product_id, next.product_id) > 0);
}

/* Who dies in the middle of a part has done nothing of it. */
static void a_part_that_was_not_committed_is_applied_once(void **state)
{
    struct shop *shop = *state;
    struct import_row row = {.product = {.sku = "MOUSE", .price_minor = -1},
                             .change = units(7),
                             .line = 2};
    assert_true(take(shop, &row, 1, 0));
    shop_commit(shop);
    assert_true(go_on(shop));
    db_rollback(shop->db);
    assert_int_equal(db_begin(shop->db, 0), DB_OK);
    assert_int_equal(shop_available(shop, "mouse"), 100);
    assert_true(waits(shop));
    assert_true(go_on(shop));
    assert_false(go_on(shop));
    assert_int_equal(shop_available(shop, "mouse"), 107);
}

static void rows_come_through_as_they_were(void **state)
{
    struct shop *shop = *state;
    static const char odd[] = "a\r\n\t\"b\\ 'ß' {},[]";
    const struct import_row rows[] = {
        {.product = {"cord-1", "Cord \"fine\"", odd, 12345678901}, .line = 2},
        {.product = {.sku = "mouse", .name = "Maus", .price_minor = -1},
         .stock = units(90),
         .seen = units(95),
         .line = 3},
        {.product = {.sku = "laptop", .price_minor = 0},
         .stock = units(0),
         .recount = true,
         .line = 4},
        {.product = {.sku = "cap-s", .description = "", .price_minor = -1},
         .stock = units(50),
         .line = 5}};
    assert_true(take(shop, rows, 4, 0));
    assert_true(go_on(shop));
    struct product product;
    assert_true(product_find(shop->db, "cord-1", &product, &shop->arena));
    assert_string_equal(product.name, "Cord \"fine\"");
    assert_string_equal(product.description, odd);
    assert_int_equal(product.variants[0].price_minor, 12345678901);
    assert_int_equal(product.variants[0].available, 0);
    assert_true(product_find(shop->db, "mouse", &product, &shop->arena));
    assert_string_equal(product.name, "Maus");
    assert_int_equal(product.variants[0].price_minor, 1999);
    assert_int_equal(product.variants[0].available, 95);
    assert_true(product_find(shop->db, "laptop", &product, &shop->arena));
    assert_string_equal(product.name, "Laptop");
    assert_int_equal(product.variants[0].price_minor, 0);
    assert_int_equal(product.variants[0].available, 0);
    assert_int_equal(shop_available(shop, "cap-s"), 3);
}

static void a_part_holds_what_its_rows_give(void **state)
{
    struct shop *shop = *state;
    const struct import_row row = {
        .product = {.sku = "cap-s", .price_minor = -1},
        .change = units(-2),
        .line = 3};
    const struct import_row *rows[] = {&row};
    struct import import = import_pack(rows, 1, &shop->arena);
    assert_int_equal(import.count, 1);
    assert_int_equal(import.parts[0].first_line, 3);
    assert_int_equal(import.parts[0].row_count, 1);
    assert_string_equal(
        packed_read(&shop->arena, import.parts[0].packed, "a part"),
        "[{\"line\":3,\"sku\":\"cap-s\",\"change\":-2,"
        "\"recount\":false}]");
}

static void one_import_at_a_time(void **state)
{
    struct shop *shop = *state;
    bool waits;
    assert_int_equal(import_last(shop->db, &waits), 0);
    assert_true(take(shop, new_rows(shop, 1), 1, 0));
    assert_int_equal(import_last(shop->db, &waits), 1);
    assert_true(waits);
    /* Whose rows were checked before that one was taken. */
    assert_false(take(shop, new_rows(shop, 2), 2, 0));
    while (go_on(shop))
        continue;
    assert_int_equal(rows_there(shop), 1);
    assert_false(take(shop, new_rows(shop, 2), 2, 0));
    assert_true(take(shop, new_rows(shop, 2), 2, 1));
    while (go_on(shop))
        continue;
    assert_int_equal(rows_there(shop), 2);
    assert_int_equal(shop_available(shop, "r2"), 1);
}

static void what_no_longer_fits_is_left_out_and_told(void **state)
{
    struct shop *shop = *state;
    struct alarm alarm;
    struct import_row *rows = new_rows(shop, MANY);
    rows[7] = (struct import_row){
        .product = {.sku = "phone", .name = "Row", .price_minor = 1},
        .change = units(-1),
        .line = 9};
    struct import_plan plan = import_plan(shop->db, &rows[7], &shop->arena);
    assert_int_equal(plan.fault, IMPORT_FITS);
    assert_true(take(shop, rows, MANY, 0));
    assert_true(shop_reserve(shop, shop_order(shop, "phone").order_id));
    assert_true(go_on(shop));
    assert_int_equal(alarm_list(shop->db, NULL, 1, &alarm, &shop->arena), 0);
    while (go_on(shop))
        continue;
    assert_int_equal(rows_there(shop), MANY - 1);
    struct import_result result = import_result(shop->db, 1, &shop->arena);
    assert_int_equal(result.left_out, 1);
    assert_string_equal(result.why, "Line 9, SKU phone: leaves less than is "
                                    "reserved for orders. ");
    assert_int_equal(alarm_list(shop->db, NULL, 2, &alarm, &shop->arena), 1);
    assert_int_equal(alarm.kind, ALARM_IMPORT);
    assert_string_equal(alarm.subject, "import 1");
    assert_non_null(strstr(alarm.detail, result.why));
}

/* Who reads it must neither stop nor take the rest for nothing. */
static void a_damaged_part_is_told(void **state)
{
    struct shop *shop = *state;
    assert_true(take(shop, new_rows(shop, MANY), MANY, 0));
    shop_force(shop, "UPDATE import_parts SET packed = x'00' WHERE part = 2");
    while (go_on(shop))
        continue;
    assert_int_equal(rows_there(shop), MANY - 100);
    struct import_result result = import_result(shop->db, 1, &shop->arena);
    assert_int_equal(result.left_out, 100);
    assert_string_equal(result.why,
                        "100 rows from line 102 on could not be read back. ");
}

/* However many are left out, what is told of them stays short. */
static void twenty_are_named_and_the_others_counted(void **state)
{
    struct shop *shop = *state;
    struct import_row *rows = new_rows(shop, MANY);
    for (int i = 0; i < MANY; i++)
        rows[i].change = units(-2);
    assert_true(take(shop, rows, MANY, 0));
    while (go_on(shop))
        continue;
    struct import_result result = import_result(shop->db, 1, &shop->arena);
    assert_int_equal(result.left_out, MANY);
    assert_non_null(strstr(result.why, "Line 21, SKU r21: "));
    assert_null(strstr(result.why, "Line 22"));
    assert_true(text_ends_in(result.why, " is. And 230 more. "));
}

/* So that who asks again is told, and nothing is taken twice. */
static void it_is_untold_until_it_is_told(void **state)
{
    struct shop *shop = *state;
    assert_int_equal(import_untold(shop->db, "a file"), 0);
    assert_true(take(shop, new_rows(shop, 1), 1, 0));
    assert_int_equal(import_untold(shop->db, "a file"), 1);
    assert_true(go_on(shop));
    assert_int_equal(import_untold(shop->db, "a file"), 1);
    assert_int_equal(import_untold(shop->db, "a file --recount"), 0);
    struct import_result result = import_result(shop->db, 1, &shop->arena);
    assert_int_equal(result.left_alone, 4);
    assert_int_equal(result.taken_at_ms, SHOP_NOW);
    assert_int_equal(result.left_out, 0);
    assert_string_equal(result.why, "");
    import_told(shop->db, 1);
    assert_int_equal(import_untold(shop->db, "a file"), 0);
}

static void long_rows_are_fewer_a_part(void **state)
{
    struct shop *shop = *state;
    struct import_row *rows = new_rows(shop, 9);
    char *text = arena_alloc(&shop->arena, 8001);
    memset(text, '\n', 8000); /* which JSON spells longer */
    for (int i = 0; i < 9; i++)
        rows[i].product.description = text;
    assert_true(take(shop, rows, 9, 0));
    assert_int_equal(shop_int(shop, "SELECT COUNT(*) FROM import_parts"), 3);
    while (go_on(shop))
        continue;
    struct product product;
    assert_true(product_find(shop->db, "r10", &product, &shop->arena));
    assert_string_equal(product.description, text);
}

static void what_changes_nothing_is_known(void **state)
{
    struct shop *shop = *state;
    struct import_row row = {.product = {"Laptop", "Laptop", "", 99900},
                             .stock = units(9)};
    struct import_plan plan = import_plan(shop->db, &row, &shop->arena);
    assert_true(plan.changes_nothing);
    row.seen = units(9);
    assert_true(import_plan(shop->db, &row, &shop->arena).changes_nothing);
    row.seen = units(8);
    assert_false(import_plan(shop->db, &row, &shop->arena).changes_nothing);
    row = (struct import_row){.product = {"laptop", "Laptop", "", 99900},
                              .stock = units(5)};
    row.recount = true;
    assert_true(import_plan(shop->db, &row, &shop->arena).changes_nothing);
    row.product.price_minor = 99901;
    assert_false(import_plan(shop->db, &row, &shop->arena).changes_nothing);
    row.product = (struct product_row){"laptop", NULL, "x", -1};
    assert_false(import_plan(shop->db, &row, &shop->arena).changes_nothing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOP_TEST(what_is_taken_is_applied_part_by_part),
        SHOP_TEST(it_is_work_until_its_last_part),
        SHOP_TEST(one_that_is_stuck_is_told_until_it_is_applied),
        SHOP_TEST(the_first_row_is_the_newest),
        SHOP_TEST(a_part_that_was_not_committed_is_applied_once),
        SHOP_TEST(rows_come_through_as_they_were),
        SHOP_TEST(a_part_holds_what_its_rows_give),
        SHOP_TEST(one_import_at_a_time),
        SHOP_TEST(what_no_longer_fits_is_left_out_and_told),
        SHOP_TEST(a_damaged_part_is_told),
        SHOP_TEST(twenty_are_named_and_the_others_counted),
        SHOP_TEST(it_is_untold_until_it_is_told),
        SHOP_TEST(long_rows_are_fewer_a_part),
        SHOP_TEST(what_changes_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
