/* The JSON writer: see json_writer.h. */
#include "lib/base/text/json_writer.h"

#include <assert.h>
#include <string.h>

#include "lib/base/time/clock.h"

struct json_writer json_writer(struct text *out)
{
    return (struct json_writer){.out = out, .comma = false};
}

static void separate(struct json_writer *w)
{
    if (w->comma)
        text_putc(w->out, ',');
    w->comma = true;
}

void json_open(struct json_writer *w, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    separate(w);
    text_putc(w->out, bracket);
    w->comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    text_putc(w->out, bracket);
    w->comma = true;
}

static void put_escaped(struct text *out, const char *string)
{
    text_putc(out, '"');
    const char *start = string;
    const char *s = string;
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        text_add(out, start, (size_t)(s - start));
        start = s + 1;
        if (c == '"' || c == '\\') {
            text_putc(out, '\\');
            text_putc(out, (char)c);
        } else if (c == '\n') {
            text_puts(out, "\\n");
        } else {
            text_printf(out, "\\u%04x", c);
        }
    }
    text_add(out, start, (size_t)(s - start));
    text_putc(out, '"');
}

void json_key(struct json_writer *w, const char *name)
{
    separate(w);
    put_escaped(w->out, name);
    text_putc(w->out, ':');
    w->comma = false;
}

void json_put_string(struct json_writer *w, const char *string)
{
    if (string == NULL) {
        json_put_null(w);
        return;
    }
    separate(w);
    put_escaped(w->out, string);
}

void json_put_int(struct json_writer *w, int64_t number)
{
    separate(w);
    text_put_int(w->out, number);
}

void json_put_bool(struct json_writer *w, bool value)
{
    json_put_raw(w, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
    json_put_raw(w, "null");
}

void json_put_raw(struct json_writer *w, const char *json)
{
    separate(w);
    text_puts(w->out, json);
}

void json_put_time(struct json_writer *w, int64_t wall_ms)
{
    char when[CLOCK_RFC3339_SIZE];
    clock_rfc3339(wall_ms, when);
    json_put_string(w, when);
}

void json_string_member(struct json_writer *w, const char *name,
                        const char *string)
{
    json_key(w, name);
    json_put_string(w, string);
}

void json_int_member(struct json_writer *w, const char *name, int64_t number)
{
    json_key(w, name);
    json_put_int(w, number);
}
