/* The strict scan: see scan.h. As no NUL may stand in a document, the
 * one behind it stops every loop. */
#include "lib/adapter/json/scan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text/text.h"

struct scan {
    const char *start;
    const char *at;
    size_t length;
    struct json_limits limits;
    size_t values;
    struct json_fault *fault;
};

static bool scan_fails(struct scan *s, const char *detail)
{
    size_t offset = (size_t)(s->at - s->start);
    bool at_end = offset == s->length;
    s->fault->offset = offset;
    s->fault->detail = at_end ? "the document ends too soon" : detail;
    return false;
}

static void skip_space(struct scan *s)
{
    s->at += strspn(s->at, " \t\n\r");
}

static size_t count_digits(const char *at)
{
    return strspn(at, "0123456789");
}

static bool scan_number(struct scan *s)
{
    if (*s->at == '-')
        s->at++;
    size_t whole = count_digits(s->at);
    if (whole == 0 || (whole > 1 && *s->at == '0'))
        return scan_fails(s, "not a number");
    s->at += whole;
    if (*s->at == '.') {
        s->at++;
        if (count_digits(s->at) == 0)
            return scan_fails(s, "not a number");
        s->at += count_digits(s->at);
    }
    if (*s->at == 'e' || *s->at == 'E') {
        s->at++;
        if (*s->at == '+' || *s->at == '-')
            s->at++;
        if (count_digits(s->at) == 0)
            return scan_fails(s, "not a number");
        s->at += count_digits(s->at);
    }
    return true;
}

/* The four hexadecimal digits at s->at, or -1. */
static long scan_unit(struct scan *s)
{
    char digits[5] = {0};
    if (strspn(s->at, "0123456789abcdefABCDEF") < 4)
        return -1;
    memcpy(digits, s->at, 4);
    s->at += 4;
    return strtol(digits, NULL, 16);
}

static bool scan_escape(struct scan *s)
{
    s->at++;
    if (*s->at != 'u') {
        if (*s->at == '\0' || strchr("\"\\/bfnrt", *s->at) == NULL)
            return scan_fails(s, "an unknown escape");
        s->at++;
        return true;
    }
    s->at++;
    long unit = scan_unit(s);
    if (unit < 0)
        return scan_fails(s, "four hexadecimal digits are expected");
    if (unit == 0)
        return scan_fails(s, "a NUL character");
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return scan_fails(s, "a lone surrogate");
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    if (strncmp(s->at, "\\u", 2) != 0)
        return scan_fails(s, "a lone surrogate");
    s->at += 2;
    unit = scan_unit(s);
    if (unit < 0xdc00 || unit > 0xdfff)
        return scan_fails(s, "a lone surrogate");
    return true;
}

static bool scan_string(struct scan *s)
{
    s->at++;
    while (*s->at != '"') {
        unsigned char c = (unsigned char)*s->at;
        if (c == '\\') {
            if (!scan_escape(s))
                return false;
        } else if (c < 0x20) {
            return scan_fails(s, "a control character in a string");
        } else if (c < 0x80) {
            s->at++;
        } else {
            size_t run = 1;
            while ((unsigned char)s->at[run] >= 0x80)
                run++;
            if (!text_is_utf8(s->at, run))
                return scan_fails(s, "not valid UTF-8");
            s->at += run;
        }
    }
    s->at++;
    return true;
}

static bool scan_word(struct scan *s, const char *word)
{
    if (strncmp(s->at, word, strlen(word)) != 0)
        return scan_fails(s, "a value is expected");
    s->at += strlen(word);
    return true;
}

static bool scan_group(struct scan *s, int depth);

static bool scan_value(struct scan *s, int depth)
{
    skip_space(s);
    if (s->values++ == s->limits.values) {
        s->fault->too_many = true;
        return scan_fails(s, "too many values");
    }
    switch (*s->at) {
    case '{':
    case '[':
        return scan_group(s, depth + 1);
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        if (*s->at == '-' || count_digits(s->at) > 0)
            return scan_number(s);
        return scan_fails(s, "a value is expected");
    }
}

static bool scan_name(struct scan *s)
{
    skip_space(s);
    if (*s->at != '"')
        return scan_fails(s, "a name in quotes is expected");
    if (!scan_string(s))
        return false;
    skip_space(s);
    if (*s->at != ':')
        return scan_fails(s, "a colon is expected");
    s->at++;
    return true;
}

/* An array or an object. */
static bool scan_group(struct scan *s, int depth)
{
    if (depth > s->limits.depth)
        return scan_fails(s, "nested too deeply");
    bool object = *s->at == '{';
    char close = object ? '}' : ']';
    s->at++;
    skip_space(s);
    if (*s->at == close) {
        s->at++;
        return true;
    }
    for (;;) {
        if (object && !scan_name(s))
            return false;
        if (!scan_value(s, depth))
            return false;
        skip_space(s);
        if (*s->at == close) {
            s->at++;
            return true;
        }
        if (*s->at != ',')
            return scan_fails(s, "a comma or closing bracket is expected");
        s->at++;
    }
}

bool json_scan(const char *bytes, size_t length, struct json_limits limits,
               struct json_fault *fault)
{
    struct scan scan = {bytes, bytes, length, limits, 0, fault};
    struct scan *s = &scan;
    if (strncmp(s->at, "\xef\xbb\xbf", 3) == 0)
        return scan_fails(s, "a byte-order mark");
    if (!scan_value(s, 0))
        return false;
    skip_space(s);
    if ((size_t)(s->at - s->start) != s->length)
        return scan_fails(s, "something follows the document");
    return true;
}
