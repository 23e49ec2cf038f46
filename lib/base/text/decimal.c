/* Numbers as programs write them: see decimal.h. */
#include "lib/base/text/decimal.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/* Beyond the digits of any document, so that more makes no difference. */
static const int64_t exponent_most = 1000000000000;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int64_t read_exponent(const char *number)
{
    const char *s = strpbrk(number, "eE");
    if (s == NULL)
        return 0;
    bool negative = *++s == '-';
    if (*s == '-' || *s == '+')
        s++;
    int64_t exponent = 0;
    for (; is_digit(*s) && exponent < exponent_most; s++)
        exponent = 10 * exponent + (*s - '0');
    return negative ? -exponent : exponent;
}

/* Below zero, where int64 reaches one further. */
static bool add_digit(int64_t *sum, int digit)
{
    return !__builtin_mul_overflow(*sum, (int64_t)10, sum) &&
           !__builtin_sub_overflow(*sum, (int64_t)digit, sum);
}

enum decimal decimal_read(const char *number, int places, int64_t *out)
{
    assert(places >= 0);
    bool negative = *number == '-';
    const char *s = number + (negative ? 1 : 0);
    /* Digits from here on to the left of the point, once it is moved. */
    int64_t whole =
        (int64_t)strspn(s, "0123456789") + read_exponent(number) + places;
    int64_t sum = 0;
    bool exact = true;
    bool up = false;
    for (; is_digit(*s) || *s == '.'; s++) {
        if (*s == '.')
            continue;
        if (whole > 0 && !add_digit(&sum, *s - '0'))
            return DECIMAL_TOO_LARGE;
        if (whole == 0)
            up = *s >= '5';
        if (whole <= 0 && *s != '0')
            exact = false;
        whole--;
    }
    for (; whole > 0 && sum != 0; whole--)
        if (!add_digit(&sum, 0))
            return DECIMAL_TOO_LARGE;
    if ((up && __builtin_sub_overflow(sum, (int64_t)1, &sum)) ||
        (!negative && __builtin_sub_overflow((int64_t)0, sum, &sum)))
        return DECIMAL_TOO_LARGE;
    *out = sum;
    return exact ? DECIMAL_EXACT : DECIMAL_ROUNDED;
}
