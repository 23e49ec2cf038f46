/* Timestamps of the language: RFC 3339 with an upper-case T, and Z where there
 * is no offset (specification, "Timestamps"). Called by lib/asl, and for times
 * that people give (lib/api, cli). */
#ifndef ASL_TIMESTAMP_H
#define ASL_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

struct timestamp {
    int64_t ms;        /* UTC since 1970, rounded down */
    int32_t beyond_ns; /* 0 to 999999 */
};

/* False when the text is no timestamp. Of a fraction the first nine digits
 * count. A leap second, 23:59:60 in UTC at the end of a month, is the same time
 * as the second behind it. */
bool timestamp_parse(const char *text, struct timestamp *out);

/* Negative, 0, positive as in strcmp. */
int timestamp_compare(struct timestamp a, struct timestamp b);

#endif
