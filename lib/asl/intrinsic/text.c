/* The intrinsic functions on strings (specification, appendix B). Called by
 * intrinsic.c. */
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/crypto.h"
#include "lib/adapter/digest.h"
#include "lib/asl/intrinsic/private.h"
#include "lib/asl/intrinsic/size.h"
#include "lib/base/text/text.h"

size_t intrinsic_places(const char *template, bool escapes)
{
    size_t places = 0;
    for (const char *s = template; *s != '\0'; s++) {
        if (escapes && *s == '\\')
            s++; /* the reader has seen that one character follows */
        else if (s[0] == '{' && s[1] == '}')
            places++;
    }
    return places;
}

static bool put_value(struct text *out, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        text_puts(out, "null");
        return true;
    case JSON_BOOL:
        text_puts(out, json_is_true(value) ? "true" : "false");
        return true;
    case JSON_NUMBER:
        text_puts(out, json_number_text(value));
        return true;
    case JSON_STRING:
        text_puts(out, json_string(value));
        return true;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return false;
}

const struct json *intrinsic_format(const struct intrinsic_run *run)
{
    const char *template = intrinsic_string(run, 0);
    if (template == NULL)
        return NULL;
    const char *raw = run->node->first->raw;
    size_t places = intrinsic_places(raw != NULL ? raw : template, raw != NULL);
    if (places != run->count - 1)
        return intrinsic_fail(run,
                              "the template has {} %zu times, but %zu values "
                              "follow it",
                              places, run->count - 1);
    struct text out = text_create(run->scope->arena, strlen(template));
    size_t next = 1;
    for (const char *s = raw != NULL ? raw : template; *s != '\0'; s++) {
        if (raw != NULL && *s == '\\') {
            text_putc(&out, *++s);
        } else if (s[0] != '{' || s[1] != '}') {
            text_putc(&out, *s);
        } else if (!put_value(&out, run->values[next++])) {
            return intrinsic_fail(run,
                                  "argument %zu is an array or an object; put "
                                  "States.JsonToString around it",
                                  next);
        } else {
            s++;
            if (out.length > ASL_DATA_BYTES)
                return intrinsic_fail(run, "the result is longer than %d bytes",
                                      ASL_DATA_BYTES);
        }
    }
    return json_make_string(run->scope->arena, out.bytes);
}

const struct json *intrinsic_string_to_json(const struct intrinsic_run *run)
{
    const char *text = intrinsic_string(run, 0);
    if (text == NULL)
        return NULL;
    struct json_fault fault;
    const struct json *value = json_read(run->scope->arena, text, strlen(text),
                                         ASL_DATA_DEPTH, &fault);
    if (value == NULL)
        return intrinsic_fail(run, "the string is not JSON: %s at byte %zu",
                              fault.detail, fault.offset);
    return value;
}

/* Measured before it is written: see size.h. */
static const char *print(const struct intrinsic_run *run, size_t most)
{
    if (intrinsic_size(run->values[0], most) <= most)
        return json_print(run->scope->arena, run->values[0]);
    intrinsic_fail(run, "the value is longer than %zu bytes of JSON", most);
    return NULL;
}

const struct json *intrinsic_json_to_string(const struct intrinsic_run *run)
{
    const char *text = print(run, ASL_DATA_BYTES);
    return text == NULL ? NULL : json_make_string(run->scope->arena, text);
}

static int compare_points(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

const struct json *intrinsic_string_split(const struct intrinsic_run *run)
{
    const char *string = intrinsic_string(run, 0);
    const char *delimiters = string == NULL ? NULL : intrinsic_string(run, 1);
    if (delimiters == NULL)
        return NULL;
    struct arena *arena = run->scope->arena;
    size_t count = text_count(delimiters);
    uint32_t *points = arena_alloc(arena, count * sizeof *points);
    for (size_t i = 0; i < count; i++)
        points[i] = text_next(&delimiters);
    qsort(points, count, sizeof *points, compare_points);
    struct json *parts = json_make_array(arena);
    const char *start = string, *at = string;
    for (;;) {
        const char *here = at;
        uint32_t point = *at == '\0' ? 0 : text_next(&at);
        if (point != 0 && bsearch(&point, points, count, sizeof *points,
                                  compare_points) == NULL)
            continue;
        if (here > start)
            json_append(
                arena, parts,
                json_make_string(
                    arena, arena_copy(arena, start, (size_t)(here - start))));
        if (point == 0)
            return parts;
        start = at;
    }
}

static bool short_enough(const struct intrinsic_run *run, const char *text)
{
    if (text_count(text) <= INTRINSIC_TEXT)
        return true;
    intrinsic_fail(run, "argument 1 is longer than %d characters",
                   INTRINSIC_TEXT);
    return false;
}

const struct json *intrinsic_base64_encode(const struct intrinsic_run *run)
{
    const char *text = intrinsic_string(run, 0);
    if (text == NULL || !short_enough(run, text))
        return NULL;
    struct arena *arena = run->scope->arena;
    return json_make_string(arena, crypto_base64(arena, text, strlen(text)));
}

const struct json *intrinsic_base64_decode(const struct intrinsic_run *run)
{
    const char *text = intrinsic_string(run, 0);
    if (text == NULL || !short_enough(run, text))
        return NULL;
    size_t length;
    const char *bytes = crypto_base64_decode(run->scope->arena, text, &length);
    if (bytes == NULL)
        return intrinsic_fail(run, "the string is not Base64");
    if (!text_is_utf8(bytes, length))
        return intrinsic_fail(run, "what is encoded is not UTF-8 text");
    return json_make_string(run->scope->arena, bytes);
}

const struct json *intrinsic_hash(const struct intrinsic_run *run)
{
    /* No character takes more than 4 bytes. */
    const char *data = json_kind(run->values[0]) == JSON_STRING
                           ? json_string(run->values[0])
                           : print(run, (size_t)INTRINSIC_TEXT * 4);
    const char *name = data == NULL ? NULL : intrinsic_string(run, 1);
    if (name == NULL || !short_enough(run, data))
        return NULL;
    char hex[DIGEST_HEX];
    if (!digest_hex(name, data, strlen(data), hex))
        return intrinsic_fail(run, "argument 2 must be MD5, SHA-1, SHA-256, "
                                   "SHA-384 or SHA-512");
    return json_make_string(run->scope->arena, hex);
}
