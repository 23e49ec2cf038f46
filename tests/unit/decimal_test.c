/* Numbers as programs write them (lib/base/text/decimal.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "lib/base/text/decimal.h"

static void check(const char *number, int places, enum decimal expected,
                  int64_t value)
{
    int64_t got = 42;
    enum decimal kind = decimal_read(number, places, &got);
    if (kind != expected || got != value)
        fail_msg("%s, %d: %d, %lld", number, places, (int)kind, (long long)got);
}

static void numbers_are_read_exactly(void **state)
{
    (void)state;
    check("0", 2, DECIMAL_EXACT, 0);
    check("-0.0", 0, DECIMAL_EXACT, 0);
    check("10.000", 2, DECIMAL_EXACT, 1000);
    check("1e1", 2, DECIMAL_EXACT, 1000);
    check("1E+1", 3, DECIMAL_EXACT, 10000);
    check("200e-2", 0, DECIMAL_EXACT, 2);
    check("0.002e3", 0, DECIMAL_EXACT, 2);
    check("-12.5", 4, DECIMAL_EXACT, -125000);
    check("92233720368547758.07", 2, DECIMAL_EXACT, INT64_MAX);
    check("-9223372036854775808", 0, DECIMAL_EXACT, INT64_MIN);
    check("-922337203685477580800e-2", 0, DECIMAL_EXACT, INT64_MIN);
}

static void halves_go_away_from_zero(void **state)
{
    (void)state;
    check("3.3000000000000003", 2, DECIMAL_ROUNDED, 330);
    check("3.2999999999999998", 2, DECIMAL_ROUNDED, 330);
    check("1.005", 2, DECIMAL_ROUNDED, 101);
    check("1.00499999999999999999999999", 2, DECIMAL_ROUNDED, 100);
    check("-1.005", 2, DECIMAL_ROUNDED, -101);
    check("0.5", 0, DECIMAL_ROUNDED, 1);
    check("0.05", 0, DECIMAL_ROUNDED, 0);
    check("5e-1", 0, DECIMAL_ROUNDED, 1);
    check("5e-2", 0, DECIMAL_ROUNDED, 0);
    check("99.5e-2", 0, DECIMAL_ROUNDED, 1);
}

static void work_is_bounded(void **state)
{
    (void)state;
    check("1e999999999", 2, DECIMAL_TOO_LARGE, 42);
    check("1e99999999999999999999999999", 2, DECIMAL_TOO_LARGE, 42);
    check("0e99999999999999999999999999", 2, DECIMAL_EXACT, 0);
    check("0.00e999999999", 2, DECIMAL_EXACT, 0);
    check("1e-999999999", 2, DECIMAL_ROUNDED, 0);
    check("-1e-99999999999999999999999999", 2, DECIMAL_ROUNDED, 0);
    check("9223372036854775808", 0, DECIMAL_TOO_LARGE, 42);
    check("9223372036854775807.5", 0, DECIMAL_TOO_LARGE, 42);
    check("-9223372036854775808.5", 0, DECIMAL_TOO_LARGE, 42);
    check("92233720368547758.08", 2, DECIMAL_TOO_LARGE, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_exactly),
        cmocka_unit_test(halves_go_away_from_zero),
        cmocka_unit_test(work_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
