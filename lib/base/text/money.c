/* Money: see money.h. */
#include "lib/base/text/money.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text/decimal.h"
#include "lib/base/text/text.h"

/* The codes of ISO 4217's list one that have minor units, by their digits, as
 * of 2026; and BGN, which ended with 2025: a shop's currency is fixed. Each
 * list is searched at multiples of four, so the codes stand one space apart. */
static const char no_digits[] =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
static const char two_digits[] =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB "
    "BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
    "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW "
    "KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN "
    "UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";
static const char three_digits[] = "BHD IQD JOD KWD LYD OMR TND";
static const char four_digits[] = "CLF UYW";

static bool listed(const char *list, const char *currency)
{
    for (size_t i = 0; i + 3 <= strlen(list); i += 4)
        if (memcmp(list + i, currency, 3) == 0)
            return true;
    return false;
}

int money_exponent(const char *currency)
{
    if (strlen(currency) != 3)
        return -1;
    if (listed(two_digits, currency))
        return 2;
    if (listed(no_digits, currency))
        return 0;
    if (listed(three_digits, currency))
        return 3;
    return listed(four_digits, currency) ? 4 : -1;
}

bool money_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool money_multiply(int64_t unit_minor, int64_t quantity, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(unit_minor, quantity, &product))
        return false;
    *out = product;
    return true;
}

bool money_parse(const char *decimal, const char *currency,
                 int64_t *total_minor)
{
    static const char digits[] = "0123456789";
    int exponent = money_exponent(currency);
    const char *s = decimal + (*decimal == '-' ? 1 : 0);
    size_t whole = strspn(s, digits);
    const char *rest = s + whole;
    size_t decimals = *rest == '.' ? strspn(++rest, digits) : 0;
    if (exponent < 0 || whole == 0 || (rest > s + whole && decimals == 0) ||
        decimals > (size_t)exponent || rest[decimals] != '\0')
        return false;
    return decimal_read(decimal, exponent, total_minor) != DECIMAL_TOO_LARGE;
}

bool money_round(const char *number, const char *currency, int64_t *total_minor)
{
    return decimal_read(number, money_exponent(currency), total_minor) !=
           DECIMAL_TOO_LARGE;
}

/* The sign most shops of that currency print before the amount, or "". */
static const char *symbol_of(const char *currency)
{
    static const char *const symbols[][2] = {
        {"EUR", "€"}, {"USD", "$"}, {"GBP", "£"}, {"JPY", "¥"},
        {"INR", "₹"}, {"KRW", "₩"}, {"UAH", "₴"}, {"ILS", "₪"}};
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (strcmp(symbols[i][0], currency) == 0)
            return symbols[i][1];
    return "";
}

struct money_style money_style(struct arena *arena, const char *currency)
{
    int exponent = money_exponent(currency);
    const char *symbol = symbol_of(currency);
    return (struct money_style){
        .exponent = exponent < 0 ? 0 : exponent,
        .before = symbol,
        .after = symbol[0] != '\0'
                     ? ""
                     : arena_printf(arena, "\xc2\xa0%s", currency)};
}

char *money_format(struct arena *arena, int64_t total_minor,
                   const char *currency)
{
    struct money_style style = money_style(arena, currency);
    int exponent = style.exponent;
    uint64_t size =
        total_minor < 0 ? 0 - (uint64_t)total_minor : (uint64_t)total_minor;
    char digits[32];
    int count = snprintf(digits, sizeof digits, "%0*llu", exponent + 1,
                         (unsigned long long)size);
    struct text out = text_create(arena, 48);
    if (total_minor < 0)
        text_puts(&out, "-");
    text_puts(&out, style.before);
    int whole = count - exponent;
    for (int i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            text_putc(&out, ',');
        text_putc(&out, digits[i]);
    }
    if (exponent > 0) {
        text_putc(&out, '.');
        text_add(&out, digits + whole, (size_t)exponent);
    }
    text_puts(&out, style.after);
    return out.bytes;
}
