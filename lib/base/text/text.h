/* Text: a growing string in an arena, and the few checks on UTF-8 that every
 * reader of input shares. */
#ifndef BASE_TEXT_TEXT_H
#define BASE_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory/arena.h"

struct text {
    struct arena *arena;
    char *bytes; /* always NUL-terminated */
    size_t length;
    size_t cap;
};

struct text text_create(struct arena *arena, size_t cap);
void text_add(struct text *text, const char *bytes, size_t length);
void text_puts(struct text *text, const char *string);
void text_putc(struct text *text, char byte);
void text_put_int(struct text *text, int64_t number);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* True for well-formed UTF-8 (Unicode 15, table 3-7) without NUL. */
bool text_is_utf8(const char *bytes, size_t length);

/* The code point at *at, which moves past it; the input is valid UTF-8. */
uint32_t text_next(const char **at);

/* Number of code points of valid UTF-8. */
size_t text_count(const char *string);

/* True when the string ends in the ending, or is it. */
bool text_ends_in(const char *string, const char *ending);

/* True when the string holds a control character (C0, DEL, C1) or a Unicode
 * line or paragraph separator: what no single-line field may hold. */
bool text_has_control(const char *string);

/* Without white space at both ends. */
char *text_trim(struct arena *arena, const char *string);

/* True when it holds a card number, which is in the wrong place here: digits,
 * perhaps with single spaces or hyphens between them, that begin as an issuer's
 * cards do, are as many, and pass the Luhn check (ISO/IEC 7812-1 annex B).
 * E-mail addresses are not searched. Do not ask about a text that names
 * something which exists. */
bool text_has_card_number(const char *string);

/* Adds a name as one token of a JSON pointer (RFC 6901 section 3). */
void text_put_pointer(struct text *text, const char *name);

/* Lower-case hexadecimal; out holds 2 * length + 1 bytes. */
void text_hex(const unsigned char *bytes, size_t length, char *out);

#endif
