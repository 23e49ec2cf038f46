/* The form reader: see form.h. */
#include "lib/web/form.h"

#include <string.h>

#include "lib/base/text/text.h"

enum { FORM_MAX_FIELDS = 250 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes bytes up to length; NULL on a bad escape or bad text. */
static const char *decode(struct arena *arena, const char *bytes, size_t length,
                          const char **fault)
{
    char *out = arena_alloc(arena, length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < length ? hex_digit(bytes[i + 1]) : -1;
            int low = high < 0 ? -1 : hex_digit(bytes[i + 2]);
            if (low < 0) {
                *fault = "a percent sign without two hexadecimal digits";
                return NULL;
            }
            c = (char)(high << 4 | low);
            i += 2;
        }
        out[used++] = c;
    }
    if (!text_is_utf8(out, used)) {
        *fault = "ill-formed UTF-8";
        return NULL;
    }
    return out;
}

static bool may_repeat(const char *name)
{
    return strlen(name) > 2 && text_ends_in(name, "[]");
}

bool form_read(struct arena *arena, const char *bytes, size_t length,
               struct form *form, const char **fault)
{
    struct form_field *fields =
        arena_alloc(arena, FORM_MAX_FIELDS * sizeof *fields);
    *form = (struct form){.fields = fields, .count = 0};
    const char *end = bytes + length;
    while (bytes < end) {
        const char *stop = memchr(bytes, '&', (size_t)(end - bytes));
        if (stop == NULL)
            stop = end;
        const char *equals = memchr(bytes, '=', (size_t)(stop - bytes));
        const char *name_end = equals == NULL ? stop : equals;
        const char *value = equals == NULL ? stop : equals + 1;
        if (stop > bytes) {
            if (form->count == FORM_MAX_FIELDS) {
                *fault = "too many fields";
                return false;
            }
            struct form_field *field = &fields[form->count];
            field->name =
                decode(arena, bytes, (size_t)(name_end - bytes), fault);
            field->value = decode(arena, value, (size_t)(stop - value), fault);
            if (field->name == NULL || field->value == NULL)
                return false;
            if (form_value(form, field->name) != NULL &&
                !may_repeat(field->name)) {
                *fault = "a field given twice";
                return false;
            }
            form->count++;
        }
        bytes = stop + 1;
    }
    return true;
}

const char *form_value(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return form->fields[i].value;
    return NULL;
}

const char *form_escape(struct arena *arena, const char *value)
{
    struct text out = text_create(arena, 3 * strlen(value));
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                     (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL;
        if (plain)
            text_putc(&out, (char)c);
        else
            text_printf(&out, "%%%02X", c);
    }
    return out.bytes;
}
