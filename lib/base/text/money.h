/* Money: int64 in minor units with its currency's exponent (ISO 4217). */
#ifndef BASE_TEXT_MONEY_H
#define BASE_TEXT_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

/* How many minor digits a currency has (JPY 0, EUR 2, KWD 3, CLF 4); -1: the
 * code is no active ISO 4217 currency. A code has three upper-case letters. */
int money_exponent(const char *currency);

/* A decimal in major units ("50", "50.00", also "-3.5") as minor units;
 * false for anything else: an exponent, a sign alone, white space, more
 * decimals than the currency has, or more than int64 holds. */
bool money_parse(const char *decimal, const char *currency,
                 int64_t *total_minor);

/* A JSON number in major units, rounded half away from zero to the currency's
 * decimals; false for more than int64 holds. */
bool money_round(const char *number, const char *currency,
                 int64_t *total_minor);

/* How amounts are written: first `before`, then thousands with commas, a point
 * and `exponent` decimals, then `after`. www/catalogue.js writes amounts by it.
 */
struct money_style {
    int exponent;
    const char *before;
    const char *after;
};
struct money_style money_style(struct arena *arena, const char *currency);

/* For people: "€1,234.50", "¥5,000", "1,234.500 KWD" with a no-break space. */
char *money_format(struct arena *arena, int64_t total_minor,
                   const char *currency);

/* False when the result does not fit; *out is then untouched. */
bool money_add(int64_t a, int64_t b, int64_t *out);
bool money_multiply(int64_t unit_minor, int64_t quantity, int64_t *out);

#endif
