/* Every currency of ISO 4217 (tests/currencies.json) is written alike in the
 * API, on the order's page, in its mail and on its receipt. The order form is
 * held to the same table by tests/http/currencies.test.mjs. */
#include "tests/unit/receipt_pdf_fixture.h"

#include "lib/adapter/json/json.h"
#include "lib/adapter/page.h"
#include "lib/api/order_json.h"
#include "lib/api/product_json.h"
#include "lib/base/system/file.h"
#include "lib/base/text/money.h"
#include "lib/view/order_page.h"

enum { UNIT_MINOR = 1234567, TOTAL_MINOR = 3 * UNIT_MINOR };

static const char *member_of(const struct json *row, const char *name)
{
    const char *text = json_string(json_member(row, name));
    assert_non_null(text);
    return text;
}

static void assert_holds(const char *where, const char *text,
                         const char *amount)
{
    if (strstr(text, amount) == NULL)
        fail_msg("%s: no \"%s\" in: %s", where, amount, text);
}

static struct order_line line = {.sku = "tea",
                                 .title = "Tea",
                                 .quantity = 3,
                                 .unit_price_minor = UNIT_MINOR,
                                 .total_minor = TOTAL_MINOR};

static const struct order placed = {.order_id = "0192f0c1-2b3c",
                                    .number = 1001,
                                    .track_token = "t",
                                    .status = ORDER_CONFIRMED,
                                    .payment_status = PAYMENT_PAID,
                                    .payment_method = "pm_card_visa",
                                    .total_minor = TOTAL_MINOR,
                                    .lines = &line,
                                    .line_count = 1};

static void check_api(struct arena *arena, const struct settings *settings,
                      const struct json *row)
{
    const struct web web = {.settings = settings};
    struct text out = text_create(arena, 4096);
    struct json_writer w = json_writer(&out);
    order_json(&web, arena, &placed, &w);
    struct json_fault fault;
    const struct json *order =
        json_read(arena, out.bytes, out.length, 8, &fault);
    assert_non_null(order);
    const struct json *first = json_first(json_member(order, "lines"));
    assert_string_equal(member_of(order, "total_text"),
                        member_of(row, "total"));
    assert_string_equal(member_of(first, "unit_price_text"),
                        member_of(row, "unit"));
    assert_true(json_equal(json_member(order, "exponent"),
                           json_member(row, "exponent")));

    struct variant variant = {
        .sku = "tea", .title = "Tea", .price_minor = UNIT_MINOR};
    const struct product product = {.product_id = "p",
                                    .name = "Tea",
                                    .description = "",
                                    .variants = &variant,
                                    .variant_count = 1};
    out = text_create(arena, 4096);
    w = json_writer(&out);
    product_json(settings->currency, &product, arena, &w);
    const struct json *shown =
        json_read(arena, out.bytes, out.length, 8, &fault);
    assert_non_null(shown);
    first = json_first(json_member(shown, "variants"));
    assert_string_equal(member_of(shown, "price_text"), member_of(row, "unit"));
    assert_string_equal(member_of(first, "price_text"), member_of(row, "unit"));
    assert_true(json_equal(json_member(shown, "exponent"),
                           json_member(row, "exponent")));
}

static void check_pages(struct arena *arena, const struct settings *settings,
                        const struct json *row)
{
    static const char *const names[] = {"track.html", "mail-confirmation.html",
                                        "mail-confirmation.txt"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text out = text_create(arena, 16384);
        struct page *page = page_create();
        order_page_fill(page, settings, &placed, arena);
        page_render(page, names[i], &out);
        page_destroy(page);
        assert_holds(names[i], out.bytes, member_of(row, "total"));
    }
}

/* As pdftotext prints it: with a plain blank. */
static const char *plain(struct arena *arena, const char *amount)
{
    char *text = arena_string(arena, amount);
    char *blank = strstr(text, "\xc2\xa0");
    if (blank != NULL) {
        *blank = ' ';
        memmove(blank + 1, blank + 2, strlen(blank + 2) + 1);
    }
    return text;
}

static void check_receipt(struct fixture *fixture, const char *currency,
                          const struct json *row)
{
    struct receipt receipt = order(fixture, 1);
    fixture->lines[0].quantity = 3;
    fixture->lines[0].unit_price_minor = UNIT_MINOR;
    fixture->lines[0].total_minor = TOTAL_MINOR;
    receipt.subtotal_minor = receipt.total_minor = TOTAL_MINOR;
    receipt.manner.currency = currency;
    const struct sheet_pdf pdf = make(fixture, &receipt);
    const char *text = text_of(fixture, &pdf);
    struct arena *arena = &fixture->arena;
    assert_holds("receipt", text, plain(arena, member_of(row, "unit")));
    assert_holds("receipt", text, plain(arena, member_of(row, "total")));
}

static void every_currency_is_written_alike_everywhere(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"track.html", "mail-confirmation.html",
                                        "mail-confirmation.txt", NULL};
    page_load("templates", names);
    struct arena table = arena_create(1 << 20);
    size_t length;
    char *bytes = file_read(&table, "tests/currencies.json", 1 << 16, &length);
    assert_non_null(bytes);
    struct json_fault fault;
    const struct json *rows = json_read(&table, bytes, length, 4, &fault);
    assert_non_null(rows);
    assert_true(json_count(rows) > 160);
    for (const struct json *row = json_first(rows); row != NULL;
         row = json_next(row)) {
        arena_reset(&fixture->arena);
        const char *currency = member_of(row, "currency");
        const struct settings settings = {.currency = currency,
                                          .shop_name = "Little Shop",
                                          .base_url = "http://127.0.0.1"};
        int64_t exponent = -1;
        assert_true(json_integer(json_member(row, "exponent"), &exponent));
        if (money_exponent(currency) != exponent)
            fail_msg("%s: %d", currency, money_exponent(currency));
        assert_string_equal(money_format(&fixture->arena, 7, currency),
                            member_of(row, "small"));
        check_api(&fixture->arena, &settings, row);
        check_pages(&fixture->arena, &settings, row);
        check_receipt(fixture, currency, row);
    }
    arena_destroy(&table);
}

/* None but those of the table, and none twice. */
static void no_other_code_is_a_currency(void **state)
{
    struct fixture *fixture = *state;
    size_t length;
    char *bytes =
        file_read(&fixture->arena, "tests/currencies.json", 1 << 16, &length);
    assert_non_null(bytes);
    struct json_fault fault;
    const struct json *rows =
        json_read(&fixture->arena, bytes, length, 4, &fault);
    assert_non_null(rows);
    size_t known = 0;
    char code[4] = "AAA";
    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
            for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
                known += money_exponent(code) >= 0;
    assert_int_equal(known, json_count(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_currency_is_written_alike_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(no_other_code_is_a_currency, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
