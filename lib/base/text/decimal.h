/* Numbers as programs write them (RFC 8259 section 6: "10.000", "2e0",
 * "3.3000000000000003"), read exactly from their text, without floating point.
 */
#ifndef BASE_TEXT_DECIMAL_H
#define BASE_TEXT_DECIMAL_H

#include <stdint.h>

enum decimal {
    DECIMAL_EXACT,
    DECIMAL_ROUNDED,  /* half away from zero */
    DECIMAL_TOO_LARGE /* for int64; the result is untouched */
};

/* Gives number, a text in JSON's grammar, times 10^places as an integer. The
 * text's length bounds the work, whatever exponent it holds. */
enum decimal decimal_read(const char *number, int places, int64_t *out);

#endif
