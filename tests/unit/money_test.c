/* Money (lib/base/text/money.h): exponents, exact parsing, formats, overflow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text/money.h"

static void exponents_are_iso_4217(void **state)
{
    (void)state;
    static const struct {
        const char *currency;
        int exponent;
    } cases[] = {{"EUR", 2},  {"USD", 2},   {"JPY", 0},  {"KRW", 0},
                 {"KWD", 3},  {"TND", 3},   {"AED", 2},  {"ZWG", 2},
                 {"BIF", 0},  {"XPF", 0},   {"eur", -1}, {"", -1},
                 {"EU", -1},  {"EURO", -1}, {"XXX", -1}, {"R U", -1},
                 {"DEM", -1}, {" AE", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (money_exponent(cases[i].currency) != cases[i].exponent)
            fail_msg("%s", cases[i].currency);
}

static void decimals_are_read_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *decimal, *currency;
        int64_t total_minor;
    } cases[] = {{"50", "EUR", 5000},
                 {"50.00", "EUR", 5000},
                 {"50.0", "EUR", 5000},
                 {"0.01", "EUR", 1},
                 {"0", "EUR", 0},
                 {"-3.5", "EUR", -350},
                 {"19.99", "EUR", 1999},
                 {"5000", "JPY", 5000},
                 {"1.234", "KWD", 1234},
                 {"1.2", "KWD", 1200},
                 {"92233720368547758.07", "EUR", INT64_MAX},
                 {"9223372036854775807", "JPY", INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got = -1;
        if (!money_parse(cases[i].decimal, cases[i].currency, &got) ||
            got != cases[i].total_minor)
            fail_msg("%s: %lld", cases[i].decimal, (long long)got);
    }
}

static void other_decimals_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", "EUR"},
                                           {"-", "EUR"},
                                           {"+5", "EUR"},
                                           {".5", "EUR"},
                                           {"5.", "EUR"},
                                           {"5.001", "EUR"},
                                           {"5.000", "EUR"},
                                           {"5.0", "JPY"},
                                           {"1.2345", "KWD"},
                                           {"1e2", "EUR"},
                                           {"1E2", "EUR"},
                                           {" 5", "EUR"},
                                           {"5 ", "EUR"},
                                           {"5,0", "EUR"},
                                           {"0x5", "EUR"},
                                           {"NaN", "EUR"},
                                           {"--5", "EUR"},
                                           {"5", "eur"},
                                           {"1.2.3", "EUR"},
                                           {"92233720368547758.08", "EUR"},
                                           {"9223372036854775808", "JPY"},
                                           {"99999999999999999999999", "EUR"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got = 42;
        if (money_parse(cases[i][0], cases[i][1], &got) || got != 42)
            fail_msg("%s: %lld", cases[i][0], (long long)got);
    }
}

static void formats_are_for_people(void **state)
{
    (void)state;
    static const struct {
        int64_t total_minor;
        const char *currency, *text;
    } cases[] = {{123450, "EUR", "€1,234.50"},
                 {0, "EUR", "€0.00"},
                 {5, "EUR", "€0.05"},
                 {-350, "EUR", "-€3.50"},
                 {5000, "JPY", "¥5,000"},
                 {0, "JPY", "¥0"},
                 {999, "JPY", "¥999"},
                 {1234500, "KWD", "1,234.500\xc2\xa0KWD"},
                 {100000000, "CHF",
                  "1,000,000.00\xc2\xa0"
                  "CHF"},
                 {INT64_MAX, "USD", "$92,233,720,368,547,758.07"},
                 {INT64_MIN, "JPY", "-¥9,223,372,036,854,775,808"}};
    struct arena arena = arena_create(1 << 16);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(
            money_format(&arena, cases[i].total_minor, cases[i].currency),
            cases[i].text);
    arena_destroy(&arena);
}

static void overflow_leaves_the_result_alone(void **state)
{
    (void)state;
    int64_t out = 7;
    assert_false(money_add(INT64_MAX, 1, &out));
    assert_false(money_add(INT64_MIN, -1, &out));
    assert_false(money_multiply(INT64_MAX, 2, &out));
    assert_false(money_multiply(INT64_MIN, -1, &out));
    assert_int_equal(out, 7);
    assert_true(money_add(INT64_MAX, -1, &out));
    assert_true(out == INT64_MAX - 1);
    assert_true(money_multiply(-3, 9999, &out));
    assert_int_equal(out, -29997);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponents_are_iso_4217),
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(other_decimals_are_refused),
        cmocka_unit_test(formats_are_for_people),
        cmocka_unit_test(overflow_leaves_the_result_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
