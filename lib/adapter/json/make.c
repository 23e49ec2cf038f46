/* Making JSON values: see json.h. Called by whoever answers or keeps data: the
 * workflow engine and the tasks. */
#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/adapter/json/json.h"

static cJSON *make(struct arena *arena, int type)
{
    cJSON *made = arena_alloc(arena, sizeof *made);
    made->type = type;
    return made;
}

static struct json *as_json(cJSON *value)
{
    return (struct json *)value;
}

struct json *json_make_null(struct arena *arena)
{
    return as_json(make(arena, cJSON_NULL));
}

struct json *json_make_bool(struct arena *arena, bool value)
{
    return as_json(make(arena, value ? cJSON_True : cJSON_False));
}

static struct json *make_number(struct arena *arena, const char *text)
{
    cJSON *made = make(arena, cJSON_Number);
    made->valuestring = arena_string(arena, text);
    made->valuedouble = strtod(text, NULL);
    return as_json(made);
}

struct json *json_make_integer(struct arena *arena, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return make_number(arena, text);
}

struct json *json_make_double(struct arena *arena, double number)
{
    char text[40];
    assert(isfinite(number));
    if (number == floor(number) && fabs(number) < 9007199254740992.0)
        return json_make_integer(arena, (int64_t)number);
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return make_number(arena, text);
}

struct json *json_make_string(struct arena *arena, const char *string)
{
    cJSON *made = make(arena, cJSON_String);
    made->valuestring = arena_string(arena, string);
    return as_json(made);
}

struct json *json_make_object(struct arena *arena)
{
    return as_json(make(arena, cJSON_Object));
}

struct json *json_make_array(struct arena *arena)
{
    return as_json(make(arena, cJSON_Array));
}

/* A node of its own for the value's content: siblings hang on the node, so no
 * node can stand in two places. */
static cJSON *share(struct arena *arena, const struct json *value)
{
    cJSON *node = arena_alloc(arena, sizeof *node);
    memcpy(node, value, sizeof *node);
    node->next = NULL;
    node->prev = NULL;
    node->string = NULL;
    return node;
}

/* As in cJSON, the first child's prev is the last child. */
static void hang(struct json *container, cJSON *child)
{
    cJSON *parent = (cJSON *)container;
    if (parent->child == NULL) {
        parent->child = child;
        child->prev = child;
        return;
    }
    cJSON *last = parent->child->prev;
    last->next = child;
    child->prev = last;
    parent->child->prev = child;
}

struct json *json_clone(struct arena *arena, const struct json *value)
{
    cJSON *copy = share(arena, value);
    copy->child = NULL;
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        cJSON *child = share(arena, e);
        child->string = ((const cJSON *)e)->string;
        hang(as_json(copy), child);
    }
    return as_json(copy);
}

static void set_content(cJSON *node, const struct json *value)
{
    const cJSON *from = (const cJSON *)value;
    node->type = from->type;
    node->child = from->child;
    node->valuestring = from->valuestring;
    node->valueint = from->valueint;
    node->valuedouble = from->valuedouble;
}

void json_put(struct arena *arena, struct json *object, const char *name,
              const struct json *value)
{
    cJSON *there =
        cJSON_GetObjectItemCaseSensitive((const cJSON *)object, name);
    if (there != NULL)
        set_content(there, value);
    else
        json_add(arena, object, name, value);
}

void json_add(struct arena *arena, struct json *object, const char *name,
              const struct json *value)
{
    assert(json_kind(object) == JSON_OBJECT);
    cJSON *child = share(arena, value);
    child->string = arena_string(arena, name);
    hang(object, child);
}

void json_append(struct arena *arena, struct json *array,
                 const struct json *value)
{
    assert(json_kind(array) == JSON_ARRAY);
    hang(array, share(arena, value));
}

void json_replace(struct json *array, size_t index, const struct json *value)
{
    assert(json_kind(array) == JSON_ARRAY && index < json_count(array));
    cJSON *there = ((cJSON *)array)->child;
    while (index-- > 0)
        there = there->next;
    set_content(there, value);
}

static bool numbers_equal(const struct json *a, const struct json *b)
{
    int64_t left, right;
    if (json_integer(a, &left) && json_integer(b, &right))
        return left == right;
    return json_double(a) == json_double(b);
}

static bool members_equal(const struct json *a, const struct json *b)
{
    if (json_count(a) != json_count(b))
        return false;
    const struct json *beside = json_first(b);
    for (const struct json *e = json_first(a); e != NULL;
         e = json_next(e), beside = json_next(beside)) {
        /* Most often they stand in the same order. */
        const struct json *other = strcmp(json_name(beside), json_name(e)) == 0
                                       ? beside
                                       : json_member(b, json_name(e));
        if (other == NULL || !json_equal(e, other))
            return false;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (json_kind(a) != json_kind(b))
        return false;
    switch (json_kind(a)) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return json_is_true(a) == json_is_true(b);
    case JSON_NUMBER:
        return numbers_equal(a, b);
    case JSON_STRING:
        return strcmp(json_string(a), json_string(b)) == 0;
    case JSON_OBJECT:
        return members_equal(a, b);
    case JSON_ARRAY:
        break;
    }
    a = json_first(a);
    b = json_first(b);
    while (a != NULL && b != NULL && json_equal(a, b)) {
        a = json_next(a);
        b = json_next(b);
    }
    return a == NULL && b == NULL;
}

int json_depth(const struct json *value)
{
    if (json_kind(value) != JSON_ARRAY && json_kind(value) != JSON_OBJECT)
        return 0;
    int deepest = 0;
    for (const struct json *e = json_first(value); e != NULL;
         e = json_next(e)) {
        int depth = json_depth(e);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest + 1;
}
