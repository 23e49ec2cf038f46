/* The strict JSON reader over cJSON: see json.h. Called by every reader of
 * JSON: request bodies, gateway answers, workflow definitions and data. */
#include "lib/adapter/json/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json/scan.h"
#include "lib/base/text/decimal.h"

/* cJSON's hooks take no context: the arena of the read in hand. */
static struct arena *current;

static void *take(size_t size)
{
    return arena_alloc(current, size);
}

static void leave(void *memory)
{
    (void)memory;
}

/* The second walk: goes through the tree and the bytes side by side, to give
 * the numbers their text and to know where a name stands. */
struct settler {
    struct arena *arena;
    const char *start;
    const char *at;
    struct json_fault *fault;
};

struct key {
    const char *name;
    size_t offset;
};

/* Moves to the next string or number of a document known to be well-formed
 * and past it; *length is the token's. */
static const char *next_token(struct settler *s, size_t *length)
{
    s->at += strcspn(s->at, "\"-0123456789");
    const char *token = s->at;
    if (*token != '"') {
        s->at += strspn(token, "+-.0123456789eE");
    } else {
        do
            s->at += *s->at == '\\' ? 2 : 1;
        while (*s->at != '"');
        s->at++;
    }
    *length = (size_t)(s->at - token);
    return token;
}

static bool settle_number(struct settler *s, cJSON *number)
{
    size_t length;
    const char *token = next_token(s, &length);
    number->valuestring = arena_copy(s->arena, token, length);
    number->valuedouble = strtod(number->valuestring, NULL);
    if (isfinite(number->valuedouble))
        return true;
    *s->fault = (struct json_fault){.offset = (size_t)(token - s->start),
                                    .detail = "a number out of range"};
    return false;
}

static int key_compare(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order
                      : (a->offset > b->offset) - (a->offset < b->offset);
}

/* Sorted, because comparing each key with each is slow on purpose-made
 * objects. */
static bool keys_differ(struct settler *s, struct key *keys, size_t count)
{
    qsort(keys, count, sizeof *keys, key_compare);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(keys[i - 1].name, keys[i].name) == 0) {
            *s->fault = (struct json_fault){.offset = keys[i].offset,
                                            .detail = "a key stands twice"};
            return false;
        }
    }
    return true;
}

static bool settle(struct settler *s, cJSON *value)
{
    size_t length;
    if (cJSON_IsNumber(value))
        return settle_number(s, value);
    if (cJSON_IsString(value))
        next_token(s, &length);
    bool object = cJSON_IsObject(value);
    size_t count = object ? json_count((struct json *)value) : 0;
    struct key *keys = arena_alloc(s->arena, count * sizeof *keys);
    struct key *key = keys;
    for (cJSON *child = value->child; child != NULL; child = child->next) {
        if (object) {
            const char *token = next_token(s, &length);
            *key++ = (struct key){child->string, (size_t)(token - s->start)};
        }
        if (!settle(s, child))
            return false;
    }
    return keys_differ(s, keys, count);
}

const struct json *json_read_within(struct arena *arena, const char *bytes,
                                    size_t length, struct json_limits limits,
                                    struct json_fault *fault)
{
    assert(limits.depth <= CJSON_NESTING_LIMIT);
    const char *copy = arena_copy(arena, bytes, length);
    *fault = (struct json_fault){0};
    if (!json_scan(copy, length, limits, fault))
        return NULL;
    current = arena;
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = take, .free_fn = leave});
    cJSON *root = cJSON_ParseWithLengthOpts(copy, length + 1, NULL, 1);
    current = NULL;
    if (root == NULL) { /* another cJSON may be stricter than the scan */
        fault->detail = "not JSON";
        return NULL;
    }
    struct settler settler = {arena, copy, copy, fault};
    return settle(&settler, root) ? (const struct json *)root : NULL;
}

const struct json *json_read(struct arena *arena, const char *bytes,
                             size_t length, int max_depth,
                             struct json_fault *fault)
{
    return json_read_within(arena, bytes, length,
                            (struct json_limits){max_depth, SIZE_MAX}, fault);
}

static const cJSON *node(const struct json *value)
{
    return (const cJSON *)value;
}

enum json_kind json_kind(const struct json *value)
{
    assert(value != NULL);
    switch (node(value)->type & 0xff) {
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    case cJSON_NULL:
        return JSON_NULL;
    default:
        return JSON_BOOL;
    }
}

const struct json *json_member(const struct json *value, const char *name)
{
    if (!cJSON_IsObject(node(value)))
        return NULL;
    return (const struct json *)cJSON_GetObjectItemCaseSensitive(node(value),
                                                                 name);
}

const struct json *json_first(const struct json *value)
{
    return value == NULL ? NULL : (const struct json *)node(value)->child;
}

const struct json *json_next(const struct json *element)
{
    assert(element != NULL);
    return (const struct json *)node(element)->next;
}

size_t json_count(const struct json *value)
{
    size_t count = 0;
    for (const struct json *e = json_first(value); e != NULL; e = json_next(e))
        count++;
    return count;
}

const char *json_name(const struct json *member)
{
    assert(member != NULL);
    return node(member)->string;
}

const char *json_string(const struct json *value)
{
    return cJSON_IsString(node(value)) ? node(value)->valuestring : NULL;
}

const char *json_number_text(const struct json *value)
{
    return cJSON_IsNumber(node(value)) ? node(value)->valuestring : NULL;
}

bool json_is_true(const struct json *value)
{
    return cJSON_IsTrue(node(value));
}

bool json_integer(const struct json *value, int64_t *out)
{
    const char *text = json_number_text(value);
    int64_t number;
    if (text == NULL || decimal_read(text, 0, &number) != DECIMAL_EXACT)
        return false;
    *out = number;
    return true;
}

double json_double(const struct json *value)
{
    return cJSON_IsNumber(node(value)) ? node(value)->valuedouble : 0;
}

void json_print_to(struct json_writer *w, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        json_put_null(w);
        return;
    case JSON_BOOL:
        json_put_bool(w, json_is_true(value));
        return;
    case JSON_NUMBER:
        json_put_raw(w, json_number_text(value));
        return;
    case JSON_STRING:
        json_put_string(w, json_string(value));
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    bool object = json_kind(value) == JSON_OBJECT;
    json_open(w, object ? '{' : '[');
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        if (object)
            json_key(w, json_name(e));
        json_print_to(w, e);
    }
    json_close(w, object ? '}' : ']');
}

char *json_print(struct arena *arena, const struct json *value)
{
    struct text out = text_create(arena, 256);
    struct json_writer w = json_writer(&out);
    json_print_to(&w, value);
    return out.bytes;
}
