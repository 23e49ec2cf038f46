/* Growing strings and UTF-8 checks: see text.h. */
#define _GNU_SOURCE
#include "lib/base/text/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/log/log.h"

struct text text_create(struct arena *arena, size_t cap)
{
    return (struct text){.arena = arena,
                         .bytes = arena_alloc(arena, cap + 1),
                         .length = 0,
                         .cap = cap};
}

static void make_room(struct text *text, size_t more)
{
    if (more <= text->cap - text->length)
        return;
    size_t cap = (text->length + more) * 2;
    /* The arena's last piece grows where it stands. */
    struct arena *arena = text->arena;
    if (text->bytes + text->cap + 1 == arena->base + arena->used) {
        arena_alloc_more(arena, cap - text->cap);
        text->cap = cap;
        return;
    }
    char *bytes = arena_alloc(text->arena, cap + 1);
    memcpy(bytes, text->bytes, text->length);
    text->bytes = bytes;
    text->cap = cap;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    make_room(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_putc(struct text *text, char byte)
{
    make_room(text, 1);
    text->bytes[text->length++] = byte;
    text->bytes[text->length] = '\0';
}

void text_put_int(struct text *text, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    text_add(text, digits + at, sizeof digits - at);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0)
        die("text: bad format");
    make_room(text, (size_t)length);
    va_start(list, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, list);
    va_end(list);
    text->length += (size_t)length;
}

/* Bytes of the sequence at s, or 0 when it is not well-formed. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    if (s[0] >= 0x01 && s[0] <= 0x7f)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        return left >= 2 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
    if (s[0] >= 0xe0 && s[0] <= 0xef) {
        unsigned char low = s[0] == 0xe0 ? 0xa0 : 0x80;
        unsigned char high = s[0] == 0xed ? 0x9f : 0xbf;
        return left >= 3 && s[1] >= low && s[1] <= high && (s[2] & 0xc0) == 0x80
                   ? 3
                   : 0;
    }
    if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        unsigned char low = s[0] == 0xf0 ? 0x90 : 0x80;
        unsigned char high = s[0] == 0xf4 ? 0x8f : 0xbf;
        return left >= 4 && s[1] >= low && s[1] <= high &&
                       (s[2] & 0xc0) == 0x80 && (s[3] & 0xc0) == 0x80
                   ? 4
                   : 0;
    }
    return 0;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0; i < length;) {
        size_t step = sequence_length(s + i, length - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

uint32_t text_next(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    uint32_t point;
    if (s[0] < 0x80) {
        point = s[0];
        *at += 1;
    } else if (s[0] < 0xe0) {
        point = (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
        *at += 2;
    } else if (s[0] < 0xf0) {
        point = (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
        *at += 3;
    } else {
        point = (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 |
                (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
        *at += 4;
    }
    return point;
}

size_t text_count(const char *string)
{
    size_t count = 0;
    while (*string != '\0') {
        text_next(&string);
        count++;
    }
    return count;
}

bool text_ends_in(const char *string, const char *ending)
{
    size_t length = strlen(string), end = strlen(ending);
    return length >= end && strcmp(string + length - end, ending) == 0;
}

bool text_has_control(const char *string)
{
    while (*string != '\0') {
        uint32_t c = text_next(&string);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
            return true;
    }
    return false;
}

char *text_trim(struct arena *arena, const char *string)
{
    const char *end = string + strlen(string);
    while (*string == ' ' || *string == '\t')
        string++;
    while (end > string && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return arena_copy(arena, string, (size_t)(end - string));
}

static bool luhn_holds(const char *digits, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++) {
        int digit = digits[count - 1 - i] - '0';
        if (i % 2 == 1) {
            digit *= 2;
            if (digit > 9)
                digit -= 9;
        }
        sum += digit;
    }
    return sum % 10 == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Which numbers card issuers give out, by their first digits and length. */
static bool is_issued(const char *digits, int count)
{
    static const struct {
        int from, to; /* the first digits */
        int least, most;
    } issuers[] = {
        {4, 4, 13, 13},       {4, 4, 16, 16},       {4, 4, 19, 19}, /* Visa */
        {51, 55, 16, 16},     {2221, 2720, 16, 16}, /* Mastercard */
        {34, 34, 15, 15},     {37, 37, 15, 15},     /* American Express */
        {6011, 6011, 16, 19}, {644, 649, 16, 19},   /* Discover */
        {65, 65, 16, 19},     {3528, 3589, 16, 19}, /* JCB */
        {300, 305, 14, 19},   {36, 36, 14, 19},     /* Diners Club */
        {38, 39, 14, 19},     {62, 62, 16, 19},     /* UnionPay */
        {5018, 5018, 13, 19}, {5020, 5020, 13, 19}, /* Maestro */
        {5038, 5038, 13, 19}, {6304, 6304, 13, 19}, {6759, 6759, 13, 19},
        {6761, 6763, 13, 19}};
    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++) {
        int first = 0;
        for (int at = 0, of = issuers[i].from; of > 0; of /= 10)
            first = 10 * first + (digits[at++] - '0');
        if (first >= issuers[i].from && first <= issuers[i].to &&
            count >= issuers[i].least && count <= issuers[i].most)
            return true;
    }
    return false;
}

/* True when a card number begins at s and ends where a group of digits does:
 * other groups may follow, as an expiry date would. */
static bool card_begins(const char *s)
{
    char digits[19];
    int count = 0;
    for (;;) {
        for (; is_digit(*s); s++) {
            if (count == 19)
                return false;
            digits[count++] = *s;
        }
        if (count >= 13 && is_issued(digits, count) &&
            luhn_holds(digits, count))
            return true;
        if ((*s != ' ' && *s != '-') || !is_digit(s[1]))
            return false;
        s++;
    }
}

/* True for what stands in an e-mail address, as far as blanks or brackets. */
static bool is_in_address(const char *start, const char *s)
{
    static const char ends[] = " \t\r\n,;:<>()";
    while (s > start && strchr(ends, s[-1]) == NULL)
        s--;
    return memchr(s, '@', strcspn(s, ends)) != NULL;
}

bool text_has_card_number(const char *string)
{
    bool inside = false;
    for (const char *s = string; *s != '\0'; s++) {
        if (is_digit(*s) && !inside && !is_in_address(string, s) &&
            card_begins(s))
            return true;
        inside = is_digit(*s);
    }
    return false;
}

void text_hex(const unsigned char *bytes, size_t length, char *out)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = hex[bytes[i] >> 4];
        out[2 * i + 1] = hex[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

void text_put_pointer(struct text *text, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/')
            text_puts(text, *name == '~' ? "~0" : "~1");
        else
            text_putc(text, *name);
    }
}
