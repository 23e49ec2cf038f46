/* Calling intrinsic functions: see intrinsic.h. Called by template.c. */
#include "lib/asl/intrinsic/intrinsic.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/asl/intrinsic/private.h"
#include "lib/asl/intrinsic/size.h"
#include "lib/base/text/text.h"

const struct intrinsic_function *intrinsic_find(const char *name)
{
    static const struct intrinsic_function known[] = {
        {"States.Array", 0, INTRINSIC_ANY_COUNT, intrinsic_array_of},
        {"States.ArrayContains", 2, 2, intrinsic_array_contains},
        {"States.ArrayGetItem", 2, 2, intrinsic_array_get_item},
        {"States.ArrayLength", 1, 1, intrinsic_array_length},
        {"States.ArrayPartition", 2, 2, intrinsic_array_partition},
        {"States.ArrayRange", 3, 3, intrinsic_array_range},
        {"States.ArrayUnique", 1, 1, intrinsic_array_unique},
        {"States.Base64Decode", 1, 1, intrinsic_base64_decode},
        {"States.Base64Encode", 1, 1, intrinsic_base64_encode},
        {"States.Format", 1, INTRINSIC_ANY_COUNT, intrinsic_format},
        {"States.Hash", 2, 2, intrinsic_hash},
        {"States.JsonMerge", 3, 3, intrinsic_json_merge},
        {"States.JsonToString", 1, 1, intrinsic_json_to_string},
        {"States.MathAdd", 2, 2, intrinsic_math_add},
        {"States.MathRandom", 2, 3, intrinsic_math_random},
        {"States.StringSplit", 2, 2, intrinsic_string_split},
        {"States.StringToJson", 1, 1, intrinsic_string_to_json},
        {"States.UUID", 0, 0, intrinsic_uuid},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    return NULL;
}

const struct json *intrinsic_fail(const struct intrinsic_run *run,
                                  const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    *run->fault = (struct fault){"States.IntrinsicFailure",
                                 arena_printf(run->scope->arena, "%s: %s",
                                              run->node->function->name, text)};
    return NULL;
}

static const char *kind_name(const struct json *value)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",       [JSON_BOOL] = "a boolean",
        [JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
        [JSON_ARRAY] = "an array",  [JSON_OBJECT] = "an object"};
    return names[json_kind(value)];
}

static bool is_kind(const struct intrinsic_run *run, size_t index,
                    enum json_kind kind, const char *wanted)
{
    assert(index < run->count);
    if (json_kind(run->values[index]) == kind)
        return true;
    intrinsic_fail(run, "argument %zu must be %s, not %s", index + 1, wanted,
                   kind_name(run->values[index]));
    return false;
}

const char *intrinsic_string(const struct intrinsic_run *run, size_t index)
{
    return is_kind(run, index, JSON_STRING, "a string")
               ? json_string(run->values[index])
               : NULL;
}

const struct json *intrinsic_array(const struct intrinsic_run *run,
                                   size_t index)
{
    return is_kind(run, index, JSON_ARRAY, "an array") ? run->values[index]
                                                       : NULL;
}

const struct json *intrinsic_object(const struct intrinsic_run *run,
                                    size_t index)
{
    return is_kind(run, index, JSON_OBJECT, "an object") ? run->values[index]
                                                         : NULL;
}

bool intrinsic_integer(const struct intrinsic_run *run, size_t index,
                       int64_t *out)
{
    if (!is_kind(run, index, JSON_NUMBER, "a number"))
        return false;
    double number = json_double(run->values[index]);
    /* Not floor(number + 0.5): the sum itself rounds. */
    double whole = floor(number);
    if (number - whole >= 0.5)
        whole += 1;
    if (fabs(whole) > 9007199254740992.0) {
        intrinsic_fail(run, "argument %zu is beyond -2^53 and 2^53", index + 1);
        return false;
    }
    *out = (int64_t)whole;
    return true;
}

static const struct json *
select_value(const struct intrinsic_run *run,
             const struct intrinsic_argument *argument)
{
    const char *problem = NULL;
    const struct json *value = path_get(argument->path, run->scope, &problem);
    if (value == NULL)
        *run->fault = (struct fault){
            "States.ParameterPathFailure",
            arena_printf(run->scope->arena, "%s: the path %s: %s",
                         run->node->function->name, argument->path_text,
                         problem != NULL ? problem : "it selects nothing")};
    return value;
}

static bool accept(const struct intrinsic_run *run, const struct json *result,
                   size_t *left)
{
    size_t size = intrinsic_size(result, ASL_DATA_BYTES);
    if (size == SIZE_MAX)
        intrinsic_fail(run, "the result is nested more than %d deep",
                       ASL_DATA_DEPTH);
    else if (size > ASL_DATA_BYTES)
        intrinsic_fail(run, "the result is longer than %d bytes of JSON",
                       ASL_DATA_BYTES);
    else if (size > *left)
        intrinsic_fail(run,
                       "the functions of this template together make more "
                       "than %d bytes of JSON",
                       INTRINSIC_BYTES);
    else {
        *left -= size;
        return true;
    }
    return false;
}

/* Recursion ends at INTRINSIC_NESTING: the reader sees to it. */
static const struct json *evaluate(const struct intrinsic_node *node,
                                   const struct scope *scope, size_t *left,
                                   struct fault *fault)
{
    struct intrinsic_run run = {
        .scope = scope,
        .fault = fault,
        .node = node,
        .values = arena_alloc(scope->arena, node->count * sizeof *run.values)};
    for (const struct intrinsic_argument *a = node->first; a != NULL;
         a = a->next) {
        const struct json *value = a->value;
        if (a->path != NULL)
            value = select_value(&run, a);
        else if (a->call != NULL)
            value = evaluate(a->call, scope, left, fault);
        if (value == NULL)
            return NULL;
        run.values[run.count++] = value;
    }
    const struct json *result = node->function->run(&run);
    return result != NULL && accept(&run, result, left) ? result : NULL;
}

const char *intrinsic_check(struct arena *arena, const char *text)
{
    /* What is read is not kept: a definition may hold a lot of calls. */
    size_t used = arena->used;
    const char *mistake = NULL;
    intrinsic_read(arena, text, &mistake);
    if (mistake == NULL) {
        arena->used = used;
        return NULL;
    }
    char copy[512];
    snprintf(copy, sizeof copy, "%s", mistake);
    while (!text_is_utf8(copy, strlen(copy))) /* cut within a character */
        copy[strlen(copy) - 1] = '\0';
    arena->used = used;
    return arena_string(arena, copy);
}

const struct json *intrinsic_call(const char *text, const struct scope *scope,
                                  size_t *left, struct fault *fault)
{
    const char *mistake = NULL;
    const struct intrinsic_node *node =
        intrinsic_read(scope->arena, text, &mistake);
    if (node == NULL) {
        *fault = (struct fault){"States.IntrinsicFailure", mistake};
        return NULL;
    }
    *left -= strlen(text) < *left ? strlen(text) : *left;
    return evaluate(node, scope, left, fault);
}
