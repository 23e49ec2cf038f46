/* libunistring behind unicode.h. */
#include "lib/adapter/unicode.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "lib/base/log/log.h"
#include "lib/base/text/text.h"

enum { BRAILLE_BLANK = 0x2800, IDEOGRAPHIC_FULL_STOP = 0x3002 };

/* What libunistring made of length bytes, as a string of the arena's. */
static char *take(struct arena *arena, uint8_t *made, size_t length)
{
    if (made == NULL)
        die("libunistring: no memory");
    char *copy = arena_copy(arena, (const char *)made, length);
    free(made);
    return copy;
}

static bool is_ascii(const char *string)
{
    while (*string != '\0' && (unsigned char)*string < 0x80)
        string++;
    return *string == '\0';
}

char *unicode_fold(struct arena *arena, const char *string)
{
    size_t length = strlen(string);
    if (!is_ascii(string)) {
        uint8_t *made = u8_casefold((const uint8_t *)string, length, NULL,
                                    UNINORM_NFC, NULL, &length);
        return take(arena, made, length);
    }
    char *folded = arena_copy(arena, string, length);
    for (char *c = folded; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return folded;
}

bool unicode_is_blank(const char *string)
{
    while (*string != '\0') {
        uint32_t c = text_next(&string);
        if (!uc_is_property(c, UC_PROPERTY_WHITE_SPACE) &&
            !uc_is_property(c, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT) &&
            c != BRAILLE_BLANK)
            return false;
    }
    return true;
}

char *unicode_without_directions(struct arena *arena, const char *string)
{
    struct text out = text_create(arena, strlen(string));
    while (*string != '\0') {
        const char *from = string;
        uint32_t c = text_next(&string);
        if (!uc_is_property(c, UC_PROPERTY_BIDI_CONTROL))
            text_add(&out, from, (size_t)(string - from));
    }
    return out.bytes;
}

static bool is_word(uint32_t c)
{
    return uc_is_property(c, UC_PROPERTY_ALPHABETIC) ||
           uc_is_property(c, UC_PROPERTY_NUMERIC);
}

bool unicode_looks_like_link(struct arena *arena, const char *string)
{
    size_t length = strlen(string);
    uint8_t *made = u8_normalize(UNINORM_NFKC, (const uint8_t *)string, length,
                                 NULL, &length);
    const char *at = take(arena, made, length);
    if (strchr(at, '@') != NULL || strstr(at, "://") != NULL)
        return true;
    /* How far a dot between words has come: 0 nothing, 1 a word before it,
     * 2 the dot, 3 one letter or digit behind it. */
    int stage = 0;
    while (*at != '\0') {
        uint32_t c = text_next(&at);
        if (uc_is_property(c, UC_PROPERTY_DEFAULT_IGNORABLE_CODE_POINT))
            continue;
        if (!is_word(c))
            stage =
                stage > 0 && (c == '.' || c == IDEOGRAPHIC_FULL_STOP) ? 2 : 0;
        else if (stage == 3)
            return true;
        else
            stage = stage == 2 ? 3 : 1;
    }
    return false;
}
